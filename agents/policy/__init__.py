"""The policy screen: criteria on protected attributes are refused one by one, and the rest of the search goes on."""

from agents.policy.screen import Refusal, Screening, screen

__all__ = ["Refusal", "Screening", "screen"]
