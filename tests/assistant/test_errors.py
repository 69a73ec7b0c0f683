"""What an error says to a person: the fix where we know one, never what a profile says."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from assistant.errors import explained
from retrieval.schema import Profile


def test_an_unexpected_error_never_shows_the_profile_it_choked_on() -> None:
    with pytest.raises(ValidationError) as caught:
        Profile.model_validate_json('{"member_id": "a", "text": ["Ann Lee, nurse"]}')
    assert "Ann Lee" in str(caught.value)
    assert "Ann Lee" not in explained(caught.value)
    assert "--debug" in explained(caught.value)
