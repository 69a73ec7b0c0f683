"""The graph for LangGraph's own server and studio, which `langgraph.json` points at."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from agents.graph import Graph
from agents.opening import open_sourcing


@cache
def graph() -> Graph:
    """The compiled graph over the workspace in `SHORTLIST_WORKSPACE`. The server brings its own checkpointer.

    Raises:
        RuntimeError: the variable is not set.
        SnapshotError: the workspace has no snapshot that can be served.
    """
    workspace = os.environ.get("SHORTLIST_WORKSPACE")
    if not workspace:
        raise RuntimeError("set SHORTLIST_WORKSPACE to the folder that `shortlist index` made a snapshot in")
    return open_sourcing(Path(workspace)).graph
