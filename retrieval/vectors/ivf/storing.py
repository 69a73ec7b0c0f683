"""An IVFPQ index as a folder that is mapped into memory, with a manifest that tells what each file must be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from retrieval.vectors.files import DamagedFile, File, check, described
from retrieval.vectors.ivf.calibration import Calibration
from retrieval.vectors.ivf.engine import IvfPq
from retrieval.vectors.ivf.inverted_file import InvertedFile
from retrieval.vectors.ivf.model import IvfPqModel
from retrieval.vectors.ivf.refining import Fetch
from retrieval.vectors.ivf.sealed import Altered
from retrieval.vectors.members import Members, check_offsets
from retrieval.vectors.storage import writing
from retrieval.vectors.stored_array import stored_array

FORMAT = 1
MANIFEST = "ivfpq.json"


class IvfPqManifest(BaseModel):
    """What an index is: members, vectors, numbers a vector, best vectors that score, and what it learnt of recall."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    model: str
    count: int
    vectors: int
    width: int
    best: int
    calibration: Calibration | None
    files: Mapping[str, File]


def save(index: IvfPq, folder: Path) -> None:
    """Write `index` as the new folder `folder`; the same index gives the same bytes.

    Raises: FileExistsError, OSError.
    """
    with writing(Path(folder)) as partial:
        (partial / "model.sealed").write_bytes(index.model.to_bytes())
        index.file.write(partial / "lists.faiss")
        np.save(partial / "lists.npy", index.file.lists)
        np.save(partial / "ids.npy", index.ids)
        if index.members.offsets is not None:
            np.save(partial / "offsets.npy", index.members.offsets)
        manifest = IvfPqManifest(
            model=index.model.id,
            count=index.count,
            vectors=len(index.file),
            width=index.width,
            best=index.members.best,
            calibration=index.calibration,
            files=described(partial, [path.name for path in partial.iterdir()]),
        )
        (partial / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load(folder: Path, *, fetch: Fetch | None = None, verify: bool = False) -> IvfPq:
    """The index that `save` wrote, mapped into memory; `fetch` brings full vectors.

    Sizes of all files and the content of the model are checked, with `verify` the checksums of all.

    Raises: FileNotFoundError where there is none, DamagedFile; FaissMissing.
    """
    folder = Path(folder)
    manifest = _manifest(folder)
    check(folder, manifest.files, verify=verify)
    try:
        model = IvfPqModel.from_bytes((folder / "model.sealed").read_bytes())
        lists, ids = stored_array(folder / "lists.npy"), stored_array(folder / "ids.npy")
        offsets = None
        if "offsets.npy" in manifest.files:
            offsets = check_offsets(stored_array(folder / "offsets.npy"), manifest.vectors)
        fits = (
            model.id == manifest.model
            and model.width == manifest.width
            and lists.shape == (manifest.vectors,)
            and ids.shape == (manifest.count,)
            and (manifest.vectors if offsets is None else len(offsets) - 1) == manifest.count
        )
        if not fits:
            raise DamagedFile(f"{folder} holds files of different indexes; build it again")
        file = InvertedFile.open(folder / "lists.faiss", model=model, lists=lists)
    except (OSError, Altered, ValueError, RuntimeError) as error:  # RuntimeError: what faiss raises
        if isinstance(error, DamagedFile):
            raise
        raise DamagedFile(f"the IVFPQ index in {folder} is damaged ({error}); build it again") from error
    return IvfPq(
        file=file,
        members=Members(count=manifest.count, offsets=offsets, best=manifest.best),
        ids=ids,
        calibration=manifest.calibration,
        fetch=fetch,
    )


def _manifest(folder: Path) -> IvfPqManifest:
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_bytes())
        if said.get("format") != FORMAT:
            raise DamagedFile(f"{path} has format {said.get('format')}, this version reads {FORMAT}; build it again")
        return IvfPqManifest.model_validate(said)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no IVFPQ index in {folder} (no {MANIFEST})") from None
    except DamagedFile:
        raise
    except (OSError, ValueError, AttributeError) as error:
        raise DamagedFile(f"{path} is damaged; build the index again") from error
