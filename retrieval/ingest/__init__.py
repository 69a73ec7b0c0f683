"""Files in, profiles out: every format, every reason why something stayed out, spans for everything found."""

from retrieval.ingest.fields import FieldMap
from retrieval.ingest.identity import Claim, Resolution, resolve_duplicates
from retrieval.ingest.problem import EmptySourceError, Problem, UnreadableError
from retrieval.ingest.reading import read
from retrieval.ingest.render import render
from retrieval.ingest.resume import parse_resume

__all__ = [
    "Claim",
    "EmptySourceError",
    "FieldMap",
    "Problem",
    "Resolution",
    "UnreadableError",
    "parse_resume",
    "read",
    "render",
    "resolve_duplicates",
]
