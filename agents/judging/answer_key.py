"""What an answer depends on, as the key it is kept under."""

from __future__ import annotations

import json

from pydantic_ai.models import Model

from agents.models.cache import key_of

FORM = "1"
"""Of kept answers; raise it when checking changes, so that old answers are not read as new ones."""


def answer_key(job: str, model: Model, *, instructions: str, document: str) -> str:
    """The key of everything a model is told, and of the model: its name, server and settings.

    `instructions` hold the constitution and the prompting, `document` the role, the profile and whose it is.
    """
    settings = json.dumps(model.settings or {}, sort_keys=True, default=str)
    mode = str(model.profile.get("default_structured_output_mode", ""))
    return key_of(job, FORM, instructions, document, model.model_name, model.base_url or model.system, settings, mode)
