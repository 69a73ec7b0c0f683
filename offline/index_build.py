"""From profiles to a published snapshot, encoding only what is new."""

from __future__ import annotations

import errno
import importlib.metadata
import platform
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from offline.encodings import Journal, stored_before
from offline.publish import indexing, publish
from offline.snapshot_writer import MAX_PASSAGES, SnapshotWriter
from offline.vector_files import Progress, distinct, encode_missing, write_index, write_vectors
from retrieval.addressed import rules
from retrieval.encoder import TextEncoder, load_encoder
from retrieval.ingest import FieldMap, Problem, read
from retrieval.schema import Profile
from retrieval.serialisation import VERSION, WORDS
from retrieval.snapshot import (
    FORMAT,
    Manifest,
    SnapshotError,
    content_hashes,
    current,
    tombstones,
)
from retrieval.vectors.files import described

OnProblem = Callable[[Problem], None]

_STAGING = ".building"
_DISTRIBUTIONS = ("shortlist", "numpy", "onnxruntime", "pyarrow", "pyroaring", "tantivy", "tokenizers")


class IndexFailed(RuntimeError):
    """A build could not be finished; what was served before still is."""


class BuildReport(BaseModel):
    """What one build did. `peak_mib` is the most memory the process has had resident, all it did before included."""

    model_config = ConfigDict(frozen=True)

    snapshot: str
    profiles: int
    synthetic: int
    new: int
    changed: int
    unchanged: int
    removed: int
    erased: int
    problems: int
    passages: int
    encoded: int
    reused: int
    seconds: dict[str, float]
    peak_mib: float


def build_from(
    source: Path,
    *,
    workspace: Path,
    fields: FieldMap | None = None,
    encoder: TextEncoder | None = None,
    progress: Progress | None = None,
    on_problem: OnProblem | None = None,
) -> BuildReport:
    """Index a file or a folder of any format `retrieval.ingest.read` knows. Otherwise as `build`."""
    counted = _Counted(on_problem)
    profiles = read(source, fields=fields, on_problem=counted)
    return _build(profiles, workspace, (source.name,), encoder, progress or _silent, counted)


def build(
    profiles: Iterable[Profile],
    *,
    workspace: Path,
    sources: tuple[str, ...] = (),
    encoder: TextEncoder | None = None,
    progress: Progress | None = None,
    on_problem: OnProblem | None = None,
) -> BuildReport:
    """Make a snapshot of `profiles` in `workspace` and publish it; rows stand in the order of arrival.

    Profiles are taken one at a time. A second profile with an id that was already taken, and one whose text is not
    Unicode, is left out and told to `on_problem`; erased members (tombstones) are left out silently and counted. Texts
    whose vectors the served snapshot or an interrupted build holds are not encoded again. `progress` is called with a
    stage ("reading", "encoding", "writing", "publishing"), what is done and, where known, the total.

    Raises: IndexBusy (another process is at it), IndexFailed (no profiles; the disk is full). In either case, as with
    a kill at any moment, the snapshot served before stays.
    """
    return _build(profiles, workspace, sources, encoder, progress or _silent, _Counted(on_problem))


class _Counted:
    """Passes problems on and counts them."""

    def __init__(self, to: OnProblem | None) -> None:
        self.count = 0
        self._to = to

    def __call__(self, problem: Problem) -> None:
        self.count += 1
        if self._to:
            self._to(problem)


