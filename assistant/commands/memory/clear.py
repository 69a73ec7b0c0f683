"""`shortlist memory clear`: erase everything of one recruiter."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.options import JsonOption, RecruiterOption, WorkspaceOption

EXAMPLE = "shortlist memory clear --recruiter ann --yes"


def command(
    yes: Annotated[bool, typer.Option("--yes", help="Do it, without which nothing is erased.")] = False,
    recruiter: RecruiterOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a recruiter's likes, passes, past roles, edits and all that was learned from them."""
    from assistant.console import plain, print_json, stdout
    from assistant.settings import read_settings
    from assistant.workspace import ledger

    settings = read_settings(workspace=workspace, recruiter=recruiter)
    if not yes:
        raise typer.BadParameter(f"this erases everything of the recruiter {settings.recruiter!r}: add --yes to do it")
    erased = ledger(settings.workspace).clear(settings.recruiter)
    if as_json:
        print_json({"recruiter": settings.recruiter, "erased": erased})
    else:
        stdout().print(plain(f"Erased {erased:,} likes, passes, roles and entries of {settings.recruiter}."))
