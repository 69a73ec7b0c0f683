"""Why a model gave no answer, each with the way out in its message. None of them tells a key or a profile."""

from __future__ import annotations

from agents.errors import SearchError


class ModelUnusable(SearchError):
    """A model gave no answer; what follows without it is up to the job."""


class ModelDown(ModelUnusable):
    """The server does not answer, does not know the model, or does not accept the key: no call would be answered."""


class BudgetSpent(ModelUnusable):
    """The run has used the tokens or the money it may use: no further call is made in it."""


class TooLong(ModelUnusable):
    """This prompt does not fit into what the model can read; shorter ones may."""


class AnswerRefused(ModelUnusable):
    """The server refuses this one request, for a reason of its own."""
