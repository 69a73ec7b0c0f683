"""What a few given people have in common with others, attribute by attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.attributes import normalise
from retrieval.snapshot import Snapshot

WEIGHTS = {"title": 3.0, "skills": 2.0, "industry": 1.0, "company": 1.0}
"""What sharing all of one attribute is worth. Names of schools, languages and places say too much about origin."""
COMMON = 1 / 3
"""What more of the population has tells nothing: "company name" where employers are masked."""
SHOWN = 4
"""Values of one attribute that a reason names."""


@dataclass(frozen=True, kw_only=True)
class Trait:
    """One value that at least one of the given people has, and everybody who has it; `share` of them, 0..1."""

    attribute: str
    value: str
    share: float
    rows: BitMap


@dataclass(frozen=True, kw_only=True)
class Traits:
    """All traits of the given people."""

    traits: tuple[Trait, ...]

    def shares(self, count: int) -> NDArray[np.float32]:
        """[n] how much of the traits each member shares, 0..1: a title in full, skills by their number."""
        present = {trait.attribute for trait in self.traits}
        total = sum(WEIGHTS[attribute] for attribute in present)
        shares = np.zeros(count, dtype=np.float32)
        for attribute in sorted(present):
            own = [trait for trait in self.traits if trait.attribute == attribute]
            grades = np.zeros(count, dtype=np.float32)
            for trait in own:
                at = trait.rows.to_array()
                if attribute == "skills":
                    grades[at] += np.float32(trait.share)
                else:
                    grades[at] = np.maximum(grades[at], np.float32(trait.share))
            most = float(sum(trait.share for trait in own)) if attribute == "skills" else 1.0
            shares += np.float32(WEIGHTS[attribute] / total) * grades / np.float32(most)
        return shares

    def reason(self, row: int, score: float) -> str:
        """ "shares title: accountant; skills: sap, excel (2 of 9)", or that only the wording is alike."""
        parts = []
        for attribute in WEIGHTS:
            own = [trait for trait in self.traits if trait.attribute == attribute]
            shared = [trait.value for trait in own if row in trait.rows]
            if shared:
                more = ", ..." if len(shared) > SHOWN else ""
                of = f" ({len(shared)} of {len(own)})" if attribute == "skills" else ""
                parts.append(f"{attribute}: {', '.join(shared[:SHOWN])}{more}{of}")
        return f"shares {'; '.join(parts)}" if parts else f"alike in what the profile says ({score:.2f})"


def traits_of(rows: Sequence[int], snapshot: Snapshot) -> Traits:
    """What the members of `rows` have: titles, skills, industries and companies, the commonest among them first."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        profile = snapshot.profile(row)
        had = [
            *(("title", position.title) for position in profile.positions),
            *(("skills", skill.name) for skill in profile.skills),
            *(("industry", industry.name) for industry in profile.industries),
            *(("industry", position.industry) for position in profile.positions),
            *(("company", position.company) for position in profile.positions),
        ]
        counts.update(list(dict.fromkeys((kind, normal) for kind, value in had if (normal := normalise(value or "")))))
    facets = {"skills": "skill"}
    traits = [
        Trait(
            attribute=attribute,
            value=value,
            share=count / len(rows),
            rows=snapshot.attributes.rows(facets.get(attribute, attribute), value),
        )
        for (attribute, value), count in counts.most_common()
    ]
    return Traits(traits=tuple(trait for trait in traits if len(trait.rows) <= COMMON * snapshot.count))
