"""Sparse tensors of another shape, with fewer entries, or with one in each row."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array import array
from perdure.functional.array.gathering import gather, where_v2
from perdure.functional.math.cast import cast
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor, SparseTensorValue
from perdure.graph.constants import constant, constant_value, constant_value_as_shape
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import as_shape


def sparse_reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """A sparse tensor in another shape; its values stay in their order.

    Args:
        sp_input: a SparseTensor.
        shape: the new shape, an integer vector; one size may be -1, which is what is left.
        name: the name of the scope.

    Raises:
        TypeError: `sp_input` is not sparse.
        ValueError: the sizes are known and do not fit.
    """
    sp_input = as_sparse_tensor(sp_input)
    shape = cast(shape, dtypes.int64)
    with name_scope(name, "SparseReshape", [sp_input]) as scope:
        indices, new_shape = g.sparse_reshape(sp_input.indices, sp_input.dense_shape, shape, name=scope)
        known = constant_value_as_shape(shape).as_tuple()
        old = sp_input.shape.as_tuple()
        if known is not None and old is not None and None not in old:
            complete = _complete_shape(int(np.prod(old, dtype=int)), known, constant_value(shape))
            if complete is not None:
                new_shape = constant(complete, dtype=dtypes.int64)
        return SparseTensor(indices, array.identity(sp_input.values), new_shape)


def _complete_shape(size: int, shape: tuple[int | None, ...], given: Any) -> list[int] | None:
    """`shape` with the size that is left for an unknown one; None if more than one is unknown."""
    if given is not None and (given == -1).sum() > 1:
        raise ValueError(f"At most one dimension can be inferred (-1). Found: {given}")
    rest = int(np.prod([known for known in shape if known is not None], dtype=int)) or 1
    if shape.count(None) > 1:
        return None
    complete = [size // rest if known is None else known for known in shape]
    if np.prod(complete, dtype=int) != size:
        raise ValueError(
            f"Cannot reshape a tensor with {size} elements to shape {list(shape)} "
            f"({np.prod(complete, dtype=int)} elements)."
        )
    return complete


def sparse_retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """A sparse tensor with some of its entries.

    Args:
        sp_input: a SparseTensor.
        to_retain: a vector that says of each entry whether it stays.

    Raises:
        TypeError: `sp_input` is not sparse.
        ValueError: `to_retain` is known to be of another length, or no vector.
    """
    sp_input = as_sparse_tensor(sp_input)
    to_retain = convert_to_tensor(to_retain)
    chosen = to_retain.get_shape()
    chosen.assert_has_rank(1)
    values = sp_input.values.get_shape()
    if values.ndims is not None:
        values[:1].merge_with(chosen if chosen.ndims is not None else as_shape([None]))
    places = array.reshape(where_v2(to_retain), [-1])
    return SparseTensor(
        gather(sp_input.indices, places),
        gather(sp_input.values, places),
        array.identity(sp_input.dense_shape),
    )


def sparse_fill_empty_rows(
    sp_input: Any, default_value: Any, name: str | None = None
) -> tuple[SparseTensor, Tensor]:
    """A sparse matrix with a value in the first column of each row that was empty.

    Args:
        sp_input: a SparseTensor.
        default_value: the value, a scalar of its type.
        name: the name of the scope.

    Returns:
        The matrix, and a boolean for each row that says whether it was empty.

    Raises:
        TypeError: `sp_input` is not sparse.
    """
    sp_input = as_sparse_tensor(sp_input)
    with name_scope(name, "SparseFillEmptyRows", [sp_input]):
        default_value = convert_to_tensor(default_value, dtype=sp_input.values.dtype)
        indices, values, was_empty, _ = g.sparse_fill_empty_rows(
            indices=sp_input.indices,
            values=sp_input.values,
            dense_shape=sp_input.dense_shape,
            default_value=default_value,
        )
        return SparseTensor(indices, values, sp_input.dense_shape), was_empty


def as_sparse_tensor(value: Any) -> SparseTensor:
    """A SparseTensor, or a constant one from a `SparseTensorValue`.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value
