"""The same weights in float32, on torch: what the int8 model is measured against, and what a GPU runs."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder.errors import EncoderUnavailable
from retrieval.encoder.levels import chosen, cut
from retrieval.encoder.manifest import TOKENIZER, TORCH, EncoderManifest, Pooling, Templates
from retrieval.encoder.protocol import Progress, Side
from retrieval.encoder.tokens import Tokens

BATCH = 32


class TorchEncoder:
    """A Hugging Face folder on torch, in float32. Texts of like length run together, padded right. Thread-safe.

    A vector depends on its company by what float32 rounds: less than 1e-5 in any number.
    """

    def __init__(
        self,
        model_folder: Path,
        *,
        id: str,
        levels: tuple[int, ...],
        templates: Templates | None = None,
        pooling: Pooling = "mean",
        max_tokens: int = 256,
        device: str | None = None,
        batch: int = BATCH,
    ) -> None:
        import torch  # noqa: PLC0415 -- seconds and hundreds of megabytes, for who uses this back end alone
        from transformers import AutoConfig  # noqa: PLC0415

        width = int(AutoConfig.from_pretrained(str(model_folder), local_files_only=True).hidden_size)
        if width != levels[-1]:
            raise EncoderUnavailable(f"{model_folder} makes vectors of width {width}, its manifest says {levels[-1]}")
        self._torch: Any = torch
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._model: Any = _quietly_loaded(model_folder).eval().to(self._device)
        self._tokens = Tokens(model_folder / TOKENIZER, templates=templates or Templates(), max_tokens=max_tokens)
        self._pooling = pooling
        self._batch = batch
        self._lock = threading.Lock()
        self.id = id
        self.levels = levels
        self.width = width

    @classmethod
    def open(cls, folder: Path, *, device: str | None = None, verify: bool = False, batch: int = BATCH) -> TorchEncoder:
        """The float32 weights of the folder of weights `folder`; `device` as torch names it, a GPU where there is one.

        Sizes of the files are checked; with `verify` their contents too.

        Raises: EncoderUnavailable.
        """
        folder = Path(folder)
        manifest = EncoderManifest.read(folder)
        if f"{TORCH}/config.json" not in manifest.files:
            raise EncoderUnavailable(
                f"the weights in {folder} are for ONNX Runtime alone; for torch, pack them with their folder {TORCH}/"
            )
        manifest.check(folder, verify=verify)
        try:
            return cls(
                folder / TORCH,
                id=manifest.id,
                levels=manifest.levels,
                templates=manifest.templates,
                pooling=manifest.pooling,
                max_tokens=manifest.max_tokens,
                device=device,
                batch=batch,
            )
        except ImportError as error:
            raise EncoderUnavailable(f"torch is not whole here ({error}); pip install -r requirements.lock") from error
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            if isinstance(error, EncoderUnavailable):
                raise
            raise EncoderUnavailable(f"the weights in {folder / TORCH} cannot be opened ({error})") from error

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """[n, width] float32 unit rows, one a text. Raises: WidthRefused."""
        width = chosen(width, self.levels)
        vectors = np.empty((len(texts), width), dtype=np.float32)
        ids = self._tokens.many(texts, side)
        order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        for start in range(0, len(order), self._batch):
            rows = order[start : start + self._batch]
            vectors[rows] = cut(self._run([ids[row] for row in rows]), width)
            if progress:
                progress(start + len(rows))
        return vectors

    def _run(self, ids: list[list[int]]) -> NDArray[np.float32]:
        """[b, full width] unit rows."""
        torch = self._torch
        longest = max(map(len, ids))
        tokens = torch.tensor([row + [0] * (longest - len(row)) for row in ids], device=self._device)
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids], device=self._device)
        with self._lock, torch.inference_mode():
            states = self._model(input_ids=tokens, attention_mask=mask).last_hidden_state
            if self._pooling == "last":
                pooled = states[torch.arange(len(ids), device=self._device), mask.sum(1) - 1]
            else:
                weights = mask.unsqueeze(-1).to(states.dtype)
                pooled = (states * weights).sum(1) / weights.sum(1)
            unit: NDArray[np.float32] = torch.nn.functional.normalize(pooled, dim=-1).cpu().numpy()
        return unit


def _quietly_loaded(model_folder: Path) -> Any:
    """The model, without a bar, and without a report that the pooling layer, which is not used, was not saved."""
    import torch  # noqa: PLC0415
    from transformers import AutoModel  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    told: Any = logging  # has no types
    verbosity, bars = told.get_verbosity(), told.is_progress_bar_enabled()
    told.set_verbosity_error()
    told.disable_progress_bar()
    try:
        return AutoModel.from_pretrained(str(model_folder), dtype=torch.float32, local_files_only=True)
    finally:
        told.set_verbosity(verbosity)
        if bars:
            told.enable_progress_bar()
