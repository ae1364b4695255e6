"""Sparse tensors of another shape, with fewer entries, or with one in each row."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array import array
from perdure.functional.array.gathering import gather, where_v2
from perdure.functional.array.joining import concat
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.control.check_ops import assert_equal, assert_less_equal
from perdure.functional.control.control import with_dependencies
from perdure.functional.math.binary import add, maximum
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_max
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


def sparse_reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """A sparse tensor with other sizes and the same entries.

    Args:
        sp_input: a SparseTensor.
        new_shape: the sizes, none smaller than before; the smallest ones that its entries allow when None.

    Raises:
        TypeError: `sp_input` is not sparse.
        ValueError: a size is known to be smaller.
    """
    sp_input = as_sparse_tensor(sp_input)
    indices = array.identity(sp_input.indices)
    values = array.identity(sp_input.values)
    old = array.identity(sp_input.dense_shape)
    if new_shape is None:
        highest = reduce_max(indices, axis=0)
        shape = maximum(constant(0, dtype=dtypes.int64), add(highest, array.ones_like(old)))
        return SparseTensor(indices, values, shape)
    shape = convert_to_tensor(new_shape)
    shape.get_shape().assert_has_rank(1)
    shape = cast(shape, dtypes.int64)
    if shape.get_shape().ndims is not None:
        shape.get_shape()[:1].merge_with(old.get_shape()[:1])
    known = constant_value(shape)
    if known is not None and sp_input.get_shape().is_fully_defined():
        before = np.array(sp_input.get_shape().as_list())
        if not np.all(before <= known):
            raise ValueError(
                "Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape "
                f"({before}), sp_input.shape ({known})."
            )
        return SparseTensor(indices, values, known)
    shape = with_dependencies([assert_equal(array.shape(old), array.shape(shape))], shape)
    shape = with_dependencies([assert_less_equal(old, shape)], shape)
    return SparseTensor(indices, values, shape)


def sparse_expand_dims(sp_input: Any, axis: Any = None, name: str | None = None) -> SparseTensor:
    """A sparse tensor with one more dimension, of size 1.

    Args:
        sp_input: a SparseTensor.
        axis: where it is among the dimensions; the last when None.
        name: the name of the scope.

    Raises:
        TypeError: `axis` is no integer.
    """
    rank = sp_input.dense_shape.get_shape()[0]
    axis = -1 if axis is None else axis
    with name_scope(name, "expand_dims", [sp_input]):
        if isinstance(axis, (int, np.integer)):
            axis = convert_to_tensor(axis, name="axis", dtype=dtypes.int32)
        elif not isinstance(axis, Tensor):
            raise TypeError("axis must be an integer value in range [-rank(sp_input) - 1, rank(sp_input)]")
        axis = where_v2(axis >= 0, axis, axis + rank + 1)
        count = array.shape(sp_input.indices)[0]
        column = array.zeros([count, 1], dtype=dtypes.int64)
        before = slice_of(sp_input.indices, [0, 0], [-1, axis])
        behind = slice_of(sp_input.indices, [0, axis], [-1, -1])
        indices = concat([before, column, behind], axis=1)
        sizes_before = slice_of(sp_input.dense_shape, [0], [axis])
        sizes_behind = slice_of(sp_input.dense_shape, [axis], [-1])
        one = convert_to_tensor([1], name="new_shape", dtype=dtypes.int64)
        shape = concat([sizes_before, one, sizes_behind], axis=0)
        return SparseTensor(indices=indices, values=sp_input.values, dense_shape=shape)


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
