"""Metrics that are means: of values, of errors, of what is correct."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import ones, ones_like, reshape, size, zeros_like
from perdure.functional.array.gathering import where
from perdure.functional.linalg.matrix import diag_part
from perdure.functional.math.binary import (
    div,
    div_no_nan,
    equal,
    greater,
    less,
    maximum,
    multiply,
    not_equal,
    squared_difference,
    subtract,
)
from perdure.functional.math.cast import cast
from perdure.functional.math.counting import confusion_matrix, remove_squeezable_dimensions
from perdure.functional.math.reductions import reduce_mean, reduce_sum
from perdure.functional.math.unary import abs, sqrt
from perdure.functional.state import state
from perdure.functional.state.scatter import scatter_add
from perdure.graph.defaults import control_dependencies
from perdure.graph.dtypes import float32, float64, int64
from perdure.graph.tensor import Tensor
from perdure.losses.weights import broadcast_weights
from perdure.metrics.common import (
    Metric,
    collected,
    matched,
    metric_variable,
    value_and_update,
)
from perdure.variables.variable_scope import variable_scope


def mean(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The weighted mean of all values seen.

    Args:
        values: a tensor.
        weights: a scalar, or weights of the rank of `values` whose sizes are 1 or those of `values`.
        metrics_collections: the collections the value is added to.
        updates_collections: the collections the update is added to.
        name: the variable scope.

    Returns:
        (the mean so far, an update that gives the mean after it)

    Raises:
        ValueError: weights that cannot fit.
    """
    with variable_scope(name, "mean", (values, weights)):
        values = cast(values, float32)
        total = metric_variable([], float32, name="total")
        count = metric_variable([], float32, name="count")
        if weights is None:
            number = cast(size(values), float32)
        else:
            values, weights = _weighted(values, weights)
            number = reduce_sum(weights)
        new_total = state.assign_add(total, reduce_sum(values))
        with control_dependencies([values]):
            new_count = state.assign_add(count, number)
        return value_and_update(
            _quotient,
            (total, count),
            (new_total, new_count),
            metrics_collections,
            updates_collections,
        )


