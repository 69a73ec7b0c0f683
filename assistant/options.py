"""Options that several commands share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        envvar="SHORTLIST_WORKSPACE",
        help="Folder that holds the snapshot, threads and likes; the platform's data folder where not given.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
JudgedOption = Annotated[
    Path, typer.Option("--judged", metavar="DIR", help="Folder with queries.jsonl and qrels.txt (grades 0-4).")
]
WeightsOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the weights and their card go.")]
RecruiterOption = Annotated[
    str | None,
    typer.Option("--recruiter", metavar="NAME", envvar="SHORTLIST_RECRUITER", help="Whose likes and past roles count."),
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100, metavar="N", help="How many people to show.")]
