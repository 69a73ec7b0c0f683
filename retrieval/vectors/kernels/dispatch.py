"""Chooses the kernels: the best that this processor runs and that were compiled, unless `SHORTLIST_KERNELS` says."""

from __future__ import annotations

import os
from functools import cache

from retrieval.vectors.kernels.fallback import NumpyKernels
from retrieval.vectors.kernels.protocol import Kernels

try:
    from retrieval.vectors.kernels.compiled import CompiledKernels, runnable
except ImportError:  # nothing was compiled when this was installed
    _COMPILED: tuple[str, ...] = ()
else:
    _COMPILED = runnable()

_NAMES = ("avx512", "avx2", "portable", "numpy")


def available() -> tuple[str, ...]:
    """Names of the kernels that run here, the fastest first; numpy's always do."""
    return (*_COMPILED, "numpy")


@cache
def named(name: str) -> Kernels:
    """The kernels called `name`.

    Raises: ValueError where there are none of that name, or none that run here.
    """
    if name not in _NAMES:
        raise ValueError(f"there are no kernels called {name!r}: SHORTLIST_KERNELS may be {', '.join(_NAMES)}")
    if name not in available():
        reason = (
            "this processor does not have its instructions"
            if _COMPILED
            else "the extension is not compiled: install a C compiler and Python's headers, then Shortlist again"
        )
        raise ValueError(f"the {name} kernels do not run here ({reason}); those that do: {', '.join(available())}")
    return NumpyKernels() if name == "numpy" else CompiledKernels(name)


def default() -> Kernels:
    """What `SHORTLIST_KERNELS` names, else the fastest that run here.

    Raises: ValueError where the variable names kernels that do not run here.
    """
    return named(os.environ.get("SHORTLIST_KERNELS") or available()[0])
