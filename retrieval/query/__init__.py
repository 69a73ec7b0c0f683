"""The recruiters' search language: AND, OR, NOT, quotes, parentheses, `title:` `skill:` `company:`, `develop*`."""

from retrieval.query.errors import QuerySyntaxError
from retrieval.query.parsing import parse
from retrieval.query.tantivy_query import compile_query
from retrieval.query.tree import FIELDS, And, Field, Node, Not, Or, Term, render, terms

__all__ = [
    "FIELDS",
    "And",
    "Field",
    "Node",
    "Not",
    "Or",
    "QuerySyntaxError",
    "Term",
    "compile_query",
    "parse",
    "render",
    "terms",
]
