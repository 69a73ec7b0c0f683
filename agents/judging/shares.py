"""Weights of the five grades as probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from agents.judging.judgement import Soft

GRADES = range(5)


def shares(weights: Sequence[float]) -> Soft | None:
    """Five weights as probabilities; None where they are not five, or cannot be."""
    usable = len(weights) == len(GRADES) and all(isfinite(one) and one >= 0 for one in weights)
    return divided(weights) if usable and max(weights) > 0 else None


def divided(weights: Sequence[float]) -> Soft:
    """Five weights, at least one of them above 0, each divided by their sum."""
    top = max(weights)
    scaled = [one / top for one in weights]  # so that neither tiny nor huge weights are lost
    total = sum(scaled)
    zero, one, two, three, four = (weight / total for weight in scaled)
    return zero, one, two, three, four
