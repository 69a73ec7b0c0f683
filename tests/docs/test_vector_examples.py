"""The examples of the pages on vectors and filters run, and print what they say they print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"```python\n(.*?)```(?:\n```\n(.*?)```)?", re.DOTALL)


@pytest.mark.parametrize("page", ["vectors.md", "filters.md"])
def test_the_first_example_runs(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))[0]
    assert len([line for line in code.splitlines() if line and not line.startswith((" ", ")"))]) <= 12
    exec(compile(code, page, "exec"), {})
    assert not printed or capsys.readouterr().out == printed
