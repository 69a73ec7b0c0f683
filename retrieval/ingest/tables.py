"""Files of many records, one at a time: JSON Lines, JSON, CSV and Parquet, plain or gzipped."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from retrieval.ingest.fields import FieldMap
from retrieval.ingest.problem import UnreadableError
from retrieval.ingest.text_file import TEXT_BYTES, decode

RECORD_BYTES = 4 * TEXT_BYTES
"""The longest line of JSON Lines; JSON may spell a character in six bytes."""
JSON_BYTES = 200_000_000
_ROWS = 64
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, OSError)


@dataclass(frozen=True, slots=True)
class Row:
    """One record with its number, counted from 1; `problem` instead of `data` where it cannot be read."""

    number: int
    data: Mapping[str, Any]
    done: int
    problem: str | None = None


Rows = Callable[[Path, FieldMap], Iterator[Row]]


def _open(path: Path) -> tuple[IO[bytes], IO[bytes]]:
    """The bytes of a file, unpacked, and the file itself, whose position says how far we are."""
    raw = path.open("rb")
    if raw.read(2) == b"\x1f\x8b":
        raw.seek(0)
        return gzip.GzipFile(fileobj=raw), raw  # type: ignore[return-value]
    raw.seek(0)
    return raw, raw


def json_lines(path: Path, _: FieldMap) -> Iterator[Row]:
    """Records of a .jsonl file; a line that cannot be read is one problem and the rest goes on."""
    stream, raw = _open(path)
    number = 0
    with raw, stream:
        if stream is raw and raw.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff"):  # type: ignore[attr-defined]
            stream = io.BytesIO(_small(path).encode("utf-8"))
        while True:
            try:
                line = stream.readline(RECORD_BYTES + 1)
                if len(line) > RECORD_BYTES:
                    number += 1
                    while line and not line.endswith(b"\n"):
                        line = stream.readline(RECORD_BYTES)
                    yield Row(
                        number, {}, raw.tell(), f"it is longer than {RECORD_BYTES / 1e6:.0f} MB; one line is one person"
                    )
                    continue
            except _DAMAGED as error:
                raise UnreadableError(f"it breaks off after record {number} (damaged gzip); export it again") from error
            if not line:
                return
            if line.strip():
                number += 1
                yield _json_row(number, line, raw.tell())


def _json_row(number: int, line: bytes, done: int) -> Row:
    try:
        record = json.loads(_decoded(line))
    except UnreadableError as error:
        return Row(number, {}, done, str(error))
    except (ValueError, RecursionError) as error:
        where = f"column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else _excess(error)
        return Row(number, {}, done, f"it is not JSON ({where}); each line must be one JSON object")
    if not isinstance(record, dict):
        return Row(number, {}, done, 'it is not a JSON object; each line must be one, as in {"id": ..., "text": ...}')
    return Row(number, record, done)


def _excess(error: Exception) -> str:
    """What json gives up on although the grammar allows it."""
    return "nested too deeply" if isinstance(error, RecursionError) else "a number has thousands of digits"


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(line)


def _small(path: Path) -> str:
    size = path.stat().st_size
    if size > JSON_BYTES:
        raise UnreadableError(
            f"it is {size / 1e6:.0f} MB; write it as JSON Lines in UTF-8 (.jsonl, one object a line), "
            "which is read piece by piece"
        )
    stream, raw = _open(path)
    with raw, stream:
        try:
            data = stream.read(JSON_BYTES + 1)
        except _DAMAGED as error:
            raise UnreadableError("it is damaged (gzip breaks off); export it again") from error
    if len(data) > JSON_BYTES:
        raise UnreadableError(f"it unpacks to more than {JSON_BYTES / 1e6:.0f} MB; write it as JSON Lines (.jsonl)")
    return decode(data) if data else ""


def json_file(path: Path, fields: FieldMap) -> Iterator[Row]:
    """A .json file: one record, a list of records, or records under a single key."""
    text = _small(path)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text[:100_000].splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].startswith("{") and lines[0].rstrip().endswith("}"):
            yield from json_lines(path, fields)
            return
        where = (
            f"line {error.lineno}, column {error.colno}: {error.msg}"
            if isinstance(error, json.JSONDecodeError)
            else _excess(error)
        )
        raise UnreadableError(f"it is not JSON ({where}); export it again") from error
    done = path.stat().st_size
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        if len(whole) == 1 and lists:
            whole = lists[0]
        else:
            yield Row(1, whole, done)
            return
    if not isinstance(whole, list):
        raise UnreadableError("it holds neither a JSON object nor a list of them")
    for number, record in enumerate(whole, 1):
        if isinstance(record, dict):
            yield Row(number, record, done * number // len(whole))
        else:
            yield Row(number, {}, done, "it is not a JSON object")


def csv_file(path: Path, fields: FieldMap) -> Iterator[Row]:
    """A .csv or .tsv file with a heading line; the separator is found, the encoding too."""
    stream, raw = _open(path)
    with raw, stream:
        try:
            head = stream.read(1_000_000)
        except _DAMAGED as error:
            raise UnreadableError("it is damaged (gzip breaks off); export it again") from error
        if not head.strip():
            raise UnreadableError("it is empty; export it again")
        encoding = _encoding(head)
        stream.seek(0)
        lines = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
        first = head.decode(encoding, "replace").lstrip("\ufeff").partition("\n")[0]
        delimiter = max(",;\t|", key=lambda sign: (first.count(sign), sign == ","))
        csv.field_size_limit(RECORD_BYTES)
        reader = csv.DictReader((line.replace("\x00", "") for line in lines), delimiter=delimiter)
        columns = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        check_columns(columns, fields)
        yield from _csv_rows(reader, raw)


def _csv_rows(reader: csv.DictReader[str], raw: IO[bytes]) -> Iterator[Row]:
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(number, {}, raw.tell(), f"it cannot be read ({error}); check its quotation marks")
            continue
        except _DAMAGED as error:
            raise UnreadableError(f"it breaks off after record {number - 1} (damaged gzip); export it again") from error
        yield Row(number, {name: value for name, value in record.items() if isinstance(value, str)}, raw.tell())


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in head:
        decode(head)
    # The cut may fall inside a character.
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    return "cp1252"


def parquet_file(path: Path, fields: FieldMap) -> Iterator[Row]:
    """Rows of a Parquet file, a batch at a time; where whole profiles are in it, only the columns needed."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to load, and most folders hold none
    from pyarrow.lib import ArrowException  # noqa: PLC0415

    parquet: Any = pq  # has no types
    try:
        file = parquet.ParquetFile(path, memory_map=True)
        columns = list(file.schema_arrow.names)
        check_columns(columns, fields)
        whole = fields.name("profile", columns)
        wanted = (
            [name for ours in ("member_id", "profile", "updated_at") if (name := fields.name(ours, columns))]
            if whole
            else columns
        )
        total, number = path.stat().st_size, 0
        for batch in file.iter_batches(batch_size=_ROWS, columns=wanted):
            for record in batch.to_pylist():
                number += 1
                yield Row(number, record, total * number // max(1, file.metadata.num_rows))
    except (ArrowException, OSError) as error:
        raise UnreadableError(
            f"it is not a Parquet file we can open ({type(error).__name__}); write it again"
        ) from error


def check_columns(columns: list[str], fields: FieldMap) -> None:
    """Raises: UnreadableError where no column says anything about a person; it names what is there."""
    if not fields.reads(columns):
        found = ", ".join(columns[:20]) + (", ..." if len(columns) > 20 else "")
        raise UnreadableError(
            f"no column holds a resume: found {found or 'none'}; expected one named {', '.join(fields.text)}. "
            f"Say which it is by mapping it, as in text={columns[-1] if columns else 'NAME'}"
        )


TABLES: dict[str, Rows] = {
    ".jsonl": json_lines,
    ".ndjson": json_lines,
    ".json": json_file,
    ".csv": csv_file,
    ".tsv": csv_file,
    ".parquet": parquet_file,
}
