"""Reductions: `tf.reduce_sum`, `tf.argmax`, `tf.norm` and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array import array, gathering, rearranging
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.math.binary import pow as power
from perdure.functional.math.cast import cast
from perdure.functional.math.complex import conj
from perdure.functional.math.unary import abs as absolute
from perdure.functional.math.unary import is_finite, sqrt, square
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant
from perdure.graph.construction import apply_op
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

# -- shared by the family ---------------------------------------------------------


def reduction_axes(x: Any, axis: Any) -> Any:
    """What the op gets as its axes: `axis`, or nodes that name every axis of `x`."""
    if axis is not None:
        return axis
    if isinstance(x, SparseTensor):
        rank = x.shape.ndims
        return sequence(0, array.rank(x)) if rank is None else constant(np.arange(rank), dtype=dtypes.int32)
    # Only tensors: TensorFlow asks a variable, or a value, for its rank in the graph.
    shape = x.get_shape() if isinstance(x, Tensor) else None
    if shape is not None and shape.ndims is not None:
        return constant(np.arange(shape.ndims), dtype=dtypes.int32)
    return sequence(0, array.rank(x))


def _reduce(op_type: str, input_tensor: Any, axis: Any, keepdims: Any, name: str | None) -> Tensor:
    keepdims = False if keepdims is None else keepdims
    axes = reduction_axes(input_tensor, axis)
    output = apply_op(op_type, (input_tensor, axes), {"keep_dims": keepdims}, name)
    return _scalar_if_all(output, axis, keepdims)


def _scalar_if_all(output: Tensor, axis: Any, keepdims: bool) -> Tensor:
    if not keepdims and axis is None and not output.shape.is_fully_defined():
        output.set_shape(())
    return output


def _reducer(op_type: str, name: str, says: str) -> Any:
    def reduce(
        input_tensor: Any,
        axis: Any = None,
        keepdims: bool | None = None,
        name: str | None = None,
        reduction_indices: Any = None,
        keep_dims: bool | None = None,
    ) -> Tensor:
        axis = renamed("axis", axis, "reduction_indices", reduction_indices)
        keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
        return _reduce(op_type, input_tensor, axis, keepdims, name)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = f"""{says}

    Args:
        input_tensor: what to reduce.
        axis: an axis or a list of them, counted from the end when negative; None for all.
        keepdims: whether reduced axes stay, with size 1.
        name: the name of the node.
        reduction_indices, keep_dims: older names of `axis` and `keepdims`.

    Raises:
        ValueError: an argument is given by both its names.
    """
    return reduce


reduce_sum = _reducer("Sum", "reduce_sum", "The sum over axes.")
reduce_mean = _reducer("Mean", "reduce_mean", "The mean over axes; of integers, rounded towards 0.")
reduce_prod = _reducer("Prod", "reduce_prod", "The product over axes.")
reduce_max = _reducer("Max", "reduce_max", "The maximum over axes, not counting NaNs.")
reduce_min = _reducer("Min", "reduce_min", "The minimum over axes, not counting NaNs.")
reduce_all = _reducer("All", "reduce_all", "Whether all are true, over axes.")
reduce_any = _reducer("Any", "reduce_any", "Whether any is true, over axes.")


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The square root of the sum of squares over axes."""
    return _reduce("EuclideanNorm", input_tensor, axis, keepdims, name)


def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The variance over axes: the mean of the squared distances from the mean."""
    with name_scope(name or "reduce_variance"):
        means = reduce_mean(input_tensor, axis=axis, keepdims=True)
        squares = square(input_tensor - means)
        return reduce_mean(squares, axis=axis, keepdims=keepdims)


def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The standard deviation over axes: the square root of `reduce_variance`."""
    with name_scope(name or "reduce_std"):
        return sqrt(reduce_variance(input_tensor, axis=axis, keepdims=keepdims))


