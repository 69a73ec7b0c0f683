"""The one JSON document that a model is given beside the constitution; what people wrote stays inside its strings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agents.constitution.prompting import Prompting
from agents.constitution.schema import Constitution
from retrieval.addressed import about
from retrieval.schema import Profile, Qualification, Role

_SPANS = {"span": True, "details": True}
_UNTOLD: Any = {
    **dict.fromkeys(("headline_span", "summary", "source", "updated_at", "synthetic"), True),
    **{
        field: {"__all__": _SPANS}
        for field in ("locations", "positions", "education", "skills", "languages", "certifications", "industries")
    },
}


def document(
    job: str,
    role: Role,
    requirements: Sequence[Qualification],
    profile: Profile,
    *,
    prompting: Prompting,
    dimensions: Constitution | None = None,
    expected: float | None = None,
) -> str:
    """`job`, `role`, `requirements`, `profile` and, where there is one, `expected` as JSON.

    Without role details the role is its text, and a requirement its id and words. `dimensions` names the constitution
    whose dimensions are told with the requirements.
    """
    told: dict[str, Any] = {
        "job": job,
        "role": role.model_dump(mode="json", exclude_defaults=True) if prompting.role_details else {"text": role.text},
        "requirements": [
            _requirement(number, one, prompting, dimensions) for number, one in enumerate(requirements, 1)
        ],
        "profile": about(profile).model_dump(mode="json", exclude_defaults=True, exclude=_UNTOLD),
    }
    if expected is not None:
        told["expected"] = round(expected, 2)
    return json.dumps(told, ensure_ascii=False)


def _requirement(
    number: int, one: Qualification, prompting: Prompting, dimensions: Constitution | None
) -> dict[str, str | int]:
    if not prompting.role_details:
        return {"id": number, "value": one.value}
    dimension = dimensions.dimension_of(one.kind) if dimensions else None
    return {
        "id": number,
        "kind": one.kind.value,
        "importance": one.importance.value,
        "value": one.value,
        **({"dimension": dimension.id} if dimension else {}),
    }
