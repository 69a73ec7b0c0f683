"""What a prompt says beside the policy itself: the parts that can be left out, to measure what each is worth."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Prompting(BaseModel):
    """Which parts of a prompt are there. All are by default; leaving one out is an ablation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scratchpad: bool = Field(default=True, description="the model thinks in writing before it answers")
    role_details: bool = Field(default=True, description="the role as structured, beside the request's own words")
    examples: bool = Field(default=True, description="the worked examples of the constitution")

    @property
    def label(self) -> str:
        """Name for reports: `full`, or what is left out (`no scratchpad, no examples`)."""
        left_out = [f"no {name.replace('_', ' ')}" for name, there in self if not there]
        return ", ".join(left_out) or "full"


class Wording(BaseModel):
    """What is said where a part of the prompt is there, and where it is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    there: str = ""
    left_out: str = ""

    def of(self, there: bool) -> str:
        """The one that holds."""
        return (self.there if there else self.left_out).strip()


class Wordings(BaseModel):
    """The wording of every flag of `Prompting`. The defaults are for version 1, which says nothing of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scratchpad: Wording = Wording(left_out='Do not think in writing: leave `reasoning` empty ("").')
    role_details: Wording = Wording(left_out="Of the role you are given its `text` and the requirements' words only.")
    examples: Wording = Wording()

    def instructions(self, prompting: Prompting) -> list[str]:
        """What to tell a model, in order; `examples` has a place of its own."""
        said = (self.scratchpad.of(prompting.scratchpad), self.role_details.of(prompting.role_details))
        return [text for text in said if text]
