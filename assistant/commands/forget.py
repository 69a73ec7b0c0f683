"""`shortlist forget MEMBER`: nobody is shown who asked not to be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

EXAMPLE = "shortlist forget m-1042 --labels labels/"


def command(
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="The person's id, as on the cards.")],
    labels: Annotated[
        list[Path] | None,
        typer.Option("--labels", metavar="DIR", help="Also erase from labels or training data made there. Repeatable."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Never show a person again, and erase what likes, trajectories, cached answers and labels hold of them."""
    from assistant.console import plain, print_json, stdout
    from assistant.erasure import erase
    from assistant.settings import read_settings

    settings = read_settings(workspace=workspace)
    erased = erase(settings.workspace, member, labels=labels or (), encoder=settings.text_encoder)
    if as_json:
        print_json(erased.model_dump(mode="json"))
        return
    stdout().print(
        plain(
            f"{member} is never shown again. Erased: {erased.memory} entries of memory, {erased.trajectories} records "
            f"of searches, {erased.answers} cached answers, {erased.labels} labels."
        )
    )
    if erased.in_snapshot:
        stdout().print("The profile leaves the snapshot's files with the next `shortlist index`; do not delay it.")
