from typing import Any

from numpy.typing import NDArray

def runnable() -> list[str]: ...
def int8_scores(
    path: str,
    codes: NDArray[Any],
    query: NDArray[Any],
    offset: int,
    scale: float,
    rows: NDArray[Any] | None,
    out: NDArray[Any],
    /,
) -> None: ...
def int8_scores_batch(
    path: str,
    codes: NDArray[Any],
    queries: NDArray[Any],
    offsets: NDArray[Any],
    scales: NDArray[Any],
    rows: NDArray[Any] | None,
    out: NDArray[Any],
    /,
) -> None: ...
def bit_scores(
    path: str,
    records: NDArray[Any],
    width: int,
    planes: NDArray[Any],
    table: NDArray[Any],
    low: float,
    step: float,
    total: float,
    rows: NDArray[Any] | None,
    out: NDArray[Any],
    /,
) -> None: ...
def float_scores(
    path: str, vectors: NDArray[Any], query: NDArray[Any], rows: NDArray[Any] | None, out: NDArray[Any], /
) -> None: ...
def at_least(path: str, scores: NDArray[Any], threshold: float, out: NDArray[Any], /) -> int: ...
def best_means(path: str, scores: NDArray[Any], counts: NDArray[Any], best: int, out: NDArray[Any], /) -> None: ...
def read(path: str, array: NDArray[Any], /) -> int: ...
