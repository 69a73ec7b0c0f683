"""The report over known runs; the reference figures on the development requests stand where the data is there."""

from __future__ import annotations

from offline.evaluation import Judged, Report, Request, report


def test_the_report_holds_means_intervals_latency_and_every_request() -> None:
    judged = Judged(
        requests=(Request(qid="a", text="x"), Request(qid="b", text="y")),
        grades={"a": {"m1": 4, "m2": 0}, "b": {"m1": 3}},
        skipped=("c",),
    )
    made = report({"good": {"a": ["m1"], "b": ["m1"]}, "bad": {"a": ["m2"]}}, judged, seconds={"good": [0.1, 0.3]})
    good, bad = made.systems
    assert (good.system, good.measures["ndcg"].mean, good.latency_ms) == ("good", 1.0, 200.0)
    assert bad.measures["facepalm"].mean == 0.5
    assert bad.per_request["a"]["facepalm"] == 1.0
    assert bad.latency_ms is None
    assert "c" in made.notes[0]
    assert (made.requests, made.judged_pairs) == (2, 3)
    assert Report.model_validate_json(made.model_dump_json()) == made


def test_the_gain_is_the_paired_difference_of_the_last_two_systems() -> None:
    judged = Judged(
        requests=(Request(qid="a", text="x"), Request(qid="b", text="y")),
        grades={"a": {"m1": 4, "m2": 0}, "b": {"m1": 3}},
    )
    runs = {"first": {"a": ["m2"]}, "before": {"a": ["m2"], "b": ["m1"]}, "last": {"a": ["m1"], "b": ["m1"]}}
    gain = report(runs, judged).gain
    assert gain is not None
    assert (gain.system, gain.over) == ("last", "before")
    assert gain.measures["facepalm"].mean == -0.5  # request a: from all to none; request b: none both times
    assert gain.measures["facepalm"].high <= 0
    assert report({"only": runs["last"]}, judged).gain is None
