"""Tokens of a text, each with what the encoder makes of it in its context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import base_files

LAYERS = (0, 2, 4, 6)
"""Of MiniLM's 6, and 0 for the embeddings: the low ones know the word, the high ones what is meant by it."""
WINDOW = 126
"""Most tokens the encoder reads at once, without the two that mark the ends."""
_START, _END = 101, 102
_STATE = "/model/encoder/layer.{}/output/LayerNorm/LayerNormalization_output_0"
_EMBEDDINGS = "/model/embeddings/LayerNorm/LayerNormalization_output_0"


@dataclass(frozen=True, kw_only=True)
class Window:
    """Some tokens of a text. `places[i]` is where token i stands in it; `states` is [1, n + 2, layers x 384] with the
    marks of start and end around the n tokens."""

    places: tuple[tuple[int, int], ...]
    states: NDArray[np.float32]


class TokenStates:
    """Plain MiniLM, asked for its tokens instead of one vector. Thread-safe."""

    def __init__(self) -> None:
        # a command that screens nothing should not pay for these
        import onnx  # noqa: PLC0415
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        path, vocabulary = base_files()
        model = onnx.load(str(path))
        del model.graph.output[:]
        for layer in LAYERS:
            name = _STATE.format(layer - 1) if layer else _EMBEDDINGS
            model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        options = SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        self._tokenizer: Any = Tokenizer.from_file(str(vocabulary))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def windows(self, text: str) -> Iterator[Window]:
        """The text piece by piece, all of it. A piece that was there before is not computed again."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids: list[int] = encoding.ids
        seen: dict[tuple[int, ...], NDArray[np.float32]] = {}
        for start, end in _cuts([text[first:last] for first, last in encoding.offsets]):
            tokens = tuple(ids[start:end])
            if tokens not in seen:
                seen[tokens] = self.states([_START, *tokens, _END])
            yield Window(places=tuple(encoding.offsets[start:end]), states=seen[tokens])

    def states(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """[1, len(ids), layers x 384]."""
        tokens = np.array([ids], dtype=np.int64)
        found = self._session.run(None, {"input_ids": tokens, "attention_mask": np.ones_like(tokens)})
        return np.concatenate(found, axis=-1)


def _cuts(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pieces of at most `WINDOW` tokens; they end with a sentence, or else a clause, where there is one."""
    start = 0
    while start < len(tokens):
        end = min(start + WINDOW, len(tokens))
        if end < len(tokens):
            half = start + WINDOW // 2
            for marks in (".!?", ",;:"):
                if ends := [at + 1 for at in range(half, end) if tokens[at] and tokens[at] in marks]:
                    end = ends[-1]
                    break
        yield start, end
        start = end


@cache
def token_states() -> TokenStates:
    """The one of this process; opening it takes a quarter of a second."""
    return TokenStates()
