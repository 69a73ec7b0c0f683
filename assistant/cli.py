"""The command `shortlist`: one file a command, errors as sentences, exit codes that scripts can use.

0: done. 1: it could not be done; stderr says why and what helps. 2: the command line itself is wrong. 130: stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.commands import COMMANDS, GROUPS

STOPPED = 130

app = typer.Typer(
    name="shortlist",
    help="Finds people for a role, over your own candidates, with verdicts that quote the profile.",
    epilog='Example: shortlist index resumes/ && shortlist search "senior accountant in Chicago, CPA preferred"',
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
groups = {name: typer.Typer(help=purpose, no_args_is_help=True) for name, purpose in GROUPS.items()}
for command in COMMANDS:
    group, _, name = command.name.rpartition(" ")
    if group and group not in {each.name for each in app.registered_groups}:
        app.add_typer(groups[group], name=group)
    home = groups[group] if group else app
    home.command(name=name, epilog=f"Example: {command.example}")(command.function)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"shortlist {version('shortlist')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Finds people for a role, over your own candidates, with verdicts that quote the profile."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; errors are printed, never raised, except with `--debug`."""
    debug = "--debug" in arguments[:1]
    try:
        result: Any = typer.main.get_command(app).main(
            args=list(arguments), prog_name="shortlist", standalone_mode=False
        )
    except (KeyboardInterrupt, typer.Abort):
        result = STOPPED
    except (BrokenPipeError, SystemExit):
        # The reader (`| head`) has what it wanted (typer makes of it an exit with 1, and of nothing else an exit);
        # keep Python from complaining again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except typer.TyperException as error:
        _usage(error)
        return 2
    except Exception as error:
        if debug:
            raise
        _failed(error)
        return 1
    if result == STOPPED:  # also what typer makes of Ctrl-C
        print("stopped; what was saved before is kept", file=sys.stderr)  # noqa: T201 - nothing heavier is safe here
    return result if isinstance(result, int) else 0


def _usage(error: typer.TyperException) -> None:
    message = error.format_message()
    if message:
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "shortlist"
        print(f"error: {message}\nSee `{where} -h`.", file=sys.stderr)  # noqa: T201


def _failed(error: Exception) -> None:
    from assistant.console import legible
    from assistant.errors import explained

    first, *more = explained(error).splitlines() or [""]
    for line in (f"error: {first}", *more):
        print(legible(line), file=sys.stderr)  # noqa: T201


def main() -> None:
    """Entry point of the console script."""
    # Closed by the caller (`>&-`) they are None, which not every library expects.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.exit(run(sys.argv[1:]))
