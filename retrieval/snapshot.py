"""One immutable, self-describing build of everything that serving reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from pyroaring import BitMap

from retrieval.addressed import know, rules
from retrieval.attributes import Attributes
from retrieval.encoder import TextEncoder, encoder_id, load_encoder
from retrieval.passage_vectors import PassageVectors
from retrieval.schema import Profile, Span
from retrieval.serialisation import VERSION
from retrieval.terms import TermMatrix
from retrieval.text_index import TextIndex
from retrieval.vectors import VectorEngine, VectorIndex, stored_array
from retrieval.vectors.files import DamagedFile, File, check

FORMAT = 4
Engine: TypeAlias = Callable[[VectorIndex], VectorEngine]
_HOW = "make one with: shortlist index SOURCE --workspace"


class SnapshotError(RuntimeError):
    """A snapshot cannot be served; the message says why and what to do."""


class SnapshotMissing(SnapshotError):
    """There is no snapshot in the workspace."""


class SnapshotCorrupt(SnapshotError):
    """A file of the snapshot is missing, cut short or altered."""


class EncoderMismatch(SnapshotError):
    """The snapshot's vectors come from another encoder than the one installed."""


class UnknownMember(KeyError):
    """No profile of the snapshot has this member id."""

    def __init__(self, member_id: str) -> None:
        super().__init__(member_id)
        self.member_id = member_id

    def __str__(self) -> str:
        return f"there is no member {self.member_id!r} in this population"


class Manifest(BaseModel):
    """`manifest.json`: what the snapshot is, and what each of its files must be.

    `addressed` names the rules by which addressed text was found.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    id: str
    created: str
    previous: str | None
    encoder: str
    width: int
    serialisation: int
    addressed: str
    sources: tuple[str, ...]
    profiles: int
    synthetic: int
    passages: int
    versions: Mapping[str, str]
    files: Mapping[str, File]


class Snapshot:
    """A population, ready to search. Everything is opened at once (so a later publish takes nothing away) and read
    when needed. Rows number the profiles from 0. Safe to use from several threads."""

    def __init__(
        self,
        workspace: Path,
        folder: Path,
        manifest: Manifest,
        encoder: TextEncoder | None,
        engine: Engine | None = None,
    ) -> None:
        self.workspace = workspace
        self.folder = folder
        self.manifest = manifest
        self._given = encoder
        self._table = _table(folder / "profiles.arrow")
        self.attributes = Attributes(folder)
        self.text = TextIndex(folder / "text")
        self.terms = TermMatrix(folder / "terms")
        index = VectorIndex.open(folder / "vectors")
        self.vectors = PassageVectors(
            index=index, spans=stored_array(folder / "spans.npy"), engine=engine(index) if engine else None
        )
        self.headline_vectors: NDArray[np.float32] = stored_array(folder / "headlines.npy")
        self.profile = lru_cache(maxsize=4096)(self._profile)
        self._alive: tuple[tuple[int, int], BitMap] | None = None
        self._lock = Lock()

    @classmethod
    def open(
        cls,
        workspace: Path,
        *,
        encoder: TextEncoder | None = None,
        engine: Engine | None = None,
        verify: bool = False,
    ) -> Snapshot:
        """The snapshot that `workspace` serves. Sizes of all files are checked; with `verify` their checksums too.

        `encoder` is for vectors made by another encoder than the packaged one; `engine` makes what searches them, in
        the place of the exact scan (docs/vectors.md).

        Raises: SnapshotMissing, SnapshotCorrupt, EncoderMismatch.
        """
        workspace = Path(workspace)
        while True:
            chosen = current(workspace)
            if chosen is None:
                raise SnapshotMissing(f"there is no snapshot in {workspace}; {_HOW} {workspace}")
            try:
                return cls._open(workspace, workspace / "snapshots" / chosen, encoder, engine, verify)
            except SnapshotError:
                if current(workspace) == chosen:  # else it was replaced and removed under our hands
                    raise

    @classmethod
    def _open(
        cls, workspace: Path, folder: Path, encoder: TextEncoder | None, engine: Engine | None, verify: bool
    ) -> Snapshot:
        manifest = read_manifest(folder)
        try:
            check(folder, manifest.files, verify=verify)
        except DamagedFile as error:
            raise SnapshotCorrupt(f"{error}; index the source again") from None
        if manifest.serialisation != VERSION:
            raise EncoderMismatch(
                f"the snapshot in {workspace} holds vectors of profiles as version {manifest.serialisation} wrote them "
                f"for the encoder, this installation writes version {VERSION}; index the source again"
            )
        expected = encoder.id if encoder else encoder_id()
        if manifest.encoder != expected:
            raise EncoderMismatch(
                f"the snapshot in {workspace} was made with the encoder {manifest.encoder}, this installation has "
                f"{expected}; index the source again"
            )
        try:
            return cls(workspace, folder, manifest, encoder, engine)
        except (OSError, ValueError, KeyError, pa.ArrowInvalid) as error:
            raise SnapshotCorrupt(f"the snapshot in {folder} is damaged ({error}); index the source again") from error

    @property
    def id(self) -> str:
        """Name of this build; changes with every publish."""
        return self.manifest.id

    @property
    def count(self) -> int:
        """Profiles, tombstoned ones included."""
        return self.manifest.profiles

    @property
    def synthetic(self) -> int:
        """How many of the profiles are invented."""
        return self.manifest.synthetic

    @cached_property
    def encoder(self) -> TextEncoder:
        """The encoder that made the vectors; opened at first use."""
        return self._given or load_encoder()

    @property
    def alive(self) -> BitMap:
        """Rows that may be shown: all but those in the workspace's `tombstones.json`, which is looked at each time.

        Shared: copy before changing it. Raises: SnapshotCorrupt where the tombstones cannot be read.
        """
        stamp = _stamp(self.workspace / "tombstones.json")
        with self._lock:
            if self._alive is None or self._alive[0] != stamp:
                gone = {self._rows[m] for m in tombstones(self.workspace) if m in self._rows}
                self._alive = (stamp, BitMap(range(self.count)) - BitMap(gone))
            return self._alive[1]

    def has(self, member_id: str) -> bool:
        """Whether the member is in this snapshot, erased or not."""
        return member_id in self._rows

    def row(self, member_id: str) -> int:
        """The member's row. Raises: UnknownMember."""
        try:
            return self._rows[member_id]
        except KeyError:
            raise UnknownMember(member_id) from None

    def member_id(self, row: int) -> str:
        """The id of the member in `row`."""
        return str(self._table["member_id"][row].as_py())

    def _profile(self, row: int) -> Profile:
        """The profile in `row`; the 4,096 last used are kept. Raises: SnapshotCorrupt."""
        try:
            profile = Profile.model_validate_json(self._table["profile"][row].as_py())
        except (ValueError, pa.ArrowException):
            # Without the cause, whose message would show the profile.
            raise SnapshotCorrupt(
                f"profile {row} of the snapshot in {self.folder} is damaged; index the source again"
            ) from None
        if self.manifest.addressed == rules():  # else it is looked for again, by the rules of today
            ends = self._table["addressed"][row].as_py()
            spans = zip(ends[::2], ends[1::2], strict=True)
            know(profile.text, tuple(Span(start=start, end=end) for start, end in spans))
        return profile

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {member: row for row, member in enumerate(self._table["member_id"].to_pylist())}


