"""What keeps an encoder from being trained; every message says what helps."""

from __future__ import annotations


class MissingExtra(RuntimeError):
    """A package of the extra `train` is not installed."""


class ModelMismatch(ValueError):
    """Recipe and base do not fit together."""


class CheckpointMismatch(ValueError):
    """The folder holds a run of another recipe, or of other data."""


class RunBusy(RuntimeError):
    """Another process trains into the folder."""


class TrainingDiverged(RuntimeError):
    """The loss is no number any more."""
