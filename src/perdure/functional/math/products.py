"""Products of matrices and tensors, and sums of many: `tf.matmul`, `tf.cross`, `tf.tensordot`, `tf.add_n`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from perdure.functional.array import array, gathering, searching
from perdure.functional.array.joining import concat, stack
from perdure.functional.array.rearranging import transpose
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.linalg.matrix import matrix_diag_part
from perdure.functional.math.cast import cast
from perdure.functional.math.complex import conj
from perdure.functional.math.reductions import reduce_prod, reduce_sum
from perdure.functional.plain import function_of
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, convert_to_tensor_or_indexed_slices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The product of matrices: (..., n, k) times (..., k, m) gives (..., n, m).

    Args:
        a, b: matrices, or batches of them on the leading axes, which broadcast.
        transpose_a, transpose_b: whether to transpose the matrices first.
        adjoint_a, adjoint_b: whether to transpose and conjugate them first.
        a_is_sparse, b_is_sparse: whether many elements are zero (rank 2, float32 or bfloat16 only).
        name: the name of the node.

    Raises:
        ValueError: an argument is to be both transposed and adjoint, or the sizes do not fit.
    """
    with name_scope(name, "MatMul", [a, b]) as scope:
        if transpose_a and adjoint_a:
            raise ValueError("Only one of transpose_a and adjoint_a can be True.")
        if transpose_b and adjoint_b:
            raise ValueError("Only one of transpose_b and adjoint_b can be True.")
        a = convert_to_tensor(a, name="a")
        b = convert_to_tensor(b, name="b")
        both_are_matrices = all(rank is not None and rank <= 2 for rank in (a.shape.ndims, b.shape.ndims))
        if not both_are_matrices and not a_is_sparse and not b_is_sparse:
            if transpose_a:
                a, adjoint_a = conj(a), True
            if transpose_b:
                b, adjoint_b = conj(b), True
            return g.batch_mat_mul_v2(a, b, adj_x=adjoint_a, adj_y=adjoint_b, name=scope)
        if adjoint_a:
            a, transpose_a = conj(a), True
        if adjoint_b:
            b, transpose_b = conj(b), True
        if _uses_sparse_op(a.dtype, b.dtype, a_is_sparse or b_is_sparse):
            product = g.sparse_mat_mul(
                a,
                b,
                transpose_a=transpose_a,
                transpose_b=transpose_b,
                a_is_sparse=a_is_sparse,
                b_is_sparse=b_is_sparse,
                name=scope,
            )
            if a.dtype == dtypes.bfloat16 and b.dtype == dtypes.bfloat16:
                product = cast(product, dtypes.bfloat16)
            return product
        return g.mat_mul(a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=scope)


def _uses_sparse_op(a: Any, b: Any, either_is_sparse: bool) -> bool:
    if dtypes.bfloat16 in (a, b) and a != b:
        return True  # the only op that multiplies the two types
    return either_is_sparse and all(dtype in (dtypes.bfloat16, dtypes.float32) for dtype in (a, b))


