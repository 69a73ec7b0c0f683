"""`python -m benchmarks.vectors`: held to one thread before anything that counts cores is imported."""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"


def main() -> None:
    """Run it."""
    from benchmarks.vectors.run import main as run  # noqa: PLC0415 - after the above

    run()


if __name__ == "__main__":
    main()
