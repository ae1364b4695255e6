"""Tensors whose shapes are checked or made alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.functional.array import array
from perdure.functional.array.values import is_tensor
from perdure.functional.control.assertions import Assert
from perdure.functional.control.check_ops import assert_scalar
from perdure.functional.math import binary, counting
from perdure.functional.math.products import add_n
from perdure.functional.math.reductions import reduce_all, reduce_sum
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.platform.deprecation import warn_once


def reduce_sum_n(tensors: Sequence[Tensor], name: str | None = None) -> Tensor:
    """The sum of all entries of some tensors, a scalar.

    Args:
        tensors: tensors of one numeric type.
        name: the name of the node.

    Raises:
        ValueError: there are none.
    """
    if not tensors:
        raise ValueError("No tensors provided.")
    with name_scope(name, "reduce_sum_n", tensors) as scope:
        sums = [reduce_sum(tensor, name=f"{tensor.op.name}/sum") for tensor in tensors]
        return sums[0] if len(sums) == 1 else add_n(sums, name=scope)


def remove_squeezable_dimensions(
    predictions: Any, labels: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """`predictions` and `labels`, without a last axis of size 1 that only one of them has.

    Args:
        predictions, labels: tensors.
        name: the name of the scope.
    """
    warn_once(
        "remove_squeezable_dimensions",
        "tensorflow.contrib.framework.python.framework.tensor_util",
        "Please switch to remove_squeezable_dimensions from tf.confusion_matrix. Note that the order of the "
        "inputs and outputs of labels and predictions have also been switched.",
    )
    labels, predictions = counting.remove_squeezable_dimensions(labels, predictions, name=name)
    return predictions, labels


def assert_scalar_int(tensor: Any, name: str | None = None) -> Tensor:
    """`tensor`, which must be known to be an integer scalar.

    Raises:
        ValueError: it is not.
    """
    with name_scope(name, "assert_scalar_int", [tensor]) as scope:
        tensor = convert_to_tensor(tensor)
        if not tensor.dtype.base_dtype.is_integer:
            raise ValueError(f"Expected integer type for {tensor.name}, received type: {tensor.dtype}.")
        return assert_scalar(tensor, name=scope)


def with_same_shape(expected_tensor: Tensor, tensor: Tensor) -> Tensor:
    """`tensor`, which must have the shape of another one; checked when it is run if it is not known.

    Args:
        expected_tensor: the tensor that has the shape.
        tensor: the tensor that is checked.

    Raises:
        ValueError: it is known to have another one.
    """
    with name_scope(f"{tensor.op.name}/", values=[expected_tensor, tensor]):
        shape = expected_tensor.get_shape()
        known = shape.is_fully_defined()
        return with_shape(
            shape.as_list() if known else array.shape(expected_tensor, name="expected_shape"), tensor
        )


def with_shape(expected_shape: Any, tensor: Tensor) -> Tensor:
    """`tensor`, which must have a shape; checked when it is run if it is not known.

    Args:
        expected_shape: the shape: integers, or an int32 vector.
        tensor: the tensor.

    Returns:
        The tensor itself, or one behind the check.

    Raises:
        ValueError: it is known to have another shape, is sparse, or `expected_shape` is no vector of int32.
    """
    if isinstance(tensor, SparseTensor):
        raise ValueError("SparseTensor not supported.")
    if isinstance(expected_shape, (list, tuple)):
        expected_shape = np.asarray(expected_shape, None if expected_shape else np.int32)
        if expected_shape.dtype == np.int64:
            expected_shape = expected_shape.astype(np.int32)
    _check_shape(expected_shape, tensor)
    actual = tensor.get_shape()
    if is_tensor(expected_shape):
        with name_scope(f"{tensor.op.name}/", values=[tensor]):
            return _checked(expected_shape, tensor)
    if not actual.is_fully_defined():
        with name_scope(f"{tensor.op.name}/", values=[tensor]):
            if len(expected_shape) == 0:
                return array.reshape(tensor, [])
            result = _checked(expected_shape, tensor)
        result.set_shape(expected_shape)
        return result
    if actual.is_compatible_with(expected_shape):
        return tensor
    if len(expected_shape) == 0 and actual.is_compatible_with([1]):
        with name_scope(f"{tensor.op.name}/", values=[tensor]):
            return array.reshape(tensor, [])
    raise ValueError(f"Invalid shape for tensor {tensor.name}, expected {expected_shape}, got {actual}.")


def _check_shape(shape: Any, tensor: Tensor) -> None:
    expected = f"for shape {shape} expected of tensor {tensor.name}."
    if is_tensor(shape):
        if shape.dtype.base_dtype != dtypes.int32:
            raise ValueError(f"Invalid dtype {shape.dtype} {expected}")
    elif isinstance(shape, np.ndarray):
        if shape.ndim > 1:
            raise ValueError(f"Invalid rank {shape.ndim} {expected}")
        if shape.dtype != np.int32:
            raise ValueError(f"Invalid dtype {shape.dtype} {expected}")


def _checked(expected_shape: Any, tensor: Tensor) -> Tensor:
    with control_dependencies([_assert_shape(expected_shape, tensor)]):
        return array.identity(tensor)


def _assert_shape(expected_shape: Any, tensor: Tensor) -> Operation | None:
    """Checks the shape when it is run; a size of -1 may be any."""
    with name_scope("assert_shape", values=[tensor]) as scope:
        actual_shape = array.shape(tensor, name="actual")
        if isinstance(expected_shape, TensorShape) and not expected_shape.is_fully_defined():
            expected_shape = [size or -1 for size in expected_shape.as_list()]
        with name_scope("is_shape", values=[tensor]) as is_shape:
            rank = array.size(expected_shape)
            with name_scope("is_rank", values=[tensor]) as is_rank:
                expected_rank = convert_to_tensor(rank, name="expected")
                same_rank = binary.equal(expected_rank, array.rank(tensor, name="actual"), name=is_rank)
            with name_scope("shape_tensor_equal", values=[expected_shape, actual_shape]) as is_equal:
                any_size = binary.equal(expected_shape, -1)
                same_size = binary.equal(expected_shape, actual_shape, "equal")
                same_sizes = reduce_all(
                    g.logical_or(any_size, same_size, name="exclude_partial_shape"), name=is_equal
                )
            condition = g.logical_and(same_rank, same_sizes, name=is_shape)
        what = f"Wrong shape for {tensor.name} [expected] [actual]."
        return Assert(condition, [what, expected_shape, actual_shape], name=scope)
