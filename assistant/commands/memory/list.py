"""`shortlist memory list`: what was learned of a recruiter."""

from __future__ import annotations

from assistant.options import JsonOption, RecruiterOption, WorkspaceOption

EXAMPLE = "shortlist memory list --recruiter ann"


def command(
    recruiter: RecruiterOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was learned from likes, passes and edits, each entry with what it rests on."""
    from assistant.console import print_json, stdout
    from assistant.memory import memory_table
    from assistant.settings import read_settings
    from assistant.workspace import ledger
    from retrieval.snapshot import Snapshot

    settings = read_settings(workspace=workspace, recruiter=recruiter)
    snapshot = Snapshot.open(settings.workspace, encoder=settings.text_encoder)
    entries = ledger(settings.workspace, snapshot).learned(settings.recruiter)
    if as_json:
        said = [entry.model_dump(mode="json") for entry in entries]
        print_json({"recruiter": settings.recruiter, "preferences": said})
    else:
        stdout().print(memory_table(entries))
