"""Fixtures every floor uses."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from offline.index_build import build
from retrieval.schema import (
    Education,
    EducationLevel,
    Industry,
    Language,
    Location,
    PartialDate,
    Position,
    Profile,
    Seniority,
    Skill,
    Span,
)
from retrieval.snapshot import Snapshot


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The judged data that stands beside the project; tests that need it skip where it is not there."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the development data beside the project ({folder.name})")
    return folder


def _beside(name: str) -> ModuleType:
    """A module of this folder; test modules cannot import one another."""
    spec = importlib.util.spec_from_file_location(f"shortlist_tests_{name}", Path(__file__).with_name(f"{name}.py"))
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def model_servers() -> ModuleType:
    """The module `tests/model_server.py`."""
    return _beside("model_server")


@pytest.fixture(scope="session")
def tiny_qwen3() -> ModuleType:
    """The module `tests/tiny_qwen3.py`."""
    return _beside("tiny_qwen3")


@pytest.fixture
def serve(model_servers: ModuleType) -> Iterator[Callable[..., Any]]:
    """Starts an OpenAI-compatible server on this machine: `serve(script=[...], reply=..., key=...)`."""
    started = []

    def start(**given: Any) -> Any:
        started.append(model_servers.ModelServer(**given).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()


class Draft:
    """A profile's text as it grows, with the span of every line."""

    def __init__(self) -> None:
        self.text = ""

    def line(self, words: str) -> Span:
        start = len(self.text)
        self.text += words + "\n"
        return Span(start=start, end=start + len(words))


# occupation: titles by seniority, skills, field of study, industry, what the person does
TRADES = {
    "nurse": (
        ("Registered Nurse", "Senior Registered Nurse", "Nurse Manager"),
        ("Patient care", "NICU", "Triage", "ACLS", "Epic charting"),
        ("Nursing", "Health care"),
        ("cared for newborns in the neonatal intensive care unit", "gave medication and kept charts in Epic"),
    ),
    "engineer": (
        ("Software Engineer", "Senior Software Engineer", "Engineering Manager"),
        ("Python", "Java", "C++", "Kubernetes", "PostgreSQL"),
        ("Computer Science", "Software"),
        ("built payment services in Python and Java", "moved forty services to Kubernetes on AWS"),
    ),
    "accountant": (
        ("Accountant", "Senior Accountant", "Accounting Manager"),
        ("GAAP", "QuickBooks", "Month-end close", "Excel", "Audit"),
        ("Accounting", "Financial services"),
        ("closed the books each month under GAAP", "prepared tax returns and audit papers"),
    ),
    "teacher": (
        ("Teacher", "Senior Teacher", "Head Teacher"),
        ("Lesson planning", "Classroom management", "Special education", "Spanish instruction"),
        ("Education", "Education"),
        ("taught mathematics to sixth grade classes", "wrote plans for pupils with special needs"),
    ),
    "sales": (
        ("Sales Representative", "Senior Sales Representative", "Sales Manager"),
        ("Salesforce", "Cold calling", "Negotiation", "Account management"),
        ("Marketing", "Medical devices"),
        ("sold medical devices to hospitals and clinics", "grew the territory by a third in two years"),
    ),
    "chef": (
        ("Line Cook", "Sous Chef", "Head Chef"),
        ("Menu planning", "Food safety", "Pastry", "Inventory"),
        ("Culinary Arts", "Hospitality"),
        (
            "cooked on the line for three hundred covers a night",
            "planned menus and kept food cost under thirty percent",
        ),
    ),
}
LEVELS = (Seniority.MID, Seniority.SENIOR, Seniority.MANAGER)
TOWNS = (
    ("San Francisco", "US-CA", "US", 37.7749, -122.4194),
    ("San Jose", "US-CA", "US", 37.3394, -121.895),
    ("Oakland", "US-CA", "US", 37.8044, -122.2712),
    ("Boston", "US-MA", "US", 42.3584, -71.0598),
    ("New York City", "US-NY", "US", 40.7143, -74.006),
    ("London", "GB-ENG", "GB", 51.5085, -0.1257),
    ("Springfield", "US-IL", "US", None, None),
)
COMPANIES = ("Northwind", "Acme, Inc.", "Contoso", "Globex", "Initech")
TONGUES = ("Spanish", "French", "Mandarin")


def person(number: int) -> Profile:
    """The invented member `m000` ... : trade by number, the rest by remainders, one part in five or so left unknown."""
    titles, skills, (field, industry), deeds = list(TRADES.values())[number % len(TRADES)]
    step = number // len(TRADES)
    rank = step % 3
    draft = Draft()
    headline = draft.line(titles[rank])
    places = []
    if number % 5:
        city, region, country, latitude, longitude = TOWNS[number % len(TOWNS)]
        span = draft.line(f"{city}, {region[3:]}")
        places.append(
            Location(
                text=span.of(draft.text),
                city=city,
                region=region,
                country=country,
                latitude=latitude,
                longitude=longitude,
                span=span,
            )
        )
    positions = []
    for back in range(rank + 1):
        company = COMPANIES[(number + back) % len(COMPANIES)]
        start, end = 2022 - 4 * back, None if back == 0 else 2026 - 4 * back
        title, deed = titles[rank - back], deeds[back % 2]
        span = draft.line(f"{title}, {company}, {start} to {end or 'present'}")
        details = draft.line(
            f"{deed[0].upper()}{deed[1:]}; worked with team {number * 7 % 50} and trained {step} others."
        )
        positions.append(
            Position(
                title=title,
                company=company,
                start=PartialDate(year=start),
                end=PartialDate(year=end) if end else None,
                current=back == 0,
                details=details,
                span=span,
            )
        )
    known = [skills[(step + i) % len(skills)] for i in range(3)]
    listed = draft.line(f"Skills: {', '.join(known)}")
    at = [draft.text.index(skill, listed.start) for skill in known]
    education = []
    if number % 4:
        level = (EducationLevel.ASSOCIATE, EducationLevel.BACHELOR, EducationLevel.MASTER)[number % 3]
        span = draft.line(f"{level.name.capitalize()} in {field}, State University")
        education.append(
            Education(school="State University", degree=level.name.capitalize(), level=level, field=field, span=span)
        )
    languages = []
    if number % 3 == 0:
        span = draft.line(f"Speaks {TONGUES[step % 3]}")
        languages.append(Language(name=TONGUES[step % 3], span=Span(start=span.start + 7, end=span.end)))
    return Profile(
        member_id=f"m{number:03}",
        text=draft.text,
        headline=titles[rank],
        headline_span=headline,
        locations=tuple(places),
        positions=tuple(positions),
        years_experience=float(4 * rank + step % 4) if step % 5 else None,
        seniority=LEVELS[rank],
        education=tuple(education),
        skills=tuple(
            Skill(name=skill, span=Span(start=a, end=a + len(skill))) for skill, a in zip(known, at, strict=True)
        ),
        languages=tuple(languages),
        industries=(Industry(name=industry),),
        source="invented",
        synthetic=True,
    )


@pytest.fixture(scope="session")
def small_population() -> list[Profile]:
    """120 invented people of six trades."""
    return [person(number) for number in range(120)]


@pytest.fixture(scope="session")
def small_workspace(small_population: list[Profile], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that serves the small population; read-only, for tests share it."""
    workspace = tmp_path_factory.mktemp("small")
    build(small_population, workspace=workspace, sources=("invented",))
    return workspace


@pytest.fixture(scope="session")
def small_snapshot(small_workspace: Path) -> Snapshot:
    """The small population, indexed by the real build."""
    return Snapshot.open(small_workspace)
