"""What all metrics share: their variables, arguments brought into shape, and their two results.

A metric returns its value so far, which reads local variables, and an operation that updates these with one
batch and gives the value after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import expand_dims, rank, squeeze, zeros
from perdure.functional.control.conditionals import cond
from perdure.functional.math.binary import equal
from perdure.functional.math.counting import remove_squeezable_dimensions
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collections
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.losses.weights import may_end_in_one
from perdure.variables.base import Variable, VariableAggregation, VariableSynchronization

Metric = tuple[Tensor, Tensor]


def metric_variable(shape: Any, dtype: Any, validate_shape: bool = True, name: str | None = None) -> Variable:
    """A local variable of zeros.

    Args:
        shape: its shape.
        dtype: its type.
        validate_shape: whether the shape must be known.
        name: its name.
    """
    return Variable(
        lambda: zeros(shape, dtype),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES],
        validate_shape=validate_shape,
        synchronization=VariableSynchronization.ON_READ,
        aggregation=VariableAggregation.SUM,
        name=name,
    )


def value_and_update(
    compute: Callable[..., Tensor],
    values: tuple[Any, ...],
    updated: tuple[Any, ...],
    metrics_collections: Any,
    updates_collections: Any,
) -> Metric:
    """Both results of a metric.

    Args:
        compute: `f(*counts, name)`, the metric.
        values: the variables with its counts.
        updated: the counts after their update.
        metrics_collections: the collections the value is added to, if any.
        updates_collections: the collections the update is added to, if any.
    """
    value = collected(compute(*values, "value"), metrics_collections)
    return value, collected(compute(*updated, "update_op"), updates_collections)


def collected(tensor: Tensor, collections: Any) -> Tensor:
    """`tensor`, which is added to the collections, if any."""
    if collections:
        add_to_collections(collections, tensor)
    return tensor


def matched(predictions: Any, labels: Any, weights: Any) -> tuple[Tensor, Any, Any]:
    """Predictions, labels and weights; where ranks differ by one, a last axis of size 1 is added or goes.

    Args:
        predictions: the predictions.
        labels: the labels, or None.
        weights: the weights, or None.

    Raises:
        ValueError: the shapes of predictions and labels cannot be equal.
    """
    predictions = convert_to_tensor(predictions)
    if labels is not None:
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    if weights is None:
        return predictions, labels, None
    weights = convert_to_tensor(weights)
    weights_rank, predictions_rank = weights.get_shape().ndims, predictions.get_shape().ndims
    if weights_rank == 0:
        return predictions, labels, weights
    if weights_rank is not None and predictions_rank is not None:
        if weights_rank - predictions_rank == 1:
            weights = squeeze(weights, [-1])
        elif predictions_rank - weights_rank == 1:
            weights = expand_dims(weights, [-1])
        return predictions, labels, weights
    return predictions, labels, _matched_when_run(weights, predictions)


def _matched_when_run(weights: Tensor, predictions: Tensor) -> Tensor:
    """`weights` with the rank of the predictions where both are known only when the step runs.

    Scalars stay scalars.
    """
    weights_rank = rank(weights)
    difference = weights_rank - rank(predictions)

    def without_surplus() -> Tensor:
        return squeeze(weights, [-1]) if may_end_in_one(weights) else weights

    def with_missing() -> Tensor:
        return cond(equal(difference, -1), lambda: expand_dims(weights, [-1]), lambda: weights)

    return cond(
        equal(weights_rank, 0),
        lambda: weights,
        lambda: cond(equal(difference, 1), without_surplus, with_missing),
    )
