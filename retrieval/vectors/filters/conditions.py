"""Filters as trees of conditions over whatever can say which rows have a value; counted before anything is scored.

A condition holds of a row, fails, or cannot be said because its value is unknown. Trees combine these three as Kleene
did: what cannot be said cannot be said when negated either, and so on. Then every condition's policy decides: with
`unknown="drop"` (unless told otherwise) an unknown value never lets a row in, with "keep" it never shuts one out. That
is so under any number of negations, so `~(a & b)` is always `~a | ~b`, and `~~a` is `a`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pyroaring import BitMap

from retrieval.vectors.filters.bitmaps import all_rows
from retrieval.vectors.filters.passing import Passing, Source, Step, Truth
from retrieval.vectors.filters.row_sets import RowSet, all_of, any_of

Unknown: TypeAlias = Literal["drop", "keep"]


class Condition:
    """A node of a tree. Combine with `&`, `|` and `~`; Python's `and`, `or` and `not` are refused."""

    def evaluate(self, source: Source, *, among: BitMap | None = None) -> Passing:
        """The rows that pass, and how many pass each condition alone. `among`: rows to choose from, by default all.

        Raises: KeyError for a name that the source does not have; the message lists those it has.
        """
        everyone = all_rows(source.count)
        if among is not None:
            everyone &= among
        found = {leaf: leaf.look_up(source) for leaf in _leaves(self)}
        evaluation = _Evaluation(found=found, everyone=everyone)
        rows = evaluation.rows(self).among(everyone)
        unknown = 0
        if any(step.kept and step.unknown for step in evaluation.steps):
            unknown = len(rows) - _Evaluation(found=found, policy="drop").rows(self).count(everyone)
        return Passing(rows=rows, count=len(rows), unknown=unknown, total=len(everyone), steps=tuple(evaluation.steps))

    def truth(self, source: Source) -> Truth:
        """Of which rows the tree holds and of which it cannot be said, whatever the policies.

        Raises: KeyError for a name that the source does not have; the message lists those it has.
        """
        everyone = all_rows(source.count)
        found = {leaf: leaf.look_up(source) for leaf in _leaves(self)}
        holds = _Evaluation(found=found, policy="drop").rows(self).among(everyone)
        return Truth(holds=holds, unknown=_Evaluation(found=found, policy="keep").rows(self).among(everyone) - holds)

    def __and__(self, other: Condition) -> And:
        return And(conditions=(*_inside(self, And), *_inside(other, And)))

    def __or__(self, other: Condition) -> Or:
        return Or(conditions=(*_inside(self, Or), *_inside(other, Or)))

    def __invert__(self) -> Not:
        return Not(condition=self)

    def __bool__(self) -> bool:
        raise TypeError("a condition is neither true nor false: combine conditions with &, | and ~, not and, or, not")


@dataclass(frozen=True, kw_only=True)
class Leaf(Condition):
    """A condition on one column. `unknown` is what becomes of rows whose value is not known."""

    unknown: Unknown = "drop"

    def __post_init__(self) -> None:
        if self.unknown not in ("drop", "keep"):
            raise ValueError(f"unknown={self.unknown!r}: what is not known is either 'drop' or 'keep'")

    def look_up(self, source: Source) -> tuple[BitMap, BitMap]:
        """Rows of which it holds, and rows of which it can be said."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Is(Leaf):
    """The facet has the value; of a facet with several values a row, it is among them."""

    facet: str
    value: str | int

    def look_up(self, source: Source) -> tuple[BitMap, BitMap]:
        """Rows with the value, rows with any."""
        return source.rows(self.facet, str(self.value)), source.known(self.facet)

    def __str__(self) -> str:
        return f"{self.facet} is {self.value!r}"


@dataclass(frozen=True, kw_only=True)
class OneOf(Leaf):
    """The facet has any of the values; nobody's has where there are none."""

    facet: str
    values: tuple[str | int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.values, str):
            raise TypeError(f"values={self.values!r} is one text: give a tuple of values, or use Is")
        object.__setattr__(self, "values", tuple(self.values))

    def look_up(self, source: Source) -> tuple[BitMap, BitMap]:
        """Rows with one of the values, rows with any."""
        having = [source.rows(self.facet, str(value)) for value in self.values]
        return BitMap.union(*having) if having else BitMap(), source.known(self.facet)

    def __str__(self) -> str:
        return f"{self.facet} is one of {', '.join(map(repr, self.values)) or 'nothing'}"


