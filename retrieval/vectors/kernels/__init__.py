"""The loops over vectors: C for AVX-512, AVX2 or any processor, chosen at run time; numpy where nothing compiled.

`SHORTLIST_KERNELS` (avx512, avx2, portable or numpy) forces a path.
"""

from retrieval.vectors.kernels.dispatch import available, default, named
from retrieval.vectors.kernels.protocol import Kernels, Rows

__all__ = ["Kernels", "Rows", "available", "default", "named"]
