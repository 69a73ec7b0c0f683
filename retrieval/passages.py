"""Cuts a profile's text into the passages that get a vector each."""

from __future__ import annotations

import re

from retrieval.schema import Span

# a "word" of more than 200 characters (a table, base64, binary) counts as several
_WORD = re.compile(r"\S{1,200}")


def split(text: str, words: int = 70) -> list[Span]:
    """Consecutive passages of `words` words; none overlap, every word is in one, ends are not whitespace.

    A person scored by the mean of the best three such passages beats one vector of the first 256 tokens
    (nDCG@10 .636 against .562 on judged resumes).
    """
    if words < 1:
        raise ValueError(f"a passage needs at least one word, not {words}")
    spans: list[Span] = []
    start = end = count = 0
    for word in _WORD.finditer(text):
        if not count:
            start = word.start()
        end = word.end()
        count += 1
        if count == words:
            spans.append(Span(start=start, end=end))
            count = 0
    if count:
        spans.append(Span(start=start, end=end))
    return spans
