"""Configurations: what can be written, and what is refused with the way out."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from pydantic_ai.models.test import TestModel

from agents.models import JOBS, ModelConfig, ModelsConfig
from agents.models.opening import open_models


@pytest.mark.parametrize(
    ("text", "name", "url"),
    [
        ("embedded", "embedded", None),
        ("Qwen/Qwen3-8B@http://gpu-1:8000/v1", "Qwen/Qwen3-8B", "http://gpu-1:8000/v1"),
        ("a@b@https://models.example/v1/", "a@b", "https://models.example/v1"),
    ],
)
def test_a_name_and_an_address(text, name, url):
    config = ModelConfig.parse(text)
    assert (config.name, config.url, config.embedded) == (name, url, url is None)
    assert ModelConfig.model_validate(text) == ModelConfig.model_validate({"name": text}) == config


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("Qwen", "neither"),
        ("@http://h/v1", "neither"),
        ({"name": "Qwen"}, "say where Qwen is served"),
        ({"url": "http://h/v1"}, "name the model"),
        ({"name": "m", "url": "h:8000"}, "http://host:8000/v1"),
        ({"name": "m", "url": "http://user:key@h/v1"}, "no key belongs into an address"),
        ({"name": "m", "url": "http://h/v1?key=abc"}, "no key belongs into an address"),
        ({"name": "m", "url": "http://h/v1", "money": 1.0}, "needs price_in and price_out"),
        ({"name": "m", "url": "http://h/v1", "concurrency": 0}, "greater than or equal to 1"),
        ({"name": "m", "url": "http://h/v1", "key": "sk"}, "Extra inputs"),
    ],
)
def test_what_cannot_be_used_is_refused(given, words):
    with pytest.raises(ValidationError, match=words):
        ModelConfig.model_validate(given)


def test_jobs_without_a_server_run_on_the_model_itself_unwrapped():
    embedded = TestModel()
    config = ModelsConfig(guard=ModelConfig.parse("m@http://h/v1"))
    models = open_models(config, embedded=embedded)
    assert [job for job in JOBS if models.of(job) is embedded] == ["understanding", "judge", "teacher"]
    assert config.endpoints == ("guard",)
    assert models.of("guard").model_name == "m"
    assert models.cache_of("judge") is None
