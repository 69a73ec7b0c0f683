"""`shortlist search TEXT`: one request, one shortlist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption, LimitOption, RecruiterOption, WorkspaceOption

if TYPE_CHECKING:
    from agents.project.answer import ProjectAnswer
    from agents.shortlist import Shortlist
    from assistant.settings import Settings
    from retrieval.schema import Context

EXAMPLE = 'shortlist search "Senior accountant in Chicago, must have a CPA, SAP is a plus" --limit 5'


def command(
    text: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="Who you need, in your own words; - reads stdin; with --undo, none."),
    ] = None,
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
    undo: Annotated[
        list[str] | None,
        typer.Option("--undo", metavar="ID", help="Search the thread's role again without this edit of the search."),
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
    if undo and thread is None:
        raise typer.BadParameter("say in which --thread the edit was made", param_hint="--undo")
    if text is None and not (undo or like or boolean):
        raise typer.BadParameter("say whom you need", param_hint="TEXT")
    request = sys.stdin.read() if text == "-" else text or ""
    if not as_json:
        from assistant.workspace import greeting

        # Said before the models are loaded, so that the recruiter sees at once where this searches.
        typer.echo(greeting(settings))
    answer = _search(
        settings, request, context=context, only=only, thread=thread, limit=limit, declined=tuple(undo or ())
    )

    if as_json:
        from assistant.console import print_json
        from assistant.projects import answer_json

        print_json(answer_json(answer))
    else:
        from assistant.console import stdout
        from assistant.projects import print_answer

        print_answer(stdout(), answer, waterfall=waterfall)


def _check(boolean: str) -> None:
    """A search string that cannot be read ends the command; the others' hits would not answer it."""
    from retrieval.query import QuerySyntaxError, parse

    try:
        parse(boolean)
    except QuerySyntaxError as error:
        raise typer.BadParameter(str(error), param_hint="--boolean") from None


def _search(
    settings: Settings,
    request: str,
    *,
    context: Context,
    only: tuple[str, ...],
    thread: str | None,
    limit: int,
    declined: tuple[str, ...],
) -> Shortlist | ProjectAnswer:
    import asyncio

    from agents.project.opening import open_projects
    from assistant.projects import follow
    from assistant.stages import watch
    from assistant.workspace import ledger, open_workspace

    with watch() as seen:
        seen.say("opening the snapshot")
        sourcing = open_workspace(settings, only=only, remember=thread is not None)
        memory = ledger(settings.workspace, sourcing.snapshot)
        known = memory.context(context.recruiter, seeds=context.seeds, boolean=context.boolean)
        projects = open_projects(sourcing)
        running = projects.stream(
            request, thread=thread, context=known, limit=limit, follow_up=thread is not None, declined=declined
        )
        answer = asyncio.run(follow(seen, running))
        if thread is not None:  # a conversation: its edits say what this recruiter asks for
            memory.answered(context.recruiter, answer)
        return answer
