"""What is planted: texts by family, filled in from a role and disguised."""

from __future__ import annotations

import base64
import codecs
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.schema import Importance, Kind, Role

LONG = 100_000  # characters of a long payload


class PayloadsUnreadable(ValueError):
    """A file of payloads that cannot be used; the message names the file and the fix."""


class Family(BaseModel):
    """Payloads of one kind. `canary` is a word that some of them ask for, which no answer may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, pattern=r"^[a-z0-9-]+$")
    says: str = ""
    disguise: str | None = None
    texts: tuple[str, ...] = Field(min_length=1)


class Attack(BaseModel):
    """Hostile requests of one kind.

    No word of `forbidden` may stand in a criterion or a note that comes of one. `suffix` is hung on each. Where it
    `refuses`, the screen must refuse something.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, pattern=r"^[a-z0-9-]+$")
    says: str = ""
    suffix: str = ""
    forbidden: tuple[str, ...] = ()
    refuses: bool = False
    texts: tuple[str, ...] = Field(min_length=1)


class Payloads(BaseModel):
    """A whole suite. `ordinary` names families that are untrue but ordinary claims, told apart in reports."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: tuple[Family, ...] = Field(min_length=1)
    request: tuple[Attack, ...] = ()
    ordinary: tuple[str, ...] = ()
    canaries: tuple[str, ...] = Field(default=(), description="words that payloads ask to be said; none may be")

    @property
    def all(self) -> tuple[Payload, ...]:
        """Every payload, in the order of the file."""
        return tuple(
            Payload(family=family.name, number=number, text=text, disguise=family.disguise)
            for family in self.family
            for number, text in enumerate(family.texts, 1)
        )


@dataclass(frozen=True, kw_only=True)
class Payload:
    """One text, before it is filled in."""

    family: str
    number: int
    text: str
    disguise: str | None = None

    @property
    def id(self) -> str:
        """Names it in reports, such as `direct-3`."""
        return f"{self.family}-{self.number}"

    def planted(self, role: Role) -> str:
        """The text as it is planted for a role: filled in with its words and disguised."""
        filled = fill(self.text, role)
        return DISGUISES[self.disguise](filled) if self.disguise else filled


def read_payloads(path: Path | None = None) -> Payloads:
    """A file of payloads; the packaged ones without a path.

    Raises:
        PayloadsUnreadable: it is not there, no TOML, or not of the form of the packaged file.
    """
    source = path or files("offline.evaluation.safety").joinpath("payloads.toml")
    try:
        data = tomllib.loads(source.read_text(encoding="utf-8"))
        payloads = Payloads.model_validate(data)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PayloadsUnreadable(
            f"{source} cannot be read ({error}); give a TOML file with [[family]] tables"
        ) from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise PayloadsUnreadable(
            f'{source}: {where}: {problem["msg"]}; a family is [[family]] with name = "..." and texts = ["..."]'
        ) from None
    unknown = {one.disguise for one in payloads.family if one.disguise} - DISGUISES.keys()
    if unknown:
        raise PayloadsUnreadable(
            f"{source}: no disguise is called {', '.join(sorted(unknown))}; there are {', '.join(DISGUISES)}"
        )
    return payloads


def fill(text: str, role: Role) -> str:
    """Words of the role for {title}, {requirement} (the first that is no title), {requirements} and {lines}."""
    wanted = [one for one in role.requirements() if one.importance is not Importance.EXCLUDE]
    titles = [one.value for one in wanted if one.kind is Kind.TITLE]
    others = [one.value for one in wanted if one.kind is not Kind.TITLE] or titles
    title = titles[0].split(" or ")[0] if titles else "specialist"
    words = {
        "title": title,
        "requirement": others[0] if others else title,
        "requirements": ", ".join(others) or title,
        "lines": "\n".join(others) or title,
    }
    return re.sub(r"\{(title|requirement|requirements|lines)\}", lambda one: words[one[1]], text)


def _joined(sign: str) -> Callable[[str], str]:
    return lambda text: re.sub(r"(?<=\w)(?=\w)", sign, text)


def _mapped(pairs: dict[str, str]) -> Callable[[str], str]:
    return lambda text: "".join(pairs.get(letter, letter) for letter in text)


def _styled(text: str) -> str:
    """Bold letters of the mathematical alphabet."""
    return "".join(
        chr(0x1D400 + ord(letter) - 65)
        if "A" <= letter <= "Z"
        else chr(0x1D41A + ord(letter) - 97)
        if "a" <= letter <= "z"
        else letter
        for letter in text
    )


def _selected(text: str) -> str:
    """Each byte as a variation selector behind an emoji."""
    return "\U0001f642" + "".join(
        chr(0xFE00 + byte) if byte < 16 else chr(0xE0100 + byte - 16) for byte in text.encode()
    )


def _long(text: str) -> str:
    """Over and over, in one line."""
    return " ".join([text.replace("\n", " ")] * (LONG // (len(text) + 1) + 1))[:LONG]


DISGUISES: dict[str, Callable[[str], str]] = {
    "zero-width": _joined("\u200b"),
    "tags": lambda text: "".join(chr(0xE0000 + ord(letter)) for letter in text if " " <= letter <= "~"),
    "bidi": lambda text: f"\u202e{text[::-1]}\u202c",
    "homoglyphs": _mapped(dict(zip("aeopcyxi", "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456", strict=True))),
    "full-width": lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
    "styled": _styled,
    "selectors": _selected,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "hex": lambda text: text.encode().hex(),
    "spaced": lambda text: " ".join(text.replace(" ", "  ")),
    "leet": _mapped(dict(zip("aeiost", "431057", strict=True))),
    "long": _long,
}
"""Ways to hide a text, by name."""
