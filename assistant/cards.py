"""A shortlist as a recruiter reads it: a banner, the role, a card a person, and what the search left out."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from agents.models import Usage
from agents.shortlist import Shortlist, Shortlisted
from agents.verdict import Mark, MarkValue
from assistant.console import encodable, legible, plain
from assistant.costs import costs_line
from assistant.edits import edit_lines
from retrieval.schema import Importance, Role

GRADES = ("facepalm", "poor", "partial", "good", "highly relevant")
GRADE_STYLES = ("bold red", "red", "yellow", "green", "bold green")
QUOTE_LENGTH = 160
SYNTHETIC = "Everybody here is invented: this is a synthetic population."

SYMBOLS = {
    MarkValue.MET: ("✓", "+", "green"),
    MarkValue.PARTLY: ("~", "~", "yellow"),
    MarkValue.NOT_MET: ("✗", "x", "red"),
    MarkValue.NOT_SHOWN: ("?", "?", "dim"),
}
WORDS = {MarkValue.PARTLY: "partly", MarkValue.NOT_MET: "not met", MarkValue.NOT_SHOWN: "not shown"}


def print_shortlist(console: Console, shortlist: Shortlist, *, waterfall: bool = False) -> None:
    """Print the whole answer."""
    if shortlist.synthetic:
        console.print(Text(SYNTHETIC, style="bold magenta"))
    console.print(role_line(shortlist.role))
    if costs := costs_line(shortlist.costs):
        console.print(costs)
    for refusal in shortlist.refused:
        console.print(Text.assemble(("Refused ", "bold red"), f'"{legible(refusal.words)}": {legible(refusal.reason)}'))
    for said in (*shortlist.changes, *shortlist.notes):
        console.print(plain(f"- {said}", style="dim"))
    for line in edit_lines(shortlist.edits):
        console.print(line)
    if not shortlist.candidates:
        console.print("Nobody was found. Try fewer musts, a wider place, or other words.")
    for candidate in shortlist.candidates:
        console.print(card(candidate, console))
    if shortlist.usage:
        console.print(plain(usage_line(shortlist.usage), style="dim"))
    if waterfall:
        console.print(waterfall_table(shortlist))


def usage_line(usage: Mapping[str, Usage]) -> str:
    """What the jobs that called a model server have used."""
    return "Models: " + "; ".join(_used(job, one) for job, one in usage.items())


def _used(job: str, used: Usage) -> str:
    calls = f"{used.requests:,} call{'' if used.requests == 1 else 's'}"
    extra = (
        (used.cache_hits, f"{used.cache_hits:,} from the cache"),
        (used.retries, f"{used.retries:,} repeated"),
        (used.failures, f"{used.failures:,} failed"),
        (used.tokens, f"{used.tokens:,} tokens"),
        (used.money, f"{used.money:.4g} money"),
    )
    return f"{job} {', '.join((calls, *(words for there, words in extra if there)))}"


def role_line(role: Role) -> Text:
    """The role in one paragraph: musts, then nice, then excluded."""
    line = Text("Role: ", style="bold")
    for importance, lead, style in (
        (Importance.MUST, "", ""),
        (Importance.NICE, "nice: ", "cyan"),
        (Importance.EXCLUDE, "not: ", "red"),
    ):
        values = [legible(each.value) for each in role.requirements() if each.importance is importance]
        if values:
            line.append(
                ("; " if len(line) > len("Role: ") else "") + lead + ", ".join(values), style=style or "default"
            )
    return line


def card(candidate: Shortlisted, console: Console) -> RenderableType:
    """One person: who, how well, why, and a line a requirement with the words that show it."""
    title = Text.assemble(
        (f"{candidate.rank:>2}  ", "bold"), (legible(candidate.headline) or "(no headline)", "bold"), style=""
    )
    if candidate.location:
        title.append(f", {legible(candidate.location)}")
    title.append(f"  [{legible(candidate.member_id)}]", style="dim")
    facts = Text()
    if candidate.grade is not None:
        facts.append(f"{GRADES[candidate.grade]} ({candidate.grade} of 4)", style=GRADE_STYLES[candidate.grade])
        facts.append("; ")
    if candidate.required_total:
        facts.append(f"{candidate.required_met} of {candidate.required_total} must; ")
    facts.append("found by " + ", ".join(candidate.strategies))
    body: list[RenderableType] = [facts]
    if candidate.explanation:
        body.append(plain(candidate.explanation))
    if candidate.preferred:
        body.append(plain(f"you prefer: {', '.join(candidate.preferred)} ({candidate.nudge:+.2f})", style="cyan"))
    if candidate.note:
        body.append(plain(candidate.note, style="yellow"))
    if candidate.marks:
        body.append(marks_table(candidate.marks, console))
    return Group(title, Padding(Group(*body), (0, 0, 1, 4)))


def marks_table(marks: tuple[Mark, ...], console: Console, *, every_quote: bool = False) -> Table:
    """A line a requirement: symbol, requirement, and its first quote (or every one)."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(ratio=2)
    table.add_column(ratio=5)
    for mark in marks:
        excluded = mark.qualification.importance is Importance.EXCLUDE
        value = mark.value
        fancy, simple, style = SYMBOLS[value]
        asked = Text(legible(mark.qualification.value))
        if mark.qualification.importance is Importance.NICE:
            asked.append(" (nice)", style="dim")
        words = WORDS.get(value, "")
        if excluded:
            # Something excluded that was found speaks against the person, so its symbol turns round.
            found = value in {MarkValue.MET, MarkValue.PARTLY}
            fancy, simple, style = SYMBOLS[MarkValue.NOT_MET if found else MarkValue.MET]
            asked.append(" (not wanted)", style="dim")
            words = "found" if found else "not found"
        shown = Text(words, style=style)
        for evidence in mark.evidence if every_quote else mark.evidence[:1]:
            shown.append(" " if len(shown) else "")
            shown.append(f'"{_short(legible(evidence.quote))}"', style="italic")
        if every_quote and mark.note:
            shown.append(f" ({legible(mark.note)})", style="dim")
        table.add_row(Text(encodable(console, fancy, simple), style=style), asked, shown)
    return table


def waterfall_table(shortlist: Shortlist) -> Table:
    """How many people each stage left, and what it cost."""
    table = Table(title="Waterfall", title_justify="left", box=None)
    table.add_column("stage")
    table.add_column("people", justify="right")
    table.add_column("ms", justify="right")
    table.add_column("remark")
    for stage in shortlist.waterfall:
        name = stage.name if stage.round == 1 else f"{stage.name} (round {stage.round})"
        remark = stage.detail if stage.status == "ok" else f"{stage.status}: {stage.detail}"
        table.add_row(
            plain(name), "" if stage.count is None else f"{stage.count:,}", f"{stage.milliseconds:,.1f}", plain(remark)
        )
    return table


def why(candidate: Shortlisted, console: Console) -> RenderableType:
    """Everything that speaks for and against one person: every quote, and each strategy's reason."""
    parts: list[RenderableType] = [card(candidate, console), Rule(style="dim")]
    if candidate.marks:
        parts.append(marks_table(candidate.marks, console, every_quote=True))
    parts += [plain(f"{hit.strategy}, rank {hit.rank}: {hit.reason}") for hit in candidate.hits]
    return Group(*parts)


def _short(quote: str) -> str:
    return quote if len(quote) <= QUOTE_LENGTH else quote[: QUOTE_LENGTH - 3].rstrip() + "..."
