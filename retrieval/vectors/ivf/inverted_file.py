"""Codes list by list in faiss: counting those that pass a filter, and scanning lists for them alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.ivf.faiss_library import faiss_library
from retrieval.vectors.ivf.model import IvfPqModel
from retrieval.vectors.rows import Chosen

COUNTED = 1 << 16
"""Passing vectors up to which all are counted list by list; of more, every few, which is as good to a few percent."""
_FEW = 4096  # numbers up to which faiss's set of them is made faster than a bitmap of all

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Passing:
    """Vectors that pass a filter, `numbers` ascending (None: all), `total` in all. l: lists. `sizes` int64 [l], how
    many stand in each list; `counted` says whether that is certain, else it is estimated; `selector` is faiss's test of
    a vector's number, None where all pass."""

    numbers: Chosen | None
    total: int
    sizes: NDArray[np.int64]
    counted: bool
    selector: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class InvertedFile:
    """v: vectors, l: lists. `index` is faiss's, its entries numbered 0..v-1; `lists` [v] says where each stands."""

    model: IvfPqModel
    index: Any
    lists: NDArray[Any]

    @classmethod
    def make(cls, model: IvfPqModel, lists: NDArray[np.int32], codes: NDArray[np.uint8]) -> InvertedFile:
        """From list numbers [v] and codes [v, m] in the order of the vectors' numbers."""
        faiss = faiss_library()
        quantizer = faiss.IndexFlatIP(model.padded)
        quantizer.add(model.fill(model.centroids))
        index = faiss.IndexIVFPQ(quantizer, model.padded, model.lists, model.pieces, 8, faiss.METRIC_INNER_PRODUCT)
        faiss.copy_array_to_vector(model.codebooks.ravel(), index.pq.centroids)
        index.is_trained = True
        order = np.argsort(lists, kind="stable").astype(np.int64)  # in a list by number
        sorted_codes = np.ascontiguousarray(codes[order])
        ends = np.cumsum(np.bincount(lists, minlength=model.lists))
        start = 0
        for number, end in enumerate(ends.tolist()):
            if end > start:
                pointers = faiss.swig_ptr(order[start:end]), faiss.swig_ptr(sorted_codes[start:end])
                index.invlists.add_entries(number, end - start, *pointers)
            start = end
        index.ntotal = len(lists)
        small = lists.astype(np.uint16 if model.lists <= 1 << 16 else np.int32)
        return cls(model=model, index=index, lists=small)

    @classmethod
    def open(cls, path: Path, *, model: IvfPqModel, lists: NDArray[Any]) -> InvertedFile:
        """From what `write` wrote, mapped into memory: what is never scanned is never read."""
        faiss = faiss_library()
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        stored = faiss.downcast_InvertedLists(index.invlists)
        if hasattr(stored, "prefetch_nthread"):
            stored.prefetch_nthread = 0  # else each search starts threads that read ahead
        if index.ntotal != len(lists) or index.nlist != model.lists or index.d != model.padded:
            raise ValueError(f"{path.name} and the model beside it do not belong together")
        return cls(model=model, index=index, lists=np.asarray(lists))  # indexing a memmap itself is slower

    def write(self, path: Path) -> None:
        """Into one file; the same index gives the same bytes."""
        faiss_library().write_index(self.index, str(path))

    def __len__(self) -> int:
        return len(self.lists)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Vectors [l] in each list."""
        stored = self.index.invlists
        return np.array([stored.list_size(number) for number in range(self.model.lists)], dtype=np.int64)

    def passing(self, numbers: Chosen | None) -> Passing:
        """About vectors `numbers`, ascending; None for all."""
        if numbers is None:
            return Passing(numbers=None, total=len(self), sizes=self.sizes, counted=True, selector=None)
        stride = -(-len(numbers) // COUNTED) or 1
        some = numbers[::stride]
        sizes = np.bincount(self.lists[some], minlength=self.model.lists) * stride
        return Passing(
            numbers=numbers,
            total=len(numbers),
            sizes=sizes.astype(np.int64),
            counted=stride == 1,
            selector=self._selector(numbers),
        )

    def _selector(self, numbers: Chosen) -> Any:
        faiss = faiss_library()
        if len(numbers) <= _FEW:
            return faiss.IDSelectorBatch(numbers.astype(np.int64))
        mask = np.zeros(len(self), np.bool_)
        mask[numbers] = True
        # The wrapper keeps the array alive as long as the selector.
        return faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))

    def nearest_first(self, query: Floats, passing: Passing) -> tuple[NDArray[np.int64], Floats]:
        """Lists that may hold somebody who passes, nearest to the query first, and their centroids' inner products."""
        products = self.model.centroids @ query
        order = np.argsort(-products, kind="stable")
        if passing.counted:
            order = order[passing.sizes[order] > 0]
        return order.astype(np.int64), products[order]

    def scan(
        self, query: Floats, lists: NDArray[np.int64], products: Floats, *, limit: int, passing: Passing
    ) -> tuple[NDArray[np.int64], Floats]:
        """Numbers and approximate inner products of the `limit` best vectors of `lists` that pass; best first, ties by
        number. No distance is computed to what does not pass."""
        limit = min(limit, passing.total)
        if not len(lists) or limit < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        settings = {} if passing.selector is None else {"sel": passing.selector}
        return scan_lists(self.index, self.model.fill(query[None]), lists, products, limit, settings)


def scan_lists(
    index: Any, query: Floats, lists: NDArray[np.int64], products: Floats, limit: int, settings: Mapping[str, Any]
) -> tuple[NDArray[np.int64], Floats]:
    """What faiss finds in these lists; its wrapper of this method takes no settings."""
    faiss = faiss_library()
    lists, products = np.ascontiguousarray(lists), np.ascontiguousarray(products)
    scores, numbers = np.empty(limit, np.float32), np.empty(limit, np.int64)
    pointers = [faiss.swig_ptr(array) for array in (lists, products, scores, numbers)]
    how = faiss.SearchParametersIVF(nprobe=len(lists), **settings)
    index.search_preassigned_c(1, faiss.swig_ptr(query), limit, *pointers, False, how)
    found = numbers >= 0
    numbers, scores = numbers[found], scores[found]
    order = np.lexsort((numbers, -scores))
    return numbers[order], scores[order]
