"""What is compared: a model under a constitution, prompted in one way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agents.constitution import Prompting

Audience = Literal["judge", "teacher"]


class System(BaseModel):
    """One judge to compare. `model` is `embedded` or `NAME@URL`."""

    model_config = ConfigDict(frozen=True)

    model: str
    constitution: str
    prompting: Prompting = Prompting()
    audience: Audience = "judge"

    @property
    def name(self) -> str:
        """For tables: `embedded · constitution 2 · no examples`; what is as usual is left out."""
        parts = [self.model, f"constitution {self.constitution}"]
        if self.audience != "judge":
            parts.append(f"as {self.audience}")
        if self.prompting != Prompting():
            parts.append(self.prompting.label)
        return " · ".join(parts)


def systems(
    *,
    models: Sequence[str],
    constitutions: Sequence[str],
    prompting: Prompting,
    ablate: bool = False,
    audience: Audience = "judge",
) -> tuple[System, ...]:
    """Each model under each constitution; with `ablate` also each of them with one part more of the prompt left out."""
    ways = [prompting]
    if ablate:
        ways += [prompting.model_copy(update={part: False}) for part, there in prompting if there]
    return tuple(
        System(model=model, constitution=version, prompting=way, audience=audience)
        for model in dict.fromkeys(models)
        for version in dict.fromkeys(constitutions)
        for way in ways
    )
