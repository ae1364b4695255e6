"""Metrics of classifiers: accuracy of a batch, the best F1, agreement beyond chance."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import ones_like, squeeze
from perdure.functional.linalg.matrix import diag_part
from perdure.functional.math.binary import div, div_no_nan, equal, multiply
from perdure.functional.math.cast import cast
from perdure.functional.math.counting import confusion_matrix
from perdure.functional.math.reductions import reduce_max, reduce_mean, reduce_sum
from perdure.functional.state import state
from perdure.graph import dtypes
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.metrics.common import Metric, collected, matched, metric_variable
from perdure.metrics.thresholds import _evenly_spaced, counts_at_thresholds
from perdure.variables.variable_scope import variable_scope

_TINY = 1e-7


def accuracy(predictions: Any, labels: Any, weights: Any = None, name: str | None = None) -> Tensor:
    """Which part of the predictions of a batch is right.

    Args:
        predictions: whole numbers, booleans or strings.
        labels: the same type and shape.
        weights: how much each counts.
        name: the name scope.

    Raises:
        ValueError: other types, or two.
    """
    if not (labels.dtype.is_integer or labels.dtype in (dtypes.bool, dtypes.string)):
        raise ValueError(f"Labels should have bool, integer, or string dtype, not {labels.dtype!r}")
    if not labels.dtype.is_compatible_with(predictions.dtype):
        raise ValueError(
            "Dtypes of predictions and labels should match. "
            f"Given: predictions ({predictions.dtype!r}) and labels ({labels.dtype!r})"
        )
    with name_scope(name, "accuracy", [predictions, labels]):
        right = cast(equal(predictions, labels), dtypes.float32)
        if weights is None:
            return reduce_mean(right)
        right = multiply(right, weights)
        number = multiply(weights, ones_like(right))
        return div(reduce_sum(right), reduce_sum(number))


def f1_score(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The best harmonic mean of precision and recall that some threshold has.

    Args:
        labels: booleans, or what becomes them.
        predictions: probabilities.
        weights: how much each counts.
        num_thresholds: how many thresholds are tried.
        metrics_collections: the collections the value is added to, if any.
        updates_collections: the collections the update is added to, if any.
        name: the variable scope.
    """

    def best(counts: dict[str, Any], name: str) -> Tensor:
        precision = div(counts["tp"], _TINY + counts["tp"] + counts["fp"], name="precision_" + name)
        recall = div(counts["tp"], _TINY + counts["tp"] + counts["fn"], name="recall_" + name)
        return reduce_max(2.0 * precision * recall / (precision + recall + _TINY))

    with variable_scope(name, "f1", (labels, predictions, weights)):
        predictions, labels, weights = matched(predictions, labels, weights)
        values, updates = counts_at_thresholds(
            labels, predictions, _evenly_spaced(num_thresholds), weights, ("tp", "fp", "fn")
        )
        value = collected(best(values, "value"), metrics_collections)
        return value, collected(best(updates, "update"), updates_collections)


def cohen_kappa(
    labels: Any,
    predictions_idx: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Cohen's kappa: how much more often predictions and labels agree than by chance.

    Args:
        labels: classes, batch or batch x 1.
        predictions_idx: classes, of the same shape.
        num_classes: how many classes there are.
        weights: how much each counts.
        metrics_collections: the collections the value is added to, if any.
        updates_collections: the collections the update is added to, if any.
        name: the variable scope.

    Raises:
        ValueError: there are fewer than 2 classes.
    """
    if num_classes < 2:
        raise ValueError(f"`num_classes` must be >= 2.Found: {num_classes}")
    with variable_scope(name, "cohen_kappa", (labels, predictions_idx, weights)):
        labels.get_shape().with_rank_at_most(2)
        if labels.get_shape().ndims == 2:
            labels = squeeze(labels, axis=[-1])
        predictions_idx, labels, weights = matched(predictions_idx, labels, weights)
        dtype = dtypes.int64 if weights is None or weights.dtype.is_integer else dtypes.float32
        variables: list[Any] = [
            metric_variable((num_classes,), dtype, name=each) for each in ("po", "pe_row", "pe_col")
        ]
        table = confusion_matrix(
            labels,
            predictions_idx,
            num_classes=num_classes,
            weights=weights,
            dtype=dtype,
            name="counts_in_table",
        )
        batch: list[Any] = [diag_part(table), reduce_sum(table, axis=0), reduce_sum(table, axis=1)]
        updated: list[Any] = [
            state.assign_add(variable, coming) for variable, coming in zip(variables, batch, strict=True)
        ]
        value = collected(_kappa(variables, "value"), metrics_collections)
        return value, collected(_kappa(updated, "update_op"), updates_collections)


def _kappa(counts: list[Any], name: str) -> Tensor:
    agreed, rows, columns = counts
    observed = reduce_sum(agreed)
    total = reduce_sum(rows)
    expected = reduce_sum(div_no_nan(cast(rows * columns, dtypes.float64), cast(total, dtypes.float64)))
    observed = cast(observed, dtypes.float64)
    expected = cast(expected, dtypes.float64)
    total = cast(total, dtypes.float64)
    return div_no_nan(observed - expected, total - expected, name=name)
