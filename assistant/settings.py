"""Everything that can be set from the environment; every name starts with `SHORTLIST_`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from agents.limits import Limits
from agents.models import ModelsConfig
from retrieval.encoder import Server, open_encoder

if TYPE_CHECKING:
    from retrieval.encoder import TextEncoder

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
    encoder: Path | None = Field(
        default=None, description="folder of the encoder's weights; those that come with the package where not given"
    )
    encoder_url: str | None = Field(
        default=None, description="a server that runs the encoder, `http://host:8000/v1` or `NAME@http://host:8000/v1`"
    )
    encoder_key: str | None = Field(
        default=None, pattern=r"^[A-Za-z_]\w*$", description="the environment variable that holds that server's key"
    )

    @field_validator("encoder_url")
    @classmethod
    def _an_address(cls, url: str | None) -> str | None:
        if url is not None:
            Server(url=url)
        return url

    @property
    def encoder_server(self) -> Server | None:
        """What runs the encoder; nothing where it runs in this process."""
        return Server(url=self.encoder_url, key_variable=self.encoder_key) if self.encoder_url else None

    @property
    def text_encoder(self) -> TextEncoder | None:
        """The encoder that was chosen, opened; nothing where the packaged one is to be used.

        Raises: EncoderUnavailable.
        """
        return open_encoder(self.encoder, self.encoder_server) if self.encoder or self.encoder_url else None


def read_settings(
    *,
    workspace: Path | None = None,
    recruiter: str | None = None,
    encoder: Path | None = None,
    encoder_url: str | None = None,
) -> Settings:
    """Settings from the environment, with what a command's options say in their stead.

    Raises:
        SettingsInvalid: where a variable holds what it cannot.
    """
    given = {"workspace": workspace, "recruiter": recruiter, "encoder": encoder, "encoder_url": encoder_url}
    options = {name: value for name, value in given.items() if value is not None}
    try:
        # an address is checked; a copy is not
        read = Settings(encoder_url=encoder_url) if encoder_url is not None else Settings()
        return read.model_copy(update=options)
    except ValidationError as error:
        problems = [f"{PREFIX}{'__'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()]
        raise SettingsInvalid("; ".join(problems)) from None
    except SettingsError as error:  # a nested field that was given whole, and is no JSON
        raise SettingsInvalid(
            f"{error}; write it as JSON, or one field at a time as in {PREFIX}LIMITS__GUARDED=30 and "
            f"{PREFIX}MODELS__GUARD__NAME=NAME@http://host:8000/v1"
        ) from None
