"""Vectors are made once, and are those of the encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.encoder import WidthRefused
from training.muse.evaluation.cached import Cached
from training.muse.evaluation.leveled import Leveled

TEXTS = ["a nurse", "welding of pipes", "", "a nurse", "python and c++ for ten years"]


def test_vectors_are_those_of_the_encoder_at_every_level_in_order(tmp_path: Path, words: type) -> None:
    plain = words()
    with Cached(words(), tmp_path) as cached:
        for level in (None, *plain.levels):
            for side in ("role", "profile"):
                got = cached.encode(TEXTS, side=side, width=level)
                np.testing.assert_allclose(got, plain.encode(TEXTS, side=side, width=level), atol=1e-6)


def test_no_text_is_encoded_twice_even_by_another_process(tmp_path: Path, words: type) -> None:
    first, second = words(), words()
    with Cached(first, tmp_path) as cached:
        cached.encode(TEXTS[:2], side="role")
        cached.encode(TEXTS, side="role", width=8)
        cached.encode(TEXTS[:1], side="profile")
    assert sorted(first.encoded) == sorted([*set(TEXTS), TEXTS[0]])
    with Cached(second, tmp_path) as cached:
        cached.encode(TEXTS, side="role")
    assert second.encoded == []


def test_sides_and_encoders_are_kept_apart(tmp_path: Path, words: type) -> None:
    with Cached(words("one"), tmp_path) as one, Cached(words("two"), tmp_path) as two:
        role, profile = one.encode(TEXTS, side="role"), one.encode(TEXTS, side="profile")
        assert not np.allclose(role, profile)
        assert not np.allclose(role, two.encode(TEXTS, side="role"))


def test_a_torn_end_costs_only_itself(tmp_path: Path, words: type) -> None:
    with Cached(words(), tmp_path) as cached:
        whole = cached.encode(TEXTS, side="role")
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-7])
    after = words()
    with Cached(after, tmp_path) as cached:
        np.testing.assert_array_equal(cached.encode(TEXTS, side="role"), whole)
    assert len(after.encoded) == 1


def test_other_widths_are_refused(tmp_path: Path, words: type) -> None:
    with Cached(words(), tmp_path) as cached, pytest.raises(WidthRefused, match="8, 16"):
        cached.encode(TEXTS, side="role", width=9)


def test_one_level_alone_is_cut_the_same_way(words: type) -> None:
    plain = words()
    short = Leveled(plain, 16)
    assert (short.width, short.levels) == (16, (8, 16))
    np.testing.assert_array_equal(short.encode(TEXTS, side="role"), plain.encode(TEXTS, side="role", width=16))
    np.testing.assert_array_equal(short.encode(TEXTS, side="role", width=8), plain.encode(TEXTS, side="role", width=8))
    with pytest.raises(WidthRefused):
        short.encode(TEXTS, side="role", width=32)
