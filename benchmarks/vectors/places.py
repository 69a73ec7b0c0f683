"""Where the benchmarks of vectors keep what they make: below `bench-workspace`, which git ignores and `make clean`
removes."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "bench-workspace" / "vectors"
PEOPLE = WORK / "people"
