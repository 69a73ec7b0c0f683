"""`shortlist chat`: a conversation in the terminal."""

from __future__ import annotations

from assistant.options import JsonOption, LimitOption, RecruiterOption, WorkspaceOption

EXAMPLE = "printf 'ICU nurse in Texas\\nmake it 5 years\\n/quit\\n' | shortlist chat"


def command(
    limit: LimitOption = 10,
    recruiter: RecruiterOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for people in plain words, then edit the role with follow-ups; /help lists the rest."""
    from assistant.conversation import converse
    from assistant.settings import read_settings

    converse(read_settings(workspace=workspace, recruiter=recruiter), limit=limit, json=as_json)