class _Clock:
    """Seconds a stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = round(time.perf_counter() - started, 3)


def _silent(stage: str, done: int, total: int | None) -> None:
    pass


def _build(
    profiles: Iterable[Profile],
    workspace: Path,
    sources: tuple[str, ...],
    encoder: TextEncoder | None,
    progress: Progress,
    problems: _Counted,
) -> BuildReport:
    try:
        with indexing(workspace):
            staging = workspace / "snapshots" / _STAGING
            shutil.rmtree(staging, ignore_errors=True)  # of a build that was killed
            staging.parent.mkdir(exist_ok=True)
            try:
                return _run(profiles, workspace, staging, sources, encoder or load_encoder(), progress, problems)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise IndexFailed(
            f"the index could not be written: {error}. What was served before still is, and finished encodings are "
            f"kept: {_remedy(error, workspace)}"
        ) from error


def _run(
    profiles: Iterable[Profile],
    workspace: Path,
    staging: Path,
    sources: tuple[str, ...],
    encoder: TextEncoder,
    progress: Progress,
    problems: _Counted,
) -> BuildReport:
    clock = _Clock()
    before = _hashes_before(workspace)
    writer = SnapshotWriter(staging)
    with clock("reading"):
        try:
            now, erased = _read(profiles, writer, tombstones(workspace), progress, problems)
            if not now:
                raise IndexFailed(
                    f"there was no profile to index ({problems.count} problems, {erased} erased members); "
                    "what was served before still is"
                )
            writer.close()
        except BaseException:
            writer.abandon()
            raise
    journal = Journal(workspace / "encodings.journal", encoder=encoder.id, width=encoder.width)
    with journal:
        kept = [*stored_before(workspace, encoder=encoder.id), journal.stored()]
        with clock("encoding"):
            encoded = encode_missing(writer, encoder, kept, journal, progress)
        with clock("writing"):
            kept[-1] = journal.stored()
            write_index(staging / "vectors", writer, kept, encoder.width, progress)
            write_vectors(staging / "headlines.npy", writer.headline_hashes, kept, encoder.width, progress)
        with clock("publishing"):
            progress("publishing", 0, None)
            manifest = _manifest(staging, workspace, writer, encoder, sources)
            (staging / "manifest.json").write_text(manifest.model_dump_json(indent=1))
            publish(staging, workspace=workspace, id=manifest.id)
        journal.remove()
    return BuildReport(
        snapshot=manifest.id,
        profiles=writer.count,
        synthetic=writer.synthetic,
        new=len(now.keys() - before.keys()),
        changed=sum(1 for member, said in now.items() if member in before and before[member] != said),
        unchanged=sum(1 for member, said in now.items() if before.get(member) == said),
        removed=len(before.keys() - now.keys()),
        erased=erased,
        problems=problems.count,
        passages=len(writer.hashes),
        encoded=encoded,
        reused=len(distinct(writer)) - encoded,
        seconds=clock.seconds,
        peak_mib=_peak_mib(),
    )


def _remedy(error: OSError, workspace: Path) -> str:
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return f"make {workspace} writable, or index into another workspace"
    return f"make room in {workspace} and run the same command again"


def _hashes_before(workspace: Path) -> dict[str, str]:
    try:
        served = current(workspace)
        return content_hashes(workspace / "snapshots" / served) if served else {}
    except (SnapshotError, OSError, ValueError, KeyError):
        return {}  # a damaged one is to be replaced, and everything counts as new


def _read(
    profiles: Iterable[Profile], writer: SnapshotWriter, gone: set[str], progress: Progress, problems: _Counted
) -> tuple[dict[str, str], int]:
    """Content hash of every member taken, and how many were left out as erased."""
    taken: dict[str, str] = {}
    erased = 0
    for profile in profiles:
        if profile.member_id in gone:
            erased += 1
            continue
        where = profile.source or profile.member_id
        if profile.member_id in taken:
            problems(Problem(file=where, reason=f"member {profile.member_id} was already indexed; left out"))
            continue
        try:
            whole = writer.add(profile)
        except ValueError:  # pydantic's serialisation error, or a plain UnicodeEncodeError
            problems(Problem(file=where, reason="the text is not Unicode (lone surrogates); left out"))
            continue
        if not whole:
            problems(
                Problem(file=where, reason=f"very long; only its first {WORDS * MAX_PASSAGES:,} words get vectors")
            )
        taken[profile.member_id] = profile.content_hash
        if writer.count % 100 == 0:
            progress("reading", writer.count, None)
    progress("reading", writer.count, writer.count)
    return taken, erased


def _manifest(
    staging: Path, workspace: Path, writer: SnapshotWriter, encoder: TextEncoder, sources: tuple[str, ...]
) -> Manifest:
    paths = [path for path in staging.rglob("*") if path.is_file() and path.suffix != ".lock"]
    files = described(staging, (str(path.relative_to(staging)) for path in paths))
    digest = blake2b("".join(file.blake2b for file in files.values()).encode(), digest_size=4).hexdigest()
    created = datetime.now(UTC)
    try:
        previous = current(workspace)
    except SnapshotError:
        previous = None
    return Manifest(
        format=FORMAT,
        id=f"{created:%Y%m%dT%H%M%S%f}-{digest}",
        created=created.isoformat(timespec="seconds"),
        previous=previous,
        encoder=encoder.id,
        width=encoder.width,
        serialisation=VERSION,
        addressed=rules(),
        sources=sources,
        profiles=writer.count,
        synthetic=writer.synthetic,
        passages=len(writer.hashes),
        versions={"python": platform.python_version(), **_versions()},
        files=files,
    )


def _versions() -> dict[str, str]:
    versions = {}
    for name in _DISTRIBUTIONS:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # run from a checkout that was never installed
            versions[name] = "not installed"
    return versions


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)
