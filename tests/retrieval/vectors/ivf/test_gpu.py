"""What surrounds a scan on a card, with faiss's lists in memory in the card's place: no card has run this."""

from __future__ import annotations

from dataclasses import replace

import faiss
import numpy as np
import pytest

from retrieval.vectors.ivf import Probe
from retrieval.vectors.ivf.gpu import CardFile, NoCard, on_gpu


@pytest.mark.parametrize("share", [1.0, 0.5, 0.01])
@pytest.mark.parametrize("probe", [None, Probe(lists=4), Probe(recall=1)])
def test_answers_as_in_memory(index, population, share, probe):
    stand_in = faiss.clone_index(index.file.index)
    file = CardFile(model=index.model, index=index.file.index, lists=index.file.lists, card=stand_in)
    on_card = replace(index, file=file)
    mask = np.random.default_rng(3).random(6000) < share
    for query in population[:10]:
        ours, theirs = (engine.search(query, k=30, rows=mask, probe=probe) for engine in (on_card, index))
        assert ours.rows.tolist() == theirs.rows.tolist()
        assert ours.plan == theirs.plan


@pytest.mark.skipif(getattr(faiss, "get_num_gpus", lambda: 0)() > 0, reason="there is a card")
def test_without_a_card_it_says_what_helps(index):
    with pytest.raises(NoCard, match="shortlist"):
        on_gpu(index)
