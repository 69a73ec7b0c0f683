"""Models opened on a real server, with pauses short enough for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic_ai.models.test import TestModel

from agents.models import ModelConfig, ModelsConfig
from agents.models.opening import Models, open_models


@pytest.fixture
def opened() -> Callable[..., Models]:
    """`opened(server, seconds=..., tokens=...)`: the guard on that server, all else on a model that is never called."""

    def make(server: Any, *, name: str = "tiny", url: str | None = None, **given: Any) -> Models:
        config = ModelConfig(**{"name": name, "url": url or server.url, "pause": 0.01, "seconds": 5.0, **given})
        return open_models(ModelsConfig(guard=config), embedded=TestModel())

    return make
