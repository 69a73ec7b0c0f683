"""Filters as roaring bitmaps: columns of attributes, and trees of conditions over them, counted before any search."""

from retrieval.vectors.filters.columns import Columns
from retrieval.vectors.filters.conditions import And, Between, Condition, Is, Near, Not, OneOf, Or
from retrieval.vectors.filters.passing import Passing, Source, Step, Truth

__all__ = [
    "And",
    "Between",
    "Columns",
    "Condition",
    "Is",
    "Near",
    "Not",
    "OneOf",
    "Or",
    "Passing",
    "Source",
    "Step",
    "Truth",
]
