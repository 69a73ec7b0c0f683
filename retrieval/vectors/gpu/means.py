"""Scores of members from scores of their vectors, on the device."""

from __future__ import annotations

import torch
from torch import Tensor


def best_means(scores: Tensor, counts: Tensor, best: int) -> Tensor:
    """Means of each member's best min(best, count) scores.

    b: queries, v: vectors, g: members. `scores` float32 [b, v], member after member; `counts` int64 [g], each 1 or
    more, v in all; returns [b, g], rounded as float32 sums in any order are.
    """
    if best == 1:
        member = torch.repeat_interleave(torch.arange(len(counts), device=scores.device), counts)
        out = torch.full((len(scores), len(counts)), -torch.inf, dtype=torch.float32, device=scores.device)
        return out.scatter_reduce(1, member.expand(len(scores), -1), scores, "amax")
    ranks = torch.arange(scores.shape[1], device=scores.device)
    ranks -= torch.repeat_interleave(torch.cumsum(counts, 0) - counts, counts)  # 0, 1, 2 ... within each member
    member = torch.repeat_interleave(torch.arange(len(counts), device=scores.device), counts)
    means = []
    for line in scores:
        falling = torch.argsort(line, descending=True)
        # stable: members in order, each with its best first, so that a vector's rank is its place in its member
        order = falling[torch.argsort(member[falling], stable=True)]
        among = torch.where(ranks < best, line[order], 0.0)
        sums = torch.zeros(len(counts), dtype=torch.float32, device=scores.device).index_add_(0, member, among)
        means.append(sums / counts.clamp(max=best))
    return torch.stack(means) if means else scores.new_empty((0, len(counts)))
