"""Who is who: one member, one profile, however often and in however many files it comes.

Memory: one entry a member (its id, a number, a time), about 250 bytes; the profiles themselves pass one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Somebody's record, by its place in the order of reading."""

    ordinal: int
    member_id: str
    updated_at: datetime | None = None


@dataclass(kw_only=True)
class Resolution:
    """Which record speaks for a member that has several: ordinals that lost, and the ids they lost for."""

    lost: set[int] = field(default_factory=set)
    contested: set[str] = field(default_factory=set)


def resolve_duplicates(claims: Iterable[Claim]) -> Resolution:
    """Pick one record a member: the newer `updated_at`, else (equal, or either unknown) the later record."""
    resolution = Resolution()
    holder: dict[str, tuple[int, datetime | None]] = {}
    for claim in claims:
        held = holder.get(claim.member_id)
        if held is not None:
            resolution.contested.add(claim.member_id)
            ordinal, updated_at = held
            if claim.updated_at and updated_at and claim.updated_at < updated_at:
                resolution.lost.add(claim.ordinal)
                continue
            resolution.lost.add(ordinal)
        holder[claim.member_id] = (claim.ordinal, claim.updated_at)
    return resolution
