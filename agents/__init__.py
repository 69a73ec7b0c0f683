"""The parts that reason: constitution, understanding, policy screen, guard, and the graph that joins them."""

from __future__ import annotations

import os

# Else pydantic-ai prints an advertisement, once, in the middle of the first answer on a terminal.
os.environ.setdefault("PYDANTIC_AI_NO_BANNER", "1")
