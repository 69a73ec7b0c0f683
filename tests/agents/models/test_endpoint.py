"""Calls to a real server on this machine: repeated when it helps, given up when not, and explained."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent

from agents.models import AnswerRefused, ModelDown, TooLong

pytestmark = pytest.mark.anyio
SECRET = "sk-entirely-secret-0123456789"


class Mark(BaseModel):
    """A small answer."""

    grade: int


async def ask(models, words="is this one qualified?", output=str):
    return (await Agent(models.of("guard"), output_type=output).run(words)).output


async def test_a_call_is_made_again_after_a_server_error(serve, opened, model_servers):
    server = serve(script=[model_servers.Act(status=500, message="out of luck")])
    models = opened(server)
    with models.run() as run:
        assert await ask(models) == "yes"
    assert len(server.requests) == 2
    used = run.usage()["guard"]
    assert (used.requests, used.retries, used.failures) == (1, 1, 0)
    assert (used.input_tokens, used.output_tokens) == (100, 20)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
async def test_passing_statuses_are_tried_as_often_as_set_and_no_more(serve, opened, model_servers, status):
    server = serve(reply=lambda body: model_servers.Act(status=status, message="not now"))
    with pytest.raises(ModelDown, match=f"status {status}: not now"):
        await ask(opened(server, attempts=3))
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "error"), [(400, AnswerRefused), (422, AnswerRefused), (401, ModelDown), (403, ModelDown)]
)
async def test_other_statuses_are_not_tried_again(serve, opened, model_servers, status, error):
    server = serve(reply=lambda body: model_servers.Act(status=status, message="no"))
    with pytest.raises(error):
        await ask(opened(server, attempts=5))
    assert len(server.requests) == 1


async def test_an_account_that_is_used_up_is_not_asked_again(serve, opened, model_servers):
    raw = '{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota", "type": "x"}}'
    server = serve(reply=lambda body: model_servers.Act(status=429, raw=raw))
    with pytest.raises(ModelDown, match="account"):
        await ask(opened(server, attempts=5))
    assert len(server.requests) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_kept_to(serve, opened, model_servers, form):
    later = datetime.now(UTC) + timedelta(seconds=2)
    after = "1" if form == "seconds" else format_datetime(later, usegmt=True)
    server = serve(script=[model_servers.Act(status=429, headers={"Retry-After": after})])
    started = time.monotonic()
    await ask(opened(server))
    waited = time.monotonic() - started
    assert 0.9 <= waited < 4


async def test_a_server_that_asks_for_more_patience_than_there_is_ends_the_call(serve, opened, model_servers):
    server = serve(reply=lambda body: model_servers.Act(status=429, headers={"Retry-After": "3600"}))
    started = time.monotonic()
    with pytest.raises(ModelDown):
        await ask(opened(server, attempts=3))
    assert time.monotonic() - started < 2
    assert len(server.requests) == 1


async def test_a_connection_that_breaks_off_is_tried_again(serve, opened, model_servers):
    server = serve(script=[model_servers.Act(drop=True)])
    assert await ask(opened(server)) == "yes"
    server.script = [model_servers.Act(drop=True)] * 2
    with pytest.raises(ModelDown, match="breaks off"):
        await ask(opened(server, attempts=2))


async def test_an_attempt_has_a_time_limit(serve, opened, model_servers):
    server = serve(reply=lambda body: model_servers.Act(seconds=20))
    started = time.monotonic()
    with pytest.raises(ModelDown, match=r"no answer within 0\.3 s.*SHORTLIST_MODELS__GUARD__SECONDS"):
        await ask(opened(server, seconds=0.3, attempts=2))
    assert 0.6 <= time.monotonic() - started < 3
    assert len(server.requests) == 2
    server.script = [model_servers.Act(seconds=20)]
    server.reply = lambda body: "late, but here"
    assert await ask(opened(server, seconds=0.3, attempts=2)) == "late, but here"


async def test_nobody_listening(serve, opened):
    server = serve()
    server.stop()
    with pytest.raises(ModelDown, match=r"cannot be reached: start it, or put SHORTLIST_MODELS__GUARD__URL right"):
        await ask(opened(server, attempts=2))


async def test_a_wrong_model_name_is_told_what_there_is(serve, opened):
    server = serve(models=("qwen", "llama"))
    with pytest.raises(
        ModelDown, match=r"serves no model called tiny; it serves qwen, llama: set SHORTLIST_.*GUARD__NAME"
    ):
        await ask(opened(server))
    assert len(server.requests) == 1


async def test_a_wrong_address_is_told_from_a_wrong_name(serve, opened):
    server = serve()
    with pytest.raises(
        ModelDown, match=r"nothing OpenAI-compatible .*SHORTLIST_MODELS__GUARD__URL right; it mostly ends in /v1"
    ):
        await ask(opened(server, url=server.url.removesuffix("/v1")))


async def test_a_server_of_another_kind(serve, opened, model_servers):
    server = serve(
        reply=lambda body: model_servers.Act(raw="<html>hello</html>", headers={"Content-Type": "text/html"})
    )
    with pytest.raises(ModelDown, match="does not answer as an OpenAI-compatible server"):
        await ask(opened(server))


async def test_too_long_a_profile(serve, opened):
    server = serve(context=1000)
    with pytest.raises(TooLong, match=r"too long for tiny: .*1000 tokens.*--max-model-len.*OUTPUT_TOKENS, now 2,048"):
        await ask(opened(server), "word " * 3000)
    assert len(server.requests) == 1
    assert await ask(opened(server), "short") == "yes"


@pytest.mark.parametrize(
    "words",
    [
        "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 2048",
        "You passed 1793 input tokens and requested 512 output tokens. However, the model's context length is 2048",
        "The decoder prompt (length 5000) is longer than the maximum model length of 2048.",
        "the request exceeds the available context size, try increasing it",
    ],
)
async def test_other_wordings_of_too_long(serve, opened, model_servers, words):
    server = serve(reply=lambda body: model_servers.Act(status=400, message=words))
    with pytest.raises(TooLong):
        await ask(opened(server))


async def test_a_servers_words_are_told_unless_they_repeat_the_prompt(serve, opened, model_servers):
    server = serve(reply=lambda body: model_servers.Act(status=400, message="the grammar is not supported"))
    with pytest.raises(AnswerRefused, match="the grammar is not supported"):
        await ask(opened(server))
    profile = "Ada Lovelace\n12 Acacia Avenue\nwrote the first program"
    for repeated in (str, json.dumps, lambda messages: json.dumps(json.dumps(messages)), lambda messages: profile):

        def reply(body, repeated=repeated):
            return model_servers.Act(status=400, message=f"cannot parse {repeated(body['messages'])}")

        server.reply = reply
        with pytest.raises(AnswerRefused) as caught:
            await ask(opened(server), profile)
        assert "Acacia" not in "".join(traceback.format_exception(caught.value))


async def test_the_key_is_sent_and_told_nowhere(serve, opened, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OUR_KEY", SECRET)
    server = serve(key=SECRET)
    models = opened(server, key_variable="OUR_KEY")
    assert await ask(models, "Ada Lovelace") == "yes"
    assert server.headers[0]["authorization"] == f"Bearer {SECRET}"
    server.key = "another"
    with pytest.raises(
        ModelDown, match="does not accept the key: put it into the environment variable OUR_KEY"
    ) as caught:
        await ask(models)
    told = (
        "".join(traceback.format_exception(caught.value)) + caplog.text + repr(models.of("guard")) + repr(models.config)
    )
    assert SECRET not in told
    assert "Ada Lovelace" not in caplog.text


async def test_a_key_that_is_not_there_is_asked_for_without_a_call(serve, opened, monkeypatch):
    monkeypatch.delenv("OUR_KEY", raising=False)
    server = serve()
    with pytest.raises(ModelDown, match=r"key of .* is missing: put it into the environment variable OUR_KEY"):
        await ask(opened(server, key_variable="OUR_KEY"))
    assert server.requests == []


async def test_no_key_of_another_service_is_sent(serve, opened, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    server = serve()
    await ask(opened(server))
    assert SECRET not in str(server.headers)


@pytest.mark.parametrize("mode", ["native", "tool", "prompted"])
async def test_the_answers_form_is_asked_for_as_set(serve, opened, mode):
    server = serve(reply=lambda body: '{"grade": 3}')
    assert await ask(opened(server, output=mode), output=Mark) == Mark(grade=3)
    [body] = server.requests
    form = body.get("response_format", {})
    assert form.get("type") == {"native": "json_schema", "tool": None, "prompted": "json_object"}[mode]
    assert ("tools" in body) == (mode == "tool")
    if mode == "native":
        assert form["json_schema"]["schema"]["properties"].keys() == {"grade"}


async def test_what_is_set_is_sent(serve, opened):
    server = serve()
    extra = {"chat_template_kwargs": {"enable_thinking": False}}
    await ask(opened(server, output_tokens=77, seed=5, logprobs=True, extra=extra))
    [body] = server.requests
    assert body["temperature"] == 0
    assert body["max_completion_tokens"] == 77
    assert (body["seed"], body["logprobs"], body["top_logprobs"]) == (5, True, 20)
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body["model"] == "tiny"


async def test_token_probabilities_reach_the_caller(serve, opened):
    server = serve()
    result = await Agent(opened(server, logprobs=True).of("guard")).run("?")
    assert result.response.provider_details["logprobs"][0]["token"] == "y"


async def test_an_answer_of_the_wrong_form_is_sent_back(serve, opened, model_servers):
    server = serve(script=[model_servers.Act(content="not JSON at all")], reply=lambda body: '{"grade": 2}')
    models = opened(server)
    with models.run() as run:
        assert await ask(models, output=Mark) == Mark(grade=2)
    assert run.usage()["guard"].requests == 2


async def test_streams_are_counted_and_explained_too(serve, opened, model_servers):
    server = serve(reply=lambda body: "in two pieces", script=[model_servers.Act(status=503)])
    models = opened(server)
    with models.run() as run:
        async with Agent(models.of("guard")).run_stream("?") as stream:
            assert await stream.get_output() == "in two pieces"
    used = run.usage()["guard"]
    assert (used.requests, used.retries, used.input_tokens, used.output_tokens) == (1, 1, 100, 20)
    server.models = ()
    with pytest.raises(ModelDown, match="serves no model"):
        async with Agent(models.of("guard")).run_stream("?"):
            pass


async def test_never_more_calls_at_a_time_than_set(serve, opened, model_servers):
    server = serve(reply=lambda body: model_servers.Act(seconds=0.05))
    models = opened(server, concurrency=3)
    await asyncio.gather(*(ask(models) for _ in range(15)))
    assert len(server.requests) == 15
    assert server.most == 3


def test_one_event_loop_after_another(serve, opened):
    models = opened(serve())
    for _ in range(3):
        assert asyncio.run(ask(models)) == "yes"


async def test_a_cancelled_call_gives_its_place_back(serve, opened, model_servers):
    server = serve(script=[model_servers.Act(seconds=20)])
    models = opened(server, concurrency=1)
    with models.run() as run:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ask(models)
        assert await ask(models) == "yes"
    assert run.usage()["guard"].failures == 1
