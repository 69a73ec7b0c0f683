"""A judge on the model in this process, or on any endpoint, as comparisons and labelling runs open one."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_ai.models import Model

from agents.constitution import load
from agents.embedded import EmbeddedModel
from agents.embedded.judging import make_judge_job
from agents.judging import Judge, Opinion
from agents.models import JOBS, ModelConfig, ModelsConfig
from offline.evaluation.agreement.systems import System
from retrieval.snapshot import Snapshot


def open_model(config: ModelConfig, snapshot: Snapshot, *, audience: str = "judge") -> Model:
    """The model itself; an endpoint is not called yet."""
    if config.embedded:
        return EmbeddedModel(jobs={Opinion.__name__: make_judge_job(snapshot)})
    # Only here: the client takes half a second to import.
    from agents.models.endpoint import open_endpoint  # noqa: PLC0415

    return open_endpoint("teacher" if audience == "teacher" else "judge", config)


def open_judge(system: System, model: Model) -> Judge:
    """The judge of a system, without a cache: its answers are kept with their cost, and a repeat is to be a repeat.

    Raises:
        UnknownConstitutionError: there is no constitution of that version.
    """
    return Judge(
        model,
        audience=system.audience,
        constitution=load(system.constitution),
        prompting=system.prompting,
    )


def chosen(text: str, configured: ModelsConfig) -> ModelConfig:
    """The model that an option names: a job (`judge`, as the settings have it), `embedded`, `NAME@URL`, or JSON with
    the fields of `ModelConfig`. What the settings know of a named model (its key, prices, limits) is taken over.

    Raises:
        ModelUnknown: it is none of them.
    """
    for job in JOBS:
        if text in {job, configured.of(job).id}:
            return configured.of(job)
    try:
        return ModelConfig.model_validate_json(text) if text.lstrip().startswith("{") else ModelConfig.parse(text)
    except ValueError as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise ModelUnknown(
            f"{text!r} names no model ({why.removeprefix('Value error, ')}); give {', '.join(JOBS)}, embedded, "
            "NAME@http://host:8000/v1, or JSON with the fields of a model's settings"
        ) from None


def budgeted(config: ModelConfig, *, tokens: int | None = None, money: float | None = None) -> ModelConfig:
    """The model with what one run may use, where that is given.

    Raises:
        ModelUnknown: a budget of money for a model whose prices are not known.
    """
    given = {name: value for name, value in (("tokens", tokens), ("money", money)) if value is not None}
    try:
        return ModelConfig.model_validate({**config.model_dump(), **given})
    except ValidationError as error:
        raise ModelUnknown(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


class ModelUnknown(ValueError):
    """A model that cannot be made out; the message says how to name one."""
