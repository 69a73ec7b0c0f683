"""`shortlist encode`: texts to vectors, with the encoder that searches use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption

EXAMPLE = "shortlist encode --side role --width 192 --out vectors.npy titles.txt"


class SideOption(StrEnum):
    """What the texts are."""

    ROLE = "role"
    PROFILE = "profile"


def command(
    side: Annotated[
        SideOption, typer.Option("--side", help="role: something asked for; profile: something said of a person.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.npy", help="Where the vectors go, a row a line.")],
    source: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Texts, one a line; standard input where not given.")
    ] = None,
    width: Annotated[
        int | None, typer.Option("--width", metavar="N", help="Numbers a vector: one of the encoder's levels.")
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", metavar="DIR", envvar="SHORTLIST_ENCODER", help="Weights other than the packaged."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url", metavar="URL", envvar="SHORTLIST_ENCODER_URL", help="A server that runs them: NAME@http://host/v1."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Encode lines of text into a numpy file; a blank line keeps its row, with the vector of an empty text."""
    from assistant.console import print_json, stdout
    from assistant.encoding import encode_lines, lines
    from assistant.progress import meter
    from assistant.settings import read_settings
    from retrieval.encoder import WEIGHTS, EncoderManifest, WidthRefused, open_encoder
    from retrieval.encoder.levels import chosen

    settings = read_settings(encoder=weights, encoder_url=url)
    try:
        numbers = chosen(width, EncoderManifest.read(settings.encoder or WEIGHTS).levels)
    except WidthRefused as error:
        raise typer.BadParameter(str(error), param_hint="--width") from None
    encoder = open_encoder(settings.encoder, settings.encoder_server)
    with _opened(source) as (file, total), meter() as advance:
        encoded = encode_lines(
            lines(file),
            encoder=encoder,
            side=side.value,
            width=numbers,
            out=out,
            progress=lambda done: advance("texts", done, total),
        )
    if as_json:
        print_json(encoded.model_dump(mode="json"))
        return
    stdout().print(
        f"{encoded.count:,} texts of the side {encoded.side} are in {out}, {encoded.width} numbers each, by "
        f"{encoded.encoder}; {encoded.texts_per_second:,.1f} a second.",
        markup=False,
    )


@contextmanager
def _opened(source: Path | None) -> Iterator[tuple[Iterator[bytes], int | None]]:
    """Lines as they come, and how many there are where that can be known before."""
    if source is None:
        given = getattr(sys.stdin, "buffer", None)
        yield iter(given if given is not None else (line.encode() for line in sys.stdin)), None
        return
    total = None
    if source.is_file():
        with source.open("rb") as file:
            total = sum(1 for _ in file)
    with source.open("rb") as file:
        yield iter(file), total
