"""tf.edit_distance and tf.unravel_index."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import is_sparse
from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance") -> Tensor:
    """How many insertions, deletions and substitutions make each hypothesis of its truth.

    Args:
        hypothesis: a SparseTensor; its last axis is the sequence.
        truth: a SparseTensor of the same rank.
        normalize: whether to divide by the length of the truth.
        name: the name of the node.

    Raises:
        TypeError: one of them is no SparseTensor.
    """
    for word, value in (("Hypothesis", hypothesis), ("Truth", truth)):
        if not is_sparse(value):
            raise TypeError(f"{word} must be a SparseTensor.")
    return g.edit_distance(
        hypothesis.indices,
        hypothesis.values,
        hypothesis.dense_shape,
        truth.indices,
        truth.values,
        truth.dense_shape,
        normalize=normalize,
        name=name,
    )


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Tensor:
    """The coordinates, one row for each axis, of positions in a flattened array.

    Args:
        indices: the positions, a scalar or a vector.
        dims: the shape of the array.
        name: the name of the node.
    """
    return g.unravel_index(indices, dims, name=name)
