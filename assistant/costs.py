"""What each criterion costs, in one line under the role."""

from __future__ import annotations

from rich.text import Text

from agents.criterion_costs import CriterionCost
from assistant.console import legible
from retrieval.schema import Importance


def costs_line(costs: tuple[CriterionCost, ...]) -> Text | None:
    """ "Texas: keeps 412, 2,483 without; CPA: in 62 profiles"; None where no criterion costs or is found.

    A hard criterion that keeps nobody out, and a soft one whose words were not looked for, are not told.
    """
    said = [one for one in map(_said, costs) if one]
    return Text("Costs: ", style="bold").append("; ".join(said), style="not bold") if said else None


def _said(cost: CriterionCost) -> str:
    name = legible(cost.value)
    if cost.hard:
        words = f"not {name}" if cost.importance is Importance.EXCLUDE else name
        return f"{words}: keeps {cost.remaining:,}, {cost.without:,} without" if cost.without > cost.remaining else ""
    return "" if cost.shown is None else f"{name}: in {cost.shown:,} profile{'' if cost.shown == 1 else 's'}"
