"""Sparse tensors in order, and with values of one at places that are values of others."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any

from perdure.functional.array import array
from perdure.functional.array.gathering import gather
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import transpose
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.math.cast import cast
from perdure.functional.sparse.reshaping import as_sparse_tensor
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor, SparseTensorValue
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.platform.deprecation import warn_once


def sparse_reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """A sparse tensor with its entries in the order of their indices.

    Args:
        sp_input: a SparseTensor.
        name: the name of the node.

    Raises:
        TypeError: `sp_input` is not sparse.
    """
    sp_input = as_sparse_tensor(sp_input)
    indices, values = g.sparse_reorder(sp_input.indices, sp_input.values, sp_input.dense_shape, name=name)
    if sp_input.get_shape().is_fully_defined():
        shape: Any = sp_input.get_shape().as_list()
    else:
        shape = array.identity(sp_input.dense_shape)
    return SparseTensor(indices, values, shape)


def sparse_transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """A sparse tensor with its dimensions in another order, and the entries in order again.

    Args:
        sp_input: a SparseTensor.
        perm: the dimensions in their new order; in the opposite one when None.
        name: the name of the scope.
    """
    with name_scope(name, "SparseTranspose", [sp_input]):
        if perm is None:
            rank = array.rank(sp_input)
            perm = rank - 1 - sequence(0, rank, 1)
        indices = transpose(gather(transpose(sp_input.indices), perm))
        known = constant_value(convert_to_tensor(perm))
        if known is not None and sp_input.get_shape().is_fully_defined():
            sizes = sp_input.get_shape().as_list()
            shape: Any = [sizes[axis] for axis in known]
        else:
            shape = gather(sp_input.dense_shape, perm)
        return sparse_reorder(SparseTensor(indices, sp_input.values, shape))


def sparse_merge(
    sp_ids: Any, sp_values: Any, vocab_size: Any, name: str | None = None, already_sorted: bool = False
) -> SparseTensor:
    """A sparse tensor with values of one at places that are values of others.

    Its last dimensions, in place of the last one of `sp_ids`, have the values of `sp_ids` as indices.

    Args:
        sp_ids: a SparseTensor of indices, or a list of them, one for each dimension.
        sp_values: a SparseTensor with the same places.
        vocab_size: the size of the dimension, or a list of sizes.
        name: the name of the scope.
        already_sorted: whether the entries are in order.

    Raises:
        TypeError: these are no sparse tensors, or sizes.
        ValueError: there are not as many sizes as sparse tensors.
    """
    warn_once("sparse_merge", "tensorflow.python.ops.sparse_ops", "No similar op available at this time.")
    return sparse_merge_impl(sp_ids, sp_values, vocab_size, name, already_sorted)


def sparse_merge_impl(
    sp_ids: Any, sp_values: Any, vocab_size: Any, name: str | None = None, already_sorted: bool = False
) -> SparseTensor:
    """See `sparse_merge`, which is deprecated."""
    if isinstance(sp_ids, (SparseTensor, SparseTensorValue)):
        if not _is_size(vocab_size):
            raise TypeError(f"vocab_size has to be a Tensor or Python int. Found {type(vocab_size)}")
        sp_ids, vocab_size = [sp_ids], [vocab_size]
    else:
        if not isinstance(sp_ids, Iterable):
            raise TypeError(f"sp_ids has to be a SparseTensor or list thereof. Found {type(sp_ids)}")
        if not isinstance(vocab_size, Iterable):
            raise TypeError(
                f"vocab_size has to be a list of Tensors or Python ints. Found {type(vocab_size)}"
            )
        for size in vocab_size:
            if not _is_size(size):
                raise TypeError(f"vocab_size has to be a list of Tensors or Python ints. Found {type(size)}")
    if len(sp_ids) != len(vocab_size):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    with name_scope(name, "SparseMerge", [sp_ids, sp_values]):
        sp_ids = [as_sparse_tensor(each) for each in sp_ids]
        sp_values = as_sparse_tensor(sp_values)
        ids = []
        for each in sp_ids:
            column = each.values
            if each.dtype != dtypes.int64:
                column = cast(column, dtypes.int64)
            ids.append(array.expand_dims(column, axis=1))
        sizes = [cast(size, dtypes.int64) for size in vocab_size]
        indices = concat([sp_ids[0].indices[:, :-1], *ids], 1)
        shape = concat([sp_ids[0].dense_shape[:-1], sizes], 0)
        merged = SparseTensor(indices, sp_values.values, shape)
        if already_sorted:
            return merged
        in_order = sparse_reorder(merged)
        return SparseTensor(in_order.indices, in_order.values, shape)


def _is_size(value: Any) -> bool:
    return isinstance(value, (Tensor, numbers.Integral))
