"""Metrics of tf.metrics whose arguments come in another order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.math.binary import multiply, subtract
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.nn.top_k import in_top_k
from perdure.graph.dtypes import float32
from perdure.metrics import counts, means, thresholds
from perdure.metrics.common import Metric, collected, matched


def _switched(metric: Callable[..., Metric]) -> Callable[..., Metric]:
    """The metric with the predictions as its first argument."""

    def streaming(
        predictions: Any,
        labels: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Metric:
        return metric(
            predictions=predictions,
            labels=labels,
            weights=weights,
            metrics_collections=metrics_collections,
            updates_collections=updates_collections,
            name=name,
        )

    return _named(streaming, metric)


def _switched_at_thresholds(metric: Callable[..., Metric]) -> Callable[..., Metric]:
    """The metric with the predictions as its first argument, and thresholds as its third."""

    def streaming(
        predictions: Any,
        labels: Any,
        thresholds: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Metric:
        return metric(
            predictions=predictions,
            labels=labels,
            thresholds=thresholds,
            weights=weights,
            metrics_collections=metrics_collections,
            updates_collections=updates_collections,
            name=name,
        )

    return _named(streaming, metric)


def _named(streaming: Callable[..., Metric], metric: Callable[..., Metric]) -> Callable[..., Metric]:
    streaming.__name__ = streaming.__qualname__ = f"streaming_{metric.__name__}"
    streaming.__doc__ = f"`tf.metrics.{metric.__name__}` with the predictions as its first argument."
    return streaming


streaming_accuracy = _switched(means.accuracy)
streaming_false_negatives = _switched(counts.false_negatives)
streaming_false_positives = _switched(counts.false_positives)
streaming_mean_absolute_error = _switched(means.mean_absolute_error)
streaming_mean_squared_error = _switched(means.mean_squared_error)
streaming_precision = _switched(counts.precision)
streaming_precision_at_thresholds = _switched_at_thresholds(thresholds.precision_at_thresholds)
streaming_recall = _switched(counts.recall)
streaming_recall_at_thresholds = _switched_at_thresholds(thresholds.recall_at_thresholds)
streaming_root_mean_squared_error = _switched(means.root_mean_squared_error)
streaming_true_negatives = _switched(counts.true_negatives)
streaming_true_positives = _switched(counts.true_positives)


def streaming_mean(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.mean`."""
    return means.mean(values, weights, metrics_collections, updates_collections, name)


def streaming_mean_tensor(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.mean_tensor`."""
    return means.mean_tensor(values, weights, metrics_collections, updates_collections, name)


def streaming_percentage_less(
    values: Any,
    threshold: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.percentage_below`."""
    return means.percentage_below(values, threshold, weights, metrics_collections, updates_collections, name)


def streaming_mean_relative_error(
    predictions: Any,
    labels: Any,
    normalizer: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.mean_relative_error` with the predictions as its first argument."""
    return means.mean_relative_error(
        labels, predictions, normalizer, weights, metrics_collections, updates_collections, name
    )


def streaming_mean_iou(
    predictions: Any,
    labels: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.mean_iou` with the predictions as its first argument."""
    return means.mean_iou(
        labels, predictions, num_classes, weights, metrics_collections, updates_collections, name
    )


def streaming_auc(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
) -> Metric:
    """`tf.metrics.auc` with the predictions as its first argument."""
    return thresholds.auc(
        labels=labels,
        predictions=predictions,
        weights=weights,
        num_thresholds=num_thresholds,
        metrics_collections=metrics_collections,
        updates_collections=updates_collections,
        curve=curve,
        name=name,
    )


def streaming_specificity_at_sensitivity(
    predictions: Any,
    labels: Any,
    sensitivity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.specificity_at_sensitivity` with the predictions as its first argument."""
    return thresholds.specificity_at_sensitivity(
        labels=labels,
        predictions=predictions,
        sensitivity=sensitivity,
        weights=weights,
        num_thresholds=num_thresholds,
        metrics_collections=metrics_collections,
        updates_collections=updates_collections,
        name=name,
    )


def streaming_sensitivity_at_specificity(
    predictions: Any,
    labels: Any,
    specificity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.sensitivity_at_specificity` with the predictions as its first argument."""
    return thresholds.sensitivity_at_specificity(
        labels=labels,
        predictions=predictions,
        specificity=specificity,
        weights=weights,
        num_thresholds=num_thresholds,
        metrics_collections=metrics_collections,
        updates_collections=updates_collections,
        name=name,
    )


def streaming_mean_cosine_distance(
    predictions: Any,
    labels: Any,
    dim: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """One minus the mean product of predictions and labels, both of length 1 along an axis.

    Args:
        predictions: the predictions.
        labels: the labels, of the same shape.
        dim: the axis.
        weights: how much each counts.
        metrics_collections: the collections the value is added to, if any.
        updates_collections: the collections the update is added to, if any.
        name: the variable scope.
    """
    predictions, labels, weights = matched(predictions, labels, weights)
    products = reduce_sum(multiply(predictions, labels), axis=[dim], keepdims=True)
    value, update = streaming_mean(products, weights, None, None, name or "mean_cosine_distance")
    value, update = subtract(1.0, value), subtract(1.0, update)
    return collected(value, metrics_collections), collected(update, updates_collections)


def streaming_recall_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often the label is among the k largest predictions.

    Args:
        predictions: float32, batch x classes.
        labels: int32 or int64, batch.
        k: how many.
        weights: how much each counts.
        metrics_collections: the collections the value is added to, if any.
        updates_collections: the collections the update is added to, if any.
        name: the variable scope.
    """
    found = cast(in_top_k(predictions, labels, k), float32)
    return streaming_mean(found, weights, metrics_collections, updates_collections, name or f"recall_at_{k}")
