"""Which roles are near enough for a preference to carry over from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from agents.memory.evidence import Family, RoleSeen
from retrieval.encoder import TextEncoder
from retrieval.snapshot import Snapshot
from retrieval.strategies.semantic import request_vector

NEAR = 0.55
"""Cosine of two roles' texts from which they are taken for the same kind of role.

Of 4,005 pairs among 90 unlike requests 0.5 % reach it; docs/memory.md has more.
"""
MOST_TEXTS = 512
_Vectors = dict[str, NDArray[np.float32]]
_known: WeakKeyDictionary[TextEncoder, _Vectors] = WeakKeyDictionary()
"""Vectors of role texts by encoder: the same few texts come with every search."""


def role_vector(text: str, snapshot: Snapshot) -> NDArray[np.float32]:
    """[d] the unit vector of a role's text."""
    vectors = _known.setdefault(snapshot.encoder, {})
    found = vectors.get(text)
    if found is None:
        if len(vectors) >= MOST_TEXTS:
            vectors.clear()
        found = vectors[text] = request_vector(text, snapshot)
    return found


def near(text: str, others: Sequence[str], snapshot: Snapshot) -> bool:
    """Whether a role is near any of `others`."""
    own = role_vector(text, snapshot)
    return any(float(own @ role_vector(other, snapshot)) >= NEAR for other in others if other.strip())


def families(roles: Sequence[RoleSeen], snapshot: Snapshot) -> tuple[Family, ...]:
    """`roles`, oldest first, in families: each joins the one whose founder is nearest, or founds its own.

    A later role never moves an earlier one, so that entries keep their scope.
    """
    grouped: list[list[RoleSeen]] = []
    for role in roles:
        own = role_vector(role.text, snapshot)
        cosines = [float(own @ role_vector(family[0].text, snapshot)) for family in grouped]
        best = int(np.argmax(cosines)) if cosines else -1
        if best >= 0 and cosines[best] >= NEAR:
            grouped[best].append(role)
        else:
            grouped.append([role])
    return tuple(Family(roles=tuple(family)) for family in grouped)
