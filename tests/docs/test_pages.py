"""Links resolve, every page can be found from the first one, and nothing of a developer's machine is in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/*.md")})
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
MACHINE = re.compile(r"(?<![\w.~/-])/(?:tmp|home|root|opt|mnt|work|Users)/|\b(?:TODO|FIXME|XXX)\b|localhost:\d")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), f"{target}#{anchor}"


def test_every_page_of_the_manual_can_be_found() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target).resolve() for target, _ in LINK.findall(index.read_text(encoding="utf-8"))}
    assert set(ROOT.glob("docs/**/*.md")) - {index} <= linked


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / "NOTICE"], ids=lambda page: page.name
)
def test_nothing_of_a_machine_or_unfinished_is_left(page: Path) -> None:
    assert MACHINE.findall(page.read_text(encoding="utf-8")) == []
