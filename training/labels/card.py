"""How a folder of labels came about, what is in it, and how far the teacher agrees with itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.constitution import Prompting
from training.labels.consistency import Consistency, consistency
from training.labels.label import Label
from training.labels.store import CARD, LabelsDamaged


class LabelsMismatch(ValueError):
    """The folder holds labels that were asked for in another way."""


class Asking(BaseModel):
    """What all labels of a folder share: other values ask for another folder."""

    model_config = ConfigDict(frozen=True)

    source: str = Field(description="fingerprint of the file of pairs or requests")
    model: str
    constitution: str
    prompting: Prompting
    per_request: int | None = None
    duplicates: float
    swaps: float
    seed: int = 0


class LabelCard(BaseModel):
    """Written as `card.json`. Holds figures only, nothing of a person."""

    model_config = ConfigDict(frozen=True)

    asking: Asking
    snapshots: tuple[str, ...] = ()
    requests: int = 0
    pairs: int = Field(default=0, description="pairs with a label; repeats not counted")
    repeats: int = 0
    left: int = Field(default=0, description="questions of the plan without an answer")
    failures: dict[str, int] = Field(default_factory=dict, description="reason -> pairs of the last run")
    grades: tuple[int, ...] = Field(default=(0, 0, 0, 0, 0), description="pairs by grade 0-4")
    grades_by_draw: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    soft_sources: dict[str, int] = Field(default_factory=dict)
    input_tokens: int = 0
    output_tokens: int = 0
    money: float | None = None
    seconds_per_label: float | None = Field(default=None, description="mean, waiting included")
    labels_per_second: float | None = Field(default=None, description="of the last run that labelled anything")
    again: Consistency | None = None
    swapped: Consistency | None = None


def describe(
    labels: Sequence[Label],
    asking: Asking,
    *,
    left: int = 0,
    failures: dict[str, int] | None = None,
    prices: tuple[float, float] | None = None,
    labels_per_second: float | None = None,
) -> LabelCard:
    """The card of a folder's labels, repeats included. `prices` are of a million tokens, read and written."""
    firsts = [label for label in labels if label.is_duplicate_of is None]
    read, written = (sum(getattr(label, name) for label in labels) for name in ("input_tokens", "output_tokens"))
    seconds = [label.seconds for label in labels if label.seconds > 0]
    return LabelCard(
        asking=asking,
        snapshots=tuple(sorted({label.snapshot for label in labels})),
        requests=len({label.request_id for label in firsts}),
        pairs=len(firsts),
        repeats=len(labels) - len(firsts),
        left=left,
        failures=failures or {},
        grades=_by_grade(firsts),
        grades_by_draw={
            why: _by_grade([label for label in firsts if label.drawn == why])
            for why in sorted({label.drawn for label in firsts})
        },
        soft_sources=dict(Counter(label.soft_source for label in firsts)),
        input_tokens=read,
        output_tokens=written,
        money=None if prices is None else (read * prices[0] + written * prices[1]) / 1e6,
        seconds_per_label=sum(seconds) / len(seconds) if seconds else None,
        labels_per_second=labels_per_second,
        again=consistency(labels, swapped=False),
        swapped=consistency(labels, swapped=True),
    )


def read_card(folder: Path) -> LabelCard | None:
    """The card of a folder; `None` where there is none yet. Raises: LabelsDamaged."""
    try:
        return LabelCard.model_validate_json((folder / CARD).read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        raise LabelsDamaged(f"{folder / CARD} cannot be read; label into another folder") from None


def write_card(folder: Path, card: LabelCard) -> None:
    """Write the card, whole or not at all."""
    unfinished = folder / f"{CARD}.unfinished"
    unfinished.write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    unfinished.replace(folder / CARD)


def claim(folder: Path, asking: Asking) -> LabelCard | None:
    """The card there is, if its labels were asked for like these; a new folder gets one without labels.

    Raises:
        LabelsMismatch: it says what is different.
    """
    there = read_card(folder)
    if there is None:
        folder.mkdir(parents=True, exist_ok=True)
        write_card(folder, LabelCard(asking=asking))
        return None
    before, now = there.asking.model_dump(), asking.model_dump()
    other = [f"{name} was {before[name]!r}, now {now[name]!r}" for name in now if before[name] != now[name]]
    if other:
        raise LabelsMismatch(
            f"the labels in {folder} were asked for in another way ({'; '.join(other)}); give another --out"
        )
    return there


def _by_grade(labels: Sequence[Label]) -> tuple[int, ...]:
    counted = Counter(label.grade for label in labels)
    return tuple(counted[grade] for grade in range(5))
