"""The loss of a batch: listwise InfoNCE over all Matryoshka levels, with grades, and its pairwise ablation.

A row is a query with one of its positives. Its softmax goes over that positive, the query's own candidates of a lower
grade, and other queries' candidates that are not masked (van den Oord et al., 2018, arXiv:1807.03748). Every level,
cut to unit length, has its own loss; they are summed by weight (Kusupati et al., 2022, arXiv:2205.13147). All of it is
in float32 whatever the vectors come in.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from training.muse.layout import Layout
from training.muse.recipe import Recipe
from training.muse.scores import scores

TOP = 4.0
"""The highest grade."""


def loss(vectors: Tensor, layout: Layout, recipe: Recipe) -> tuple[Tensor, dict[int, Tensor]]:
    """The loss of `vectors` [t, width], and width -> the loss at each trained level, without its weight."""
    with torch.autocast(vectors.device.type, enabled=False):
        vectors = vectors if vectors.dtype == torch.float64 else vectors.float()
        by_level = {width: _at(vectors, layout, recipe, width) for width in recipe.trained_levels}
        total = sum(
            (weight * by_level[width] for width, weight in recipe.trained_levels.items()), vectors.new_zeros(())
        )
    return total, {width: value.detach() for width, value in by_level.items()}


def _at(vectors: Tensor, layout: Layout, recipe: Recipe, width: int) -> Tensor:
    cosines = scores(vectors, layout, width=width, best=recipe.best)
    contrast = bce if recipe.loss == "bce" else infonce
    value = contrast(cosines, layout, recipe)
    if recipe.graded and recipe.listwise:
        value = value + recipe.listwise * listwise(cosines, layout, recipe)
    if recipe.distil:
        value = value + recipe.distil * margins(cosines, layout, recipe)
    return value


def infonce(cosines: Tensor, layout: Layout, recipe: Recipe) -> Tensor:
    """Mean over rows by weight of -log softmax of the positive; 0 where there is no row."""
    query, positive, weight = _rows(layout, recipe, cosines.dtype)
    if not len(query):
        return cosines.sum() * 0.0
    grades = layout.grades[query]
    reached = grades.gather(1, positive[:, None]) if recipe.graded else recipe.positive_from
    negative = torch.where(layout.own[query], grades <= reached - recipe.margin, ~layout.masked[query])
    negative &= ~layout.same[positive]
    logits = cosines / recipe.temperature
    right = logits[query, positive]
    against = logits[query].masked_fill(~negative, -torch.inf)
    # the positive's own logit stands first
    whole = torch.cat([right[:, None], against], dim=1).logsumexp(dim=1)
    return ((whole - right) * weight).sum() / weight.sum()


def bce(cosines: Tensor, layout: Layout, recipe: Recipe) -> Tensor:
    """Mean over queries of half the mean error of positives (by weight) and half that of negatives, pair by pair.

    Graded: a query's own candidate is to be as likely as its expected grade / 4, and all of them count.
    """
    own, grades = layout.own, layout.grades
    positive = own & (grades >= recipe.positive_from)
    low = own & ~positive if recipe.graded else own & (grades <= recipe.positive_from - recipe.margin)
    negative = (low | ~(own | layout.masked)) & ~_same_as(positive, layout)
    targets = positive.to(cosines.dtype)
    if recipe.graded:
        targets = torch.where(own, layout.expected.nan_to_num().to(cosines.dtype) / TOP, targets)
    errors = binary_cross_entropy_with_logits(cosines / recipe.temperature + recipe.bce_bias, targets, reduction="none")
    weights = torch.where(positive, _gain(grades.nan_to_num().to(cosines.dtype), recipe), 0.0)
    sides = [_mean(errors, weights), _mean(errors, negative.to(cosines.dtype))]
    counted = positive.any(1) | negative.any(1)
    return (0.5 * (sides[0] + sides[1])).sum() / counted.sum().clamp(min=1)


def listwise(cosines: Tensor, layout: Layout, recipe: Recipe) -> Tensor:
    """Cross entropy of the softmax of scores against that of expected grades, over a query's own candidates.

    Mean over queries whose candidates have three or more expected grades, as two alone say nothing that the contrast
    does not (ListNet: Cao et al., 2007).
    """
    own = layout.own
    expected = layout.expected.to(cosines.dtype)
    high, low = expected.nan_to_num(nan=-torch.inf).amax(1), expected.nan_to_num(nan=torch.inf).amin(1)
    apart = (own & (expected < high[:, None]) & (expected > low[:, None])).any(1)
    if not apart.any():
        return cosines.sum() * 0.0
    own, cosines, expected = own[apart], cosines[apart], expected[apart]
    wanted = (expected / recipe.target_temperature).masked_fill(~own, -torch.inf).softmax(1)
    got = (cosines / recipe.temperature).masked_fill(~own, -torch.inf).log_softmax(1)
    return -(wanted * got.masked_fill(~own, 0.0)).sum(1).mean()


def margins(cosines: Tensor, layout: Layout, recipe: Recipe) -> Tensor:
    """Mean squared error of differences of scores against differences of a teacher's expected grades, in cosines.

    Over pairs of a query's own candidates with soft labels, then over queries (Hofstaetter et al., 2020,
    arXiv:2010.02666).
    """
    taught = layout.own & layout.taught
    off = torch.where(taught, cosines - recipe.distil_slope * layout.expected.nan_to_num().to(cosines.dtype), 0.0)
    number = taught.sum(1).to(cosines.dtype)
    # the mean of (a - b)^2 over all pairs of n numbers is twice their variance with n - 1 below
    middle = off.sum(1) / number.clamp(min=1)
    spread = (torch.where(taught, off - middle[:, None], 0.0) ** 2).sum(1)
    enough = number >= 2
    each = torch.where(enough, 2 * spread / (number - 1).clamp(min=1), 0.0)
    return each.sum() / enough.sum().clamp(min=1)


def _rows(layout: Layout, recipe: Recipe, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Query, candidate and weight of each row [r]."""
    positive = layout.own & (layout.grades >= recipe.positive_from)
    gains = torch.where(positive, _gain(layout.grades.nan_to_num().to(dtype), recipe), 0.0)
    shares = gains / gains.sum(1, keepdim=True).clamp(min=1e-6) ** recipe.balance
    query, candidate = positive.nonzero(as_tuple=True)
    return query, candidate, shares[query, candidate]


def _gain(grades: Tensor, recipe: Recipe) -> Tensor:
    """What a positive of each grade weighs; never quite 0."""
    if not recipe.graded or recipe.gain == "none":
        return torch.ones_like(grades)
    gains = grades / TOP if recipe.gain == "linear" else (2**grades - 1) / (2**TOP - 1)
    return gains.clamp(min=1e-3)


def _same_as(chosen: Tensor, layout: Layout) -> Tensor:
    """[q, c] bool, candidates that are one with a chosen one [q, c] of the query."""
    return (chosen.to(torch.float32) @ layout.same.to(torch.float32)) > 0


def _mean(errors: Tensor, weights: Tensor) -> Tensor:
    """[q], the mean of each query by weight; 0 where nothing weighs."""
    return (errors * weights).sum(1) / weights.sum(1).clamp(min=1e-6)