def mean_tensor(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The weighted mean of each element over the batches, in the shape of `values`; see `mean`."""
    with variable_scope(name, "mean", (values, weights)):
        values = cast(values, float32)
        total = metric_variable(values.get_shape(), float32, name="total_tensor")
        count = metric_variable(values.get_shape(), float32, name="count_tensor")
        number = ones_like(values)
        if weights is not None:
            values, weights = _weighted(values, weights)
            number = multiply(number, weights)
        new_total = state.assign_add(total, values)
        with control_dependencies([values]):
            new_count = state.assign_add(count, number)
        return value_and_update(
            _quotient,
            (total, count),
            (new_total, new_count),
            metrics_collections,
            updates_collections,
        )


def _weighted(values: Tensor, weights: Any) -> tuple[Tensor, Tensor]:
    values, _, weights = matched(values, None, weights)
    weights = broadcast_weights(cast(weights, float32), values)
    return multiply(values, weights), weights


def _quotient(total: Any, count: Any, name: str) -> Tensor:
    return div_no_nan(total, maximum(count, 0), name=name)


def accuracy(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often predictions equal labels.

    Args:
        labels: what the predictions should be.
        predictions: tensors of the same shape.
        weights, metrics_collections, updates_collections, name: see `mean`.

    Raises:
        ValueError: shapes that cannot fit.
    """
    predictions, labels, weights = matched(predictions, labels, weights)
    if labels.dtype != predictions.dtype:
        predictions = cast(predictions, labels.dtype)
    is_correct = cast(equal(predictions, labels), float32)
    return mean(is_correct, weights, metrics_collections, updates_collections, name or "accuracy")


def percentage_below(
    values: Any,
    threshold: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Which part of the values lies below a threshold; see `mean`."""
    is_below = cast(less(values, threshold), float32)
    return mean(
        is_below,
        weights,
        metrics_collections,
        updates_collections,
        name or "percentage_below_threshold",
    )


# -- errors ------------------------------------------------------------------------------------


def mean_absolute_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of `abs(predictions - labels)`; see `accuracy`."""
    predictions, labels, weights = matched(predictions, labels, weights)
    errors = abs(predictions - labels)
    return mean(errors, weights, metrics_collections, updates_collections, name or "mean_absolute_error")


def mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of `(predictions - labels)**2`; see `accuracy`."""
    predictions, labels, weights = matched(predictions, labels, weights)
    errors = squared_difference(labels, predictions)
    return mean(errors, weights, metrics_collections, updates_collections, name or "mean_squared_error")


def root_mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The root of `mean_squared_error`; see `accuracy`."""
    predictions, labels, weights = matched(predictions, labels, weights)
    value, update = mean_squared_error(
        labels, predictions, weights, None, None, name or "root_mean_squared_error"
    )
    root = collected(sqrt(value), metrics_collections)
    return root, collected(sqrt(update), updates_collections)


def mean_relative_error(
    labels: Any,
    predictions: Any,
    normalizer: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of `abs(labels - predictions) / normalizer`, 0 where the normalizer is; see `accuracy`."""
    predictions, labels, weights = matched(predictions, labels, weights)
    predictions, normalizer = remove_squeezable_dimensions(predictions, normalizer)
    predictions.get_shape().assert_is_compatible_with(normalizer.get_shape())
    errors = where(equal(normalizer, 0.0), zeros_like(labels), div(abs(labels - predictions), normalizer))
    return mean(errors, weights, metrics_collections, updates_collections, name or "mean_relative_error")


def mean_cosine_distance(
    labels: Any,
    predictions: Any,
    dim: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """1 less the mean of `sum(predictions * labels)` along the axis `dim`; see `accuracy`."""
    predictions, labels, weights = matched(predictions, labels, weights)
    cosines = reduce_sum(multiply(predictions, labels), axis=[dim], keepdims=True)
    value, update = mean(cosines, weights, None, None, name or "mean_cosine_distance")
    value, update = subtract(1.0, value), subtract(1.0, update)
    return collected(value, metrics_collections), collected(update, updates_collections)


# -- means over classes ------------------------------------------------------------------------


def mean_per_class_accuracy(
    labels: Any,
    predictions: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean over classes of how often the items of a class are predicted.

    Args:
        labels: the class of each item.
        predictions: the predicted classes, in the same shape.
        num_classes: the number of classes.
        weights: a weight for each item.
        metrics_collections, updates_collections, name: see `mean`.

    Returns:
        (the mean so far, an update that gives the accuracy of each class after it)
    """
    with variable_scope(name, "mean_accuracy", (predictions, labels, weights)):
        labels = _as_vector(cast(labels, int64))
        predictions = _as_vector(predictions)
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
        total = metric_variable([num_classes], float32, name="total")
        count = metric_variable([num_classes], float32, name="count")
        number = ones([size(labels)], float32)
        if labels.dtype != predictions.dtype:
            predictions = cast(predictions, labels.dtype)
        is_correct = cast(equal(predictions, labels), float32)
        if weights is not None:
            weights = cast(_as_vector(weights), float32)
            is_correct *= weights
            number *= weights
        new_total = scatter_add(total, labels, number)
        new_count = scatter_add(count, labels, is_correct)
        per_class = div_no_nan(count, maximum(total, 0))
        value = collected(reduce_mean(per_class, name="mean_accuracy"), metrics_collections)
        update = div_no_nan(new_count, maximum(new_total, 0), name="update_op")
        return value, collected(update, updates_collections)


def mean_iou(
    labels: Any,
    predictions: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean over classes of intersection over union: `true positives / (all that are or were called so)`.

    Args:
        labels: the class of each item.
        predictions: the predicted classes, in the same shape.
        num_classes: the number of classes.
        weights: a weight for each item.
        metrics_collections, updates_collections, name: see `mean`.

    Returns:
        (the mean so far, an update that gives the confusion matrix after it)
    """
    with variable_scope(name, "mean_iou", (predictions, labels, weights)):
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
        total, update = _streaming_confusion_matrix(labels, predictions, num_classes, weights)
        value = collected(_mean_of_intersections(total), metrics_collections)
        return value, collected(update, updates_collections)


def _streaming_confusion_matrix(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None
) -> tuple[Any, Tensor]:
    total = metric_variable([num_classes, num_classes], float64, name="total_confusion_matrix")
    predictions, labels = cast(predictions, int64), cast(labels, int64)
    classes = cast(num_classes, int64)
    predictions, labels = _as_vector(predictions), _as_vector(labels)
    if weights is not None:
        weights = _as_vector(weights)
    current = confusion_matrix(labels, predictions, classes, weights=weights, dtype=float64)
    return total, state.assign_add(total, current)


def _mean_of_intersections(matrix: Any) -> Tensor:
    predicted = cast(reduce_sum(matrix, 0), float32)
    actual = cast(reduce_sum(matrix, 1), float32)
    both = cast(diag_part(matrix), float32)
    either = predicted + actual - both
    classes_seen = reduce_sum(cast(not_equal(either, 0), float32))
    either = where(greater(either, 0), either, ones_like(either))
    ratios = div(both, either)
    return where(greater(classes_seen, 0), reduce_sum(ratios, name="mean_iou") / classes_seen, 0)


def _as_vector(tensor: Tensor) -> Tensor:
    return reshape(tensor, [-1]) if (tensor.get_shape().ndims or 0) > 1 else tensor
