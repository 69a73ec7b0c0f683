"""What may be right for a query beyond its own list: the same words asked or answered elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from training.muse.lists import GradedList


def key(text: str) -> str:
    """What texts that say the same in the same words share, whatever their case and spacing."""
    return blake2b(" ".join(text.casefold().split()).encode(), digest_size=12).hexdigest()


class Answers:
    """Right answers by the words of the question, over all lists: two queries in the same words know of each other's.

    Candidates are told apart by id and by `key`, their text; a person's text are all passages that the lists name.
    """

    def __init__(
        self, lists: Sequence[GradedList], texts: Mapping[tuple[str, int], str], *, positive_from: float
    ) -> None:
        passages: dict[str, tuple[int, ...]] = {}
        for one in lists:
            for each in one.candidates:
                passages[each.id] = tuple(sorted({*passages.get(each.id, ()), *each.passages}))
        self._keys = {
            candidate: key("\n".join(texts[candidate, number] for number in numbers))
            for candidate, numbers in passages.items()
        }
        self._right: dict[str, set[str]] = {}
        self._asked: dict[str, list[str]] = {}
        for one in lists:
            asked = key(one.query)
            right = self._right.setdefault(asked, set())
            for each in one.candidates:
                if each.grade >= positive_from:
                    right |= {each.id, self._keys[each.id]}
                    self._asked.setdefault(self._keys[each.id], []).append(asked)

    def key(self, candidate: str) -> str:
        """What candidates with the same text share."""
        return self._keys[candidate]

    def of(self, query: str) -> frozenset[str]:
        """Ids and keys of the positives of all queries in these words."""
        return frozenset(self._right.get(key(query), ()))

    def asked_by(self, text: str) -> frozenset[str]:
        """Keys of the queries that `text` is a positive of, and ids and keys of their positives."""
        queries = self._asked.get(key(text), ())
        return frozenset(queries).union(*(self._right[query] for query in queries))
