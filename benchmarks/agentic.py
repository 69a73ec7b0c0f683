"""Agentic search against the single pass, and reading on against stopping early, on judged requests.

    python benchmarks/agentic.py --workspace DIR --judged DIR [--only NAME ...]

Every variant searches every request; each is compared with the single pass by a paired bootstrap over requests. The
ranker that ships was trained on the development requests, so each request is ranked by one that was trained without it
(five folds, as in `shortlist train ranker`). `too narrow` are requests with hard criteria added until fewer than ten
people pass: there the figures are people shown and the grades that experts gave them for the request without these,
and that the guard gave them for the request as it is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from agents.limits import Limits
from agents.opening import open_sourcing
from agents.policy import screen
from agents.shortlist import Shortlist
from agents.sourcing import Sourcing
from offline.evaluation import Judged, Request, Scores, interval, measure, read_judged
from ranking import Ranker
from ranking.boosting import Boosting
from retrieval.filters import compile_filter
from training.ranker import FOLDS, describe, fit, save
from training.ranker_data import gather

VARIANTS: dict[str, dict[str, Any]] = {
    "single pass": {"rounds": 0},
    "broaden": {"edits": ["broaden"]},
    "add_title": {"edits": ["add_title"]},
    "narrow": {"edits": ["narrow"]},
    "drop": {"edits": ["drop"]},
    "all edits": {"edits": ["broaden", "narrow", "add_title", "drop"]},
    "read 40": {"rounds": 0, "guarded": 40},
    "stop at 1": {"rounds": 0, "stop_when_passed": 1.0},
    "stop at .5": {"rounds": 0, "stop_when_passed": 0.5},
    "15 hits": {"rounds": 0, "hits": 15},
    "15 hits, add_title": {"edits": ["add_title"], "hits": 15},
    "15 hits, narrow": {"edits": ["narrow"], "hits": 15},
}
BASES = {"15 hits, add_title": "15 hits", "15 hits, narrow": "15 hits"}
NARROWED = (
    "; must have a PhD and at least {years} years of experience",
    "; entry level, must have a PhD and at least {years} years of experience",
    "; at VP level, must have a master's degree and at least {years} years of experience",
)
YEARS = (10, 15, 20, 25, 30, 35, 40, 45, 50)
FEW = 10
MOST_NARROW = 15
PAIRED = ("ndcg", "hrr", "facepalm")


@dataclass
class Outcome:
    """One variant's answers."""

    runs: dict[str, list[str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    verdicts: list[int] = field(default_factory=list)
    edited: int = 0

    def add(self, qid: str, shortlist: Shortlist, seconds: float) -> None:
        """Take down one answer."""
        self.runs[qid] = [one.member_id for one in shortlist.candidates]
        self.seconds.append(seconds)
        self.read.append(sum(stage.count or 0 for stage in shortlist.waterfall if stage.name == "guarded"))
        self.verdicts += [one.grade for one in shortlist.candidates if one.grade is not None]
        self.edited += bool(shortlist.edits)


def folds(sourcing: Sourcing, judged: Judged, folder: Path) -> dict[str, Ranker]:
    """A ranker for each request, trained without it."""
    pools = gather(sourcing, judged)
    fold = np.random.default_rng(0).permutation(len(pools)) % FOLDS
    rankers = []
    for held in range(FOLDS):
        kept = [pool for pool, f in zip(pools, fold, strict=True) if f != held]
        save(fit(kept), folder / str(held), describe(kept, encoder="", metrics={}))
        rankers.append(Ranker(model=Boosting(folder / str(held))))
    return {pool.qid: rankers[f] for pool, f in zip(pools, fold, strict=True)}


async def search(sourcing: Sourcing, requests: Iterable[Request], rankers: dict[str, Ranker]) -> Outcome:
    """Search every request once; the first is searched before, so that nothing is timed that is only loaded."""
    outcome = Outcome()
    for place, request in enumerate(requests):
        ranked = replace(sourcing, ranker=rankers[request.qid])
        if not place:
            await ranked.search(request.text)
        started = time.perf_counter()
        outcome.add(request.qid, await ranked.search(request.text), time.perf_counter() - started)
    return outcome


async def too_narrow(sourcing: Sourcing, judged: Judged) -> list[Request]:
    """Requests that fewer than ten people pass, spread over the judged ones."""
    found = []
    step = max(1, len(judged.requests) // MOST_NARROW)
    for place, request in enumerate(judged.requests[::step][:MOST_NARROW]):
        for years in YEARS:
            text = request.text.rstrip(".") + NARROWED[place % len(NARROWED)].format(years=years)
            role = (await sourcing.understanding.understand(screen(text).text)).role
            if len(compile_filter(role, sourcing.snapshot).rows) < FEW:
                found.append(Request(qid=request.qid, text=text))
                break
    return found


def difference(scores: Scores, base: Scores, name: str) -> str:
    """Mean difference with its 95 % interval over requests."""
    pairs = zip(scores.values[name], base.values[name], strict=True)
    found = interval([a - b for a, b in pairs])
    return f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"


def told(name: str, outcome: Outcome, judged: Judged, base: Scores | None) -> dict[str, Any]:
    """A variant's figures; printed as well."""
    scores = measure(outcome.runs, judged)
    row: dict[str, Any] = {
        **{m: round(scores.mean(m), 4) for m in ("ndcg", "ndcg_judged", "hrr", "facepalm", "unjudged", "coverage")},
        "read": round(float(np.mean(outcome.read)), 1),
        "edited": outcome.edited,
        "seconds": round(float(np.median(outcome.seconds)), 3),
    }
    if base is not None:
        row["difference"] = {measured: difference(scores, base, measured) for measured in PAIRED}
    print(f"{name}: {json.dumps(row)}", flush=True)
    return row


def grades(name: str, outcome: Outcome, judged: Judged) -> None:
    """People shown for the narrow requests, what experts thought of them, and what the guard did."""
    counts = dict.fromkeys((*range(5), "unjudged"), 0)
    for qid, shown in outcome.runs.items():
        for member in shown:
            counts[judged.grades[qid].get(member, "unjudged")] += 1
    passed = sum(grade >= Limits().passing_grade for grade in outcome.verdicts)
    people = [len(shown) for shown in outcome.runs.values()]
    print(
        f"too narrow, {name}: {len(people)} requests, {np.mean(people):.1f} people shown, "
        f"{sum(not number for number in people)} with nobody; grades {counts}; by the guard "
        f"{np.mean(outcome.verdicts):.2f} on average, {passed} passed; "
        f"{np.median(outcome.seconds):.2f} s",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--judged", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[*VARIANTS, "too narrow"], help="leave the other variants out")
    chosen = parser.parse_args()
    judged = read_judged(chosen.judged)
    plain = open_sourcing(chosen.workspace)
    wanted = chosen.only or [*VARIANTS, "too narrow"]
    with tempfile.TemporaryDirectory() as made:
        rankers = folds(plain, judged, Path(made))
        bases: dict[str, Scores] = {}
        for name, limits in VARIANTS.items():
            if name in wanted:
                sourcing = replace(plain, limits=Limits(**limits))
                outcome = asyncio.run(search(sourcing, judged.requests, rankers))
                told(name, outcome, judged, bases.get(BASES.get(name, "single pass")))
                bases[name] = measure(outcome.runs, judged)
        if "too narrow" in wanted:
            narrow = asyncio.run(too_narrow(plain, judged))
            for name in ("single pass", "broaden", "all edits"):
                sourcing = replace(plain, limits=Limits(**VARIANTS[name]))
                grades(name, asyncio.run(search(sourcing, narrow, rankers)), judged)


if __name__ == "__main__":
    main()
