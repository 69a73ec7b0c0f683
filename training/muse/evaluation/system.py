"""What is evaluated: a name, and how its encoder is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.encoder import (
    WEIGHTS,
    EncoderManifest,
    EndpointEncoder,
    Server,
    TextEncoder,
    TorchEncoder,
    load_base,
    load_encoder,
)
from retrieval.encoder.manifest import MODEL
from training.muse.recipe import Recipe

MINILM = "minilm"
MUSE = "muse"
BM25 = "bm25"


class NameTaken(ValueError):
    """Two systems of one name, whose runs would overwrite each other."""


@dataclass(frozen=True, kw_only=True)
class System:
    """An encoder under the name that its runs and figures carry; `open` raises EncoderUnavailable."""

    name: str
    open: Callable[[], TextEncoder]
    place: str = ""
    """Where it runs, if not here: its vectors are kept apart from those that the same weights give here."""


def base() -> System:
    """MiniLM as it comes, untrained: the baseline."""
    return System(name=MINILM, open=load_base)


def packaged() -> System:
    """The weights that come with the package."""
    return System(name=MUSE, open=load_encoder)


def from_folder(folder: Path, *, name: str | None = None) -> System:
    """A folder of weights, called as its manifest does unless a name is given. Raises: EncoderUnavailable."""
    manifest = EncoderManifest.read(folder)
    # weights too large for a processor come without the model that runs there
    opened: Callable[[Path], TextEncoder] = load_encoder if MODEL in manifest.files else TorchEncoder.open
    return System(name=name or manifest.name, open=lambda: opened(folder))


def distinct(systems: Sequence[System]) -> tuple[System, ...]:
    """The systems, where no name stands twice. Raises: NameTaken."""
    seen = {BM25}
    for system in systems:
        if system.name in seen:
            raise NameTaken(f"two systems are called {system.name}; give one another name: --weights NAME=DIR")
        seen.add(system.name)
    return tuple(systems)


def trained(name: str, model_folder: Path, recipe: Recipe, *, id: str) -> System:
    """Weights as training leaves them, in float32 on torch; nothing is exported. `id` must name weights and recipe."""

    def opened() -> TextEncoder:
        return TorchEncoder(
            model_folder,
            id=id,
            levels=recipe.levels,
            templates=recipe.templates,
            pooling=recipe.pooling,
            max_tokens=recipe.max_tokens_serving,
        )

    return System(name=name, open=opened)


def served(given: str) -> System:
    """`DIR=URL`: weights (manifest and tokenizer are enough) that a server runs; `URL`: those of the package.

    Called as the server knows them, so that they can stand beside the same weights run here.

    Raises: EncoderUnavailable, pydantic.ValidationError.
    """
    folder, named, url = given.partition("=")
    if not named or "://" in folder:
        folder, url = str(WEIGHTS), given
    server = Server.model_validate(url)
    name = f"{server.model or EncoderManifest.read(Path(folder)).name}-served"
    return System(name=name, open=lambda: EndpointEncoder.open(Path(folder), server), place=server.url)
