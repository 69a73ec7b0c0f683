"""Filtered vector search over plain numpy arrays, exact wherever it can be."""

from retrieval.vectors.columns import Columns
from retrieval.vectors.conditions import And, Between, Condition, Is, Near, Not, OneOf, Or
from retrieval.vectors.files import DamagedFile
from retrieval.vectors.hits import Hits, Plan, Stage, VectorEngine
from retrieval.vectors.index import VectorIndex
from retrieval.vectors.overlay import Changes, OverlaidIndex
from retrieval.vectors.passing import Passing, Source, Step, Truth
from retrieval.vectors.rows import Rows
from retrieval.vectors.store import VectorStore
from retrieval.vectors.stored_array import stored_array

__all__ = [
    "And",
    "Between",
    "Changes",
    "Columns",
    "Condition",
    "DamagedFile",
    "Hits",
    "Is",
    "Near",
    "Not",
    "OneOf",
    "Or",
    "OverlaidIndex",
    "Passing",
    "Plan",
    "Rows",
    "Source",
    "Stage",
    "Step",
    "Truth",
    "VectorEngine",
    "VectorIndex",
    "VectorStore",
    "stored_array",
]
