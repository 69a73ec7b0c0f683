"""How an encoder is trained, as one file of settings: every ablation is one field of it."""

from __future__ import annotations

import json
import tomllib
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from retrieval.encoder.manifest import Pooling, Templates

FOLDER = Path(__file__).parent / "recipes"
ALL = -1
"""As a number of negatives: as many as there are."""
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class RecipeError(ValueError):
    """No such recipe, or a setting that makes no sense; the message says which."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lora(_Settings):
    """Low-rank adapters (Hu et al., 2021, arXiv:2106.09685) in place of all weights; merged when saved."""

    rank: Annotated[int, Field(ge=1)] = 16
    alpha: Annotated[int, Field(ge=1)] = 32
    dropout: Share = 0.0
    targets: tuple[str, ...] | Literal["all-linear"] = "all-linear"
    """Names of the modules that get adapters."""


class Recipe(_Settings):
    """Settings of one training run. What is not said in a file is as here."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")] = "muse"
    """What the manifest of the trained weights calls them."""

    # The model
    base: str = "minilm"
    """`minilm`, `smollm2`, a Hugging Face folder, or `OWNER/NAME[@COMMIT]` of the hub."""
    pooling: Pooling = "mean"
    templates: Templates = Templates(role="role: ", profile="profile: ")
    """What stands before the texts of either side."""
    levels: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (48, 96, 192, 384)
    """Widths that a vector can be cut to, ascending; the last one is the model's own."""
    max_tokens: Annotated[int, Field(ge=4)] = 128
    """Of a text in training, template included; what is longer is cut."""
    max_tokens_serving: Annotated[int, Field(ge=4)] = 256
    """The same, when the trained encoder serves."""
    lora: Lora | None = None
    freeze_embeddings: bool = False
    freeze_layers: Annotated[int, Field(ge=0)] = 0
    """So many of the lowest layers keep the base's weights (and cost no backward pass)."""
    dropout: Share | None = None
    """Of hidden states and attention; the base's own where not given."""

    # The loss
    loss: Literal["infonce", "bce"] = "infonce"
    """Listwise with a softmax over candidates, or pair by pair with a sigmoid."""
    matryoshka: bool = True
    """Every level is trained; else the full width alone."""
    level_weights: tuple[Positive, ...] = ()
    """One a level; all 1 where not given."""
    temperature: Positive = 0.05
    """Cosines are divided by it."""
    best: Annotated[int, Field(ge=1)] = 3
    """A person's score is the mean cosine of this many best passages."""
    graded: bool = True
    """Grades count: as weights of positives, and as a distribution over a query's own candidates (`listwise`). Else who
    reaches `positive_from` is a positive, and all positives are alike."""
    positive_from: Annotated[float, Field(ge=0, le=4)] = 3.0
    """The least grade of a positive."""
    margin: Annotated[float, Field(ge=0, le=4)] = 1.0
    """A query's own candidate is a negative of its positive where its grade is lower by at least this much."""
    gain: Literal["exponential", "linear", "none"] = "exponential"
    """graded: a positive weighs (2^grade - 1) / 15, grade / 4, or 1."""
    balance: Share = 0.5
    """0: each positive weighs the same; 1: each query, however many positives it has; between: between."""
    listwise: Annotated[float, Field(ge=0)] = 0.0
    """graded: weight of the cross entropy between the softmax of expected grades and that of scores, over a query's own
    candidates, where these have more than two grades."""
    target_temperature: Positive = 0.5
    """Of `listwise`: expected grades are divided by it before their softmax."""
    distil: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the squared error of score differences (margin MSE) on candidates that a teacher gave soft labels."""
    distil_slope: Positive = 0.1
    """Of `distil`: cosine that a grade is worth."""
    bce_bias: float = -10.0
    """Of `bce`: added to cosine / temperature, as most pairs are negative (SigLIP, arXiv:2303.15343)."""
    in_batch: Literal["all", "source", "none"] = "all"
    """Whose candidates are negatives too: those of all queries of the batch, of queries of the same source, of none."""

    # The batches
    mixture: dict[str, Positive] = {}
    """Source -> share of the queries; sources not named are left out. All sources by their size where not given."""
    batches: Literal["mixed", "separate"] = "mixed"
    """Every batch has all sources in their shares, or one source, the sources taking turns by share."""
    batch: Annotated[int, Field(ge=1)] = 64
    """Queries of a step, over all processes."""
    positives: Annotated[int, Field(ge=1)] = 4
    """Most positives of a query in a step; more are taken in later epochs."""
    hard_negatives: Annotated[int, Field(ge=ALL)] = 3
    """Most candidates of lower grade of a query in a step; -1: all."""
    easy_negatives: Annotated[int, Field(ge=0)] = 0
    """Candidates of other queries of the source, drawn for each query of a step, beside those of the batch."""
    both_ways: tuple[str, ...] = ("titles",)
    """Sources whose pairs are as true the other way round: half of their queries are turned, a positive asks for the
    query and its other positives."""
    passages: Annotated[int, Field(ge=0)] = 0
    """Most passages of a person in a step, drawn anew each time; 0: all."""

    # The steps
    steps: Annotated[int, Field(ge=0)] = 0
    """Of the optimiser; 0: as many as `epochs` takes."""
    epochs: Positive = 1.0
    """How often the lists are gone through (by number of queries drawn, whatever the mixture)."""
    learning_rate: Positive = 1e-4
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Each layer below the top learns at this fraction of the one above it."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    """Of matrices; not of biases and norms."""
    betas: tuple[Share, Share] = (0.9, 0.999)
    warmup: Share = 0.1
    """Share of the steps over which the rate rises."""
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    """How it then falls, to 0 at the last step."""
    clip: Annotated[float, Field(ge=0)] = 1.0
    """Greatest norm of the gradient; 0: any."""
    keep_base: Share = 0.0
    """Share of the base's weights in the mean that is saved, the trained ones being the rest."""
    seed: int = 0

    # The machine
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the transformer; the loss is always in float32."""
    micro_tokens: Annotated[int, Field(ge=1)] = 2048
    """Tokens (padding included) that go through the model at once; texts of like length go together."""
    graph_tokens: Annotated[int, Field(ge=0)] = 0
    """Batches with more tokens than this are gradient-cached: the memory of one micro-batch for one more forward pass.
    0: never."""
    checkpointing: bool = False
    """Layers are computed again in the backward pass: less memory, a third more time."""
    sharded: bool = False
    """Processes share weights, gradients and optimiser out among them, for a base that does not fit one GPU whole."""
    threads: Annotated[int, Field(ge=0)] = 2
    """Of a process on a CPU; 0: torch's own choice."""
    save_steps: Annotated[int, Field(ge=0)] = 0
    """A checkpoint every so many steps; 0: by time alone."""
    save_minutes: Annotated[float, Field(ge=0)] = 5.0
    """A checkpoint every so many minutes; 0: by steps alone."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if list(self.levels) != sorted(set(self.levels)):
            raise ValueError("levels ascend, each once")
        if self.level_weights and len(self.level_weights) != len(self.levels):
            raise ValueError(f"level_weights has {len(self.level_weights)} numbers for {len(self.levels)} levels")
        return self

    @property
    def width(self) -> int:
        """The full width."""
        return self.levels[-1]

    @property
    def trained_levels(self) -> dict[int, float]:
        """Width -> weight in the loss; the weights sum to 1."""
        weights = self.level_weights or (1.0,) * len(self.levels)
        kept = dict(zip(self.levels, weights, strict=True)) if self.matryoshka else {self.width: 1.0}
        return {width: weight / sum(kept.values()) for width, weight in kept.items()}

    @property
    def fingerprint(self) -> str:
        """Hash of everything that decides the weights; where and how often checkpoints are kept is not part of it."""
        said = self.model_dump(mode="json", exclude={"save_steps", "save_minutes"})
        return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=8).hexdigest()

    def changed(self, changes: dict[str, Any]) -> Recipe:
        """A recipe with other values; `lora.rank` names a field within a field. Raises: RecipeError."""
        said: dict[str, Any] = self.model_dump(mode="json")
        for path, value in changes.items():
            *outer, last = path.split(".")
            place = said
            for name in outer:
                place[name] = place.get(name) or {}
                place = place[name]
                if not isinstance(place, dict):
                    raise RecipeError(f"{path}: {name} has no fields within")
            place[last] = value
        return _checked(said, "the recipe")


def names() -> list[str]:
    """The recipes that come with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_recipe(named: str) -> Recipe:
    """A recipe by the name of a packaged one, or from a TOML file. Raises: RecipeError."""
    path = FOLDER / f"{named}.toml"
    if "/" in named or not path.is_file():
        path = Path(named)
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecipeError(f"no recipe {named!r}: there are {', '.join(names())}, or give a TOML file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"the recipe {path} cannot be read: {error}") from error
    return _checked({"name": path.stem.lower(), **said}, str(path))


def parse_changes(texts: list[str]) -> dict[str, Any]:
    """`["batch=32", "lora.rank=8", "base=smollm2"]` as values: TOML where it is TOML, else text; `none` is none.

    Raises: RecipeError.
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise RecipeError(f"{text!r} is no setting; write NAME=VALUE, as in batch=32")
        try:
            found[name.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[name.strip()] = None if value.strip() in {"none", ""} else value.strip()
    return found


def _checked(said: dict[str, Any], where: str) -> Recipe:
    try:
        return Recipe.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise RecipeError(f"{where}: {field + ': ' if field else ''}{first['msg']}") from error
