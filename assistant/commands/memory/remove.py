"""`shortlist memory remove ID`: take one entry out."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.options import JsonOption, RecruiterOption, WorkspaceOption

EXAMPLE = "shortlist memory remove 3f9a1c02 --recruiter ann"


def command(
    id: Annotated[str, typer.Argument(metavar="ID", help="The entry, as `shortlist memory list` names it.")],
    recruiter: RecruiterOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove one entry. It is not learned again from the same likes, passes and edits."""
    from assistant.console import plain, print_json, stdout
    from assistant.settings import read_settings
    from assistant.workspace import ledger
    from retrieval.snapshot import Snapshot

    settings = read_settings(workspace=workspace, recruiter=recruiter)
    snapshot = Snapshot.open(settings.workspace, encoder=settings.text_encoder)
    gone = ledger(settings.workspace, snapshot).remove(settings.recruiter, id)
    if as_json:
        print_json({"recruiter": settings.recruiter, "removed": gone.model_dump(mode="json")})
    else:
        stdout().print(plain(f"Forgotten: {gone.sentence}."))
