"""Triton's kernels give the right answers under its interpreter; which does not show that they run on a card."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

pytest.importorskip("triton", reason="needs Triton: pip install 'shortlist[gpu]' (Linux on x86-64)")


def test_interpreted_kernels_give_the_right_answers():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRITON_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", HERE / "interpreted_kernels.py"],
        env={**kept, "PYTHONPATH": str(HERE.parents[3]), "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
