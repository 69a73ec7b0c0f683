"""Memory: what is learned of each recruiter from likes, passes and edits, and what that does to a search."""

from agents.memory.ledger import Ledger, UnknownPreference
from agents.memory.store import LedgerUnreadable

__all__ = ["Ledger", "LedgerUnreadable", "UnknownPreference"]
