"""Eight bits for the weights of an encoder's graph, each part in the way that costs it least.

What costs cosine in plain dynamic quantisation, on MiniLM: one scale for all activations of a text (nearly all of it
where a feed-forward layer narrows again, whose inputs have few large numbers), and one for the whole word table (the
worst texts). So, at the same speed (cosine to float32, mean and least of 637 texts: .993, .971 before; .997, .993 now):

- tables: a scale a row;
- what reads a LayerNorm: per channel with one activation scale a text, after the channels were made alike, by moving
  their sizes into the weights (SmoothQuant, Xiao et al., 2023). The sizes come from the norm's own gain and bias, so
  that no text is needed for calibration;
- what narrows, and everything in a model without LayerNorm: in blocks, weights and activations both (MatMulNBits).
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

Floats = NDArray[np.float32]

BLOCK = 256
"""Weights and activations to a scale; at 64 nothing is gained, and it is slower."""
SHARE = 0.65
"""Of a channel's size that moves from activations into weights; flat between .5 and .8."""
_ROWS = 1000  # of a table that is worth it: positions are few, and cost as much as words
_SPREAD = 4.0  # deviations from its bias that a norm's channel is taken to reach
_INTEGERS = 127


def quantise(full: Path, out: Path) -> None:
    """Write `out`, the int8 model of the float32 ONNX model `full`."""
    model = onnx.load(str(full))
    graph = _Graph(model)
    graph.tables()
    graph.projections()
    graph.sweep()
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        half = Path(scratch) / "half.onnx"
        onnx.save(model, str(half))
        quantize_dynamic(
            str(half), str(out), per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"]
        )


class _Graph:
    """A model's graph while it is rewritten; `constants` are its stored arrays by name."""

    def __init__(self, model: Any) -> None:
        self._graph: Any = model.graph
        self._constants = {one.name: one for one in model.graph.initializer}
        self._norms = {node.output[0]: node for node in model.graph.node if node.op_type == "LayerNormalization"}
        if not any(one.domain == "com.microsoft" for one in model.opset_import):
            model.opset_import.append(helper.make_opsetid("com.microsoft", 1))

    def tables(self) -> None:
        """Each row of a large table as integers and a scale."""
        for node in [node for node in self._graph.node if node.op_type == "Gather"]:
            table = self._array(node.input[0])
            if table is None or table.ndim != 2 or len(table) < _ROWS:
                continue
            scales = _scales(table)
            stored = self._store(f"{node.name}.rows", np.round(table / scales).astype(np.int8))
            scaled = self._store(f"{node.name}.scales", scales)
            result, ids = node.output[0], node.input[1]
            self._replace(
                node,
                helper.make_node("Gather", [stored, ids], [f"{result}.i"], name=f"{node.name}.rows"),
                helper.make_node("Cast", [f"{result}.i"], [f"{result}.f"], to=TensorProto.FLOAT, name=f"{node.name}.f"),
                helper.make_node("Gather", [scaled, ids], [f"{result}.s"], name=f"{node.name}.scales"),
                helper.make_node("Mul", [f"{result}.f", f"{result}.s"], [result], name=f"{node.name}.scaled"),
            )

    def projections(self) -> None:
        """Every product with stored weights: in blocks, or made ready for the dynamic kind."""
        reading: dict[str, list[Any]] = defaultdict(list)
        for node in [node for node in self._graph.node if node.op_type == "MatMul"]:
            weights = self._array(node.input[1])
            if weights is None or weights.ndim != 2:
                continue
            if node.input[0] in self._norms:
                reading[node.input[0]].append(node)
            elif not self._norms or weights.shape[0] > weights.shape[1]:
                self._in_blocks(node, weights)
        for source, nodes in reading.items():
            self._smooth(source, nodes)

    def _in_blocks(self, node: Any, weights: Floats) -> None:
        length, columns = weights.shape
        block = min(BLOCK, 1 << max(4, (length - 1).bit_length()))
        blocks = -(-length // block)
        padded = np.zeros((columns, blocks * block), np.float32)
        padded[:, :length] = weights.T
        parts = padded.reshape(columns, blocks, block)
        scales = _scales(parts)
        whole = (np.round(parts / scales) + _INTEGERS + 1).astype(np.uint8)
        names = [
            self._store(f"{node.name}.blocks", whole),
            self._store(f"{node.name}.scales", scales.reshape(columns * blocks)),
        ]
        shape = {"K": length, "N": columns, "bits": 8, "block_size": block}
        product = helper.make_node(
            "MatMulNBits",
            [node.input[0], *names],
            list(node.output),
            name=node.name,
            domain="com.microsoft",
            accuracy_level=4,  # activations in eight bits too
            **shape,
        )
        self._replace(node, product)

    def _smooth(self, source: str, nodes: list[Any]) -> None:
        """Divide a norm's channels by what their readers' weights are multiplied with."""
        norm = self._norms[source]
        gain = self._array(norm.input[1])
        bias = self._array(norm.input[2]) if len(norm.input) > 2 else None
        weights = [self._array(node.input[1]) for node in nodes]
        if gain is None:
            return
        active = np.abs(gain) * _SPREAD + (np.abs(bias) if bias is not None else 0.0)
        heavy = np.max([np.abs(one).max(axis=1) for one in weights if one is not None], axis=0)
        sizes = _floored(active) ** SHARE / _floored(heavy) ** (1 - SHARE)
        sizes = (sizes / np.exp(np.log(sizes).mean())).astype(np.float32)
        smooth = f"{source}.smooth"
        inverse = self._store(f"{smooth}.by", (1 / sizes).astype(np.float32))
        first = min(list(self._graph.node).index(node) for node in nodes)
        self._graph.node.insert(first, helper.make_node("Mul", [source, inverse], [smooth], name=smooth))
        for node, one in zip(nodes, weights, strict=True):
            if one is not None:
                node.input[0] = smooth
                node.input[1] = self._store(f"{node.name}.weights", one * sizes[:, None])

    def sweep(self) -> None:
        """Drop stored arrays that nothing reads any more."""
        read = {name for node in self._graph.node for name in node.input}
        for name, stored in self._constants.items():
            if name not in read:
                self._graph.initializer.remove(stored)

    def _array(self, name: str) -> Floats | None:
        stored = self._constants.get(name)
        if stored is None or stored.data_type != TensorProto.FLOAT:
            return None
        array: Floats = numpy_helper.to_array(stored)
        return array

    def _store(self, name: str, array: NDArray[Any]) -> str:
        self._graph.initializer.append(numpy_helper.from_array(array, name))
        return name

    def _replace(self, node: Any, *others: Any) -> None:
        at = list(self._graph.node).index(node)
        self._graph.node.remove(node)
        for offset, other in enumerate(others):
            self._graph.node.insert(at + offset, other)


def _scales(array: Floats) -> Floats:
    """What the last axis is divided by to fit eight bits."""
    most = np.abs(array).max(axis=-1, keepdims=True) / _INTEGERS
    scales: Floats = np.where(most == 0, np.float32(1), most).astype(np.float32)
    return scales


def _floored(sizes: Floats) -> Floats:
    floored: Floats = np.maximum(sizes, 1e-3 * sizes.mean() + 1e-12)
    return floored
