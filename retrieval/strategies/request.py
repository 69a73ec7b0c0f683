"""The words of a request that are worth searching for."""

from __future__ import annotations

import re

from retrieval.schema import Importance, Role
from retrieval.text_index import TextIndex, analyze

_WORD = re.compile(r"\w[\w+#]*")


def wanted_text(role: Role) -> str:
    """`role.text` without the words of excluded criteria: "not a director" must not find directors."""
    criteria = (
        *role.titles,
        *role.seniority,
        *role.locations,
        *role.skills,
        *role.industries,
        *role.education,
        *role.languages,
        *role.companies,
        *role.qualifications,
    )
    text = role.text
    for criterion in criteria:
        span = criterion.span
        if criterion.importance is Importance.EXCLUDE and span and span.end <= len(role.text):
            text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def telling_words(text: str, index: TextIndex, *, most: int) -> dict[str, str]:
    """The `most` rarest words of `text` that the population has: index term -> the word as written, rarest first."""
    written: dict[str, str] = {}
    for match in _WORD.finditer(text):
        for term in analyze(match.group()):
            written.setdefault(term, match.group())
    common = index.count / 3
    frequency = {term: index.frequency("text", term) for term in written}
    rare = sorted((count, term) for term, count in frequency.items() if 0 < count <= max(common, 1))
    return {term: written[term] for _, term in rare[:most]}
