"""The one door for profiles: a file or a folder of any mix of formats, as a stream; ids twice, content once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from retrieval.ingest.fields import FieldMap
from retrieval.ingest.identity import Claim, resolve_duplicates
from retrieval.ingest.problem import EmptySourceError, Problem, UnreadableError
from retrieval.ingest.records import Identity, identify, read_record
from retrieval.ingest.resume import parse_resume
from retrieval.ingest.tables import TABLES
from retrieval.ingest.text_file import read_document
from retrieval.schema import PartialDate, Profile

OnProblem = Callable[[Problem], None]
Progress = Callable[[int, int], None]

DOCUMENTS = (".txt", ".text", ".md", ".pdf", ".docx")
KINDS = (*TABLES, ".jsonl.gz", ".json.gz", ".csv.gz", *DOCUMENTS)
_CONVERT = {
    ".doc": ".docx",
    ".rtf": ".docx",
    ".odt": ".docx",
    ".pages": ".pdf",
    ".html": ".txt",
    ".htm": ".txt",
    ".xlsx": ".csv",
    ".xls": ".csv",
}
_TRUTH = "truth"


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A record before it is read: who it is about, and how to read it."""

    file: str
    record: int | None
    identity: Identity
    done: int
    load: Callable[[], Profile]


def read(
    source: Path,
    *,
    fields: FieldMap | None = None,
    on_problem: OnProblem | None = None,
    progress: Progress | None = None,
    as_of: PartialDate | None = None,
) -> Iterator[Profile]:
    """Profiles of a file or folder, each member once, in an order that depends on names and content only.

    What cannot be read goes to `on_problem` and the rest comes. A record with an id keeps it; one without gets the
    relative path of its file (and its number), so that an edited file is an update. Where an id comes twice, the newer
    `updated_at` wins, else the later record, and a problem says so if they differ. A file without ids that says exactly
    what another one says is the same profile.

    Args:
        source: the file or folder. Hidden files, and the `truth` beside a synthetic population, are passed over.
        fields: what their fields are called.
        on_problem: told what stays out or came in with a remark; never given profile text.
        progress: called after each profile with bytes done and bytes in all.
        as_of: when profiles without `updated_at` were written, for jobs that go on (see `parse_resume`).

    Raises:
        EmptySourceError: at once, where there is nothing at all to read.
    """
    files = list_files(source)
    return _profiles(files, source, fields or FieldMap(), on_problem or _ignore, progress, as_of)


