"""Weights of losses and metrics: checking that they fit the values, and making them fit.

TensorFlow puts the check of ranks that are not known while the graph is built behind `tf.cond`s and a
difference of sets.  Here it is computed without; the result, and what is refused, are the same.
"""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import ones_like, rank
from perdure.functional.array.array import shape as shape_of
from perdure.functional.control.assertions import Assert
from perdure.functional.control.control import no_op
from perdure.functional.math.binary import equal, logical_and, logical_or, minimum, multiply
from perdure.functional.math.reductions import reduce_all
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_at_index

_CANNOT = "weights can not be broadcast to values."


def assert_broadcastable(weights: Any, values: Any) -> Operation:
    """An operation that fails unless weights fit values: a scalar, or the same rank with sizes equal or 1.

    Args:
        weights: the weights.
        values: what they belong to.

    Raises:
        ValueError: the static shapes say already that they do not fit.
    """
    with name_scope(None, "assert_broadcastable", (weights, values)) as scope:
        weights, weights_shape, weights_rank = _with_shape_and_rank(weights, "weights")
        weights_rank_known = constant_value(weights_rank)
        values, values_shape, values_rank = _with_shape_and_rank(values, "values")
        values_rank_known = constant_value(values_rank)
        if weights_rank_known is not None and values_rank_known is not None:
            if weights_rank_known == 0:
                return no_op(name="static_scalar_check_success")
            if weights_rank_known != values_rank_known:
                raise ValueError(
                    f"{_CANNOT} values.rank={values_rank_known}. weights.rank={weights_rank_known}. "
                    f"values.shape={values.shape}. weights.shape={weights.shape}."
                )
            weights_sizes, values_sizes = constant_value(weights_shape), constant_value(values_shape)
            if weights_sizes is not None and values_sizes is not None:
                for axis, (w, v) in enumerate(zip(weights_sizes, values_sizes, strict=True)):
                    if w not in (1, v):
                        raise ValueError(
                            f"{_CANNOT} Mismatch at dim {axis}. values.shape={values_sizes} "
                            f"weights.shape={weights_sizes}."
                        )
                return no_op(name="static_dims_check_success")
        is_scalar = equal(0, weights_rank, name="is_scalar")
        shown = (
            _CANNOT,
            "weights.shape=",
            weights.name,
            weights_shape,
            "values.shape=",
            values.name,
            values_shape,
            "is_scalar=",
            is_scalar,
        )
        fits = _sizes_fit(weights_rank, weights_shape, values_rank, values_shape)
        return Assert(logical_or(is_scalar, fits, name="is_valid_shape"), shown, name=scope)


def _with_shape_and_rank(value: Any, name: str) -> tuple[Tensor, Tensor, Tensor]:
    with name_scope(None, name, (value,)) as scope:
        value = convert_to_tensor(value, name=scope)
        return value, shape_of(value, name="shape"), rank(value, name="rank")


def _sizes_fit(
    weights_rank: Tensor, weights_shape: Tensor, values_rank: Tensor, values_shape: Tensor
) -> Tensor:
    """Whether the ranks are equal, and all sizes of the weights are 1 or those of the values."""
    # Cut to the smaller rank, so that the sizes can be compared whatever the ranks are.
    common = minimum(weights_rank, values_rank)
    weights_sizes, values_sizes = weights_shape[:common], values_shape[:common]
    sizes_fit = logical_or(equal(weights_sizes, 1), equal(weights_sizes, values_sizes))
    same_rank = equal(values_rank, weights_rank, name="is_same_rank")
    return logical_and(same_rank, reduce_all(sizes_fit))


def broadcast_weights(weights: Any, values: Any) -> Tensor:
    """Weights in the shape of the values.

    Args:
        weights: weights that fit `values`; see `assert_broadcastable`.
        values: what they belong to.

    Raises:
        ValueError: the static shapes say that they do not fit.
    """
    with name_scope(None, "broadcast_weights", (weights, values)) as scope:
        values = convert_to_tensor(values, name="values")
        weights = convert_to_tensor(weights, dtype=values.dtype.base_dtype, name="weights")
        weights_shape, values_shape = weights.get_shape(), values.get_shape()
        if (
            weights_shape.is_fully_defined()
            and values_shape.is_fully_defined()
            and weights_shape.is_compatible_with(values_shape)
        ):
            return weights
        with control_dependencies((assert_broadcastable(weights, values),)):
            return multiply(weights, ones_like(values), name=scope)


# -- a last axis of size 1 that is there or not ------------------------------------------------


def may_end_in_one(tensor: Tensor) -> bool:
    """Whether the last axis may have size 1, by what is known of the shape."""
    shape = tensor.get_shape()
    if shape.ndims is None:
        return True
    return shape.ndims > 0 and dimension_at_index(shape, -1).is_compatible_with(1)
