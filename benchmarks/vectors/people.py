"""A population of invented people, and of real resumes where given, encoded by the product itself.

    python -m benchmarks.vectors.people [--people N] [--words N] [--resumes FILE] [--out DIR]

It takes about 40 minutes of one core for 100,000 people of 70 words each. Stopped or killed, the same command goes on
where it was: what is encoded is kept. `make bench-vectors` searches what stands there and does not wait for it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from assistant.progress import meter
from benchmarks.vectors.places import PEOPLE
from offline.index_build import build
from offline.synthetic import generate
from retrieval.encoder import load_encoder
from retrieval.ingest import read
from retrieval.schema import Profile

SEED = 5


def profiles(*, people: int, words: int, resumes: Path | None) -> Iterator[Profile]:
    """The real ones first, so that they are rows 0 and on whatever the number of the invented."""
    real = read(resumes) if resumes is not None else iter(())
    return chain(real, (beginning(profile, words) for profile, _ in generate(size=people, seed=SEED)))


def beginning(profile: Profile, words: int) -> Profile:
    """The profile as it would be had its text ended after so many words: encoding is what takes the time."""
    ends = [word.end() for word in islice(re.finditer(r"\S+", profile.text), words)]
    if not ends or len(profile.text[ends[-1] :].split()) == 0:
        return profile
    end = ends[-1]
    update: dict[str, Any] = {"text": profile.text[:end], "summary": None}
    for name in ("locations", "positions", "education", "skills", "languages", "certifications", "industries"):
        update[name] = tuple(one for one in getattr(profile, name) if one.span is None or one.span.end <= end)
    return profile.model_copy(update=update)


def main() -> None:
    """Invent, encode, publish."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000, metavar="N", help="how many to invent (100000)")
    parser.add_argument(
        "--words",
        type=int,
        default=70,
        metavar="N",
        help="how many words of each of these to take: a passage is 70 (70)",
    )
    parser.add_argument("--resumes", type=Path, metavar="FILE", help="real ones to add: what `shortlist index` reads")
    parser.add_argument("--out", type=Path, default=PEOPLE, metavar="DIR", help=f"the workspace to make ({PEOPLE})")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with meter() as advance:
        report = build(
            profiles(people=given.people, words=given.words, resumes=given.resumes),
            workspace=given.out,
            encoder=load_encoder(),
            progress=advance,
        )
    print(
        f"{report.profiles:,} people, {report.synthetic:,} of them invented, in {report.passages:,} passages; "
        f"{report.encoded:,} texts encoded, {report.reused:,} kept; {sum(report.seconds.values()):,.0f} s"
    )


if __name__ == "__main__":
    main()
