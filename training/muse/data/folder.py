"""Where things lie in a folder of training data, and who may write there.

`lists.jsonl`, `texts.jsonl`, `data.json`: what a trainer reads. `held_out.jsonl`: lists of requests that are held out.
`requests.jsonl`: the requests that were made up. `labels/`: their labels. `mined/ENCODER/`: pairs that an encoder found
and their labels. `stages/`: what was made already, and is not made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from filelock import FileLock, Timeout

from training.muse.lists import LISTS

MINED_BY = "stages/mined_by"
HELD_OUT, REQUESTS, LABELS, MINED, PAIRS, STAGES = (
    "held_out.jsonl",
    "requests.jsonl",
    "labels",
    "mined",
    "pairs.jsonl",
    "stages",
)


class DataBusy(RuntimeError):
    """Another process writes into the folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder alone; the system lets go where the process is killed. Raises: DataBusy."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "data.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DataBusy(f"another process makes training data in {folder}; wait for it, or give another --out") from None
    try:
        yield
    finally:
        lock.release()


def is_data(folder: Path) -> bool:
    """Whether a folder holds training data, finished or not."""
    return (folder / STAGES).is_dir() or (folder / LISTS).is_file()


def round_of(folder: Path, encoder: str) -> Path:
    """Where the pairs that an encoder found lie."""
    return folder / MINED / blake2b(encoder.encode(), digest_size=6).hexdigest()


def label_folders(folder: Path) -> list[Path]:
    """All folders of labels that are there, the first one first."""
    return [path for path in (folder / LABELS, *sorted((folder / MINED).glob(f"*/{LABELS}"))) if path.is_dir()]
