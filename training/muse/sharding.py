"""A base that does not fit an accelerator whole: its weights, gradients and optimiser shared out among the processes.

FSDP2 (Zhao et al., 2023, arXiv:2304.11277): a layer is gathered when it runs and let go after. Every process therefore
runs as many micro-batches as the others, see `gradient_cache`.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard

from training.muse.errors import ModelMismatch
from training.muse.model import Muse
from training.muse.processes import Processes


def shard(model: Muse, processes: Processes) -> None:
    """Leave this process its part of every parameter; nothing to do where it is alone.

    Raises: ModelMismatch for adapters, which are for bases that fit whole.
    """
    if model.recipe.lora is not None:
        raise ModelMismatch("sharded is for training all weights: set lora=none, or sharded=false")
    if processes.number == 1:
        return
    lower = model.recipe.precision == "bfloat16"
    policy = MixedPrecisionPolicy(param_dtype=torch.bfloat16 if lower else None, reduce_dtype=torch.float32)
    mesh = init_device_mesh(processes.device.type, (processes.number,))
    for module in (*_layers(model), model.transformer):
        shared: FSDPModule = fully_shard(module, mesh=mesh, mp_policy=policy)
        # the loss is that of the whole batch, so what processes find adds up; by default it is averaged
        shared.set_gradient_divide_factor(1.0)
        shared.set_force_sum_reduction_for_comms(enable=True)


def _layers(model: Muse) -> nn.ModuleList:
    for module in model.transformer.modules():
        if isinstance(module, nn.ModuleList) and len(module) == model.layers:
            return module
    raise ModelMismatch(f"the layers of {model.recipe.base} are not where they can be shared out; set sharded=false")
