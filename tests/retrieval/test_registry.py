"""One door for all retrievers: what is found, what is broken, and that the one does not stop the other."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from retrieval import registry
from retrieval.registry import Listing
from retrieval.snapshot import Snapshot

OURS = {"faceted", "boolean", "semantic", "lookalike", "personalized"}
WORKING = """
class Everybody:
    name = "everybody"
    def retrieve(self, *, role, filter, context, limit):
        ...
def create(snapshot):
    return Everybody()
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, *, name: str, entries: dict[str, str], code: str) -> None:
    """What pip leaves behind for a small package: its module and its metadata, on the path."""
    module = f"{name.replace('-', '_')}_plugin"
    (folder / f"{module}.py").write_text(code)
    metadata = folder / f"{name.replace('-', '_')}-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    lines = [f"{entry} = {module}:{attribute}" for entry, attribute in entries.items()]
    (metadata / "entry_points.txt").write_text("\n".join([f"[{registry.GROUP}]", *lines]))
    monkeypatch.syspath_prepend(folder)


def of(name: str) -> list[Listing]:
    return [listed for listed in registry.listing() if listed.name == name]


def test_the_houses_five_come_through_the_door() -> None:
    ours = {listed.name for listed in registry.listing() if listed.distribution == "shortlist" and listed.available}
    assert ours == OURS


def test_all_load_over_a_snapshot(small_snapshot: Snapshot) -> None:
    loaded = registry.load(small_snapshot)
    assert {name: retriever.name for name, retriever in loaded.items()} == {name: name for name in OURS}


def test_an_outsider_is_listed_and_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_snapshot: Snapshot
) -> None:
    install(tmp_path, monkeypatch, name="acme-people", entries={"everybody": "create"}, code=WORKING)
    assert of("everybody") == [
        Listing(name="everybody", distribution="acme-people", version="1.2", available=True, why_not=None)
    ]
    assert list(registry.load(small_snapshot, only=["everybody"])) == ["everybody"]


@pytest.mark.parametrize(
    ("code", "why_not"),
    [
        ("import no_such_module_anywhere", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
        ("raise SystemExit('no licence')", "SystemExit: no licence"),
        ("def create(", "SyntaxError"),
        ("x = 1", "AttributeError"),
        ("create = 3", "is not a factory create(snapshot)"),
    ],
)
def test_one_that_cannot_be_imported_is_listed_with_its_error_and_stops_nobody(
    code: str, why_not: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_snapshot: Snapshot
) -> None:
    install(tmp_path, monkeypatch, name=f"broken{abs(hash(code))}", entries={"broken": "create"}, code=code)
    (listed,) = of("broken")
    assert (listed.available, why_not in (listed.why_not or "")) == (False, True)
    told: list[Listing] = []
    assert set(registry.load(small_snapshot, on_problem=told.append)) == OURS
    assert told == [listed]


@pytest.mark.parametrize(
    ("code", "why_not"),
    [
        ("def create(snapshot): raise OSError('no weights')", "its factory failed: OSError: no weights"),
        ("def create(snapshot): return 3", "made a int"),
        (WORKING.replace('"everybody"', '"somebody"'), "its name is 'somebody', not the entry point's 'odd'"),
    ],
)
def test_one_that_cannot_be_made_is_left_out_with_its_reason(
    code: str,
    why_not: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small_snapshot: Snapshot,
    caplog: pytest.LogCaptureFixture,
) -> None:
    install(tmp_path, monkeypatch, name=f"odd{abs(hash(code))}", entries={"odd": "create"}, code=code)
    with caplog.at_level(logging.WARNING):
        assert set(registry.load(small_snapshot)) == OURS
    assert why_not in caplog.text


def test_a_name_of_the_house_cannot_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_snapshot: Snapshot
) -> None:
    install(tmp_path, monkeypatch, name="aaa-first", entries={"semantic": "create"}, code=WORKING)
    ours, theirs = of("semantic")
    assert (ours.distribution, ours.available) == ("shortlist", True)
    assert (theirs.distribution, theirs.available, theirs.why_not) == (
        "aaa-first",
        False,
        "the name is taken by shortlist; rename the entry point",
    )
    loaded = registry.load(small_snapshot, only=["semantic"], on_problem=lambda _: None)
    assert type(loaded["semantic"]).__module__ == "retrieval.strategies.semantic"


def test_of_two_outsiders_with_one_name_the_first_by_distribution_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("zeta-people", "beta-people"):
        folder = tmp_path / name
        folder.mkdir()
        install(folder, monkeypatch, name=name, entries={"everybody": "create"}, code=WORKING)
    assert [(listed.distribution, listed.available) for listed in of("everybody")] == [
        ("beta-people", True),
        ("zeta-people", False),
    ]


def test_asking_for_one_that_is_not_installed_says_which_are(small_snapshot: Snapshot) -> None:
    with pytest.raises(ValueError, match=r"no retriever is named telepathic; installed are boolean, faceted"):
        registry.load(small_snapshot, only=["telepathic"])
