"""The ranker in a search."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.anyio


def stages(shortlist, round=1):
    return {stage.name: stage for stage in shortlist.waterfall if stage.round == round}


class Backwards:
    """A ranker that turns the order round, or misbehaves."""

    def __init__(self, wrong=None, seconds=0.0):
        self.wrong, self.seconds = wrong, seconds

    def rank(self, role, candidates, snapshot):
        time.sleep(self.seconds)
        if self.wrong:
            return self.wrong(candidates)
        turned = list(reversed(candidates))
        return [one.model_copy(update={"score": float(-place)}) for place, one in enumerate(turned)]


async def test_a_ranker_decides_the_order(assemble, parts):
    shortlist = await assemble(ranker=Backwards()).search("boston", limit=2)
    assert [one.member_id for one in shortlist.candidates] == ["m09", "m08"]
    assert [one.score for one in shortlist.candidates] == [0.0, -1.0]


@pytest.mark.parametrize(
    ("ranker", "status"),
    [
        (Backwards(wrong=lambda _: 1 / 0), "failed"),
        (Backwards(wrong=lambda candidates: candidates[1:]), "failed"),
        (Backwards(seconds=0.5), "late"),
    ],
)
async def test_a_ranker_that_fails_or_is_late_leaves_the_blend(assemble, ranker, status):
    shortlist = await assemble(ranker=ranker, limits={"rank_seconds": 0.1}).search("boston", limit=2)
    assert [one.member_id for one in shortlist.candidates] == ["m00", "m01"]
    assert stages(shortlist)["ranked"].status == status
    assert any("order of the blend" in note for note in shortlist.notes)
