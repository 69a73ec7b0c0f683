"""What recruiters have written: nothing that is asked for is lost, and titles are found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from agents.embedded.requirements import says_something

# Words that carry a request without being asked for.
_CUES = {
    *("hide", "avoid", "interested", "ideal", "persona", "fine", "good", "great", "plus", "preferred", "preferably"),
    *("would", "including", "looking", "need", "seeking", "find", "show"),
}


@pytest.fixture(scope="module")
def requests(shared_data: Path) -> list[str]:
    return [
        json.loads(line)["text"]
        for name in ("requests/requests", "judged/queries", "judged_train/queries")
        for line in (shared_data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def test_no_stated_wish_of_a_real_request_is_lost(
    requests: list[str], understand: Any, criteria: Any, founded: Any
) -> None:
    lost = {}
    for text in requests:
        role = understand(text).role
        founded(role)
        covered = bytearray(len(text))
        for criterion in criteria(role):
            covered[criterion.span.start : criterion.span.end] = b"\x01" * (criterion.span.end - criterion.span.start)
        left = [
            match.group()
            for match in re.finditer(r"[^\W_][\w+#'-]*", text)
            if not any(covered[match.start() : match.end()])
            and says_something(match.group())
            and match.group().lower() not in _CUES
        ]
        if left:
            lost[text] = left
    assert not lost


def test_real_requests_name_their_titles(requests: list[str], understand: Any) -> None:
    untitled = [text for text in requests if not understand(text).role.titles]
    # Those name a level, a person to do something, or no job.
    assert all(
        re.match(r"C-level|Someone|someone|Agronomy|Military veteran|Looking for C level", text) for text in untitled
    )
