"""The second node: from the screened words to a role."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from langgraph.runtime import Runtime

from agents.nodes.screening import searchable_without_words
from agents.nodes.stages import ended
from agents.state import State, Update
from agents.understanding import NothingToSearch, Understanding, Understood
from retrieval.schema import Context, Importance, Role


@dataclass(frozen=True, kw_only=True)
class Interpreting:
    """Understands the message, or lets it edit the thread's role."""

    understanding: Understanding

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """Raises NothingToSearch where neither words, nor seeds, nor a search string say whom to look for."""
        started = perf_counter()
        understood = await self._understood(state)
        role = understood.role
        counts = [
            f"{number} {importance}"
            for importance in Importance
            if (number := sum(asked.importance is importance for asked in role.requirements()))
        ]
        stage = ended(runtime, "understand", started=started, round=1, detail=", ".join(counts))
        return {
            "role": role,
            "searched": role,
            "changes": understood.changes,
            "diff": understood.diff,
            "refused": (*state.refused, *understood.refused),
            "notes": (*state.notes, *understood.notes),
            "waterfall": (*state.waterfall, stage),
        }

    async def _understood(self, state: State) -> Understood:
        """The role, unchanged where the message adds nothing to seeds, a search string or the thread's role."""
        alone = searchable_without_words(state.context)
        unchanged = Understood(role=state.previous or Role(text=state.screened.strip()))
        if not state.screened.strip() and (alone or (state.previous and (state.refused or state.declined))):
            return unchanged
        try:
            return await self.understanding.understand(state.screened, previous=state.previous)
        except NothingToSearch as nothing:
            if alone:
                return unchanged.model_copy(update={"notes": (f"the words alone name nothing to search: {nothing}",)})
            if state.refused:
                refused = " ".join(f'"{one.words}" was refused: {one.reason}' for one in state.refused)
                raise NothingToSearch(f"{nothing} {refused}") from nothing
            raise
