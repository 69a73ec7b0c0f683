"""Filtered vector search over plain numpy arrays, exact wherever it can be. Filters: `retrieval.vectors.filters`."""

from retrieval.vectors.budget import WithinBudget
from retrieval.vectors.files import DamagedFile
from retrieval.vectors.hits import Hits, Plan, Stage, VectorEngine
from retrieval.vectors.index import VectorIndex
from retrieval.vectors.overlay import Changes, OverlaidIndex
from retrieval.vectors.rows import Rows
from retrieval.vectors.store import VectorStore
from retrieval.vectors.stored_array import stored_array

__all__ = [
    "Changes",
    "DamagedFile",
    "Hits",
    "OverlaidIndex",
    "Plan",
    "Rows",
    "Stage",
    "VectorEngine",
    "VectorIndex",
    "VectorStore",
    "WithinBudget",
    "stored_array",
]
