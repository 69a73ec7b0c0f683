"""What understanding found reaches the shortlist: the difference, a model's refused criteria, and what each costs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from agents.policy import Refusal
from agents.role_changes import diff
from agents.sourcing import Sourcing
from agents.understanding import Understood
from retrieval.schema import Criterion, LocationCriterion, Role, Span, YearsCriterion

REFUSAL = Refusal(words="young", span=Span(start=0, end=5), reason="Age says nothing.", clause="protected.age")


class Reads:
    """Understands Boston, then Boston with years, each time with a criterion that is refused."""

    def __init__(self, place: Any) -> None:
        self.place = place

    async def understand(self, text: str, *, previous: Role | None = None) -> Understood:
        boston = LocationCriterion(value="Boston", place=self.place)
        years = YearsCriterion(value="90+ years", minimum=90) if previous else None
        role = Role(text=text, skills=(Criterion(value="Python"),), locations=(boston,), years=years)
        changed = diff(previous, role) if previous else ()
        said = tuple(change.said for change in changed)
        return Understood(role=role, changes=said, diff=changed, notes=("a note",), refused=(REFUSAL,))


def test_difference_refusals_and_costs_are_told(assemble: Callable[..., Sourcing], parts: Any) -> None:
    sourcing = assemble(understanding=Reads(parts.BOSTON))
    first = asyncio.run(sourcing.search("python in boston", thread="t"))
    assert first.refused == (REFUSAL,)
    assert first.diff == ()
    assert "a note" in first.notes
    assert [(one.value, one.hard, one.remaining, one.without, one.shown) for one in first.costs] == [
        ("Boston", True, 10, 40, None),
        ("Python", False, 10, 10, 20),
    ]
    second = asyncio.run(sourcing.search("90 years", thread="t"))
    assert [change.said for change in second.diff] == list(second.changes) == ["years: any -> 90+"]
    # Nobody has them, and the search goes on without: costs are still those of the role as asked.
    assert [(one.value, one.remaining, one.without) for one in second.costs if one.hard] == [
        ("Boston", 0, 0),
        ("90+ years", 0, 10),
    ]
