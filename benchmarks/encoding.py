"""How fast and how true the encoder is, beside sentence-transformers on the same texts and the same cores.

    python benchmarks/encoding.py [--weights DIR] [--torch DIR] [--url URL] [--json]

Texts are passages of invented profiles, about 80 tokens each; requests are short and all different, since the encoder
remembers what it was asked. Rates are the best of `--rounds`, taken in turn, so that other work here slows all alike.
The cosine is that of the int8 vectors with those of the float32 weights they were made from: `--torch` is that Hugging
Face folder, where the weights do not carry it. sentence-transformers runs plain MiniLM, which has the same shape.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offline.synthetic import person
from retrieval.encoder import (
    WEIGHTS,
    EncoderManifest,
    EndpointEncoder,
    Server,
    TextEncoder,
    TorchEncoder,
    base_folder,
    load_encoder,
)
from retrieval.serialisation import passages

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
PEER = "sentence-transformers, float32"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One back end. Rates are texts a second; milliseconds are those of one request on its own."""

    name: str
    rate: float
    p50: float
    p95: float
    ratio: float | None = None
    cosine: float | None = None
    least: float | None = None


@dataclass(kw_only=True)
class Measured:
    """What one back end took so far."""

    name: str
    profiles: Encode
    role: Encode
    seconds: float = float("inf")
    vectors: NDArray[np.float32] | None = None


def texts(count: int) -> list[str]:
    """Passages of invented people."""
    found: list[str] = []
    index = 0
    while len(found) < count:
        found += [passage.text for passage in passages(person(7, index)[0])]
        index += 1
    return found[:count]


def requests(count: int) -> list[str]:
    """Short requests, no two alike."""
    made = []
    for index in range(count):
        profile, _ = person(8, index)
        skills = ", ".join(skill.name for skill in profile.skills[:3])
        made.append(f"{profile.headline or 'someone'} with {skills or 'experience'}, at least {1 + index} months")
    return made


def peer() -> Encode:
    """sentence-transformers over plain MiniLM."""
    if find_spec("sentence_transformers") is None:
        raise SystemExit("sentence-transformers is what this measures against; run: pip install sentence-transformers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        model = SentenceTransformer(str(base_folder()), device="cpu")
    return lambda some: np.asarray(
        model.encode(list(some), batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    )


def back_end(name: str, encoder: TextEncoder) -> Measured:
    """Any of ours."""
    return Measured(
        name=name,
        profiles=lambda some: encoder.encode(some, side="profile"),
        role=lambda some: encoder.encode(some, side="role"),
    )


def floats(folder: Path, manifest: EncoderManifest, given: Path | None) -> TorchEncoder | None:
    """The weights in float32, where they can be had."""
    if given is None and "torch/config.json" in manifest.files:
        return TorchEncoder.open(folder, device="cpu")
    if given is None and manifest.name == "minilm":  # plain, not trained
        given = base_folder()
    if given is None:
        return None
    return TorchEncoder(
        given,
        id=manifest.id,
        levels=manifest.levels,
        templates=manifest.templates,
        pooling=manifest.pooling,
        max_tokens=manifest.max_tokens,
        device="cpu",
    )


def latencies(encode: Encode, asked: Sequence[str]) -> tuple[float, float]:
    """p50 and p95 of one request at a time, in milliseconds."""
    encode(["to warm up"])
    taken = []
    for text in asked:
        started = time.perf_counter()
        encode([text])
        taken.append((time.perf_counter() - started) * 1e3)
    p50, p95 = np.percentile(taken, [50, 95])
    return float(p50), float(p95)


def measure(ends: Sequence[Measured], count: int, asked: Sequence[str], rounds: int) -> list[Row]:
    """All of them over the same texts, in turn."""
    some = texts(count)
    for _ in range(rounds):
        for end in ends:
            started = time.perf_counter()
            end.vectors = end.profiles(some)
            end.seconds = min(end.seconds, time.perf_counter() - started)
    by_name = {end.name: end for end in ends}
    exact = by_name.get("torch, float32")
    rows = []
    for end in ends:
        p50, p95 = latencies(end.role, asked)
        cosines = None
        if exact is not None and end is not exact and end.name != PEER:
            cosines = (end.vectors * exact.vectors).sum(axis=1)  # type: ignore[operator]  # set above
        rows.append(
            Row(
                name=end.name,
                rate=count / end.seconds,
                p50=p50,
                p95=p95,
                ratio=by_name[PEER].seconds / end.seconds,
                cosine=None if cosines is None else float(cosines.mean()),
                least=None if cosines is None else float(cosines.min()),
            )
        )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="a folder of weights; the packaged one")
    parser.add_argument("--torch", type=Path, help="the Hugging Face folder that the weights were made from")
    parser.add_argument("--url", help="a server that runs the weights: http://host:8000/v1 or NAME@http://...")
    parser.add_argument("--texts", type=int, default=500)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    manifest = EncoderManifest.read(given.weights)
    ends = [back_end("ONNX Runtime, int8", load_encoder(given.weights))]
    if (exact := floats(given.weights, manifest, given.torch)) is not None:
        ends.append(back_end("torch, float32", exact))
    if given.url:
        ends.append(back_end("endpoint", EndpointEncoder.open(given.weights, Server(url=given.url))))
    other = peer()
    ends.append(Measured(name=PEER, profiles=other, role=other))
    rows = measure(ends, given.texts, requests(given.requests), given.rounds)
    if given.json:
        print(
            json.dumps({"encoder": manifest.id, "texts": given.texts, "rows": [asdict(row) for row in rows]}, indent=2)
        )
        return
    print(f"{manifest.id}, {given.texts} texts, {given.requests} requests")
    print(f"{'':32}{'texts/s':>9}{'ratio':>7}{'p50 ms':>9}{'p95 ms':>9}{'cosine':>9}{'least':>8}")
    for row in rows:
        cosine = f"{row.cosine:9.4f}{row.least:8.4f}" if row.cosine is not None else ""
        print(f"{row.name:32}{row.rate:9.1f}{row.ratio:7.2f}{row.p50:9.2f}{row.p95:9.2f}{cosine}")


if __name__ == "__main__":
    main()
