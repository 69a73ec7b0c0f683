"""The one thing pyproject.toml cannot say: a C extension that may be missing. Everything else stands there."""

from __future__ import annotations

import os
from pathlib import Path

from setuptools import Extension, setup

SOURCES = Path("retrieval/vectors/kernels/native")
# fused operations would give other bits on other processors
FLAGS = [] if os.name == "nt" else ["-O3", "-ffp-contract=off", "-std=gnu11", "-fvisibility=hidden"]

kernels = Extension(
    "retrieval.vectors.kernels._native",
    sources=sorted(str(path) for path in SOURCES.glob("*.c")),
    depends=sorted(str(path) for path in SOURCES.glob("*.h")),
    extra_compile_args=FLAGS,
    define_macros=[("Py_LIMITED_API", "0x030B0000")],
    py_limited_api=True,
    optional=True,  # where there is no compiler, numpy serves
)

setup(
    # SHORTLIST_NO_NATIVE=1 leaves the extension out, as if there were no compiler
    ext_modules=[] if os.environ.get("SHORTLIST_NO_NATIVE") else [kernels],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
