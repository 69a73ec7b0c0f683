"""Budgets, usage and servers found down: by run, nothing shared between runs, nothing lost between calls."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai import Agent

from agents.models import BudgetSpent, ModelConfig, ModelDown, Usage
from agents.models import runs as runs_module
from agents.models.runs import Run, current

pytestmark = pytest.mark.anyio


async def ask(models, words="?"):
    return (await Agent(models.of("guard")).run(words)).output


async def asked(models, count):
    """How many of `count` calls in a row were answered, and what the others raised."""
    answered, problems = 0, []
    for _ in range(count):
        try:
            await ask(models)
            answered += 1
        except Exception as error:
            problems.append(error)
    return answered, problems


async def test_usage_adds_up_and_starts_at_zero_with_each_run(serve, opened):
    models = opened(serve(usage=(1000, 50)), price_in=2.0, price_out=10.0)
    for calls in (3, 1):
        with models.run() as run:
            assert models.usage() == {}
            await asked(models, calls)
            used = models.usage()["guard"]
        assert run.usage() == {"guard": used}
        assert (used.requests, used.input_tokens, used.output_tokens) == (calls, 1000 * calls, 50 * calls)
        assert used.money == pytest.approx(calls * (1000 * 2.0 + 50 * 10.0) / 1e6)
        assert 0 < used.seconds < 5
    assert models.usage() == {}


async def test_a_budget_of_tokens_ends_the_calls_and_keeps_what_was_done(serve, opened):
    server = serve(usage=(100, 20))
    models = opened(server, tokens=500)
    with models.run() as run:
        answered, problems = await asked(models, 10)
    assert answered == len(server.requests) == 4  # a fifth might need more than the 20 that are left
    assert run.usage()["guard"].tokens == 480
    assert {type(problem) for problem in problems} == {BudgetSpent}
    assert "may use 500 tokens a run; 480 are used" in str(problems[0])
    assert "SHORTLIST_MODELS__GUARD__TOKENS" in str(problems[0])
    with models.run():
        assert (await asked(models, 1))[0] == 1


async def test_a_budget_of_money_does_the_same(serve, opened):
    server = serve(usage=(1000, 100))
    models = opened(server, money=0.01, price_in=1.0, price_out=10.0)  # 0.002 a call
    with models.run() as run:
        answered, problems = await asked(models, 8)
    assert answered == len(server.requests) == 5
    assert run.usage()["guard"].money == pytest.approx(0.01)
    assert "may cost 0.01 a run" in str(problems[0])


async def test_calls_side_by_side_do_not_overspend_together(serve, opened, model_servers):
    """What is under way is held back from the budget: at most the unforeseen answers come on top."""
    server = serve(reply=lambda body: model_servers.Act(seconds=0.1), usage=(1000, 10))
    models = opened(server, tokens=3000, concurrency=20)
    with models.run() as run:
        results = await asyncio.gather(*(ask(models, "word " * 750) for _ in range(10)), return_exceptions=True)
    answered = sum(result == "yes" for result in results)
    assert answered == len(server.requests) == 2
    assert run.usage()["guard"].tokens <= 3000
    assert sum(isinstance(result, BudgetSpent) for result in results) == 8


async def test_two_searches_at_a_time_have_each_their_own_account(serve, opened, model_servers):
    models = opened(serve(reply=lambda body: model_servers.Act(seconds=0.02)), tokens=600)

    async def search(calls):
        with models.run() as run:
            answered, _ = await asked(models, calls)
            return answered, run.usage()["guard"].requests

    assert await asyncio.gather(search(2), search(3), search(9)) == [(2, 2), (3, 3), (5, 5)]


async def test_generators_that_take_turns_do_not_mix_their_runs(serve, opened):
    """Both are asked from one task; each one's calls, and those of tasks it starts, go on its own account."""
    models = opened(serve())

    async def work(calls):
        for _ in range(calls):
            yield await asyncio.create_task(ask(models))

    first, second = Run(), Run()
    one, two = first.over(work(2)), second.over(work(4))
    async with contextlib.aclosing(one), contextlib.aclosing(two):
        for stream in (one, two, one, two):
            assert await anext(stream) == "yes"
            assert current() is None
    assert first.usage()["guard"].requests == 2
    assert second.usage()["guard"].requests == 2


