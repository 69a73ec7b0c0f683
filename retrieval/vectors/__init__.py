"""Vector engines over a snapshot's passages."""

from retrieval.vectors.exact import PassageVectors
from retrieval.vectors.stored_array import stored_array

__all__ = ["PassageVectors", "stored_array"]
