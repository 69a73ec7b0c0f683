"""Where things lie in a workspace, and opening one for a search."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agents.memory import Ledger

if TYPE_CHECKING:
    from agents.sourcing import Sourcing
    from assistant.settings import Settings
    from retrieval.snapshot import Snapshot


def ledger(workspace: Path, snapshot: Snapshot | None = None) -> Ledger:
    """What recruiters did and what was learned of them; with a snapshot it learns anew where something was done."""
    return Ledger(workspace / "memory.sqlite", snapshot=snapshot)


def threads(workspace: Path) -> Path:
    """File of the checkpointed conversations."""
    return workspace / "threads.sqlite"


def trajectories(workspace: Path) -> Path:
    """Folder of what searches did, by day."""
    return workspace / "trajectories"


def greeting(settings: Settings) -> str:
    """How many people are searched, and whether they are invented; raises what opening the snapshot would."""
    from retrieval.snapshot import Snapshot

    snapshot = Snapshot.open(settings.workspace, encoder=settings.text_encoder)
    people = "person" if snapshot.count == 1 else "people"
    invented = f", {'all' if snapshot.synthetic == snapshot.count else f'{snapshot.synthetic:,}'} of them invented"
    return f"Searching {snapshot.count:,} {people}{invented if snapshot.synthetic else ''}."


def open_workspace(settings: Settings, *, only: tuple[str, ...] = (), remember: bool = False) -> Sourcing:
    """Everything a search needs. `only` names the strategies to run; `remember` keeps threads on disk.

    Raises:
        UnknownStrategy: where `only` names one that is not installed.
    """
    # The search loads its engines and models; nothing else in this module needs them.
    from agents.opening import open_sourcing

    sourcing = open_sourcing(
        settings.workspace,
        limits=settings.limits,
        checkpoints=threads(settings.workspace) if remember else None,
        models=settings.models,
        trajectories=trajectories(settings.workspace) if settings.trajectories else None,
        encoder=settings.text_encoder,
    )
    if only:
        unknown = sorted(set(only) - set(sourcing.retrievers))
        if unknown:
            there = ", ".join(sorted(sourcing.retrievers))
            raise UnknownStrategy(f"no strategy is called {', '.join(unknown)}; there are {there}")
        kept = {name: retriever for name, retriever in sourcing.retrievers.items() if name in only}
        sourcing = replace(sourcing, retrievers=kept)
    return sourcing


class UnknownStrategy(ValueError):
    """A strategy that is not installed."""
