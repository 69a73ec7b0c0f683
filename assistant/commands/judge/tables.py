"""A comparison of judges on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assistant.console import plain
from offline.evaluation.agreement.comparison import Comparison, SetResult, SetSummary, SystemResult
from offline.evaluation.agreement.disagreements import Disagreement
from offline.evaluation.agreement.figures import Figures
from offline.evaluation.agreement.resampling import Estimate

MORE = {"error": "off by", "exact": "same", "within_one": "within 1"}


def show(comparison: Comparison, console: Console) -> None:
    """Print everything, set by set, then the pairs worth reading."""
    numbers = {one.name: number for number, one in enumerate(comparison.systems, 1)}
    if len(numbers) > 1:
        for name, number in numbers.items():
            console.print(plain(f"{number}  {name}"))
        console.print()
    for pairs in comparison.sets:
        console.print(_heading(pairs))
        results = [(one, result) for one in comparison.systems for result in one.results if result.pairs == pairs.name]
        console.print(_agreement(results, numbers))
        console.print(_cost(results, numbers))
        for renderable in _more(results, numbers):
            console.print(renderable)
        for difference in comparison.differences:
            if difference.pairs == pairs.name and difference.kappa.value is not None:
                clear = "" if difference.clear else ": no clear difference"
                console.print(
                    plain(
                        f"kappa of {numbers[difference.system]} less that of {numbers[difference.baseline]}: "
                        f"{interval(difference.kappa, signed=True)} on {difference.both:,} pairs{clear}"
                    )
                )
        console.print()
    for disagreement in comparison.disagreements:
        _disagreement(disagreement, console, number=numbers[disagreement.system] if len(numbers) > 1 else None)
    for note in comparison.notes:
        console.print(plain(f"- {note}"))


def interval(one: Estimate, *, signed: bool = False) -> str:
    """`.58 [.54, .63]`, or a dash where there is none."""
    if one.value is None:
        return "-"
    sign = "+" if signed else ""
    inner = "" if one.low is None or one.high is None else f" [{one.low:{sign}.2f}, {one.high:{sign}.2f}]"
    return f"{one.value:{sign}.3f}{inner}"


def _heading(pairs: SetSummary) -> Text:
    raters = f" by {pairs.raters} raters" if pairs.raters else ""
    return plain(
        f"{pairs.name}: {pairs.requests} requests, {pairs.scores:,} scores on {pairs.scale}{raters}", style="bold"
    )


def _agreement(results: Sequence[tuple[SystemResult, SetResult]], numbers: dict[str, int]) -> Table:
    table = Table(box=None)
    for heading in ("", "pairs", "kappa", "kappa, fitted", "Spearman", *MORE.values()):
        table.add_column(heading, justify="left" if not heading else "right")
    for system, result in results:
        known = result.figures
        label = str(numbers[system.name]) if len(numbers) > 1 else ""
        if known is None:
            table.add_row(label, "0")
            continue
        shares = [f"{estimate.value:.2f}" for name in MORE if (estimate := getattr(known, name)).value is not None]
        estimates = [Text(interval(one)) for one in (known.kappa, known.fitted, known.spearman)]
        table.add_row(label, f"{known.pairs:,}", *estimates, *shares)
    return table


def _cost(results: Sequence[tuple[SystemResult, SetResult]], numbers: dict[str, int]) -> Table:
    table = Table(box=None)
    for heading in ("", "tokens in", "out", "money", "s a pair", "95 %", "failed"):
        table.add_column(heading, justify="left" if not heading else "right")
    for system, result in results:
        spent = result.spending
        money = "?" if spent.money is None else f"{spent.money:,.2f}"
        seconds = [f"{value:.3f}" if value is not None else "-" for value in (spent.seconds_median, spent.seconds_p95)]
        table.add_row(
            str(numbers[system.name]) if len(numbers) > 1 else "",
            f"{spent.input_tokens:,}",
            f"{spent.output_tokens:,}",
            money,
            *seconds,
            f"{sum(result.failures.values()):,}",
        )
    return table


def _more(results: Sequence[tuple[SystemResult, SetResult]], numbers: dict[str, int]) -> Iterator[RenderableType]:
    tables = []
    for system, result in results:
        number = f"{numbers[system.name]}: " if len(numbers) > 1 else ""
        known = result.figures
        if known is not None:
            tables.append(_confusion(known, number.removesuffix(": ")))
            if known.raters:
                yield plain(f"{number}{_raters(known)}")
            for one in known.dimensions:
                unsaid = f", nothing said of {one.unsaid:,} more" if one.unsaid else ""
                yield Text(f"{number}{one.dimension}: kappa {interval(one.kappa)} on {one.pairs:,} pairs{unsaid}")
        for reason, count in result.failures.items():
            yield plain(f"{number}{count:,} failed: {reason}")
        if result.stopped:
            yield plain(f"{number}stopped early: {result.stopped}")
    if tables:
        yield plain("grades, people down and judge across:")
        yield Columns(tables, padding=(0, 4))


def _raters(known: Figures) -> str:
    kappas = [one.kappa for one in known.raters if one.kappa is not None]
    biases = [one.bias for one in known.raters]
    across = (
        f"kappa by rater: median {median(kappas):.2f}, from {min(kappas):.2f} to {max(kappas):.2f}; " if kappas else ""
    )
    return f"{across}the judge's grade less the rater's: from {min(biases):+.1f} to {max(biases):+.1f}"


def _confusion(known: Figures, title: str) -> Table:
    table = Table(box=None, title=title or None, title_justify="left", title_style="")
    table.add_column("", style="bold")
    for grade in range(len(known.confusion)):
        table.add_column(str(grade), justify="right")
    for grade, row in enumerate(known.confusion):
        table.add_row(str(grade), *(f"{count:,}" for count in row))
    return table


def _disagreement(one: Disagreement, console: Console, *, number: int | None) -> None:
    by = f"{number}: " if number is not None else ""
    rater = f" (rater {one.rater})" if one.rater else ""
    console.print(
        plain(
            f"{by}{one.pairs} {one.qid}, {one.member_id}: people {one.human}{rater}, judge {one.judge} "
            f"(confidence {one.confidence:.2f})",
            style="bold",
        )
    )
    console.print(_indented(one.request))
    for part in one.parts:
        if part not in one.unsaid:
            said = "; ".join(f'"{quote}"' for quote in part.quotes) or part.note
            console.print(
                _indented(f"{'-' if part.grade is None else part.grade} {part.importance} {part.value}: {said}")
            )
    if one.unsaid:
        console.print(_indented(f"- not said: {', '.join(part.value for part in one.unsaid)}"))
    console.print()


def _indented(text: str) -> Padding:
    """Untrusted text, two spaces in."""
    return Padding(plain(text), (0, 0, 0, 2))
