"""A text as the model's tokens: its side's template before it, cut to what the model reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retrieval.encoder.manifest import Templates
from retrieval.encoder.protocol import Side

CHARACTERS = 64
"""Of a text, a token that is read: far more than anything needs; keeps a 50 MB text out of the tokenizer."""


class Tokens:
    """One tokenizer for all back ends, so that all of them read the same of a text. Thread-safe."""

    def __init__(self, tokenizer: Path, *, templates: Templates, max_tokens: int) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415 -- time that commands without vectors should not pay

        self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.no_padding()
        self._templates = templates
        self._characters = CHARACTERS * max_tokens

    def one(self, text: str, side: Side) -> list[int]:
        """Ids of a text, those that mark its ends included."""
        ids: list[int] = self._tokenizer.encode(self._put(text, side)).ids
        return ids

    def many(self, texts: Sequence[str], side: Side) -> list[list[int]]:
        """The same for several, on all cores."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch([self._put(text, side) for text in texts])]

    def read(self, text: str, side: Side) -> str:
        """As much of a text, template included, as the model reads: for a server that cuts otherwise, or not at all."""
        put = self._put(text, side)
        encoding = self._tokenizer.encode(put)
        if not encoding.overflowing:
            return put
        return put[: max(end for _, end in encoding.offsets)]

    def _put(self, text: str, side: Side) -> str:
        # nothing at all is refused by some servers; a blank is read alike by all
        return self._templates.put(text[: self._characters], side) or " "
