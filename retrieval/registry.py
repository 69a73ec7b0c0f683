"""Which retrievers there are. Ours and outsiders' come through one door: the entry-point group `shortlist.retrievers`.

An entry point names a factory, `create(snapshot) -> Retriever`; the retriever's `name` is the entry point's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points

from retrieval.retriever import Retriever
from retrieval.snapshot import Snapshot

GROUP = "shortlist.retrievers"
HOUSE = "shortlist"
"""The distribution whose names outsiders cannot take."""

Create = Callable[[Snapshot], Retriever]

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One entry point of the group; `why_not` says, where it is not available, what is wrong and what to do."""

    name: str
    distribution: str
    version: str
    available: bool
    why_not: str | None = None


def listing() -> list[Listing]:
    """Every retriever that is installed, by name; a broken one is listed with its error. Needs no snapshot."""
    return [listed for listed, _ in _all()]


def load(
    snapshot: Snapshot,
    *,
    only: Iterable[str] | None = None,
    on_problem: Callable[[Listing], None] | None = None,
) -> dict[str, Retriever]:
    """Every retriever that works over `snapshot`, by name; `only` picks some of them.

    One that cannot be imported or created is left out: `on_problem` is told, or, where it is None, the log.

    Raises:
        ValueError: where `only` names a retriever that is not installed.
    """
    installed = _all()
    names = {listed.name for listed, _ in installed}
    wanted = names if only is None else set(only)
    if missing := sorted(wanted - names):
        raise ValueError(f"no retriever is named {', '.join(missing)}; installed are {', '.join(sorted(names))}")
    loaded: dict[str, Retriever] = {}
    for listed, create in installed:
        if listed.name not in wanted:
            continue
        made = _create(listed, create, snapshot)
        if isinstance(made, Retriever):
            loaded[listed.name] = made
        else:
            (on_problem or _to_log)(made)
    return loaded


def _all() -> list[tuple[Listing, Create | None]]:
    """Each entry point, imported; of several with one name ours comes first, then by distribution."""
    found = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, _owner(entry)[0] != HOUSE, _owner(entry)))
    taken: dict[str, str] = {}
    listed = []
    for entry in found:
        distribution, version = _owner(entry)
        create: Create | None = None
        if entry.name in taken:
            why_not: str | None = f"the name is taken by {taken[entry.name]}; rename the entry point"
        else:
            create, why_not = _import(entry)
            taken[entry.name] = distribution
        about = Listing(
            name=entry.name,
            distribution=distribution,
            version=version,
            available=create is not None,
            why_not=why_not,
        )
        listed.append((about, create))
    return listed


def _owner(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "")


def _import(entry: EntryPoint) -> tuple[Create | None, str | None]:
    try:
        create = entry.load()
    except (Exception, SystemExit) as error:  # An outsider's module may fail in any way when imported.
        return None, f"importing {entry.value} failed: {_told(error)}"
    if not callable(create):
        return None, f"{entry.value} is not a factory create(snapshot)"
    return create, None


def _create(listed: Listing, create: Create | None, snapshot: Snapshot) -> Retriever | Listing:
    """The retriever, or its listing with the reason why there is none."""
    if create is None:
        return listed
    try:
        made = create(snapshot)
    except (Exception, SystemExit) as error:  # As above.
        return _broken(listed, f"its factory failed: {_told(error)}")
    if not isinstance(made, Retriever):
        return _broken(listed, f"its factory made a {type(made).__name__}, which has no name or no retrieve()")
    if made.name != listed.name:
        return _broken(listed, f"its name is {made.name!r}, not the entry point's {listed.name!r}")
    return made


def _broken(listed: Listing, why_not: str) -> Listing:
    return replace(listed, available=False, why_not=why_not)


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _to_log(listed: Listing) -> None:
    log.warning("retriever %s of %s is left out: %s", listed.name, listed.distribution, listed.why_not)
