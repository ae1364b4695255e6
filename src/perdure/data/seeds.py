"""The seeds of datasets, as tensors."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.gathering import where
from perdure.functional.math.binary import equal, logical_and
from perdure.functional.random.random import DEFAULT_GRAPH_SEED
from perdure.functional.random.random import get_seed as get_graph_seed
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_default_graph, name_scope
from perdure.graph.dtypes import int64
from perdure.graph.tensor import is_tensor_like


def get_seed(seed: Any) -> tuple[Any, Any]:
    """The two seeds of a dataset, int64 scalars, of the graph's seed and its own; zeros if there is neither.

    Args:
        seed: an integer, a tensor, or None.
    """
    seed2: Any
    if is_tensor_like(seed):
        largest = 2**31 - 1
        graph_seed = get_default_graph().seed
        seed, seed2 = DEFAULT_GRAPH_SEED if graph_seed is None else graph_seed % largest, seed % largest
    else:
        seed, seed2 = get_graph_seed(seed)
    if seed is None:
        seed = constant(0, dtype=int64, name="seed")
    else:
        seed = convert_to_tensor(seed, dtype=int64, name="seed")
    if seed2 is None:
        return seed, constant(0, dtype=int64, name="seed2")
    with name_scope("seed2") as scope:
        seed2 = convert_to_tensor(seed2, dtype=int64)
        # Two zeros would stand for no seed.
        is_zero = logical_and(equal(seed, 0), equal(seed2, 0))
        return seed, where(is_zero, constant(2**31 - 1, dtype=int64), seed2, name=scope)
