"""Everything that can be set from the environment; every name starts with `SHORTLIST_`."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from agents.limits import Limits
from agents.models import ModelsConfig

PREFIX = "SHORTLIST_"


class SettingsInvalid(ValueError):
    """An environment variable that cannot be used; the message names it and what it should hold."""


class Settings(BaseSettings):
    """What the environment says. A command's own option wins over it.

    Nested fields are written with two underscores: `SHORTLIST_LIMITS__GUARDED=30`,
    `SHORTLIST_MODELS__GUARD__NAME=NAME@http://host:8000/v1`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", frozen=True)

    workspace: Path = Field(
        default_factory=lambda: user_data_path("shortlist", appauthor=False),
        description="folder that holds the snapshot, the threads and what recruiters liked",
    )
    recruiter: str = Field(
        default="local", min_length=1, max_length=100, description="whose likes, passes and past roles are used"
    )
    limits: Limits = Field(default_factory=Limits, description="every number that bounds a search")
    trajectories: bool = Field(default=True, description="whether each search leaves what it did in the workspace")
    models: ModelsConfig = Field(default_factory=ModelsConfig, description="what each job runs on")


def read_settings(*, workspace: Path | None = None, recruiter: str | None = None) -> Settings:
    """Settings from the environment, with what a command's options say in their stead.

    Raises:
        SettingsInvalid: where a variable holds what it cannot.
    """
    given = {"workspace": workspace, "recruiter": recruiter}
    try:
        return Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problems = [f"{PREFIX}{'__'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()]
        raise SettingsInvalid("; ".join(problems)) from None
    except SettingsError as error:  # a nested field that was given whole, and is no JSON
        raise SettingsInvalid(
            f"{error}; write it as JSON, or one field at a time as in {PREFIX}LIMITS__GUARDED=30 and "
            f"{PREFIX}MODELS__GUARD__NAME=NAME@http://host:8000/v1"
        ) from None