def reduce_logsumexp(
    input_tensor: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """log(sum(exp(x))) over axes, without overflow; see `reduce_sum` for the arguments."""
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    input_tensor = convert_to_tensor(input_tensor)
    with name_scope(name, "ReduceLogSumExp", [input_tensor]):
        largest = reduce_max(input_tensor, axis=axis, keepdims=True)
        shift = array.stop_gradient(gathering.where(is_finite(largest), largest, array.zeros_like(largest)))
        result = g.log(reduce_sum(g.exp(g.sub(input_tensor, shift)), axis, keepdims=keepdims))
        if not keepdims:
            shift = array.reshape(shift, array.shape(result))
        return _scalar_if_all(g.add(result, shift), axis, keepdims)


def count_nonzero(
    input_tensor: Any = None,
    axis: Any = None,
    keepdims: bool | None = None,
    dtype: Any = dtypes.int64,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
    input: Any = None,
) -> Tensor:
    """How many elements are not zero (or not the empty string), over axes.

    Args:
        input_tensor: numbers, booleans or strings.
        axis, keepdims: as in `reduce_sum`.
        dtype: the type of the counts.
        name: the name of the scope.
        reduction_indices, keep_dims, input: other names of `axis`, `keepdims` and `input_tensor`.
    """
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    input_tensor = renamed("input", input, "input_tensor", input_tensor)
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    with name_scope(name, "count_nonzero", [input_tensor]):
        input_tensor = convert_to_tensor(input_tensor, name="input")
        zero = array.zeros([], dtype=input_tensor.dtype.base_dtype)
        is_counted = cast(g.not_equal(input_tensor, zero), dtypes.int64)
        return cast(reduce_sum(is_counted, axis=axis, keepdims=keepdims), dtype=dtype)


# -- positions of extrema ---------------------------------------------------------


def argmax(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = dtypes.int64,
) -> Tensor:
    """Where along `axis` (0 if None) the largest value is; the first of equal ones."""
    axis = renamed("axis", axis, "dimension", dimension)
    return g.arg_max(input, 0 if axis is None else axis, output_type=output_type, name=name)


def argmin(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = dtypes.int64,
) -> Tensor:
    """Where along `axis` (0 if None) the smallest value is; the first of equal ones."""
    axis = renamed("axis", axis, "dimension", dimension)
    return g.arg_min(input, 0 if axis is None else axis, output_type=output_type, name=name)


def arg_max(input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None) -> Tensor:
    """The older `tf.argmax`."""
    return g.arg_max(input, dimension, output_type=output_type, name=name)


def arg_min(input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None) -> Tensor:
    """The older `tf.argmin`."""
    return g.arg_min(input, dimension, output_type=output_type, name=name)


# -- norms ------------------------------------------------------------------------


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The norm of vectors or matrices.

    Args:
        tensor: what to take the norm of.
        ord: "euclidean", 1, 2, infinity or a positive number; for matrices also "fro", and no other numbers.
        axis: None for all elements as one vector, an axis of vectors, or two axes of matrices.
        keepdims: whether reduced axes stay, with size 1.
        name: the name of the scope.
        keep_dims: the older name of `keepdims`.

    Raises:
        ValueError: `ord` or `axis` is none of these.
    """
    keepdims = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    of_matrices = isinstance(axis, (tuple, list)) and len(axis) == 2
    wrong_axis = "'axis' must be None, an integer, or a tuple of 2 unique integers"
    if of_matrices:
        axis = tuple(axis)
        if not all(isinstance(item, int) for item in axis) or axis[0] == axis[1]:
            raise ValueError(wrong_axis)
        known = ["euclidean", "fro", 1, 2, np.inf]
        if ord not in known:
            raise ValueError(f"'ord' must be a supported matrix norm in {known}, got {ord}")
    else:
        if axis is not None and not isinstance(axis, int):
            raise ValueError(wrong_axis)
        if isinstance(ord, (list, tuple, np.ndarray)):
            raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
        if ord != "euclidean" and (isinstance(ord, str) or not np.isreal(ord) or ord <= 0):
            raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
        axis = None if axis is None else (axis,)
    with name_scope(name, "norm", [tensor]):
        tensor = convert_to_tensor(tensor)
        if of_matrices and ord == 2:
            result = _largest_singular_value(tensor, axis)
        elif ord in ("fro", "euclidean", 2):
            result = sqrt(reduce_sum(tensor * conj(tensor), axis, keepdims=True))
        else:
            result = _norm_of_sizes(absolute(tensor), ord, axis, of_matrices)
        return result if keepdims else array.squeeze(result, axis)


def _norm_of_sizes(sizes: Tensor, ord: Any, axis: Any, of_matrices: bool) -> Tensor:
    first = None if axis is None else axis[0]
    if ord == 1:
        result = reduce_sum(sizes, first, keepdims=True)
        return reduce_max(result, axis[-1], keepdims=True) if of_matrices else result
    if ord == np.inf:
        if of_matrices:
            sizes = reduce_sum(sizes, axis[1], keepdims=True)
        return reduce_max(sizes, first, keepdims=True)
    return power(reduce_sum(power(sizes, ord), axis, keepdims=True), 1.0 / ord)


def _largest_singular_value(tensor: Tensor, axis: tuple[int, int]) -> Tensor:
    rank = tensor.shape.ndims
    if rank is None:
        raise ValueError(
            "tf.norm: the matrix 2-norm needs a tensor of known rank; use set_shape, or another 'ord'"
        )
    matrix_axes = [item % rank for item in axis]
    order = [item for item in np.arange(rank).tolist() if item not in matrix_axes] + matrix_axes
    singular_values = g.svd(rearranging.transpose(tensor, perm=order), compute_uv=False)[0]
    largest = reduce_max(absolute(singular_values), axis=-1, keepdims=True)
    back = [order.index(item) for item in np.arange(rank).tolist()]
    return rearranging.transpose(array.expand_dims(largest, axis=-1), perm=back)
