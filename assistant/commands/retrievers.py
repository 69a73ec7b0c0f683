"""`shortlist retrievers`: which strategies are installed."""

from __future__ import annotations

from assistant.options import JsonOption

EXAMPLE = "shortlist retrievers --json"


def command(as_json: JsonOption = False) -> None:
    """List the installed strategies, ours and those of other packages."""
    from dataclasses import asdict

    from rich.table import Table

    from assistant.console import plain, print_json, stdout
    from retrieval.registry import listing

    listed = listing()
    if as_json:
        print_json([asdict(each) for each in listed])
        return
    table = Table(box=None)
    for heading in ("name", "distribution", "version", "status"):
        table.add_column(heading)
    for each in listed:
        table.add_row(
            plain(each.name),
            plain(each.distribution),
            plain(each.version),
            "ok" if each.available else plain(each.why_not or "not available", style="red"),
        )
    stdout().print(table)
