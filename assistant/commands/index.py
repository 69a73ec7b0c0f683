"""`shortlist index SOURCE`: from files to a snapshot that can be searched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

if TYPE_CHECKING:
    from retrieval.ingest import FieldMap

EXAMPLE = "shortlist index export.csv --map id=candidate_no --map text=cv"


def command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE", help="A file or a folder: JSON Resume, JSON Lines, CSV, Parquet, text, PDF, DOCX."
        ),
    ],
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OURS=THEIRS", help="Name of a field in your files, as in id=candidate_no."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read profiles, encode what changed, and publish a new snapshot; the old one serves until then."""
    from assistant.indexing import index, print_built
    from assistant.settings import read_settings

    fields = _fields(mapping or [])
    settings = read_settings(workspace=workspace)
    print_built(index(source, settings.workspace, fields=fields, encoder=settings.text_encoder), as_json=as_json)


def _fields(mapping: list[str]) -> FieldMap:
    from dataclasses import fields as fields_of

    from retrieval.ingest import FieldMap

    ours = {field.name for field in fields_of(FieldMap)}
    named: dict[str, tuple[str, ...]] = {}
    for each in mapping:
        name, equals, theirs = each.partition("=")
        name = {"id": "member_id"}.get(name.strip(), name.strip())
        if not equals or not theirs.strip() or name not in ours:
            known = ", ".join(sorted({"id"} | ours - {"member_id"}))
            raise typer.BadParameter(f"--map {each}: write OURS=THEIRS, where OURS is one of {known}")
        named[name] = (*named.get(name, ()), theirs.strip())
    return FieldMap(**named)
