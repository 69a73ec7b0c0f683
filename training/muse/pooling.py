"""From the states of a text's tokens to one vector."""

from __future__ import annotations

from torch import Tensor

from retrieval.encoder.manifest import Pooling


def pool(states: Tensor, mask: Tensor, pooling: Pooling) -> Tensor:
    """[b, d] float32 from states [b, s, d] and mask [b, s], 1 where a token is, padding on the right."""
    states = states.float()
    if pooling == "last":
        last = mask.sum(1, keepdim=True) - 1
        return states.gather(1, last.unsqueeze(-1).expand(-1, -1, states.shape[-1])).squeeze(1)
    there = mask.unsqueeze(-1).to(states.dtype)
    return (states * there).sum(1) / there.sum(1)
