"""Sparse tensors made of dense ones, made dense, and times dense matrices."""

from __future__ import annotations

from typing import Any

from perdure.functional.array import array
from perdure.functional.array.gathering import gather_nd, where_v2
from perdure.functional.array.joining import stack
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.math.binary import minimum, not_equal
from perdure.functional.math.cast import cast
from perdure.functional.sparse.merging import sparse_merge_impl
from perdure.functional.sparse.reshaping import as_sparse_tensor
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.platform.deprecation import warn_once


def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """A sparse tensor of the elements that are not zero.

    Args:
        tensor: a tensor of numbers.
        name: the name of the scope.
    """
    with name_scope(name, "dense_to_sparse"):
        tensor = convert_to_tensor(tensor)
        indices = where_v2(not_equal(tensor, constant(0, tensor.dtype)))
        return SparseTensor(indices, gather_nd(tensor, indices), array.shape(tensor, out_type=dtypes.int64))


def sparse_eye(
    num_rows: Any, num_columns: Any = None, dtype: Any = dtypes.float32, name: str | None = None
) -> SparseTensor:
    """A sparse matrix with ones on the diagonal.

    Args:
        num_rows: an integer.
        num_columns: an integer; as many as rows when None.
        dtype: the type of the ones.
        name: the name of the scope.

    Raises:
        TypeError: a number is no integer.
    """
    with name_scope(name, "eye", [num_rows, num_columns]):
        num_rows = _as_int64(num_rows, "num_rows")
        num_columns = num_rows if num_columns is None else _as_int64(num_columns, "num_columns")
        size = minimum(num_rows, num_columns)
        places = sequence(size, dtype=dtypes.int64)
        return SparseTensor(
            indices=stack([places, places], axis=1),
            values=array.ones(size, dtype=dtype),
            dense_shape=[num_rows, num_columns],
        )


def _as_int64(value: Any, name: str) -> Tensor:
    if isinstance(value, int):
        return convert_to_tensor(value, name=name, dtype=dtypes.int64)
    if not isinstance(value, Tensor):
        raise TypeError(f"{name} must be an integer value")
    return value if value.dtype == dtypes.int64 else cast(value, dtypes.int64)


def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """A tensor of one value, with others at some places.

    Args:
        sparse_indices: the places, a matrix with a row for each; a vector or a scalar for one dimension.
        output_shape: the shape.
        sparse_values: what is at the places, a vector or one value for all.
        default_value: what is everywhere else.
        validate_indices: whether the places must be in order, and each be there once.
        name: the name of the node.
    """
    warn_once(
        "sparse_to_dense", "tensorflow.python.ops.sparse_ops",
        "Create a `tf.sparse.SparseTensor` and use `tf.sparse.to_dense` instead.",
    )  # fmt: skip
    return g.sparse_to_dense(
        sparse_indices,
        output_shape,
        sparse_values,
        default_value=default_value,
        validate_indices=validate_indices,
        name=name,
    )


def sparse_tensor_to_dense(
    sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None
) -> Tensor:
    """A sparse tensor as a dense one.

    Args:
        sp_input: a SparseTensor.
        default_value: what is where it has no entry; zero when None.
        validate_indices: whether its entries must be in order, and each place be there once.
        name: the name of the node.

    Raises:
        TypeError: `sp_input` is not sparse.
    """
    sp_input = as_sparse_tensor(sp_input)
    if default_value is None:
        default_value = array.zeros([], dtype=sp_input.dtype)
    return g.sparse_to_dense(
        sp_input.indices,
        sp_input.dense_shape,
        sp_input.values,
        default_value=default_value,
        validate_indices=validate_indices,
        name=name,
    )


def sparse_to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Tensor:
    """Which numbers are among the values of each row: a dense tensor of booleans.

    Args:
        sp_input: a SparseTensor of integers.
        vocab_size: how many numbers there are, the last size of what comes out.
        name: the name of the scope.

    Raises:
        TypeError: `sp_input` is not sparse.
    """
    sp_input = as_sparse_tensor(sp_input)
    with name_scope(name, "SparseToIndicator", [sp_input]) as scope:
        count = array.shape(sp_input.indices)[0]
        all_true = array.fill(array.expand_dims(count, 0), True)
        marked = SparseTensor(sp_input.indices, all_true, sp_input.dense_shape)
        merged = sparse_merge_impl(sp_input, marked, vocab_size, scope)
        return sparse_tensor_to_dense(merged, default_value=False, validate_indices=False, name=scope)


def sparse_tensor_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """The product of a sparse and a dense matrix.

    Args:
        sp_a: a SparseTensor.
        b: a matrix of its type.
        adjoint_a, adjoint_b: whether a matrix is transposed and conjugated before.
        name: the name of the node.

    Raises:
        TypeError: `sp_a` is not sparse.
    """
    sp_a = as_sparse_tensor(sp_a)
    with name_scope(name, "SparseTensorDenseMatMul", [sp_a.indices, sp_a.values, b]):
        b = convert_to_tensor(b, name="b")
        return g.sparse_tensor_dense_mat_mul(
            a_indices=sp_a.indices,
            a_values=sp_a.values,
            a_shape=sp_a.dense_shape,
            b=b,
            adjoint_a=adjoint_a,
            adjoint_b=adjoint_b,
        )