def list_files(source: Path) -> list[Path]:
    """Files of a source in the order they are read: by path, folders before what follows them by name.

    Raises:
        EmptySourceError: no such path, or a folder that holds no file of a kind we read.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise EmptySourceError(f"there is no file or folder {source}; check the path")
    found: list[Path] = []
    for folder, names, files in os.walk(source, onerror=None, followlinks=False):
        synthetic = any(name.startswith("profiles-") and name.endswith(".parquet") for name in files)
        names[:] = sorted(n for n in names if not n.startswith(".") and not (synthetic and n == _TRUTH))
        found += [Path(folder) / name for name in files if not name.startswith((".", "~$"))]
    found.sort(key=lambda path: path.relative_to(source).parts)
    if not any(_kind(path) for path in found):
        raise EmptySourceError(f"the folder {source} holds no file we read; kinds are {', '.join(KINDS)}")
    return found


def _profiles(
    files: list[Path],
    source: Path,
    fields: FieldMap,
    on_problem: OnProblem,
    progress: Progress | None,
    as_of: PartialDate | None,
) -> Iterator[Profile]:
    resolution = resolve_duplicates(
        Claim(ordinal=ordinal, member_id=entry.identity.member_id, updated_at=entry.identity.updated_at)
        for ordinal, (entry, _) in enumerate(_entries(files, source, fields, _ignore, as_of))
    )
    contents: dict[bytes, str] = {}
    versions: dict[str, bytes] = {}
    for ordinal, (entry, total) in enumerate(_entries(files, source, fields, on_problem, as_of)):
        contested = entry.identity.member_id in resolution.contested
        lost = ordinal in resolution.lost
        try:
            profile = entry.load()
        except UnreadableError as error:
            on_problem(Problem(file=entry.file, record=entry.record, reason=str(error)))
            continue
        digest = bytes.fromhex(profile.content_hash)
        if contested:
            _tell_difference(entry, digest, lost, versions, on_problem)
        if lost:
            continue
        if entry.record is None:
            first = contents.setdefault(digest, entry.file)
            if first != entry.file:
                on_problem(Problem(file=entry.file, reason=f"it says the same as {first} and was taken once"))
                continue
        yield profile
        if progress:
            progress(entry.done, total)


def _tell_difference(
    entry: _Entry, digest: bytes, lost: bool, versions: dict[str, bytes], on_problem: OnProblem
) -> None:
    member_id = entry.identity.member_id
    before = versions.setdefault(member_id, digest)
    if before != digest:
        kept = "another one, newer or later, was kept" if lost else "this one was kept, being newer or later"
        on_problem(
            Problem(
                file=entry.file,
                record=entry.record,
                reason=f"member {member_id} comes more than once and differs; {kept}",
            )
        )


def _entries(
    files: list[Path], source: Path, fields: FieldMap, on_problem: OnProblem, as_of: PartialDate | None
) -> Iterator[tuple[_Entry, int]]:
    """Every record of every file with the bytes in all; the same ones in the same order each time."""
    sizes = [path.stat().st_size if path.exists() else 0 for path in files]
    total, before = sum(sizes), 0
    for path, size in zip(files, sizes, strict=True):
        name = path.relative_to(source).as_posix() if path != source else path.name
        kind = _kind(path)
        try:
            if kind is None:
                raise UnreadableError(_unknown(path))
            if kind in DOCUMENTS:
                yield _document(path, name, before + size, as_of), total
            else:
                for entry in _table(path, kind, name, fields, on_problem, before, as_of):
                    yield entry, total
        except UnreadableError as error:
            on_problem(Problem(file=name, reason=str(error)))
        except OSError as error:
            on_problem(
                Problem(
                    file=name, reason=f"it cannot be opened ({error.strerror or error}); check that you may read it"
                )
            )
        before += size


def _table(
    path: Path, kind: str, name: str, fields: FieldMap, on_problem: OnProblem, before: int, as_of: PartialDate | None
) -> Iterator[_Entry]:
    empty = True
    for row in TABLES[kind](path, fields):
        empty = False
        if row.problem:
            on_problem(Problem(file=name, record=row.number, reason=row.problem))
            continue
        where = f"{name}#{row.number}"
        try:
            identity = identify(
                row.data, fields=fields, otherwise=_identifier(where if kind != ".json" or row.number > 1 else name)
            )
        except UnreadableError as error:
            on_problem(Problem(file=name, record=row.number, reason=str(error)))
            continue
        yield _Entry(
            file=name,
            record=row.number,
            identity=identity,
            done=before + row.done,
            load=lambda data=row.data, identity=identity, where=where: read_record(  # type: ignore[misc]
                data, identity=identity, fields=fields, source=where, as_of=as_of
            ),
        )
    if empty:
        raise UnreadableError("it holds no records")


def _document(path: Path, name: str, done: int, as_of: PartialDate | None) -> _Entry:
    identity = Identity(member_id=_identifier(name), updated_at=None)

    def load() -> Profile:
        document = read_document(path)
        return parse_resume(
            document.text, member_id=identity.member_id, source=name, updated_at=document.updated_at, as_of=as_of
        )

    return _Entry(file=name, record=None, identity=identity, done=done, load=load)


def _identifier(name: str) -> str:
    """A relative path as an id; a very long one keeps its end and gets a hash of the whole."""
    if len(name) <= 200:
        return name
    return f"{blake2b(name.encode('utf-8', 'surrogateescape'), digest_size=8).hexdigest()}-{name[-180:]}"


def _kind(path: Path) -> str | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
        return suffixes[-1] if suffixes and suffixes[-1] in TABLES and suffixes[-1] != ".parquet" else None
    return suffixes[-1] if suffixes and (suffixes[-1] in TABLES or suffixes[-1] in DOCUMENTS) else None


def _unknown(path: Path) -> str:
    better = _CONVERT.get(path.suffix.lower())
    if better:
        return f"we do not read {path.suffix.lower()} files; save it as {better}"
    return f"we do not read files of this kind; known are {', '.join(KINDS)}"


def _ignore(problem: Problem) -> None:
    """A reader who does not want to know."""
