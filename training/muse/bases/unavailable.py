"""The error of a base that is not there."""

from __future__ import annotations


class BaseUnavailable(RuntimeError):
    """A base model cannot be found or made; the message says what to do."""
