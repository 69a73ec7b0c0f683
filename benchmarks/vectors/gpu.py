"""Times the exact scan on a card against the card's own read bandwidth, and faiss on the same card where it is there.

    python benchmarks/vectors/gpu.py [--rows 4000000] [--device cuda] [--json]

Vectors are made up: unit vectors of 384 numbers around 2,000 centres. Without a card it says so and ends well;
`--device cpu --rows 20000` runs all of it on the processor, which shows that it works and nothing else.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.vectors import VectorIndex
from retrieval.vectors.gpu import GpuIndex

WIDTH, K, BATCH, QUERIES = 384, 200, 32, 20
SHARES = (0.5, 0.1, 0.01, 0.001)
FAISS_MOST = 2048  # hits that faiss gives on a card

Floats = NDArray[np.float32]


def made_up(rows: int, seed: int) -> Floats:
    """Unit vectors [rows, WIDTH] around centres that are the same for every seed."""
    centres = np.random.default_rng(0).standard_normal((2000, WIDTH), dtype=np.float32)
    chance = np.random.default_rng(seed)
    vectors = np.empty((rows, WIDTH), np.float32)
    for start in range(0, rows, 100_000):
        part = vectors[start : start + 100_000]
        part[:] = centres[chance.integers(0, len(centres), len(part))]
        part += chance.standard_normal(part.shape, dtype=np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return vectors


def median_ms(work: Callable[[int], object], times: int, device: torch.device) -> float:
    """Median wall time of `work`, until the card is done, after three times that do not count."""
    taken = []
    for turn in range(-3, times):
        start = time.perf_counter()
        work(max(turn, 0))
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        taken.append(1e3 * (time.perf_counter() - start))
    return statistics.median(taken[3:])


def bandwidth(device: torch.device) -> float:
    """Bytes a second that the device moves: the better of a sum and a copy (read and written), far beyond caches."""
    size = 1 << 30 if device.type == "cuda" else 1 << 26
    numbers = torch.rand(size, dtype=torch.float32, device=device)
    into = torch.empty_like(numbers)
    summed = 4 * size / median_ms(lambda _: numbers.sum(), 10, device)
    copied = 8 * size / median_ms(lambda _: into.copy_(numbers), 10, device)
    return 1e3 * max(summed, copied)


def ours(gpu: GpuIndex, queries: Floats, rows: BitMap, read: float, device: torch.device) -> dict[str, Any]:
    """Times at one filter, beside what reading the codes of all that pass must take."""
    ready = gpu.passing(rows)
    whole = median_ms(lambda turn: gpu.search(queries[turn % QUERIES], k=K, rows=rows, method="int8"), QUERIES, device)
    scan = median_ms(lambda turn: gpu.search(queries[turn % QUERIES], k=K, rows=ready, method="int8"), QUERIES, device)
    batch = median_ms(lambda _: gpu.search_batch(queries[:BATCH], k=K, rows=ready, method="int8"), 5, device)
    same = all(
        gpu.search(query, k=K, rows=ready, method="int8").rows.tolist()
        == gpu.index.search(query, k=K, rows=rows).rows.tolist()
        for query in queries[:3]
    )
    floor = 1e3 * len(rows) * (WIDTH + 4) / read
    return {
        "passing": len(rows),
        "ms": whole,
        "ms, filter on the device": scan,
        f"ms a query of {BATCH}": batch / BATCH,
        "floor ms": floor,
        "share of bandwidth": floor / scan,
        "same as the CPU index": same,
    }


def faiss_on_a_card(vectors: Floats, queries: Floats, masks: dict[str, Any], truth: dict[str, Any]) -> dict[str, Any]:
    """Time and recall where all are searched and what does not pass is dropped after: faiss-gpu ignores selectors.

    Its builds with cuVS know them; none such is an extra of ours.
    """
    try:
        import faiss  # noqa: PLC0415 -- an extra
    except ImportError:
        return {"faiss": "not installed: pip install 'shortlist[gpu]'"}
    if not hasattr(faiss, "StandardGpuResources") or not faiss.get_num_gpus():
        return {"faiss": "this faiss has no GPU support: pip install 'shortlist[gpu]'"}
    results: dict[str, Any] = {}
    quantised = faiss.index_factory(WIDTH, "IVF4096,PQ48", faiss.METRIC_INNER_PRODUCT)
    flat = faiss.IndexFlatIP(WIDTH)
    for name, empty in (("Flat", flat), ("IVFPQ48, nprobe 64", quantised)):
        index = faiss.index_cpu_to_gpu(faiss.StandardGpuResources(), 0, empty)
        if not index.is_trained:
            index.train(vectors[:400_000])
            index.nprobe = 64
        index.add(vectors)
        for share, mask in masks.items():
            wanted = min(FAISS_MOST, int(1.2 * K / float(share)))
            spent = median_ms(
                lambda turn, index=index, wanted=wanted: index.search(queries[turn : turn + 1], wanted),
                QUERIES,
                torch.device("cuda"),
            )
            found = [[row for row in line if row >= 0 and mask[row]][:K] for line in index.search(queries, wanted)[1]]
            right = [len(set(one) & set(true)) / len(true) for one, true in zip(found, truth[share], strict=False)]
            results[f"faiss {name}, {share} passing"] = {"ms": spent, f"recall@{K}": statistics.fmean(right)}
        del index
    return results


def main() -> None:
    """Run, print, end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    device = torch.device(given.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        print("torch sees no card here, so there is nothing to time; the GPU index has not been run on one either.")
        sys.exit(0)
    vectors, queries = made_up(given.rows, 1), made_up(max(QUERIES, BATCH), 2)
    gpu = GpuIndex(VectorIndex.build(vectors), device=given.device)
    read = bandwidth(device)
    results: dict[str, Any] = {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "the processor",
        "rows": given.rows,
        "read GB/s": read / 1e9,
    }
    masks, truth = {}, {}
    for share in SHARES:
        mask = np.random.default_rng(3).random(given.rows) < share
        rows = BitMap(np.flatnonzero(mask))
        results[f"{share:g} passing"] = ours(gpu, queries, rows, read, device)
        masks[f"{share:g}"] = mask
        truth[f"{share:g}"] = [hits.rows.tolist() for hits in gpu.search_batch(queries[:QUERIES], k=K, rows=rows)]
    if device.type == "cuda":
        results |= faiss_on_a_card(vectors, queries[:QUERIES], masks, truth)
    if given.json:
        print(json.dumps(results, indent=1))
        return
    for name, value in results.items():
        if isinstance(value, dict):
            print(name, "  ".join(f"{key} {one:.4g}" for key, one in value.items()), sep=": ")
        else:
            print(name, f"{value:,.4g}" if isinstance(value, float) else value, sep=": ")


if __name__ == "__main__":
    main()
