"""What a role asks for, as vectors and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.embedded.marks.sheet import FACTS
from agents.grading import MUST_WEIGHT, NICE_WEIGHT
from ranking.view import Floats
from retrieval.schema import Importance, Kind, Qualification, Role
from retrieval.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Shapes: `d` width, `a` titles, `r` requirements that only a text can answer, `v` words of the vocabulary.

    Where a role names no title, or no such requirement, the whole request stands for it.
    """

    request: Floats
    """[d]"""
    titles: Floats
    """[a, d]"""
    requirements: Floats
    """[r, d]"""
    shares: Floats
    """[r] how much each requirement binds; they sum to 1."""
    words: Floats
    """[v] weights of the request's words, and so on."""
    words_once: Floats
    words_wanted: Floats
    words_title: Floats
    words_each: tuple[Floats, ...]

    @classmethod
    def of(cls, role: Role, asked: Sequence[Qualification], snapshot: Snapshot) -> Wish:
        """Encode it, in one batch; `asked` are the role's requirements."""
        titles = [one.value for one in role.titles if one.importance is not Importance.EXCLUDE] or [role.text]
        wanted = [
            one for one in asked if one.importance is not Importance.EXCLUDE and one.kind not in FACTS | {Kind.TITLE}
        ]
        texts = [one.value for one in wanted] or [role.text]
        bind = {Importance.MUST: MUST_WEIGHT, Importance.NICE: NICE_WEIGHT}
        weights = np.array([bind[one.importance] for one in wanted] or [1.0], np.float32)
        vectors = snapshot.encoder.encode([role.text, *titles, *texts], side="role")
        terms = snapshot.terms
        return cls(
            request=vectors[0],
            titles=vectors[1 : 1 + len(titles)],
            requirements=vectors[1 + len(titles) :],
            shares=weights / weights.sum(),
            words=terms.weights(role.text),
            words_once=terms.weights(role.text, repeats=False),
            words_wanted=terms.weights(" ".join(texts)),
            words_title=terms.weights(" ".join(titles)),
            words_each=tuple(terms.weights(text, repeats=False) for text in texts),
        )
