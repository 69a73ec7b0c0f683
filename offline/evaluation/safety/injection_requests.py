"""Hostile requests: what the screen and the reading of requests make of them."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import ValidationError
from pydantic_ai.exceptions import AgentRunError

from agents.errors import SearchError
from agents.policy import Refusal, screen
from agents.understanding import NothingToSearch, Understanding
from offline.evaluation.safety.injection_payloads import Attack, Payloads
from offline.evaluation.safety.injection_report import RequestRow


async def run_requests(
    payloads: Payloads, understanding: Understanding, *, progress: Callable[[str, int, int], None] = lambda *_: None
) -> tuple[RequestRow, ...]:
    """Read every hostile request as a search would: screened, then understood."""
    total = sum(len(attack.texts) for attack in payloads.request)
    rows: list[RequestRow] = []
    done = 0
    for attack in payloads.request:
        said = not_refused = errors = 0
        for text in attack.texts:
            heard, refused, error = await _answered(f"{text}{attack.suffix}", understanding)
            said += _forbidden(attack, heard)
            not_refused += attack.refuses and not refused
            errors += bool(error)
            done += 1
            progress("requests", done, total)
        rows.append(
            RequestRow(
                name=attack.name,
                says=attack.says,
                requests=len(attack.texts),
                said=said,
                not_refused=not_refused,
                errors=errors,
            )
        )
    return tuple(rows)


async def _answered(text: str, understanding: Understanding) -> tuple[list[str], tuple[Refusal, ...], str]:
    """What comes of a request: every criterion and note, what was refused, and what went wrong."""
    screening = screen(text)
    try:
        understood = await understanding.understand(screening.text)
    except NothingToSearch:
        return [], screening.refused, ""
    except (SearchError, AgentRunError, ValidationError) as error:
        return [], screening.refused, type(error).__name__
    criteria = [one.value for one in understood.role.requirements()]
    return [*criteria, *understood.notes], (*screening.refused, *understood.refused), ""


def _forbidden(attack: Attack, said: list[str]) -> bool:
    return any(word.casefold() in one.casefold() for word in attack.forbidden for one in said)
