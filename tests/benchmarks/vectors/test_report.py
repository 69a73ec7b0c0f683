from __future__ import annotations

import pytest

from benchmarks.vectors.goals import best_faiss, goals
from benchmarks.vectors.limits import Pass
from benchmarks.vectors.paper import estimate
from benchmarks.vectors.tables import goal_table, table


def row(engine, percent, kind, recall, cpu, short=0):
    return {"engine": engine, "percent": percent, "kind": kind, "recall": recall, "cpu_p50": cpu, "short": short}


def contest(ours=1.0):
    measured = []
    for kind in ("ind", "cor"):
        measured += [
            row("shortlist", 1.0, kind, 1.0, ours),
            row("faiss Flat + selector", 1.0, kind, 1.0, 50.0),
            row("faiss IVF-SQ8, inline filter", 1.0, kind, 0.99 if kind == "ind" else 0.8, 2.0),
            row("faiss IVFPQ, inline filter", 1.0, kind, 0.995, 30.0 if kind == "ind" else 25.0),
            row("usearch", 1.0, kind, 1.0, 0.1),
        ]
    builds = {"shortlist": {"cpu": 10.0}, "faiss IVFPQ, inline filter": {"cpu": 65.0}}
    fall = {"percent": 1.0, "kind": "ind", "ours": 200.0, "in_time": 100.0, "ours_ms": 1.0, "in_time_ms": 1.0}
    return {"k": 200, "measured": measured, "builds": builds, "waterfalls": [fall]}


def test_the_best_faiss_is_good_behind_both_filters():
    assert best_faiss(contest(), 1.0, "ind")["cpu_p50"] == 30
    assert best_faiss(contest(), 1.0, "cor")["cpu_p50"] == 25
    assert best_faiss(contest(), 50.0, "ind") is None


def test_goals_say_what_was_reached_and_whether_it_is_enough():
    def met(results):
        return {one.goal.split(",")[0]: one.met for one in goals(results)}

    good = met({"compare": contest()})
    assert good == {
        "recall@200 of 0.995 or more and no short answer behind all 2 filters": True,
        "30 % more of the true best than IVFPQ + post-filter in no more time": True,
        "20 times faster than the best faiss configuration that reaches recall 0.99 on both filters": True,
        "build with a sixth of the CPU that IVFPQ takes": True,
    }
    slow = met({"compare": contest(ours=1.3)})
    assert not slow["20 times faster than the best faiss configuration that reaches recall 0.99 on both filters"]
    passes = [{"name": f"score {what}", "share": 0.8} for what in ("int8 codes", "bit records")]
    assert [one.met for one in goals({"limits": passes})] == [False, True]
    assert goals({}) == []


def test_a_table_is_markdown():
    said = table(["name", "ms"], [["ours", "1.0"], ["another", "10.0"]])
    assert said.splitlines() == ["| name    |   ms |", "|---------|-----:|", "| ours    |  1.0 |", "| another | 10.0 |"]
    assert "| yes |" in goal_table({"compare": contest()})


def test_the_paper_model_is_arithmetic_on_what_was_measured():
    passes = [
        Pass(name=f"gather bit records, {share}", rows=1, milliseconds=1, nanoseconds=cost, gigabytes=1, share=0)
        for share, cost in (("50%", 4.0), ("10%", 8.0), ("1%", 20.0))
    ]
    some = estimate(passes, people=100_000_000)
    assert some.record_bytes == 6.4e9
    assert some.int8_bytes == 38.4e9
    assert some.servers == 1
    assert some.one_core_ms["10.0%"] == pytest.approx(80.5)
    many = estimate(passes, people=1_000_000_000)
    assert many.servers == 3
    assert many.served_ms["0.1%"] < many.served_ms["50.0%"] < many.one_core_ms["50.0%"]
