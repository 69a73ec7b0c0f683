"""The encoder that comes with the package: int8 weights on ONNX Runtime, no torch."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder.errors import EncoderUnavailable
from retrieval.encoder.levels import chosen, cut
from retrieval.encoder.manifest import MODEL, TOKENIZER, EncoderManifest, Templates
from retrieval.encoder.protocol import Progress, Side
from retrieval.encoder.tokens import Tokens

_MAX_THREADS = 8
_AT_ONCE = 256


class Encoder:
    """An int8 model on ONNX Runtime. Thread-safe; the same text gets the same bits in any company.

    Each text runs alone: dynamic quantisation takes one scale for a whole batch, so in a batch a vector depends on its
    neighbours (cosine down to .967). Several one-thread runs side by side are as fast as batches.
    """

    def __init__(
        self,
        model: Path,
        tokenizer: Path,
        *,
        id: str,
        levels: tuple[int, ...],
        templates: Templates | None = None,
        max_tokens: int = 256,
        threads: int | None = None,
        remember: int = 2048,
    ) -> None:
        # 0.1 s that commands without vectors should not pay
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415

        options = SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokens = Tokens(tokenizer, templates=templates or Templates(), max_tokens=max_tokens)
        self.id = id
        self.levels = levels
        stated = self._session.get_outputs()[0].shape[1]  # a name where the graph does not know it
        self.width: int = stated if isinstance(stated, int) else levels[-1]
        if self.width != levels[-1]:
            raise EncoderUnavailable(f"{model} makes vectors of width {self.width}, its manifest says {levels[-1]}")
        self._threads = threads or min(_MAX_THREADS, len(os.sched_getaffinity(0)))
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="encode")
        self._remembered: OrderedDict[tuple[Side, str], NDArray[np.float32]] = OrderedDict()
        self._remember = remember
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, *, threads: int | None = None, verify: bool = False) -> Encoder:
        """The weights in `folder`. Sizes of the files are checked; with `verify` their contents too.

        Raises: EncoderUnavailable.
        """
        manifest = EncoderManifest.read(folder)
        if MODEL not in manifest.files:
            raise EncoderUnavailable(
                f"the weights in {folder} have no {MODEL}; export it, or let a server run them (SHORTLIST_ENCODER_URL)"
            )
        manifest.check(folder, verify=verify)
        try:
            return cls(
                folder / MODEL,
                folder / TOKENIZER,
                id=manifest.id,
                levels=manifest.levels,
                templates=manifest.templates,
                max_tokens=manifest.max_tokens,
                threads=threads,
            )
        except EncoderUnavailable:
            raise
        except Exception as error:  # ONNX Runtime's and tokenizers' own, which have no class in common
            raise EncoderUnavailable(f"the weights in {folder} cannot be opened ({error}); restore them") from error

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """[n, width] float32 unit rows, one a text, over the first tokens of each.

        `progress` is called with how many are done so far. Single texts are remembered (queries come again).

        Raises: WidthRefused.
        """
        width = chosen(width, self.levels)
        if len(texts) == 1:
            vectors = self._one(texts[0], side)[None].copy()
            if progress:
                progress(1)
            return cut(vectors, width)
        vectors = np.empty((len(texts), width), dtype=np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            chunk = self._tokens.many(texts[start : start + _AT_ONCE], side)
            for offset, vector in enumerate(self._pool.map(self._run, chunk)):
                vectors[start + offset] = cut(vector[None], width)[0]
            if progress:
                progress(start + len(chunk))
        return vectors

    def _one(self, text: str, side: Side) -> NDArray[np.float32]:
        key = (side, text)
        with self._lock:
            if key in self._remembered:
                self._remembered.move_to_end(key)
                return self._remembered[key]
        vector = self._run(self._tokens.one(text, side))
        with self._lock:
            self._remembered[key] = vector
            if len(self._remembered) > self._remember:
                self._remembered.popitem(last=False)
        return vector

    def _run(self, ids: list[int]) -> NDArray[np.float32]:
        tokens = np.array([ids], dtype=np.int64)
        (vectors,) = self._session.run(None, {"input_ids": tokens, "attention_mask": np.ones_like(tokens)})
        vector: NDArray[np.float32] = vectors[0]
        return vector
