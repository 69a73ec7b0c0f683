"""The second pass: declared features and the learned ranker that orders the pool."""

from ranking.ranker import Ranker

__all__ = ["Ranker"]
