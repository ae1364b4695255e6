"""Sparse tensors with each other, and with dense ones."""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.array.shape_arithmetic import broadcast_static_shape
from perdure.functional.sparse.reshaping import as_sparse_tensor
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor, SparseTensorValue
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope

_SPARSE = SparseTensor, SparseTensorValue


def sparse_add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """The sum of two tensors, at least one of which is sparse.

    Args:
        a, b: SparseTensors, or one of them a tensor.
        threshold: sums of two sparse tensors that are smaller in absolute value are left out; 0 when None.
        thresh: an older name of it.

    Returns:
        A SparseTensor if both are sparse, else a Tensor.

    Raises:
        TypeError: none of them is sparse.
    """
    threshold = renamed("threshold", threshold, "thresh", thresh)
    if not isinstance(a, _SPARSE) and not isinstance(b, _SPARSE):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if not isinstance(a, _SPARSE):
        a, b = b, a
    if not isinstance(b, _SPARSE):
        return g.sparse_tensor_dense_add(a.indices, a.values, a.dense_shape, b)
    a, b = as_sparse_tensor(a), as_sparse_tensor(b)
    threshold = convert_to_tensor(
        0 if threshold is None else threshold,
        dtype=a.values.dtype.real_dtype.base_dtype,
        name="threshold",
    )
    indices, values, shape = g.sparse_add(
        a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape, threshold
    )
    a.get_shape().assert_is_compatible_with(b.get_shape())
    known = broadcast_static_shape(a.get_shape(), b.get_shape())
    return SparseTensor(indices, values, known.as_list() if known.is_fully_defined() else shape)


def sparse_maximum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The larger of two sparse tensors, element by element.

    Args:
        sp_a, sp_b: SparseTensors of one shape.
        name: the name of the node.
    """
    return _extreme("Maximum", sp_a, sp_b, name)


def sparse_minimum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The smaller of two sparse tensors, element by element; see `sparse_maximum`."""
    return _extreme("Minimum", sp_a, sp_b, name)


def _extreme(which: str, sp_a: Any, sp_b: Any, name: str | None) -> SparseTensor:
    parts = sp_a.indices, sp_a.values, sp_b.indices, sp_b.values
    make = g.sparse_sparse_maximum if which == "Maximum" else g.sparse_sparse_minimum
    with name_scope(name, f"SparseSparse{which}", parts) as scope:
        indices, values = make(
            sp_a.indices,
            sp_a.values,
            sp_a.dense_shape,
            sp_b.indices,
            sp_b.values,
            sp_b.dense_shape,
            name=scope,
        )
    return SparseTensor(indices, values, sp_a.dense_shape)


def sparse_softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The softmax of each row of a sparse tensor, over the entries that it has.

    Args:
        sp_input: a SparseTensor with at least two dimensions.
        name: the name of the scope.
    """
    with name_scope(name, "SparseSoftmax", [sp_input.indices, sp_input.values]):
        values = g.sparse_softmax(sp_input.indices, sp_input.values, sp_input.dense_shape)
        return SparseTensor(sp_input.indices, values, sp_input.dense_shape)
