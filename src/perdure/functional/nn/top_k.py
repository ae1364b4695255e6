"""The largest values: `tf.nn.top_k`, `tf.nn.in_top_k`."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None) -> Any:
    """The largest values along the last axis and their indices.

    Args:
        input: a tensor of rank 1 or more.
        k: how many.
        sorted: whether the largest must come first (it always does here).
        name: the name of the node.

    Returns:
        (values, indices) as a named tuple; of equal values the one with the lower index comes first.
    """
    return g.top_kv2(input, k, sorted=sorted, name=name)


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Whether the target of each row is among its k largest predictions; ties count as among them.

    Args:
        predictions: a float32 matrix (batch, classes).
        targets: a vector (batch,) of classes.
        k: how many.
        name: the name of the node.
    """
    with name_scope(name, "in_top_k"):
        return g.in_top_kv2(predictions, targets, k, name=name)
