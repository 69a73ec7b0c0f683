"""What a failing part's stage says of its error."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agents.nodes.stages import told
from retrieval.schema import Profile


def test_a_refused_profile_is_not_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        Profile.model_validate_json('{"member_id": "a", "text": ["Ann Lee, nurse"]}')
    assert told(caught.value) == "ValidationError of Profile"


def test_other_errors_are_told_in_one_line() -> None:
    assert told(RuntimeError("no\n route")) == "RuntimeError: no route"
