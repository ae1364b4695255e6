"""Covariance and correlation of predictions and labels."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import size
from perdure.functional.array.gathering import where
from perdure.functional.math.binary import div_no_nan, less_equal, multiply, truediv
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import sqrt
from perdure.functional.state import state
from perdure.graph.defaults import control_dependencies
from perdure.graph.dtypes import float32
from perdure.graph.tensor import Tensor
from perdure.losses.weights import broadcast_weights
from perdure.metrics.common import Metric, collected, matched, metric_variable
from perdure.variables.variable_scope import variable_scope


def streaming_covariance(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The unbiased covariance of predictions and labels; not a number until there are two.

    Reference: Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
    Variances", 1979.

    Args:
        predictions: float32.
        labels: float32, of the same shape.
        weights: how often each counts.
        metrics_collections: the collections the value is added to, if any.
        updates_collections: the collections the update is added to, if any.
        name: the variable scope.
    """
    with variable_scope(name, "covariance", (predictions, labels, weights)):
        predictions, labels, weights = matched(predictions, labels, weights)
        count = metric_variable([], float32, name="count")
        mean_prediction = metric_variable([], float32, name="mean_prediction")
        mean_label = metric_variable([], float32, name="mean_label")
        comoment = metric_variable([], float32, name="comoment")
        if weights is None:
            batch_count = cast(size(labels), float32)
            weighted_predictions, weighted_labels = predictions, labels
        else:
            weights = broadcast_weights(weights, labels)
            batch_count = reduce_sum(weights)
            weighted_predictions = multiply(predictions, weights)
            weighted_labels = multiply(labels, weights)
        update_count = state.assign_add(count, batch_count)
        count_before = update_count - batch_count
        batch_prediction, prediction_before = _moved(
            weighted_predictions, batch_count, mean_prediction, update_count
        )
        batch_label, label_before = _moved(weighted_labels, batch_count, mean_label, update_count)
        residuals = (predictions - batch_prediction) * (labels - batch_label)
        batch_comoment = reduce_sum(residuals if weights is None else residuals * weights)
        coming = batch_comoment + (prediction_before - batch_prediction) * (label_before - batch_label) * (
            count_before * batch_count / update_count
        )
        update_comoment = state.assign_add(comoment, coming)
        value = _covariance(count, comoment, "covariance")
        with control_dependencies([update_comoment]):
            update = _covariance(count, comoment, "update_op")
    return collected(value, metrics_collections), collected(update, updates_collections)


def streaming_pearson_correlation(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Pearson's correlation of predictions and labels.

    Args:
        predictions: float32.
        labels: float32, of the same shape.
        weights: how often each counts.
        metrics_collections: the collections the value is added to, if any.
        updates_collections: the collections the update is added to, if any.
        name: the variable scope.
    """
    with variable_scope(name, "pearson_r", (predictions, labels, weights)):
        predictions, labels, weights = matched(predictions, labels, weights)
        if weights is not None:
            weights = broadcast_weights(weights, labels)
        both = streaming_covariance(predictions, labels, weights, name="covariance")
        first = streaming_covariance(predictions, predictions, weights, name="variance_predictions")
        second = streaming_covariance(labels, labels, weights, name="variance_labels")
        value, update = (
            truediv(both[i], multiply(sqrt(first[i]), sqrt(second[i])), name=title)
            for i, title in enumerate(("pearson_r", "update_op"))
        )
    return collected(value, metrics_collections), collected(update, updates_collections)


def _moved(weighted: Tensor, batch_count: Tensor, mean: Any, count: Tensor) -> tuple[Tensor, Tensor]:
    """(The mean of a batch, the mean before it), where `mean` takes the batch in."""
    batch = div_no_nan(reduce_sum(weighted), batch_count)
    delta = div_no_nan((batch - mean) * batch_count, count)
    return batch, state.assign_add(mean, delta) - delta


def _covariance(count: Any, comoment: Any, name: str) -> Tensor:
    return where(less_equal(count, 1.0), float("nan"), truediv(comoment, count - 1), name=name)