@dataclass(frozen=True, kw_only=True)
class Between(Leaf):
    """The number is at least `low` and at most `high`, either of which may be left out."""

    name: str
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.low <= self.high:
            raise ValueError(f"nothing is from {self.low} to {self.high}: low must be a number, and at most high")

    def look_up(self, source: Source) -> tuple[BitMap, BitMap]:
        """Rows in the range, rows with a number."""
        return source.between(self.name, self.low, self.high), source.known(self.name)

    def __str__(self) -> str:
        return f"{self.name} from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, kw_only=True)
class Near(Leaf):
    """A point of the row is at most `km` from here, along a great circle. In degrees, north and east positive."""

    latitude: float
    longitude: float
    km: float

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (abs(self.latitude) <= 90 and abs(self.longitude) <= 180):
            raise ValueError(
                f"latitude {self.latitude:g}, longitude {self.longitude:g}: latitudes are -90 to 90 degrees, "
                "longitudes -180 to 180"
            )
        if not 0 <= self.km < math.inf:
            raise ValueError(f"a radius of {self.km:g} km: give a finite number of kilometres, 0 or more")

    def look_up(self, source: Source) -> tuple[BitMap, BitMap]:
        """Rows near enough, rows with a point."""
        return source.within(self.latitude, self.longitude, self.km), source.located

    def __str__(self) -> str:
        return f"within {self.km:g} km of {self.latitude:.3f}, {self.longitude:.3f}"


@dataclass(frozen=True, kw_only=True)
class And(Condition):
    """All of the conditions hold; so it does where there are none."""

    conditions: tuple[Condition, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", tuple(self.conditions))


@dataclass(frozen=True, kw_only=True)
class Or(Condition):
    """Any of the conditions holds; it never does where there are none."""

    conditions: tuple[Condition, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", tuple(self.conditions))


@dataclass(frozen=True, kw_only=True)
class Not(Condition):
    """The condition does not hold."""

    condition: Condition


def _inside(condition: Condition, kind: type[And | Or]) -> tuple[Condition, ...]:
    """`a & b & c` is one And of three."""
    if not isinstance(condition, Condition):
        raise TypeError(f"{condition!r} is no condition")
    return condition.conditions if isinstance(condition, kind) else (condition,)


def _leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, Not):
        yield from _leaves(condition.condition)
    elif isinstance(condition, And | Or):
        for part in condition.conditions:
            yield from _leaves(part)


@dataclass(frozen=True, kw_only=True)
class _Evaluation:
    """One walk over a tree. Negations are drawn inwards (De Morgan), so that what is left is a tree of "all of" and
    "any of" over conditions and their negations; rows pass it exactly where Kleene's logic says it holds, when what
    cannot be said counts as failing there, and exactly where it does not say that it fails, when as holding."""

    found: Mapping[Leaf, tuple[BitMap, BitMap]]
    policy: Unknown | None = None  # instead of each condition's own
    everyone: BitMap | None = None  # to count steps among
    steps: list[Step] = field(default_factory=list)

    def rows(self, condition: Condition, *, negated: bool = False, depth: int = 0) -> RowSet:
        if isinstance(condition, Not):
            return self.rows(condition.condition, negated=not negated, depth=depth)
        if isinstance(condition, Leaf):
            return self._literal(condition, negated, depth)
        if not isinstance(condition, And | Or):
            raise TypeError(f"{condition!r} is no condition")
        place = len(self.steps)
        every = isinstance(condition, And) != negated
        parts = [self.rows(part, negated=negated, depth=depth + 1) for part in condition.conditions]
        rows = all_of(parts) if every else any_of(parts)
        if self.everyone is not None:
            passing = rows.count(self.everyone)
            self.steps.insert(place, Step(depth=depth, condition="all of" if every else "any of", passing=passing))
        return rows

    def _literal(self, leaf: Leaf, negated: bool, depth: int) -> RowSet:
        holds, known = self.found[leaf]
        keep = (self.policy or leaf.unknown) == "keep"
        # Listed are the rows that pass or, where what is not known is kept, those that do not.
        rows = RowSet(holds if keep == negated else known - holds, inverted=keep)
        if self.everyone is not None:
            passing = rows.count(self.everyone)
            unknown = len(self.everyone) - self.everyone.intersection_cardinality(known)
            words = f"not {leaf}" if negated else str(leaf)
            self.steps.append(Step(depth=depth, condition=words, passing=passing, unknown=unknown, kept=keep))
        return rows