def sparse_matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The product of dense matrices of which one is said to have many zeros; float32."""
    return g.sparse_mat_mul(
        a,
        b,
        transpose_a=transpose_a,
        transpose_b=transpose_b,
        a_is_sparse=a_is_sparse,
        b_is_sparse=b_is_sparse,
        name=name,
    )


def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """Matrices (..., n, k) times vectors (..., k); see `matmul` for the arguments."""
    with name_scope(name, "MatVec", [a, b]):
        product = matmul(
            a,
            array.expand_dims(b, axis=-1),
            transpose_a=transpose_a,
            adjoint_a=adjoint_a,
            a_is_sparse=a_is_sparse,
            b_is_sparse=b_is_sparse,
        )
        return array.squeeze(product, axis=-1)


def trace(x: Any, name: str | None = None) -> Tensor:
    """The sum of the diagonal of each matrix on the last two axes."""
    with name_scope(name, "Trace", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return reduce_sum(matrix_diag_part(x), [-1], name=scope)


# -- tensordot --------------------------------------------------------------------


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """Contract tensors over axes: the sum of products of `a` and `b` along the axes paired by `axes`.

    Args:
        a, b: tensors of one type.
        axes: how many of the last axes of `a` and first of `b` to contract, or the list of the axes of
            `a` and that of `b` (also as a tensor with two rows).
        name: the name of the result.

    Returns:
        A tensor with the free axes of `a`, then those of `b`.

    Raises:
        ValueError: `axes` is negative, too large, or not two lists of one length.
    """
    with name_scope(name, "Tensordot", [a, b, axes]) as scope:
        a = convert_to_tensor(a, name="a")
        b = convert_to_tensor(b, name="b")
        a_axes, b_axes = _contracted_axes(a, axes)
        a_matrix, a_free, a_static = _as_matrix(a, a_axes, free_first=True)
        b_matrix, b_free, b_static = _as_matrix(b, b_axes, free_first=False)
        product = matmul(a_matrix, b_matrix)
        if isinstance(a_free, list) and isinstance(b_free, list):
            return array.reshape(product, a_free + b_free, name=scope)
        a_free = convert_to_tensor(a_free, dtype=dtypes.int32)
        b_free = convert_to_tensor(b_free, dtype=dtypes.int32)
        result = array.reshape(product, concat([a_free, b_free], 0), name=scope)
        if a_static is not None and b_static is not None:
            result.set_shape(a_static + b_static)
        return result


def _contracted_axes(a: Tensor, axes: Any) -> tuple[Any, Any]:
    """The axes of `a` and of `b` to contract, as lists or tensors."""
    if isinstance(axes, (int, np.integer)) and not isinstance(axes, bool):
        rank = a.shape.ndims
        if axes < 0:
            raise ValueError("'axes' must be at least 0.")
        if rank is None:
            dynamic_rank = array.rank(a)
            return (
                sequence(dynamic_rank - axes, dynamic_rank, dtype=dtypes.int32),
                sequence(axes, dtype=dtypes.int32),
            )
        if axes > rank:
            raise ValueError(f"'axes' must not be larger than the number of dimensions of tensor {a}.")
        return [*range(rank - axes, rank)], [*range(axes)]
    if isinstance(axes, (list, tuple)):
        if len(axes) != 2:
            raise ValueError("'axes' must be an integer or have length 2.")
        a_axes, b_axes = axes
        if isinstance(a_axes, (int, np.integer)) and isinstance(b_axes, (int, np.integer)):
            a_axes, b_axes = [a_axes], [b_axes]
        if len(a_axes) != len(b_axes):
            raise ValueError(
                f"Different number of contraction axes 'a' and 'b', {len(a_axes)} != {len(b_axes)}."
            )
        return a_axes, b_axes
    axes = convert_to_tensor(axes, name="axes", dtype=dtypes.int32)
    return axes[0], axes[1]


def _as_matrix(tensor: Tensor, axes: Any, free_first: bool) -> tuple[Tensor, Any, list | None]:
    """`tensor` as a matrix of its free and its contracted axes, the sizes of the free ones, and what is
    statically known of those."""
    shape: Any = tensor.shape.as_tuple()
    axes_are_known = isinstance(axes, (list, tuple))
    if shape is not None and axes_are_known:
        axes = [axis if axis >= 0 else axis + len(shape) for axis in axes]
        free: Any = [axis for axis in range(len(shape)) if axis not in axes]
        free_static = [shape[axis] for axis in free]
        if None not in shape:
            sizes = [math.prod(free_static), math.prod(shape[axis] for axis in axes)]
            order: Any = free + list(axes) if free_first else list(axes) + free
            matrix = array.reshape(transpose(tensor, order), sizes if free_first else sizes[::-1])
            return matrix, free_static, free_static
        axes = convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        free = convert_to_tensor(free, dtype=dtypes.int32, name="free")
        dynamic_shape = array.shape(tensor)
    else:
        free_static = None
        dynamic_shape, rank = array.shape(tensor), array.rank(tensor)
        axes = convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        axes = gathering.where(axes >= 0, axes, axes + rank)
        free, _ = searching.setdiff1d(sequence(rank), axes)
    free_sizes = gathering.gather(dynamic_shape, free)
    axes_sizes = gathering.gather(dynamic_shape, axes)
    sizes = [reduce_prod(free_sizes), reduce_prod(axes_sizes)]
    if free_first:
        order, new_shape = concat([free, axes], 0), stack(sizes)
    else:
        order, new_shape = concat([axes, free], 0), stack(sizes[::-1])
    return array.reshape(transpose(tensor, order), new_shape), free_sizes, free_static


cross = function_of(
    "Cross", "cross", "a", "b", says="The cross products of vectors of size 3 on the last axis."
)


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """The sum of a list of tensors (or IndexedSlices) of one shape and type.

    Raises:
        ValueError: the list is empty or no list, or something in it is no tensor.
    """
    problem = "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape"
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise ValueError(problem)
    inputs = [convert_to_tensor_or_indexed_slices(value) for value in inputs]
    if not all(isinstance(value, (Tensor, IndexedSlices)) for value in inputs):
        raise ValueError(problem)
    if len(inputs) == 1:
        value = inputs[0]
        if isinstance(value, IndexedSlices):
            value = convert_to_tensor(value)
        return array.identity(value, name=name) if name else value
    return g.add_n(inputs, name=name)


def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """The sum of a list of tensors, added as they become known.

    Raises:
        ValueError: the list is empty or no list, or its tensors differ in type.
        TypeError: they do not have `tensor_dtype`.
    """
    problem = "inputs must be a list of at least one Tensor with the same dtype and shape"
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise ValueError(problem)
    inputs = [convert_to_tensor_or_indexed_slices(value) for value in inputs]
    if not all(isinstance(value, Tensor) and value.dtype == inputs[0].dtype for value in inputs):
        raise ValueError(problem)
    known = TensorShape(None) if shape is None else as_shape(shape)
    for value in inputs:
        known = known.merge_with(value.get_shape())
    if tensor_dtype is not None and tensor_dtype != inputs[0].dtype:
        raise TypeError(f"tensor_dtype is {tensor_dtype}, but input is of type {inputs[0].dtype}")
    if len(inputs) == 1:
        return inputs[0] if name is None else array.identity(inputs[0], name=name)
    return g.accumulate_nv2(inputs, shape=known, name=name)
