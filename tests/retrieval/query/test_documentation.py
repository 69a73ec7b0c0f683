"""The page on the search language says what the language does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retrieval.query import QuerySyntaxError, parse, render
from retrieval.query.lexer import MAX_LENGTH
from retrieval.query.parsing import MAX_DEPTH, MAX_TERMS

PAGE = (Path(__file__).parents[3] / "docs" / "query-language.md").read_text()


def test_every_form_in_the_table_can_be_read() -> None:
    rows = re.findall(r"^\| (`.+?`) \|", PAGE, re.MULTILINE)
    forms = [form for row in rows for form in re.findall(r"`([^`]+)`", row)]
    assert len(forms) == 12
    for form in forms:
        assert parse(render(parse(form))) == parse(form)


def test_the_message_shown_is_the_message_given() -> None:
    shown = re.search(r"```\n(This search string .*?)\n```", PAGE, re.DOTALL)
    assert shown
    string = shown[1].splitlines()[1].strip()
    with pytest.raises(QuerySyntaxError) as caught:
        parse(string)
    assert str(caught.value) == shown[1]


def test_the_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out.strip() == code.rsplit("# ", 1)[1].strip()


def test_the_limits_are_stated() -> None:
    assert f"At most {MAX_LENGTH:,} characters, {MAX_TERMS} words, and {MAX_DEPTH} levels" in PAGE
