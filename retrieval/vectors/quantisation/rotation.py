"""A random rotation: it spreads what a few directions hold over all, so that one scale fits every coordinate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def random_rotation(width: int, *, seed: int = 0) -> NDArray[np.float32]:
    """[width, width] float32, orthogonal; the same for the same seed. Inner products survive it.

    After J. Gao and C. Long, RaBitQ (SIGMOD 2024, arXiv:2405.12497), where it makes the error of sign codes the same
    whatever the data.
    """
    normal = np.random.default_rng(seed).standard_normal((width, width))
    orthogonal, triangle = np.linalg.qr(normal)
    # the signs of the diagonal make the distribution uniform over rotations (Mezzadri, arXiv:math-ph/0609050)
    rotation: NDArray[np.float32] = np.ascontiguousarray(orthogonal * np.sign(np.diag(triangle)), dtype=np.float32)
    return rotation
