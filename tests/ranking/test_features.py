"""Every feature equals a plain computation from the profiles: loops and sums, nothing of the ranker's own."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
import pytest

from ranking.features import FEATURES, Feature
from ranking.view import BACKGROUND, LEADERS, View
from retrieval.encoder import Side
from retrieval.schema import Candidate, Criterion, Importance, Profile, Role
from retrieval.serialisation import passages
from retrieval.snapshot import Snapshot
from retrieval.text_index import analyze

NAN = math.nan
PAGE = Path(__file__).parents[2] / "docs" / "ranking.md"
Vector = np.ndarray


def cos(a: Vector, b: Vector) -> float:
    """Of vectors of any length; 0 with a zero vector."""
    lengths = math.sqrt(math.fsum(a * a)) * math.sqrt(math.fsum(b * b))
    return math.fsum(a * b) / lengths if lengths > 1e-9 else 0.0


def above(values: list[float], ordinary: list[float]) -> list[float]:
    return [(value - fmean(ordinary)) / (pstdev(ordinary) + 1e-6) for value in values]


def share_of_best(values: list[float]) -> list[float]:
    return [value / max(values) if max(values) > 0 else 0.0 for value in values]


class Plain:
    """The role and the pool, read slowly."""

    def __init__(self, snapshot: Snapshot, role: Role, candidates: list[Candidate]) -> None:
        self.role, self.candidates = role, candidates
        self.encode = snapshot.encoder.encode
        self.population = [snapshot.profile(row) for row in range(snapshot.count)]
        at = {profile.member_id: profile for profile in self.population}
        self.pool = [at[candidate.member_id] for candidate in candidates]
        self.counts = {profile.member_id: Counter(analyze(profile.text)) for profile in self.population}
        self.blends = [candidate.blend for candidate in candidates]

    def vector(self, text: str, side: Side = "role") -> Vector:
        return self.encode([text], side=side)[0].astype(np.float64)

    @cached_property
    def wanted(self) -> list[str]:
        asked = [q.value for q in self.role.requirements() if q.importance is not Importance.EXCLUDE]
        return asked or [self.role.text]

    @cached_property
    def titles(self) -> list[str]:
        return [t.value for t in self.role.titles if t.importance is not Importance.EXCLUDE] or [self.role.text]

    @cached_property
    def _passages(self) -> dict[str, list[Vector]]:
        zero = [np.zeros(384)]
        return {p.member_id: [self.vector(s.text, "profile") for s in passages(p)] or zero for p in self.population}

    @cached_property
    def _headlines(self) -> dict[str, Vector]:
        named = {p.member_id: "; ".join(dict.fromkeys(titles_of(p))) for p in self.population}
        return {member: self.vector(text, "profile") if text else np.zeros(384) for member, text in named.items()}

    def similar(self, text: str, people: list[Profile]) -> list[list[float]]:
        wanted = self.vector(text)
        return [[cos(vector, wanted) for vector in self._passages[p.member_id]] for p in people]

    def best(self, text: str, people: list[Profile]) -> list[float]:
        return [max(cosines) for cosines in self.similar(text, people)]

    def three(self, people: list[Profile]) -> list[float]:
        return [fmean(sorted(cosines)[-3:]) for cosines in self.similar(self.role.text, people)]

    def wholes(self) -> list[Vector]:
        return [sum(self._passages[p.member_id]) for p in self.pool]

    def headlines(self, people: list[Profile] | None = None) -> list[Vector]:
        return [self._headlines[p.member_id] for p in people or self.pool]

    def nearest(self, texts: list[str], vectors: list[Vector]) -> list[float]:
        """Cosine with the nearest of some texts."""
        asked = [self.vector(text) for text in texts]
        return [max(cos(vector, one) for one in asked) for vector in vectors]

    def each(self, by: Callable[[list[float]], float], *, deviations: bool = False) -> list[float]:
        """Best passages for each requirement, brought together a candidate."""
        columns = []
        for text in self.wanted:
            shown = self.best(text, self.pool)
            columns.append(above(shown, self.best(text, self.population)) if deviations else shown)
        return [by(list(row)) for row in zip(*columns, strict=True)]

    def share(self, deviations: float) -> list[float]:
        ordinary = [c for cosines in self.similar(self.role.text, self.population) for c in cosines]
        bar = fmean(ordinary) + deviations * pstdev(ordinary)
        return [fmean(c > bar for c in cosines) for cosines in self.similar(self.role.text, self.pool)]

    def idf(self, term: str) -> float:
        having, people = sum(term in counts for counts in self.counts.values()), len(self.population)
        return math.log(1 + (people - having + 0.5) / (having + 0.5)) if 0 < having <= people / 2 else 0.0

    def bm25(self, weights: dict[str, float], *, b: float = 0.75) -> list[float]:
        mean = fmean(counts.total() for counts in self.counts.values())
        scores = []
        for profile in self.pool:
            counts = self.counts[profile.member_id]
            norm = 1.2 * (1 - b + b * max(counts.total(), 1) / mean)
            scores.append(sum(w * counts[t] * 2.2 / (counts[t] + norm) for t, w in weights.items() if counts[t]))
        return scores

    def weights(self, text: str) -> dict[str, float]:
        return {term: times * self.idf(term) for term, times in Counter(analyze(text)).items()}

    def words(self, text: str, *, b: float = 0.75) -> list[float]:
        return share_of_best(self.bm25(self.weights(text), b=b))

    def covered(self, text: str) -> list[float]:
        terms = set(analyze(text))
        whole = sum(self.idf(term) for term in terms)
        held = [self.counts[p.member_id] for p in self.pool]
        return [sum(self.idf(t) for t in terms if counts[t]) / whole if whole else 0.0 for counts in held]

    def requirements_covered(self) -> list[tuple[float, ...]]:
        return list(zip(*(self.covered(text) for text in self.wanted), strict=True))

    def fielded(self, text: str, of: Callable[[Profile], list[str]]) -> list[float]:
        """BM25 over short fields."""
        field = {p.member_id: Counter(t for value in of(p) for t in analyze(value)) for p in self.population}
        mean = fmean(counts.total() for counts in field.values())
        scores = []
        for counts in (field[p.member_id] for p in self.pool):
            score, norm = 0.0, 1.2 * (0.25 + 0.75 * counts.total() / mean)
            for term, times in Counter(analyze(text)).items():
                having = sum(term in other for other in field.values())
                idf = math.log(1 + (len(field) - having + 0.5) / (having + 0.5))
                score += times * idf * counts[term] * 2.2 / (counts[term] + norm)
            scores.append(score)
        return share_of_best(scores)

    def leaders(self) -> dict[int, float]:
        first = sorted(range(len(self.pool)), key=lambda i: -self.blends[i])[:LEADERS]
        return {i: self.blends[i] / sum(self.blends[j] for j in first) for i in first}

    def like_leaders(self, vectors: list[Vector]) -> list[float]:
        """`vectors` of unit length or zero."""
        shares = self.leaders()
        return [
            cos(vector, sum(share * vectors[i] for i, share in shares.items() if i != me))
            for me, vector in enumerate(vectors)
        ]

    def leaders_words(self) -> list[float]:
        mass: Counter[str] = Counter()
        for i, share in self.leaders().items():
            counts = self.counts[self.pool[i].member_id]
            for term, times in counts.items():
                if sum(term in other for other in self.counts.values()) >= 3:
                    mass[term] += share * times / counts.total()
        worth = {term: m * self.idf(term) for term, m in mass.items()}
        bar = sorted(worth.values())[-30] * (1 - 1e-6) if len(worth) > 30 else 0.0
        most = max(mass.values())
        typical = {term: mass[term] / most * self.idf(term) for term, w in worth.items() if w > 0 and w >= bar}
        return self.bm25(typical)

    def neighbours(self, vectors: list[Vector], sharpness: float) -> list[float]:
        means = []
        for me, vector in enumerate(vectors):
            near = {i: math.exp(sharpness * (vector @ v - 1)) for i, v in enumerate(vectors) if i != me}
            means.append(sum(w * self.blends[i] for i, w in near.items()) / sum(near.values()))
        return [(mean - fmean(means)) / pstdev(means) for mean in means]

    def units(self) -> list[Vector]:
        return [whole / max(np.linalg.norm(whole), 1e-9) for whole in self.wholes()]

    def places(self, *strategies: str) -> list[float]:
        return [sum(1 / (60 + h.rank) for h in c.hits if h.strategy in strategies) for c in self.candidates]

    def years_over(self) -> list[float]:
        asked = self.role.years.minimum if self.role.years else None
        if asked is None:
            return [NAN] * len(self.pool)
        known = [p.years_experience for p in self.pool]
        return [NAN if years is None else min(10, max(-10, years - asked)) for years in known]

    def level_over(self) -> list[float]:
        asked = [s.level for s in self.role.seniority if s.importance is not Importance.EXCLUDE]
        held = [p.seniority for p in self.pool]
        return [min((h - a for a in asked), key=abs) if asked and h is not None else NAN for h in held]


def titles_of(profile: Profile) -> list[str]:
    return [t for t in (profile.headline, *(p.title for p in profile.positions)) if t]


def unique_titles(profile: Profile) -> list[str]:
    return list(dict.fromkeys(titles_of(profile)))


def skills_of(profile: Profile) -> list[str]:
    return [skill.name for skill in profile.skills]


EXPECTED: dict[str, Callable[[Plain], list[float]]] = {
    "passage_best": lambda p: p.best(p.role.text, p.pool),
    "passage_best_above": lambda p: above(p.best(p.role.text, p.pool), p.best(p.role.text, p.population)),
    "passage_three": lambda p: p.three(p.pool),
    "passage_three_above": lambda p: above(p.three(p.pool), p.three(p.population)),
    "passage_mean": lambda p: [fmean(cosines) for cosines in p.similar(p.role.text, p.pool)],
    "profile_whole": lambda p: p.nearest([p.role.text], p.wholes()),
    "passage_first": lambda p: [cosines[0] for cosines in p.similar(p.role.text, p.pool)],
    "passage_share_1": lambda p: p.share(1),
    "passage_share_2": lambda p: p.share(2),
    "requirement_mean": lambda p: p.each(fmean),
    "requirement_worst": lambda p: p.each(min),
    "requirement_above_mean": lambda p: p.each(fmean, deviations=True),
    "requirement_above_worst": lambda p: p.each(min, deviations=True),
    "headline_request": lambda p: p.nearest([p.role.text], p.headlines()),
    "headline_title": lambda p: p.nearest(p.titles, p.headlines()),
    "headline_title_above": lambda p: above(
        p.nearest(p.titles, p.headlines()), p.nearest(p.titles, p.headlines(p.population))
    ),
    "headline_requirement": lambda p: p.nearest(p.wanted, p.headlines()),
    "passage_title": lambda p: [max(both) for both in zip(*(p.best(t, p.pool) for t in p.titles), strict=True)],
    "passage_title_above": lambda p: above(
        [max(both) for both in zip(*(p.best(t, p.pool) for t in p.titles), strict=True)],
        [max(both) for both in zip(*(p.best(t, p.population) for t in p.titles), strict=True)],
    ),
    "profile_title": lambda p: p.nearest(p.titles, p.wholes()),
    "title_words": lambda p: p.fielded(" ".join(p.titles), unique_titles),
    "title_request_words": lambda p: p.fielded(p.role.text, unique_titles),
    "skill_words": lambda p: p.fielded(p.role.text, skills_of),
    "words": lambda p: p.words(p.role.text),
    "words_possible": lambda p: [
        score / (2.2 * sum(p.weights(p.role.text).values())) for score in p.bm25(p.weights(p.role.text))
    ],
    "words_long": lambda p: p.words(p.role.text, b=0.3),
    "words_dense": lambda p: p.words(p.role.text, b=1.0),
    "words_wanted": lambda p: p.words(" ".join(p.wanted)),
    "words_title": lambda p: p.words(" ".join(p.titles)),
    "words_covered": lambda p: p.covered(p.role.text),
    "requirement_words": lambda p: [fmean(row) for row in p.requirements_covered()],
    "requirement_words_worst": lambda p: [min(row) for row in p.requirements_covered()],
    "requirement_words_most": lambda p: [fmean(c > 0.6 for c in row) for row in p.requirements_covered()],
    "like_leaders": lambda p: p.like_leaders(p.units()),
    "like_leaders_titles": lambda p: p.like_leaders(p.headlines()),
    "leaders_words": lambda p: share_of_best(p.leaders_words()),
    "leaders_words_above": lambda p: above(p.leaders_words(), p.leaders_words()),
    "neighbours": lambda p: p.neighbours(p.units(), 12),
    "neighbours_titles": lambda p: p.neighbours(p.headlines(), 8),
    "place_words": lambda p: p.places("boolean"),
    "place_meaning": lambda p: p.places("semantic"),
    "place_both": lambda p: p.places("boolean", "semantic"),
    "years_over": lambda p: p.years_over(),
    "level_over": lambda p: p.level_over(),
    "length": lambda p: [math.log(max(p.counts[one.member_id].total(), 1)) for one in p.pool],
}


@pytest.fixture(scope="module", params=["everything", "words only", "an exclusion only"])
def both(request: pytest.FixtureRequest, odd_snapshot: Snapshot, asking: Role, pool: list[Candidate]):
    unwanted = (Criterion(value="Head Chef", importance=Importance.EXCLUDE),)
    role = {
        "everything": asking,
        "words only": Role(text="somebody who closes the books, with QuickBooks and Excel"),
        "an exclusion only": Role(text="software in Python, not a head chef", titles=unwanted),
    }[request.param]
    assert odd_snapshot.count < BACKGROUND  # so that the whole population is the background
    return View.of(role=role, candidates=pool, snapshot=odd_snapshot), Plain(odd_snapshot, role, pool)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_feature_equals_its_plain_computation(feature: Feature, both: tuple[View, Plain]) -> None:
    view, plain = both
    np.testing.assert_allclose(feature.compute(view), EXPECTED[feature.name](plain), rtol=2e-3, atol=2e-4)


def deviation(values: np.ndarray) -> float:
    return float(np.std(values[~np.isnan(values)])) if not np.isnan(values).all() else 0.0


def test_every_feature_tells_some_of_this_pool_apart(
    odd_snapshot: Snapshot, asking: Role, pool: list[Candidate]
) -> None:
    """Else the comparison above proves nothing."""
    short = Role(text="somebody who charts in Epic and closes the books")
    views = [View.of(role=role, candidates=pool, snapshot=odd_snapshot) for role in (asking, short)]
    spread = {feature.name: max(deviation(feature.compute(view)) for view in views) for feature in FEATURES}
    assert [name for name, most in spread.items() if most < 1e-3] == []


def test_names_are_unique_and_each_says_something() -> None:
    names = [feature.name for feature in FEATURES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", name) for name in names)
    assert all(len(feature.says.split()) >= 3 for feature in FEATURES)


def test_the_manual_lists_the_features_as_they_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert rows == [(feature.name, feature.says) for feature in FEATURES]
