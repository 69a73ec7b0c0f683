"""`shortlist models`, and the doctor's look at them, against a real server on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from assistant.settings import read_settings

SECRET = "sk-entirely-secret-0123456789"


def test_without_a_server_every_job_is_in_this_process(shortlist: Any) -> None:
    done = shortlist("models", "--json")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert [(one["job"], one["model"], one["ok"]) for one in said] == [
        (job, "embedded", True) for job in ("understanding", "guard", "judge", "teacher")
    ]
    assert "in this process" in shortlist("models").stdout


def test_a_server_that_answers(serve: Callable[..., Any], shortlist: Any) -> None:
    server = serve(key=SECRET)
    guard = {
        "SHORTLIST_MODELS__GUARD__NAME": f"tiny@{server.url}",
        "SHORTLIST_MODELS__GUARD__KEY_VARIABLE": "OUR_KEY",
        "SHORTLIST_MODELS__GUARD__TOKENS": "50000",
        "SHORTLIST_MODELS__GUARD__PRICE_IN": "0.25",
        "SHORTLIST_MODELS__GUARD__PRICE_OUT": "1",
        "OUR_KEY": SECRET,
    }
    table = shortlist("models", **guard)
    assert table.returncode == 0
    assert "0.25/1" in table.stdout
    assert "50,000 tokens" in table.stdout
    done = shortlist("models", "--json", **guard)
    [one] = [one for one in json.loads(done.stdout) if one["job"] == "guard"]
    assert (one["ok"], one["name"], one["url"], one["settings"]["tokens"]) == (True, "tiny", server.url, 50_000)
    assert one["milliseconds"] > 0
    assert len(server.requests) == 2
    doctor = shortlist("doctor", "--json", **guard)
    [found] = [each for each in json.loads(doctor.stdout) if each["check"] == "models"]
    assert (found["status"], found["detail"].split(" in ")[0]) == ("ok", f"guard on tiny@{server.url}")
    for said in (table, done, doctor):
        assert SECRET not in said.stdout + said.stderr


def test_a_server_that_does_not_answer_is_1_with_the_way_out(serve: Callable[..., Any], shortlist: Any) -> None:
    server = serve(models=("qwen",))
    wrong = {"SHORTLIST_MODELS__JUDGE__NAME": f"tiny@{server.url}"}
    done = shortlist("models", **wrong)
    assert done.returncode == 1
    assert "it serves qwen: set SHORTLIST_MODELS__JUDGE__NAME" in " ".join(done.stdout.split())
    [one] = [one for one in json.loads(shortlist("models", "--json", **wrong).stdout) if not one["ok"]]
    assert one["job"] == "judge"
    doctor = shortlist("doctor", "--json", **wrong)
    assert doctor.returncode == 1
    [found] = [each for each in json.loads(doctor.stdout) if each["check"] == "models"]
    assert found["status"] == "fail"


def test_a_server_that_takes_too_long_is_not_waited_for(
    serve: Callable[..., Any], shortlist: Any, model_servers: Any
) -> None:
    server = serve(reply=lambda body: model_servers.Act(seconds=30))
    done = shortlist("models", "--seconds", "0.3", SHORTLIST_MODELS__GUARD__NAME=f"tiny@{server.url}")
    assert done.returncode == 1
    assert "no answer within 0.3 s" in done.stdout
    assert len(server.requests) == 1


def test_a_wrong_setting_is_named(shortlist: Any) -> None:
    done = shortlist("models", SHORTLIST_MODELS__GUARD__NAME="Qwen")
    assert done.returncode == 1
    assert "SHORTLIST_MODELS__GUARD" in done.stderr
    assert "Qwen@http://host:8000/v1" in done.stderr
    done = shortlist("models", SHORTLIST_MODELS__GUARD="Qwen@http://h/v1")
    assert done.returncode == 1
    assert "SHORTLIST_MODELS__GUARD__NAME=NAME@http://host:8000/v1" in done.stderr


def test_name_and_address_may_come_in_one_or_two(monkeypatch: Any) -> None:
    monkeypatch.setenv("SHORTLIST_MODELS__GUARD__NAME", "m@http://one/v1")
    monkeypatch.setenv("SHORTLIST_MODELS__JUDGE__NAME", "m")
    monkeypatch.setenv("SHORTLIST_MODELS__JUDGE__URL", "http://two/v1/")
    models = read_settings().models
    assert (models.guard.id, models.judge.id) == ("m@http://one/v1", "m@http://two/v1")
    assert models.teacher.embedded
