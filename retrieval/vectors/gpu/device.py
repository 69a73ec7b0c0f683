"""Which device searches, and by which passes."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import torch

from retrieval.vectors.gpu.passes import Passes
from retrieval.vectors.gpu.torch_passes import TorchPasses

PassesName = Literal["torch", "triton"]


def device_named(name: str | None) -> torch.device:
    """The device called `name` (cuda, cuda:1, cpu); the first card where None and there is one, else the processor.

    Raises: ValueError where there is no such device.
    """
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"there is no device called {name!r}; give cuda, cuda:1 or cpu") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ValueError(
            f"there is no device {name}: torch sees {torch.cuda.device_count()} cards "
            "(torch needs its CUDA build and the machine a driver; device='cpu' works anywhere)"
        )
    return device


def current(device: torch.device) -> AbstractContextManager[None]:
    """Makes a card the current one, which is where Triton launches."""
    return torch.cuda.device(device) if device.type == "cuda" else nullcontext()


def passes_for(device: torch.device, name: PassesName | None) -> Passes:
    """The passes called `name`; where None, Triton's on CUDA or under its interpreter if it is there, else torch's.

    Raises: ImportError where Triton was asked for and is missing, ValueError where it cannot run on `device`.
    """
    runs = device.type == "cuda" or os.environ.get("TRITON_INTERPRET") == "1"
    if name == "torch" or (name is None and not runs):
        return TorchPasses(bytes_multiplied=device.type == "cuda")
    if not runs:
        raise ValueError(
            f"Triton's kernels do not run on {device}; take passes='torch', or set TRITON_INTERPRET=1 to test"
        )
    try:
        # Triton is no dependency of the other passes, and decides at its import whether it interprets
        from retrieval.vectors.gpu.triton_passes import TritonPasses  # noqa: PLC0415
    except ImportError as error:
        if name is None:
            return TorchPasses(bytes_multiplied=device.type == "cuda")
        raise ImportError("Triton is missing; install it with: pip install 'shortlist[gpu]'") from error
    return TritonPasses()
