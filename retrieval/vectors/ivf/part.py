"""Vectors as list numbers and codes, chunk by chunk, on as many machines as one likes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.building import LARGEST
from retrieval.vectors.ivf.faiss_library import faiss_library
from retrieval.vectors.ivf.model import IvfPqModel
from retrieval.vectors.ivf.nearest import nearest
from retrieval.vectors.ivf.sealed import Altered, seal, unseal

_CHUNK = 1 << 15  # vectors encoded at a time: 50 MB of residuals at 384 numbers
_TYPES = {"ids": np.int64, "positions": np.int32, "lists": np.int32, "codes": np.uint8}


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """n: vectors, m: bytes of a code. `ids` int64 [n], whose vector it is; `positions` int32 [n], its place among that
    member's; `lists` int32 [n]; `codes` uint8 [n, m]; `model`, the id of the model that encoded them."""

    model: str
    ids: NDArray[np.int64]
    positions: NDArray[np.int32]
    lists: NDArray[np.int32]
    codes: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.ids)

    def to_bytes(self) -> bytes:
        """For the way to who merges, with a checksum; the same part gives the same bytes."""
        arrays = {name: getattr(self, name) for name in _TYPES}
        return seal({**arrays, "model": np.array([self.model], dtype=np.str_)})

    @classmethod
    def from_bytes(cls, content: bytes) -> Part:
        """Raises: Altered."""
        arrays = unseal(content, "a part of an IVFPQ index")
        if set(arrays) != {*_TYPES, "model"} or any(arrays[name].dtype != kind for name, kind in _TYPES.items()):
            raise Altered(f"these bytes are no part of an IVFPQ index: they hold {sorted(arrays)}")
        return cls(model=str(arrays.pop("model")[0]), **arrays)


def encode(
    model: IvfPqModel,
    vectors: NDArray[np.float32],
    *,
    ids: NDArray[np.int64],
    positions: NDArray[np.int32] | None = None,
) -> Part:
    """`vectors` [n, d] of the members `ids` [n]; where a member has several, `positions` [n] says their order.

    A pure function: of the same vector it makes the same code, whatever else is in the chunk.

    Raises: ValueError for another width, numbers that are not finite (or beyond 1e15), lengths that differ;
    FaissMissing.
    """
    if vectors.ndim != 2 or vectors.shape[1] != model.width:
        raise ValueError(f"the vectors have shape {vectors.shape}, the model was trained on width {model.width}")
    count = len(vectors)
    ids = np.ascontiguousarray(ids, dtype=np.int64)
    positions = np.zeros(count, np.int32) if positions is None else np.ascontiguousarray(positions, dtype=np.int32)
    if ids.shape != (count,) or positions.shape != (count,):
        raise ValueError(f"{count} vectors, but ids {ids.shape} and positions {positions.shape}: give one each")
    faiss = faiss_library()
    quantizer = model.quantizer()
    lists = np.empty(count, np.int32)
    codes = np.empty((count, model.pieces), np.uint8)
    for start in range(0, count, _CHUNK):
        here = slice(start, min(start + _CHUNK, count))
        chunk = np.ascontiguousarray(vectors[here], dtype=np.float32)
        usable = np.abs(chunk) <= LARGEST  # false for NaN
        if not usable.all():
            row = start + int(np.flatnonzero(~usable.all(axis=1))[0])
            raise ValueError(
                f"vector {row} (of member {ids[row]}) has numbers that are not finite (NaN or infinite), or beyond "
                f"{LARGEST:.0e}; leave it out"
            )
        lists[here], _ = nearest(model.centroids, chunk)
        residuals = model.fill(chunk - model.centroids[lists[here]])
        quantizer.compute_codes_c(faiss.swig_ptr(residuals), faiss.swig_ptr(codes[here]), len(chunk))
    return Part(model=model.id, ids=ids, positions=positions, lists=lists, codes=codes)
