"""`shortlist search TEXT`: one request, one shortlist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption, LimitOption, RecruiterOption, WorkspaceOption

if TYPE_CHECKING:
    from agents.shortlist import Shortlist
    from assistant.settings import Settings
    from retrieval.schema import Context

EXAMPLE = 'shortlist search "Senior accountant in Chicago, must have a CPA, SAP is a plus" --limit 5'


def command(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Who you need, in your own words; - reads stdin.")],
    limit: LimitOption = 10,
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="MEMBER", help="Look for people like this member; may be given again."),
    ] = None,
    boolean: Annotated[
        str | None,
        typer.Option("--boolean", metavar="STRING", help='A search string of your own: title:nurse AND ("ICU" OR ER).'),
    ] = None,
    strategies: Annotated[
        str | None, typer.Option("--strategies", metavar="A,B", help="Run only these, separated by commas.")
    ] = None,
    thread: Annotated[
        str | None, typer.Option("--thread", metavar="NAME", help="Continue a kept conversation: TEXT edits its role.")
    ] = None,
    recruiter: RecruiterOption = None,
    waterfall: Annotated[bool, typer.Option("--waterfall", help="Show what each stage left, and its time.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find people for a role and say, with quotes, why they fit."""
    import sys

    from assistant.settings import read_settings
    from retrieval.schema import Context

    settings = read_settings(workspace=workspace, recruiter=recruiter)
    context = Context(recruiter=settings.recruiter, seeds=tuple(like or ()), boolean=boolean)
    only = tuple(name for name in (each.strip() for each in (strategies or "").split(",")) if name)
    if boolean and boolean.strip():
        _check(boolean)
    request = sys.stdin.read() if text == "-" else text
    if not as_json:
        from assistant.workspace import greeting

        # Said before the models are loaded, so that the recruiter sees at once where this searches.
        typer.echo(greeting(settings.workspace))
    shortlist = _search(settings, request, context=context, only=only, thread=thread, limit=limit)

    if as_json:
        from assistant.answer import as_json as document
        from assistant.console import print_json

        print_json(document(shortlist))
    else:
        from assistant.cards import print_shortlist
        from assistant.console import stdout

        print_shortlist(stdout(), shortlist, waterfall=waterfall)


def _check(boolean: str) -> None:
    """A search string that cannot be read ends the command; the others' hits would not answer it."""
    from retrieval.query import QuerySyntaxError, parse

    try:
        parse(boolean)
    except QuerySyntaxError as error:
        raise typer.BadParameter(str(error), param_hint="--boolean") from None


def _search(
    settings: Settings, request: str, *, context: Context, only: tuple[str, ...], thread: str | None, limit: int
) -> Shortlist:
    import asyncio

    from assistant.stages import watch
    from assistant.workspace import feedback_store, open_workspace

    with watch() as seen:
        seen.say("opening the snapshot")
        sourcing = open_workspace(settings, only=only, remember=thread is not None)
        known = context.model_copy(update={"feedback": feedback_store(settings.workspace).feedback(context.recruiter)})
        return asyncio.run(seen.follow(sourcing.stream(request, thread=thread, context=known, limit=limit)))
