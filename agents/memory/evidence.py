"""What a recruiter did, as the learning reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.role_changes import RoleChange


@dataclass(frozen=True, kw_only=True)
class RoleSeen:
    """A role that the recruiter searched for, with whom was shown, and what they did about it.

    `key` names it (a conversation, or the text); the members are ids, oldest first.
    """

    key: str
    text: str
    liked: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    edits: tuple[RoleChange, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Family:
    """Roles near one another, the oldest first; what is learned under one is learned for all of them, and no others."""

    roles: tuple[RoleSeen, ...]

    def of(self, later: Sequence[RoleSeen]) -> Family:
        """The same family with only what `later` says was done for its roles."""
        done = {role.key: role for role in later}
        return Family(
            roles=tuple(done.get(role.key, replace(role, liked=(), passed=(), edits=())) for role in self.roles)
        )

    @property
    def key(self) -> str:
        """The key of the role that founded it."""
        return self.roles[0].key

    @property
    def liked(self) -> tuple[str, ...]:
        """Everybody liked in any of the roles."""
        return tuple(dict.fromkeys(member for role in self.roles for member in role.liked))

    @property
    def passed(self) -> tuple[str, ...]:
        """Everybody passed in any of the roles."""
        return tuple(dict.fromkeys(member for role in self.roles for member in role.passed))

    @property
    def shown(self) -> tuple[str, ...]:
        """Everybody shown for any of the roles, judged or not."""
        return tuple(dict.fromkeys(member for role in self.roles for member in role.shown))