async def test_a_part_of_a_run_has_a_budget_of_its_own_and_counts_for_the_whole(serve, opened):
    models = opened(serve(), tokens=1000)
    with models.run() as whole:
        with models.run(tokens=300) as part:
            answered, problems = await asked(models, 5)
            assert answered == 2
            assert "300 tokens may be used in all, 240 are" in str(problems[0])
        await asked(models, 20)
    assert part.usage()["guard"].requests == 2
    assert whole.usage()["guard"].requests == 8  # the whole run's 1000, the part's included


async def test_a_server_that_is_down_is_not_waited_for_again(serve, opened):
    server = serve()
    server.stop()
    models = opened(server, attempts=3, pause=0.3)
    with models.run() as run:
        started = time.monotonic()
        answered, problems = await asked(models, 20)
    assert answered == 0
    assert {type(problem) for problem in problems} == {ModelDown}
    assert time.monotonic() - started < 3  # 20 x (0.3 + 0.6) s otherwise
    used = run.usage()["guard"]
    assert (used.requests, used.failures, used.retries) == (1, 1, 2)


async def test_a_server_that_is_down_in_one_run_is_tried_in_the_next(serve, opened):
    server = serve(models=())
    models = opened(server)
    with models.run():
        await asked(models, 3)
    assert len(server.requests) == 1
    server.models = ("tiny",)
    with models.run():
        assert (await asked(models, 1))[0] == 1


async def test_a_long_run_tries_again_after_a_rest(serve, opened, monkeypatch):
    monkeypatch.setattr(runs_module, "REST_SECONDS", 0.2)
    server = serve(models=())
    models = opened(server)
    with models.run():
        assert (await asked(models, 2))[0] == 0
        server.models = ("tiny",)
        assert (await asked(models, 1))[0] == 0
        await asyncio.sleep(0.25)
        assert (await asked(models, 2))[0] == 2


async def test_one_slow_answer_does_not_condemn_a_server_that_answers_others(serve, opened, model_servers):
    server = serve(reply=lambda body: model_servers.Act(seconds=20 if "slow" in str(body["messages"]) else 0))
    models = opened(server, seconds=0.5, attempts=1)
    with models.run():
        slow = asyncio.create_task(ask(models, "slow"))
        await asyncio.sleep(0.1)
        assert await ask(models) == "yes"
        with pytest.raises(ModelDown):
            await slow
        assert await ask(models) == "yes"


async def test_a_prompt_that_is_too_long_says_nothing_about_the_server(serve, opened):
    server = serve(context=500)
    models = opened(server)
    with models.run():
        with pytest.raises(ValueError, match="too long"):
            await ask(models, "word " * 2000)
        assert await ask(models) == "yes"


async def test_outside_of_a_run_every_call_is_on_its_own(serve, opened):
    models = opened(serve(), tokens=150)
    assert (await asked(models, 3))[0] == 3


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 100)), max_size=30),
    st.integers(1, 3000),
)
def test_what_was_promised_is_never_more_than_the_budget(calls, budget):
    """An oracle that adds up by hand: a call goes ahead exactly where it fits beside what is used."""
    config = ModelConfig.parse("m@http://h/v1").model_copy(update={"tokens": budget})
    run, used = Run(), 0
    for estimate, extra in calls:
        fits = used + estimate <= budget
        try:
            with run.promise("guard", config, estimate):
                run.add("guard", Usage(input_tokens=estimate, output_tokens=extra))
        except BudgetSpent:
            assert not fits
        else:
            assert fits
            used += estimate + extra
    assert run.usage().get("guard", Usage()).tokens == used
