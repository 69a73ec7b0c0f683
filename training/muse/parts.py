"""Tensors of which every process holds a part (see `sharding`): full ones for what is written, parts of what is read.

Whatever gives full tensors is called by all processes, in the same order.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.optim import Optimizer


def is_sharded(model: nn.Module) -> bool:
    """Whether parameters are shared out."""
    return any(isinstance(parameter, DTensor) for parameter in model.parameters())


def full(tensor: Tensor) -> Tensor:
    """All of a tensor."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def part(tensor: Tensor, like: Tensor) -> Tensor:
    """This process's part of a full tensor, as `like` is shared out."""
    if not isinstance(like, DTensor):
        return tensor
    there = tensor.to(device=like.device, dtype=like.dtype)
    return distribute_tensor(there, like.device_mesh, like.placements, src_data_rank=None)


def full_weights(model: nn.Module) -> dict[str, Tensor] | None:
    """The state dict of a model that is shared out, out of the accelerator; None where it is not."""
    if not is_sharded(model):
        return None
    return {name: full(each).cpu() for name, each in model.state_dict().items()}


def full_state(optimizer: Optimizer) -> dict[str, Any]:
    """The state dict of an optimiser, out of the accelerator where it is shared out."""
    said: dict[str, Any] = optimizer.state_dict()
    state = {
        number: {name: full(each).cpu() if isinstance(each, DTensor) else each for name, each in kept.items()}
        for number, kept in said["state"].items()
    }
    return {**said, "state": state}


def parted_state(said: dict[str, Any], optimizer: Optimizer) -> dict[str, Any]:
    """A state dict as `optimizer`, whose parameters may be shared out, loads it."""
    parameters = [each for group in optimizer.param_groups for each in group["params"]]

    def fitted(value: Any, like: Tensor) -> Any:
        return part(value, like) if isinstance(value, Tensor) and value.shape == like.shape else value

    state = {
        number: {name: fitted(each, parameters[number]) for name, each in kept.items()}
        for number, kept in said["state"].items()
    }
    return {**said, "state": state}
