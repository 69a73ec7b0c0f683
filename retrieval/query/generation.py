"""A search string made from a role, as a recruiter would write it, and its looser forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.query.tree import OPERATORS, QUOTES, And, Field, Node, Not, Or, Term, is_searchable, render
from retrieval.schema import Criterion, Importance, Kind, Role

MAX_TITLES = 8
MAX_SKILLS = 8
MAX_EXCLUDED = 8
STRICT = 3
"""Up to so many skills are all asked for at first; of more, any will do from the start."""

_PLAIN = re.compile(r"[\w+#]+")


def generate(role: Role) -> str:
    """The search string for a role: its titles AND any of its skills, less what it excludes.

    Empty where the role names neither a title nor a skill. `parse` reads it.
    """
    titles, skills = _titles(role, "title"), _skills(role)
    node = _less_excluded(_all([_any(titles), _any(skills)]), role)
    return render(node) if node else ""


def variants(role: Role) -> Iterator[Node]:
    """Search strings for a role, the strictest first; the last asks for any of its words."""
    titles, anywhere, skills = _titles(role, "title"), _titles(role, None), _skills(role)
    strict = [_all([_any(titles), *skills])] if 1 < len(skills) <= STRICT else []
    loose = [
        _all([_any(titles), _any(skills)]),
        _all([_any(anywhere), _any(skills)]),
        _any([*titles, *skills]),
        _any([*anywhere, *skills]),
    ]
    seen: list[Node] = []
    for node in (_less_excluded(variant, role) for variant in [*strict, *loose]):
        if node and node not in seen:
            seen.append(node)
            yield node


def _titles(role: Role, field: Field | None) -> list[Term]:
    return _terms((c for c in role.titles if c.importance is not Importance.EXCLUDE), field)[:MAX_TITLES]


def _skills(role: Role) -> list[Term]:
    """Skills, musts first, wherever the profile speaks of them: few profiles list all their skills."""
    asked = [*role.skills, *(q for q in role.qualifications if q.kind in (Kind.SKILL, Kind.CERTIFICATION))]
    ordered = [c for wanted in (Importance.MUST, Importance.NICE) for c in asked if c.importance is wanted]
    return _terms((c for c in ordered if len(c.value.split()) <= 4), None)[:MAX_SKILLS]


def _less_excluded(node: Node | None, role: Role) -> Node | None:
    """Excluded levels and places are the filter's; what is left for the string is titles, companies and skills."""
    excluded = [
        *_terms((c for c in role.titles if c.importance is Importance.EXCLUDE), "title"),
        *_terms((c for c in role.companies if c.importance is Importance.EXCLUDE), "company"),
        *_terms((c for c in role.skills if c.importance is Importance.EXCLUDE), None),
    ][:MAX_EXCLUDED]
    if node is None or not excluded:
        return node
    own = node.children if isinstance(node, And) else (node,)
    return And((*own, *(Not(term) for term in excluded)))


def _terms(criteria: Iterable[Criterion], field: Field | None) -> list[Term]:
    found: list[Term] = []
    for criterion in criteria:
        words = " ".join("".join(" " if c in QUOTES else c for c in criterion.value).split())
        if not is_searchable(words):
            continue
        bare = _PLAIN.fullmatch(words) and words not in OPERATORS
        found.append(Term(text=words, form="word" if bare else "phrase", field=field))
    return list(dict.fromkeys(found))


def _any(nodes: Sequence[Node]) -> Node | None:
    return (nodes[0] if len(nodes) == 1 else Or(tuple(nodes))) if nodes else None


def _all(nodes: Sequence[Node | None]) -> Node | None:
    some = [node for node in nodes if node is not None]
    return (some[0] if len(some) == 1 else And(tuple(some))) if some else None
