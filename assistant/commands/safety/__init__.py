"""Commands of `shortlist safety`."""
