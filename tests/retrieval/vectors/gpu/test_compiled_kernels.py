"""Triton's kernels compile for a Hopper card to what they are meant to be; which does not show that they run there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

pytest.importorskip("triton", reason="needs Triton: pip install 'shortlist[gpu]' (Linux on x86-64)")


def test_kernels_compile_for_a_card(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRITON_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", HERE / "compiled_kernels.py"],
        env={**kept, "PYTHONPATH": str(HERE.parents[3]), "TRITON_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert {kernel["kernel"] for kernel in made} == {"count_bits", "write_set", "score_all", "score_survivors"}
    for kernel in made:
        assert kernel["stack"] == 0, "registers are spilled to memory"
        if kernel["kernel"].startswith("score"):
            assert kernel["tensor_cores"], "bytes are not multiplied by the tensor cores"
            assert kernel["wide_loads"], "codes are not read 16 bytes at a time"
            assert kernel["shared"] <= 227 << 10, "more shared memory than a Hopper program may have"
