"""Boosted trees as ONNX, so that serving needs no training library: it loads in a tenth of the time.

Operator `TreeEnsembleRegressor` of ai.onnx.ml, version 3.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import onnx
import xgboost
from onnx import TensorProto, helper

_OPSETS = (("", 17), ("ai.onnx.ml", 3))
_IR_VERSION = 9
_SURE = 1e-6


def to_onnx(boosters: Mapping[str, xgboost.Booster], *, features: int) -> onnx.ModelProto:
    """One graph: `features` [m, f] float32, NaN for unknown, to one output [m, 1] a booster, under its name.

    Raises:
        ValueError: for a booster that is neither a regression nor a binary classification, or has categorical splits.
    """
    nodes, outputs = [], []
    for name, booster in boosters.items():
        logistic, attributes = _ensemble(booster)
        sums = f"{name}_sums" if logistic else name
        nodes.append(
            helper.make_node(
                "TreeEnsembleRegressor", ["features"], [sums], name=sums, domain="ai.onnx.ml", n_targets=1, **attributes
            )
        )
        if logistic:  # a node of its own: ONNX Runtime overlooks the operator's post_transform where the target is one
            nodes.append(helper.make_node("Sigmoid", [sums], [name], name=name))
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]))
    given = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, features])
    graph = helper.make_graph(nodes, "ranker", [given], outputs)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid(*opset) for opset in _OPSETS], producer_name="shortlist"
    )
    model.ir_version = _IR_VERSION
    onnx.checker.check_model(model)
    return model


def _ensemble(booster: xgboost.Booster) -> tuple[bool, dict[str, Any]]:
    """Whether the sums are log-odds, and the operator's attributes: nodes of all trees, leaves, what they add to."""
    learner = json.loads(booster.save_config())["learner"]
    objective = learner["objective"]["name"]
    base = float(learner["learner_model_param"]["base_score"].strip("[]"))
    logistic = objective == "binary:logistic"
    if logistic:
        base = min(max(base, _SURE), 1 - _SURE)  # 0 or 1 where all labels were alike
        base = math.log(base / (1 - base))
    elif objective != "reg:squarederror":
        raise ValueError(f"only regression and binary classification can be exported, not {objective}")
    nodes: dict[str, list[Any]] = {
        key: []
        for key in ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids", "missing")
    }
    leaves: list[tuple[int, int, float]] = []
    for tree, dump in enumerate(booster.get_dump(dump_format="json")):
        waiting = [json.loads(dump)]
        while waiting:
            node = waiting.pop()
            leaf = "leaf" in node
            if leaf:
                leaves.append((tree, node["nodeid"], float(node["leaf"])))
            elif not isinstance(node["split_condition"], int | float):
                raise ValueError("categorical splits cannot be exported")
            waiting += node.get("children", [])
            nodes["treeids"].append(tree)
            nodes["nodeids"].append(node["nodeid"])
            nodes["featureids"].append(0 if leaf else _feature(booster, node["split"]))
            nodes["modes"].append("LEAF" if leaf else "BRANCH_LT")
            nodes["values"].append(0.0 if leaf else float(node["split_condition"]))
            nodes["truenodeids"].append(0 if leaf else node["yes"])
            nodes["falsenodeids"].append(0 if leaf else node["no"])
            nodes["missing"].append(0 if leaf else int(node["missing"] == node["yes"]))
    missing = nodes.pop("missing")
    return logistic, {
        **{f"nodes_{key}": values for key, values in nodes.items()},
        "nodes_missing_value_tracks_true": missing,
        "target_treeids": [tree for tree, _, _ in leaves],
        "target_nodeids": [node for _, node, _ in leaves],
        "target_ids": [0] * len(leaves),
        "target_weights": [weight for _, _, weight in leaves],
        "base_values": [base],
    }


def _feature(booster: xgboost.Booster, name: str) -> int:
    return booster.feature_names.index(name) if booster.feature_names else int(name.removeprefix("f"))
