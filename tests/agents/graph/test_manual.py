"""docs/graph.md says what the graph is."""

from __future__ import annotations

import json
import re
from pathlib import Path

from agents.graph import build
from agents.limits import Limits

DOCS = Path(__file__).parents[3] / "docs" / "graph.md"


def test_the_drawing_in_the_manual_is_the_graph(assemble, parts):
    names = ("faceted", "boolean", "semantic", "lookalike", "personalized")
    graph = build(assemble(*(parts.Listed(name) for name in names))).get_graph()
    drawing = re.search(r"```mermaid\n(.*?)```", DOCS.read_text(), re.DOTALL).group(1)
    drawn = set(re.findall(r"^\s*(\w+) -(?:-|\.-)>(?:\|[^|]*\|)? (\w+)", drawing, re.MULTILINE))
    compiled = {(edge.source.strip("_"), edge.target.strip("_")) for edge in graph.edges}
    assert drawn == compiled


def test_the_manual_lists_every_limit_with_its_default():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", DOCS.read_text().partition("## Numbers")[2], re.MULTILINE))
    assert list(rows) == list(Limits.model_fields)
    for name, field in Limits.model_fields.items():
        default = field.get_default(call_default_factory=True)
        told = f"{default:g}" if isinstance(default, int | float) else json.dumps(default)
        assert rows[name].replace(",", "").strip() == told.replace(",", ""), name
