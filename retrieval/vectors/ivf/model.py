"""What IVFPQ learns from a sample: the centroids of its lists, and the codebooks that shorten a vector to a few bytes.

H. Jegou, M. Douze, C. Schmid, "Product quantization for nearest neighbor search", IEEE TPAMI 33 (1), 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.building import LARGEST
from retrieval.vectors.ivf.clustering import Method, cluster
from retrieval.vectors.ivf.faiss_library import faiss_library
from retrieval.vectors.ivf.sealed import Altered, named, seal, unseal

CODES = 256  # entries of a codebook: a byte a piece
PIECE = 8  # numbers of a vector that one byte stands for, where nothing else is asked for
MOST_A_PIECE = 15  # from 16 on, faiss encodes through a matrix product, whose rounding depends on the chunk
_TRAINED_ON = 100  # residuals an entry of a codebook
_ITERATIONS = 8

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class IvfPqModel:
    """l: lists, d: width, m: pieces of a vector, s: numbers a piece (m * s >= d, the last filled up with zeros).

    `centroids` float32 [l, d], `codebooks` float32 [m, 256, s] of what is left of a vector without its centroid;
    `notes`, where the wish could not be followed. Plain arrays, small (l * d * 4 bytes and a bit), picklable.
    """

    centroids: Floats
    codebooks: Floats
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """`d`"""
        return int(self.centroids.shape[1])

    @property
    def lists(self) -> int:
        """`l`"""
        return len(self.centroids)

    @property
    def pieces(self) -> int:
        """`m`, bytes of a code."""
        return len(self.codebooks)

    @property
    def padded(self) -> int:
        """`m * s`"""
        return int(self.codebooks.shape[0] * self.codebooks.shape[2])

    @cached_property
    def id(self) -> str:
        """Names the model by its content: what it encoded goes only with what it encoded."""
        return named({"centroids": self.centroids, "codebooks": self.codebooks})

    def to_bytes(self) -> bytes:
        """For sending it to who encodes, and for the disk, with a checksum."""
        notes = np.array(self.notes or [""], dtype=np.str_)
        return seal({"centroids": self.centroids, "codebooks": self.codebooks, "notes": notes})

    @classmethod
    def from_bytes(cls, content: bytes) -> IvfPqModel:
        """Raises: Altered."""
        arrays = unseal(content, "the IVFPQ model")
        try:
            centroids, codebooks, notes = arrays["centroids"], arrays["codebooks"], arrays["notes"]
        except KeyError as error:
            raise Altered(f"these bytes are no IVFPQ model: they have no {error}") from None
        return cls(centroids=centroids, codebooks=codebooks, notes=tuple(str(note) for note in notes if note))

    def fill(self, vectors: NDArray[np.float32]) -> Floats:
        """`vectors` [n, d] with zeros behind, [n, m * s]."""
        if self.padded == self.width:
            return np.ascontiguousarray(vectors, dtype=np.float32)
        filled = np.zeros((len(vectors), self.padded), np.float32)
        filled[:, : self.width] = vectors
        return filled

    def decode(self, lists: NDArray[np.int32], codes: NDArray[np.uint8]) -> Floats:
        """What codes [n, m] in `lists` [n] say of the vectors: float32 [n, d]."""
        pieces = self.codebooks[np.arange(self.pieces), codes]  # [n, m, s]
        decoded: Floats = self.centroids[lists] + pieces.reshape(len(codes), -1)[:, : self.width]
        return decoded

    def quantizer(self) -> Any:
        """A faiss product quantizer with these codebooks."""
        faiss = faiss_library()
        made = faiss.ProductQuantizer(self.padded, self.pieces, 8)
        faiss.copy_array_to_vector(self.codebooks.ravel(), made.centroids)
        return made


def lists_for(count: int) -> int:
    """Lists that suit so many vectors: a power of two near four times the square root, from 1 to 65,536."""
    return int(min(65536, max(1, 2 ** round(np.log2(max(1.0, 4 * np.sqrt(count)))))))


def train(
    sample: Floats, *, lists: int, pieces: int | None = None, method: Method = "bisecting", seed: int = 0
) -> IvfPqModel:
    """A model from representative vectors [n, d]: 50 to 100 a list are enough, 40 at least.

    `pieces` are the bytes of a code; a piece has at most 15 numbers, 8 where nothing is said.
    The same sample, seed and number of threads give the same model.

    Raises: ValueError for numbers that are not finite, nothing to train on or pieces that do not fit; FaissMissing.
    """
    sample = np.ascontiguousarray(sample, dtype=np.float32)
    if sample.ndim != 2 or not sample.size:
        raise ValueError(f"the vectors to train on have shape {sample.shape}, not [n, d] with at least one of them")
    if not (np.abs(sample) <= LARGEST).all():
        raise ValueError(
            f"vectors to train on have numbers that are not finite (NaN or infinite), or beyond {LARGEST:.0e}"
        )
    width = sample.shape[1]
    pieces = -(-width // PIECE) if pieces is None else pieces
    if not -(-width // MOST_A_PIECE) <= pieces <= width:
        raise ValueError(
            f"{pieces} pieces of a vector of {width} numbers: give {-(-width // MOST_A_PIECE)} to {width} "
            f"(at most {MOST_A_PIECE} numbers a piece; for shorter codes cut the vectors at a Matryoshka level)"
        )
    clusters = cluster(sample, lists, method=method, seed=seed)
    model = IvfPqModel(
        centroids=clusters.centroids,
        codebooks=np.zeros((pieces, CODES, -(-width // pieces)), np.float32),
        notes=clusters.notes,
    )
    residuals = model.fill(sample - clusters.centroids[clusters.lists])
    return IvfPqModel(centroids=model.centroids, codebooks=_codebooks(model, residuals, seed), notes=model.notes)


def _codebooks(model: IvfPqModel, residuals: Floats, seed: int) -> Floats:
    if len(residuals) <= CODES:  # each its own entry
        pieces = residuals.reshape(len(residuals), model.pieces, -1).transpose(1, 0, 2)
        return np.ascontiguousarray(pieces[:, np.arange(CODES) % len(residuals)])
    faiss = faiss_library()
    quantizer = model.quantizer()
    quantizer.cp.niter, quantizer.cp.seed = _ITERATIONS, seed
    quantizer.cp.min_points_per_centroid, quantizer.cp.max_points_per_centroid = 1, _TRAINED_ON
    quantizer.train(residuals)
    return np.asarray(faiss.vector_to_array(quantizer.centroids).reshape(model.codebooks.shape), dtype=np.float32)
