"""What training a large decoder-only base takes, on paper: bytes a GPU and hours, from its shape alone.

Counted are the things that grow with the model or the batch; the allocator's fragments, CUDA's own context and NCCL's
buffers (3 to 6 GB together) are not, so leave a tenth of the GPU free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

BF16, FP32 = 2, 4


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A decoder without its language head (an embedder has none), in the words of its config.json."""

    layers: int
    width: int
    heads: int
    key_value_heads: int
    head_width: int
    inner: int
    vocabulary: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """From the entries of config.json of a Qwen3 or Llama."""
        width, heads = config["hidden_size"], config["num_attention_heads"]
        return cls(
            layers=config["num_hidden_layers"],
            width=width,
            heads=heads,
            key_value_heads=config["num_key_value_heads"],
            head_width=config.get("head_dim") or width // heads,
            inner=config["intermediate_size"],
            vocabulary=config["vocab_size"],
        )

    @property
    def linears(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of the matrices of a layer: q, k, v, o, gate, up, down; those that LoRA adapts."""
        query, key = self.heads * self.head_width, self.key_value_heads * self.head_width
        attention = ((self.width, query), (self.width, key), (self.width, key), (query, self.width))
        return (*attention, (self.width, self.inner), (self.width, self.inner), (self.inner, self.width))

    @property
    def layer(self) -> int:
        """Parameters of a layer; norms (a millionth of it) are left out."""
        return sum(inputs * outputs for inputs, outputs in self.linears)

    @property
    def embeddings(self) -> int:
        """Parameters of the table of tokens."""
        return self.vocabulary * self.width

    @property
    def parameters(self) -> int:
        """All of them."""
        return self.layers * self.layer + self.embeddings

    def adapter(self, rank: int) -> int:
        """Parameters of LoRA at `rank` on every matrix."""
        return self.layers * rank * sum(inputs + outputs for inputs, outputs in self.linears)


QWEN3_8B = Shape(layers=36, width=4096, heads=32, key_value_heads=8, head_width=128, inner=12_288, vocabulary=151_665)
"""Qwen3-Embedding-8B: 7.57 billion parameters."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes on one GPU."""

    weights: int
    gradients: int
    optimizer: int
    gathered: int
    """What sharing out holds whole for the moment: the layer that computes, the next one, and the table of tokens."""
    activations: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(getattr(self, each.name) for each in fields(self))

    def __str__(self) -> str:
        parts = (f"{each.name} {getattr(self, each.name) / 1e9:.1f}" for each in fields(self))
        return f"{self.total / 1e9:.1f} GB = {' + '.join(parts)}"


def memory(shape: Shape, *, gpus: int, micro_tokens: int, lora_rank: int | None = None) -> Memory:
    """Bytes a GPU for one step in bfloat16 with AdamW, gradient checkpointing and gradient caching.

    `micro_tokens` run at once, as in the recipe: gradient caching makes the rest of the batch free. All weights (no
    `lora_rank`) are float32, as are gradients and both moments of AdamW: 16 bytes a parameter, shared out over GPUs.
    With adapters the base is held whole in bfloat16, and only theirs are those 16 bytes.
    """
    trained = shape.adapter(lora_rank) if lora_rank else -(-shape.parameters // gpus)
    return Memory(
        weights=trained * FP32 + (shape.parameters * BF16 if lora_rank else 0),
        gradients=trained * FP32,
        optimizer=trained * 2 * FP32,
        gathered=0 if lora_rank else (2 * shape.layer + shape.embeddings) * BF16,
        activations=_activations(shape, micro_tokens, rank=lora_rank or 0),
    )


def _activations(shape: Shape, tokens: int, *, rank: int) -> int:
    """Checkpointing keeps the input of every layer; the one that is being run again keeps what its backward needs."""
    kept = shape.layers * shape.width
    query, key = shape.heads * shape.head_width, shape.key_value_heads * shape.head_width
    attention = 2 * shape.width + 3 * query + 4 * key  # residual, norm; q and k before and after norms, v, output
    mlp = 2 * shape.width + 4 * shape.inner  # residual, norm; gate, its activation, up, their product
    adapters = len(shape.linears) * rank
    gradients = shape.width + shape.inner  # those that flow back meanwhile
    return tokens * (kept + attention + mlp + adapters + gradients) * BF16


def hours(
    shape: Shape, *, tokens: int, gpus: int, flops: float = 989e12, used: float = 0.35, lora_rank: int | None = None
) -> float:
    """Hours for `tokens` (padding included) at `used` of each GPU's `flops` (989e12: H100, dense bf16).

    Operations per token and parameter of a layer: 2 for the vectors that gradient caching computes first, 2 for the run
    that keeps a graph, 2 for what checkpointing runs again, 2 for gradients of activations and, without adapters, 2 for
    those of weights. Attention itself is left out: under 3 % at 512 tokens.
    """
    work = 8 if lora_rank else 10
    return tokens * work * shape.layers * shape.layer / (gpus * flops * used) / 3600
