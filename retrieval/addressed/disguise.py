"""Text in disguise: characters that people do not see, letters of one alphabet among another's, encoded text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from retrieval.addressed.letters import LOOKALIKES

Range = tuple[int, int]

_INSIDE = "\u00ad\u200b\u200c\u200d\u2060-\u2064\u180e\ufeff\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_GAPS = 4  # invisible signs inside ASCII words of one line, from which they were put there; conversions leave one
_RUN = 5  # invisible signs in a row
_UNSEEN = re.compile(
    "[\U000e0001-\U000e007f\u202d\u202e\ufff9-\ufffb]"  # tags, overrides of direction, annotations
    "|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}"  # selectors in a row carry data
    f"|[{_INSIDE}]{{{_RUN},}}"
)
_GAP = re.compile(f"(?<=[A-Za-z])[{_INSIDE}]+(?=[A-Za-z])")
# From Cyrillic and Greek alone: Latin letters with signs on them are other languages' own.
_CYRILLIC = "".join(letter for letter in LOOKALIKES if "\u0400" <= letter <= "\u04ff" or "\u0500" <= letter <= "\u052f")
_MIXED = re.compile(rf"[A-Za-z][{_CYRILLIC}{_CYRILLIC.upper()}]|[{_CYRILLIC}{_CYRILLIC.upper()}][A-Za-z]")
_ENCODED = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:(?:0x|\\x|%|&#x)?[0-9A-Fa-f]{2}[ :;]?){16,}")
_SPACED = re.compile(r"(?<!\S)(?:[^\W_][ .*_-]{1,6}){11,}[^\W_](?!\S)")
_LEET = re.compile(r"(?<!\w)(?=\w*[a-z])(?=\w*[0134578])[a-z0134578]{2,}(?!\w)", re.IGNORECASE)
_MANY_LEET = 4  # words with digits for letters, from which a line is in disguise, where they are a third of it
_SAYS = re.compile(r"[ -~\n\t]*[a-zA-Z]{2,}[ -~\n\t]*[ .,:\n][ -~\n\t]*")
_REPEATED = 5000  # characters of a line, from which it may not say the same few words over and over
_WORDS = 50.0  # times a word stands in such a line on average


def disguised(text: str) -> Iterator[Range]:
    """Ranges of `text` that say something to programs only; what shares their line is not to be trusted either."""
    if not text.isascii():
        yield from (found.span() for found in _UNSEEN.finditer(text))
        yield from (found.span() for found in _MIXED.finditer(text))
        yield from _gapped(text)
    for found in _ENCODED.finditer(text):
        if _decodes(found.group()):
            yield found.span()
    for found in _HEX.finditer(text):
        if _hex_decodes(found.group()):
            yield found.span()
    yield from (found.span() for found in _SPACED.finditer(text))
    yield from _lines(text)


def _gapped(text: str) -> Iterator[Range]:
    position = 0
    for line in text.splitlines(keepends=True):
        if sum(1 for _ in _GAP.finditer(line)) >= _GAPS:
            yield position, position + len(line)
        position += len(line)


def _decodes(run: str) -> bool:
    """Whether a run of base 64 is a text of several words."""
    if run.isalpha() and (run.islower() or run.isupper() or run.istitle()):
        return False
    plain = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        decoded = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return _says(decoded)


def _hex_decodes(run: str) -> bool:
    return _says(bytes.fromhex("".join(re.findall(r"[0-9A-Fa-f]{2}(?=\W|$|[0-9A-Fa-f%\\&])", run.replace("0x", " ")))))


def _says(decoded: bytes) -> bool:
    try:
        return _SAYS.fullmatch(decoded.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False


def _lines(text: str) -> Iterator[Range]:
    """Long lines that say the same few words over and over, and lines of words with digits for letters."""
    position = 0
    for line in text.splitlines(keepends=True):
        repeats = False
        if len(line) >= _REPEATED:
            said = line.lower().split()
            repeats = not said or len(said) / len(set(said)) >= _WORDS
        digits = [word for word in _LEET.findall(line) if _within(word)]
        if repeats or (len(digits) >= _MANY_LEET and 3 * len(digits) >= line.count(" ") + 1):
            yield position, position + len(line)
        position += len(line)


def _within(word: str) -> bool:
    """Whether digits stand between letters, or before most of them, as no year, size or grade does."""
    return re.search(r"[a-z]\d+[a-z]|^\d[a-z]\w*\d|^\d[a-z]{3}", word, re.IGNORECASE) is not None
