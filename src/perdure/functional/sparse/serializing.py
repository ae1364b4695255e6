"""Sparse tensors as strings, and back."""

from __future__ import annotations

from typing import Any

from perdure.functional.sparse.reshaping import as_sparse_tensor
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.dtypes import string
from perdure.graph.tensor import Tensor


def serialize_sparse(sp_input: Any, name: str | None = None, out_type: Any = string) -> Tensor:
    """A sparse tensor as three strings.

    Args:
        sp_input: a SparseTensor.
        name: the name of the node.
        out_type: string; running it raises UnimplementedError for variants.

    Raises:
        TypeError: `sp_input` is not sparse.
    """
    sp_input = as_sparse_tensor(sp_input)
    return g.serialize_sparse(
        sp_input.indices, sp_input.values, sp_input.dense_shape, name=name, out_type=out_type
    )


def serialize_many_sparse(sp_input: Any, name: str | None = None, out_type: Any = string) -> Tensor:
    """The rows of a sparse tensor as three strings each; see `serialize_sparse`."""
    sp_input = as_sparse_tensor(sp_input)
    return g.serialize_many_sparse(
        sp_input.indices, sp_input.values, sp_input.dense_shape, name=name, out_type=out_type
    )


def deserialize_many_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """Sparse tensors that were made strings, put together along a new first dimension.

    Args:
        serialized_sparse: a matrix of strings with three in each row.
        dtype: the type of the values.
        rank: how many dimensions what comes out has, if that is known.
        name: the name of the node.
    """
    indices, values, shape = g.deserialize_many_sparse(serialized_sparse, dtype=dtype, name=name)
    indices.set_shape([None, rank])
    shape.set_shape([rank])
    return SparseTensor(indices, values, shape)
