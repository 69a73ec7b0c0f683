"""`shortlist doctor`: what is wrong with this installation, and what helps."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

EXAMPLE = "shortlist doctor --deep"


def command(
    deep: Annotated[bool, typer.Option("--deep", help="Also read the snapshot whole and compare checksums.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check Python, packages, names, encoder, snapshot and models; exits with 1 where something fails."""
    from assistant.console import plain, print_json, stdout
    from assistant.health import examine
    from assistant.settings import read_settings

    styles = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    console = stdout()
    findings = []
    settings = read_settings(workspace=workspace)
    for finding in examine(
        settings.workspace,
        deep=deep,
        models=settings.models,
        weights=settings.encoder,
        server=settings.encoder_server,
    ):
        findings.append(finding)
        if not as_json:
            console.print(plain(finding.status, styles[finding.status]), plain(f"{finding.check}: {finding.detail}"))
            if finding.fix:
                console.print(plain(f"fix: {finding.fix}"), style="dim")
    if as_json:
        print_json([finding.model_dump() for finding in findings])
    if any(finding.status == "fail" for finding in findings):
        raise typer.Exit(1)
