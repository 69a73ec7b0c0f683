"""One profile and one role, ready to be measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agents.embedded.grader.measured import Measured
from agents.embedded.grader.usual import Usual
from agents.embedded.marks.sheet import Sheet
from ranking.view import Floats


@dataclass(frozen=True)
class Case:
    """The marked sheet, the person measured by the role, and what is usual for that role."""

    sheet: Sheet
    person: Measured
    usual: Usual

    def value(self, measure: str) -> float:
        """One of `Measured`'s values for the person."""
        return float(self.person.of(measure)[0])

    @cached_property
    def surprises(self) -> Floats:
        """[p, 2 + r] each passage's cosine with request, title and requirements, in deviations above the usual."""
        mean, deviation = self.usual.passage
        each = np.column_stack([self.person.similar, self.person.titled.max(axis=1), self.person.required])
        above: Floats = (each - mean) / deviation
        return above

    @cached_property
    def required_above(self) -> Floats:
        """[r] the best passage for each requirement, in deviations above the usual best."""
        mean, deviation = self.usual.required
        above: Floats = (self.person.each[0] - mean) / deviation
        return above

    @cached_property
    def shares(self) -> Floats:
        """[r] how much each requirement binds."""
        return self.usual.wish.shares