def current(workspace: Path) -> str | None:
    """Id of the snapshot that `workspace` serves. Raises: SnapshotCorrupt where the pointer makes no sense."""
    try:
        chosen = (workspace / "current").read_text().strip()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise SnapshotMissing(
            f"{workspace} is a file, not a workspace; give the folder that was indexed into"
        ) from None
    except (OSError, ValueError) as error:
        raise SnapshotCorrupt(f"{workspace / 'current'} cannot be read ({error}); index the source again") from error
    if not chosen or "/" in chosen or chosen.startswith("."):
        raise SnapshotCorrupt(f"{workspace / 'current'} names no snapshot; index the source again")
    return chosen


def content_hashes(folder: Path) -> dict[str, str]:
    """Member id -> `Profile.content_hash` of the snapshot in `folder`."""
    table = _table(folder / "profiles.arrow")
    return dict(zip(table["member_id"].to_pylist(), table["content_hash"].to_pylist(), strict=True))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the snapshot in `folder`. Raises: SnapshotCorrupt."""
    path = folder / "manifest.json"
    try:
        said = path.read_bytes()
        kind = json.loads(said).get("format")
        if kind != FORMAT:
            raise SnapshotCorrupt(f"{path} has format {kind}, this version reads {FORMAT}; index the source again")
        return Manifest.model_validate_json(said)
    except (OSError, ValueError, AttributeError, ValidationError) as error:
        raise SnapshotCorrupt(f"{path} is missing or damaged; index the source again") from error


def tombstones(workspace: Path) -> set[str]:
    """Ids of erased members, from `tombstones.json` (a list). Raises: SnapshotCorrupt where it cannot be read, since
    serving without it would show erased people."""
    path = workspace / "tombstones.json"
    try:
        listed: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        return set()
    except (OSError, ValueError) as error:
        raise SnapshotCorrupt(f"{path} is damaged; it lists erased members, restore it before searching") from error
    if not isinstance(listed, list) or not all(isinstance(member, str) for member in listed):
        raise SnapshotCorrupt(f"{path} is not a list of member ids; it lists erased members, restore it")
    return set(listed)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


def _table(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()
