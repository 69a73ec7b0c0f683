"""What a folder of weights is: where they come from, how texts are put to them, and what each file must be."""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from retrieval.encoder.errors import EncoderUnavailable
from retrieval.encoder.protocol import Side

FORMAT = 1
NAME = "manifest.json"
MODEL, TOKENIZER, TORCH = "model.onnx", "tokenizer.json", "torch"
_HOW = "restore the folder, or make it again with: shortlist train muse"

Pooling = Literal["mean", "last"]
"""How the states of a text's tokens become one: their mean, or the last token's."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Templates(_Said):
    """What stands before a text of either side; the trailing space, if one is wanted, included."""

    role: str = ""
    profile: str = ""

    def put(self, text: str, side: Side) -> str:
        """The text as the model reads it. Raises: ValueError for a side that is neither."""
        if side == "role":
            return self.role + text
        if side == "profile":
            return self.profile + text
        raise ValueError(f"a text is of the side 'role' or 'profile', not {side!r}")


class WeightsFile(_Said):
    """Bytes of a file and their BLAKE2b, 32 hex digits."""

    size: int
    blake2b: str

    @classmethod
    def of(cls, path: Path) -> WeightsFile:
        """Of the file as it is. Raises: OSError."""
        digest, size = blake2b(digest_size=16), 0
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
        return cls(size=size, blake2b=digest.hexdigest())


class EncoderCard(_Said):
    """What a trainer says of its weights.

    `data`, `recipe` and `metrics` are what it wants to be known; `constitution` is that of the teacher whose labels
    were learned from; `serialisation` the version of `retrieval.serialisation` that wrote the profiles.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")
    base: str
    levels: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    templates: Templates = Templates()
    pooling: Pooling = "mean"
    max_tokens: int = Field(ge=4)
    serialisation: int
    data: dict[str, Any] = {}
    constitution: str | None = None
    recipe: dict[str, Any] = {}
    metrics: dict[str, Any] = {}

    @field_validator("levels")
    @classmethod
    def _ascending(cls, levels: tuple[int, ...]) -> tuple[int, ...]:
        if list(levels) != sorted(set(levels)):
            raise ValueError("levels ascend, each once")
        return levels

    @property
    def width(self) -> int:
        """The full width."""
        return self.levels[-1]


class EncoderManifest(EncoderCard):
    """`manifest.json` of a folder of weights: their card, and what each file must be."""

    format: Literal[1] = 1
    files: dict[str, WeightsFile] = Field(min_length=1)

    @field_validator("files")
    @classmethod
    def _inside(cls, files: dict[str, WeightsFile]) -> dict[str, WeightsFile]:
        for name in files:
            if name.startswith(("/", "\\")) or ".." in Path(name).parts or name == NAME:
                raise ValueError(f"{name!r} is no file of a folder of weights")
        return files

    @property
    def id(self) -> str:
        """Name and hash of all that decides a vector: weights, tokenizer, templates, pooling, limit, serialisation.

        Served from the ONNX model where there is one, and named by it: a copy with or without the torch weights that
        it was made from is the same encoder.
        """
        kept = sorted({MODEL, TOKENIZER} & self.files.keys() if MODEL in self.files else self.files)
        said = {
            "files": {name: self.files[name].blake2b for name in kept},
            "templates": self.templates.model_dump(),
            "pooling": self.pooling,
            "max_tokens": self.max_tokens,
            "serialisation": self.serialisation,
        }
        digest = blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=8)
        return f"{self.name}-{digest.hexdigest()}"

    @classmethod
    def read(cls, folder: Path) -> EncoderManifest:
        """The manifest of the weights in `folder`. Raises: EncoderUnavailable."""
        path = Path(folder) / NAME
        try:
            said = json.loads(path.read_bytes())
            kind = said.get("format")
        except FileNotFoundError:
            raise EncoderUnavailable(f"there are no encoder weights in {folder} (no {NAME}); {_HOW}") from None
        except (OSError, ValueError, AttributeError) as error:
            raise EncoderUnavailable(f"{path} cannot be read; {_HOW}") from error
        if kind != FORMAT:
            raise EncoderUnavailable(f"{path} has format {kind!r}, this version reads {FORMAT}; {_HOW}")
        try:
            return cls.model_validate(said)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise EncoderUnavailable(f"{path} makes no sense ({where}: {first['msg']}); {_HOW}") from error

    def write(self, folder: Path) -> None:
        """Write it into `folder`, whole or not at all. Raises: OSError."""
        path = Path(folder) / NAME
        scratch = path.with_name(f".{NAME}.{os.getpid()}")
        scratch.write_text(self.model_dump_json(indent=1) + "\n")
        scratch.replace(path)

    def check(self, folder: Path, *, verify: bool = False) -> None:
        """Compare the files in `folder` with what they must be: sizes, and with `verify` contents.

        Raises: EncoderUnavailable.
        """
        for name, file in self.files.items():
            path = Path(folder) / name
            try:
                size = path.stat().st_size
                good = size == file.size and (not verify or WeightsFile.of(path) == file)
            except OSError as error:
                raise EncoderUnavailable(f"{path} is missing or cannot be read; {_HOW}") from error
            if not good:
                what = f"has {size} bytes instead of {file.size}" if size != file.size else "was altered"
                raise EncoderUnavailable(f"{path} {what}; {_HOW}")
