"""Vectors from a server that speaks the OpenAI embeddings protocol, such as vLLM; for weights too large for here."""

from __future__ import annotations

import json
import logging
import os
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder.errors import EncoderUnavailable
from retrieval.encoder.levels import chosen, cut
from retrieval.encoder.manifest import TOKENIZER, EncoderManifest
from retrieval.encoder.protocol import Progress, Side
from retrieval.encoder.server import Server
from retrieval.encoder.tokens import Tokens

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

UNIT = 2e-2
"""How far from 1 the length of a served vector may be: servers compute in 16 bits, and cut before they round."""
_CONNECT_SECONDS = 5.0


class EndpointEncoder:
    """The encoder of a folder of weights, run by a server. Thread-safe; nothing is asked before the first text.

    Texts go in batches, several at a time, template included and cut here to what the model reads, so that the server
    reads what the other back ends read. Calls that fail for a passing reason are made again by the client, which keeps
    to a server's Retry-After.
    """

    def __init__(self, manifest: EncoderManifest, server: Server, *, tokenizer: Path) -> None:
        self._manifest = manifest
        self._server = server
        self._model = server.model or manifest.name
        self._tokens = Tokens(tokenizer, templates=manifest.templates, max_tokens=manifest.max_tokens)
        self._client: OpenAI | None = None
        self._opening = Lock()
        self._pool = ThreadPoolExecutor(server.concurrency, thread_name_prefix="embed")
        self.id = manifest.id
        self.levels = manifest.levels
        self.width = manifest.width

    @classmethod
    def open(cls, folder: Path, server: Server) -> EndpointEncoder:
        """The encoder in the folder of weights `folder` (manifest and tokenizer are enough), served by `server`.

        Raises: EncoderUnavailable.
        """
        manifest = EncoderManifest.read(folder)
        tokenizer = Path(folder) / TOKENIZER
        try:
            return cls(manifest, server, tokenizer=tokenizer)
        except Exception as error:  # tokenizers' own, which have no class
            raise EncoderUnavailable(f"{tokenizer} cannot be opened ({error}); restore it") from error

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """[n, width] float32 unit rows, one a text. Raises: WidthRefused, EncoderUnavailable."""
        width = chosen(width, self.levels)
        vectors = np.empty((len(texts), width), dtype=np.float32)
        size = self._server.batch
        starts = range(0, len(texts), size)
        batches = ([self._tokens.read(text, side) for text in texts[at : at + size]] for at in starts)
        for at, found in zip(starts, self._pool.map(lambda batch: self._ask(batch, width), batches), strict=True):
            vectors[at : at + len(found)] = found
            if progress:
                progress(at + len(found))
        return vectors

    def _ask(self, texts: list[str], width: int) -> NDArray[np.float32]:
        import openai  # noqa: PLC0415 -- half a second that only this back end should pay

        client = self._open()
        try:
            wanted: dict[str, Any] = {"dimensions": width} if len(self.levels) > 1 else {}
            answer = client.embeddings.create(model=self._model, input=texts, encoding_format="float", **wanted)
            rows = [one.embedding for one in sorted(answer.data, key=lambda one: one.index)]
        except openai.APIStatusError as error:
            raise EncoderUnavailable(self._refused(error, width)) from None
        except openai.APITimeoutError:
            raise EncoderUnavailable(
                f"{self._where} gave no answer within {self._server.seconds:g} s; see what it is busy with"
            ) from None
        except openai.APIConnectionError:
            raise EncoderUnavailable(
                f"{self._where} cannot be reached; start it, or put SHORTLIST_ENCODER_URL right"
            ) from None
        except (openai.OpenAIError, AttributeError, TypeError, ValueError):
            # without the cause, which may show the texts
            raise EncoderUnavailable(
                f"{self._where} does not answer as an OpenAI-compatible server does; its address mostly ends in /v1"
            ) from None
        return self._checked(rows, len(texts), width)

    def _checked(self, rows: Sequence[Sequence[float]], count: int, width: int) -> NDArray[np.float32]:
        widths = sorted({len(row) for row in rows})
        if len(rows) != count or widths != [width]:
            raise EncoderUnavailable(
                f"{self._where} returns {len(rows)} vectors of {', '.join(map(str, widths)) or 0} numbers for {count} "
                f"texts, instead of {width} each; it serves other weights, or ignores `dimensions`: {self._how}"
            )
        vectors = np.array(rows, dtype=np.float32)
        length = np.linalg.norm(vectors, axis=1)
        if not bool(np.all(np.abs(length - 1) < UNIT)):  # false for what is no number, too
            raise EncoderUnavailable(f"{self._where} returns vectors that are not of unit length: {self._how}")
        return cut(np.asarray(vectors / length[:, None], np.float32), width)

    def _open(self) -> OpenAI:
        """The client, one for all threads; its connections are closed when the encoder is no more."""
        import httpx2  # noqa: PLC0415
        from openai import OpenAI  # noqa: PLC0415

        with self._opening:
            if self._client is not None:
                return self._client
            # At DEBUG it writes whole requests, which are people's profiles.
            logging.getLogger("openai._base_client").setLevel(logging.INFO)
            self._client = OpenAI(
                base_url=self._server.url,
                api_key=self._key(),
                max_retries=self._server.attempts - 1,
                timeout=httpx2.Timeout(self._server.seconds, connect=_CONNECT_SECONDS),
            )
            weakref.finalize(self, self._client.close)
            return self._client

    def _key(self) -> str:
        named = self._server.key_variable
        found = os.environ.get(named, "") if named else "none"
        if not found:
            raise EncoderUnavailable(f"the key of {self._where} is missing; put it into the variable {named}")
        return found

    @property
    def _where(self) -> str:
        return f"the encoder's server {self._server.url}"

    @property
    def _how(self) -> str:
        levels = json.dumps({"is_matryoshka": True, "matryoshka_dimensions": list(self.levels)})
        return f"vllm serve WEIGHTS/torch --served-model-name {self._model} --runner pooling --hf-overrides '{levels}'"

    def _refused(self, error: APIStatusError, width: int) -> str:
        """A status in words that help; never the server's own, which may repeat a profile or a key."""
        said = error.response.text.casefold()
        match error.status_code:
            case 401 | 403:
                named = self._server.key_variable
                advice = f"put the right one into {named}" if named else "name its variable in SHORTLIST_ENCODER_KEY"
                return f"{self._where} does not accept the key; {advice}"
            case 404:
                return (
                    f"{self._where} serves no model called {self._model}; write NAME@{self._server.url}, and mind that "
                    "an address mostly ends in /v1"
                )
            case 400 | 422 if "dimension" in said or "matryoshka" in said:
                return f"{self._where} refuses the width {width}; serve the weights with their levels: {self._how}"
            case 408 | 409 | 429 | 500 | 501 | 502 | 503 | 504:
                return f"{self._where} is not able to answer (status {error.status_code}); see its log, or wait"
            case status:
                return f"{self._where} refuses the request (status {status}); see its log"
