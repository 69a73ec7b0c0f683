"""This process among those that train together, as `accelerate launch` started them; by itself it is the only one."""

from __future__ import annotations

import torch
from torch import Tensor

from training.muse.errors import MissingExtra


class Processes:
    """Where this process computes, and what it exchanges with the others.

    Attributes:
        number: how many there are.
        rank: this one's, from 0.
        device: the accelerator of this one, or the CPU.
    """

    def __init__(self) -> None:
        try:
            from accelerate import PartialState  # noqa: PLC0415 - seconds; only who trains pays
            from accelerate.utils import parse_flag_from_env  # noqa: PLC0415
        except ImportError:
            raise MissingExtra("training needs accelerate; run: pip install 'shortlist[train]'") from None
        # processes on CPUs find each other only where they are told that they are on CPUs
        on_cpu = parse_flag_from_env("ACCELERATE_USE_CPU") or not torch.accelerator.is_available()
        self._state = PartialState(cpu=on_cpu)
        self.number: int = self._state.num_processes
        self.rank: int = self._state.process_index
        self.device: torch.device = self._state.device

    @property
    def first(self) -> bool:
        """Whether this one writes the files."""
        return self.rank == 0

    def sum(self, tensor: Tensor) -> Tensor:
        """The sum of the tensor over all processes."""
        if self.number == 1:
            return tensor
        from accelerate.utils import reduce  # noqa: PLC0415

        total: Tensor = reduce(tensor, reduction="sum")
        return total

    def agreed(self, *, first: bool) -> bool:
        """What the first process thinks, on all."""
        if self.number == 1:
            return first
        said = self.sum(torch.tensor(int(first and self.first), device=self.device))
        return bool(said.item())

    def wait(self) -> None:
        """Until all processes are here."""
        self._state.wait_for_everyone()
