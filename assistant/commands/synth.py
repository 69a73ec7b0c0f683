"""`shortlist synth`: an invented population."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption

EXAMPLE = "shortlist synth --size 1000 --seed 7 --out people/"


def command(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to; it is made.")],
    size: Annotated[int, typer.Option("--size", min=1, metavar="N", help="How many people.")] = 5000,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="The same seed invents the same people.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Invent a population and write it as Parquet, with the truth about it in a folder of its own."""
    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from offline.synthetic import write

    with meter() as advance:
        written = write(out, size=size, seed=seed, progress=lambda done: advance("inventing people", done, size))
    if as_json:
        print_json(
            {
                "synthetic": True,
                "size": written.size,
                "seed": written.seed,
                "seconds": written.seconds,
                "profiles": [str(path) for path in written.profiles],
                "truth": [str(path) for path in written.truth],
            }
        )
        return
    rate = written.size / max(written.seconds, 1e-9)
    stdout().print(
        f"Invented {written.size:,} people in {written.seconds:.1f} s ({rate:,.0f} a second) in {out}\n"
        f"They are synthetic; the truth about them is in {out / 'truth'}. Next: shortlist index {out}",
        markup=False,
    )
