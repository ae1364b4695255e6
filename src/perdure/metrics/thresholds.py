"""Metrics of probabilities that are turned into yes or no at several thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.array.array import expand_dims, identity, ones_like, reshape
from perdure.functional.array.array import shape as shape_of
from perdure.functional.array.gathering import where
from perdure.functional.array.joining import stack
from perdure.functional.array.rearranging import tile, transpose
from perdure.functional.control.check_ops import assert_greater_equal, assert_less_equal
from perdure.functional.math.binary import (
    div,
    div_no_nan,
    equal,
    greater,
    logical_and,
    maximum,
    minimum,
    multiply,
)
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import argmax, argmin, reduce_min, reduce_sum
from perdure.functional.math.scans import cumsum
from perdure.functional.math.unary import abs, log, logical_not
from perdure.functional.state import state
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies
from perdure.graph.dtypes import bool as boolean
from perdure.graph.dtypes import float32, int32, int64
from perdure.graph.tensor import Tensor
from perdure.losses.weights import broadcast_weights
from perdure.metrics.common import (
    Metric,
    collected,
    matched,
    metric_variable,
    value_and_update,
)
from perdure.platform import logging
from perdure.variables.variable_scope import variable_scope

# Keeps the first threshold below every probability and the last one above.
_MARGIN = 1e-7
# The four counts: their names, and whether label and prediction are yes.
_COUNTS = {
    "tp": ("true_positives", True, True),
    "fn": ("false_negatives", True, False),
    "tn": ("true_negatives", False, False),
    "fp": ("false_positives", False, True),
}

Counts = dict[str, Any]


def counts_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Sequence[float],
    weights: Any = None,
    includes: Sequence[str] | None = None,
) -> tuple[Counts, Counts]:
    """How often yes and no were predicted rightly and wrongly at each threshold.

    Args:
        labels: booleans, or numbers that stand for them.
        predictions: probabilities in the same shape.
        thresholds: numbers between 0 and 1.
        weights: a scalar, or weights of the rank of the labels.
        includes: which of the counts "tp", "fn", "tn" and "fp", by default all.

    Returns:
        (variables with the counts, their updates), by the names of the counts

    Raises:
        ValueError: shapes that cannot fit, or there is no such count.
    """
    includes = tuple(_COUNTS) if includes is None else includes
    for include in includes:
        if include not in _COUNTS:
            raise ValueError(f"Invalid key: {include}.")
    says = "predictions must be in [0, 1]"
    with control_dependencies(
        [
            assert_greater_equal(predictions, cast(0.0, predictions.dtype), message=says),
            assert_less_equal(predictions, cast(1.0, predictions.dtype), message=says),
        ]
    ):
        predictions, labels, weights = matched(cast(predictions, float32), cast(labels, boolean), weights)
    number = len(thresholds)
    column = reshape(predictions, [-1, 1])
    row = reshape(cast(labels, boolean), [1, -1])
    items: Any = column.get_shape().as_list()[0]
    if items is None:
        items = shape_of(column)[0]
    limits = tile(expand_dims(constant(thresholds), [1]), stack([1, items]))
    predicted = {True: greater(tile(transpose(column), [number, 1]), limits)}
    if "fn" in includes or "tn" in includes:
        predicted[False] = logical_not(predicted[True])
    actual = {True: tile(row, [number, 1])}
    if "fp" in includes or "tn" in includes:
        actual[False] = logical_not(actual[True])
    weights_at_thresholds = None
    if weights is not None:
        weights = broadcast_weights(cast(weights, float32), predictions)
        weights_at_thresholds = tile(reshape(weights, [1, -1]), [number, 1])
        limits.get_shape().assert_is_compatible_with(weights_at_thresholds.get_shape())
    values, updates = {}, {}
    for key, (name, label, prediction) in _COUNTS.items():
        if key not in includes:
            continue
        count = metric_variable([number], float32, name=name)
        holds = cast(logical_and(actual[label], predicted[prediction]), float32)
        if weights_at_thresholds is not None:
            holds *= weights_at_thresholds
        updates[key] = state.assign_add(count, reduce_sum(holds, 1))
        values[key] = count
    return values, updates


def _count_at_thresholds(
    key: str,
    labels: Any,
    predictions: Any,
    thresholds: Sequence[float],
    weights: Any,
    metrics_collections: Any,
    updates_collections: Any,
    name: str | None,
) -> Metric:
    with variable_scope(name, _COUNTS[key][0], (predictions, labels, weights)):
        values, updates = counts_at_thresholds(labels, predictions, thresholds, weights, (key,))
        value = collected(identity(values[key]), metrics_collections)
        return value, collected(updates[key], updates_collections)


def true_positives_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Sequence[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often yes was predicted rightly, if probabilities above a threshold are yes.

    Args:
        labels: booleans, or numbers that stand for them.
        predictions: probabilities in the same shape.
        thresholds: numbers between 0 and 1.
        weights: a scalar, or weights of the rank of the labels.
        metrics_collections: the collections the value is added to.
        updates_collections: the collections the update is added to.
        name: the variable scope.

    Returns:
        (the counts so far, an update that gives the counts after it), one count a threshold

    Raises:
        ValueError: shapes that cannot fit.
    """
    return _count_at_thresholds(
        "tp", labels, predictions, thresholds, weights, metrics_collections, updates_collections, name
    )


def false_positives_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Sequence[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often yes was predicted wrongly; see `true_positives_at_thresholds`."""
    return _count_at_thresholds(
        "fp", labels, predictions, thresholds, weights, metrics_collections, updates_collections, name
    )


def true_negatives_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Sequence[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often no was predicted rightly; see `true_positives_at_thresholds`."""
    return _count_at_thresholds(
        "tn", labels, predictions, thresholds, weights, metrics_collections, updates_collections, name
    )


def false_negatives_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Sequence[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often no was predicted wrongly; see `true_positives_at_thresholds`."""
    return _count_at_thresholds(
        "fn", labels, predictions, thresholds, weights, metrics_collections, updates_collections, name
    )


def precision_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Sequence[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Which part of the predicted yes were right; see `true_positives_at_thresholds`."""
    with variable_scope(name, "precision_at_thresholds", (predictions, labels, weights)):
        values, updates = counts_at_thresholds(labels, predictions, thresholds, weights, ("tp", "fp"))

        def compute(counts: Counts, name: str) -> Tensor:
            return div(counts["tp"], _MARGIN + counts["tp"] + counts["fp"], f"precision_{name}")

        return value_and_update(compute, (values,), (updates,), metrics_collections, updates_collections)


def recall_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Sequence[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Which part of the actual yes was predicted; see `true_positives_at_thresholds`."""
    with variable_scope(name, "recall_at_thresholds", (predictions, labels, weights)):
        values, updates = counts_at_thresholds(labels, predictions, thresholds, weights, ("tp", "fn"))

        def compute(counts: Counts, name: str) -> Tensor:
            return div(counts["tp"], _MARGIN + counts["tp"] + counts["fn"], f"recall_{name}")

        return value_and_update(compute, (values,), (updates,), metrics_collections, updates_collections)


def _evenly_spaced(number: int, last: float = 1.0 + _MARGIN) -> list[float]:
    inner = [(i + 1) * 1.0 / (number - 1) for i in range(number - 2)]
    return [0.0 - _MARGIN, *inner, last]


def sensitivity_at_specificity(
    labels: Any,
    predictions: Any,
    specificity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Which part of the actual yes is predicted, at the threshold that finds this part of the actual no.

    Args:
        labels: booleans, or numbers that stand for them.
        predictions: probabilities in the same shape.
        specificity: between 0 and 1.
        weights: a scalar, or weights of the rank of the labels.
        num_thresholds: how many thresholds are tried.
        metrics_collections, updates_collections, name: see `true_positives_at_thresholds`.

    Raises:
        ValueError: `specificity` is out of its range, or shapes that cannot fit.
    """
    if specificity < 0 or specificity > 1:
        raise ValueError("`specificity` must be in the range [0, 1].")
    with variable_scope(name, "sensitivity_at_specificity", (predictions, labels, weights)):
        values, updates = counts_at_thresholds(labels, predictions, _evenly_spaced(num_thresholds), weights)

        def compute(counts: Counts, name: str) -> Tensor:
            tp, fn, tn, fp = (counts[key] for key in _COUNTS)
            specificities = div(tn, tn + fp + _MARGIN)
            best = cast(argmin(abs(specificities - specificity), 0), int32)
            return div(tp[best], tp[best] + fn[best] + _MARGIN, name)

        return value_and_update(compute, (values,), (updates,), metrics_collections, updates_collections)


def specificity_at_sensitivity(
    labels: Any,
    predictions: Any,
    sensitivity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Which part of the actual no is predicted, at the threshold that finds this part of the actual yes.

    Args:
        labels: booleans, or numbers that stand for them.
        predictions: probabilities in the same shape.
        sensitivity: between 0 and 1.
        weights: a scalar, or weights of the rank of the labels.
        num_thresholds: how many thresholds are tried.
        metrics_collections, updates_collections, name: see `true_positives_at_thresholds`.

    Raises:
        ValueError: `sensitivity` is out of its range, or shapes that cannot fit.
    """
    if sensitivity < 0 or sensitivity > 1:
        raise ValueError("`sensitivity` must be in the range [0, 1].")
    with variable_scope(name, "specificity_at_sensitivity", (predictions, labels, weights)):
        values, updates = counts_at_thresholds(
            labels, predictions, _evenly_spaced(num_thresholds, last=1.0 - _MARGIN), weights
        )

        def compute(counts: Counts, name: str) -> Tensor:
            tp, fn, tn, fp = (counts[key] for key in _COUNTS)
            sensitivities = div(tp, tp + fn + _MARGIN)
            nearest = reduce_min(abs(sensitivities - sensitivity))
            # Of several equally near thresholds the last: where the running count is largest first.
            is_nearest = cast(equal(abs(sensitivities - sensitivity), nearest), int64)
            best = cast(argmax(cumsum(is_nearest), 0), int32)
            return div(tn[best], tn[best] + fp[best] + _MARGIN, name)

        return value_and_update(compute, (values,), (updates,), metrics_collections, updates_collections)


# -- the area under a curve --------------------------------------------------------------------


def auc(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
    summation_method: str = "trapezoidal",
    thresholds: Sequence[float] | None = None,
) -> Metric:
    """The area under a curve through the points of several thresholds.

    Args:
        labels: booleans, or numbers that stand for them.
        predictions: probabilities in the same shape.
        weights: a scalar, or weights of the rank of the labels.
        num_thresholds: how many thresholds are tried.
        metrics_collections: see `true_positives_at_thresholds`.
        updates_collections: see `true_positives_at_thresholds`.
        curve: "ROC" (true against false positives) or "PR" (precision against recall).
        name: the variable scope.
        summation_method: "trapezoidal", "minoring" or "majoring" (the lower or the higher end of each
            stretch), or "careful_interpolation" (for "PR"; Davis and Goadrich, "The Relationship Between
            Precision-Recall and ROC Curves", 2006).
        thresholds: thresholds between 0 and 1 to try, instead of evenly spaced ones.

    Raises:
        ValueError: an unknown curve or method, or shapes that cannot fit.
    """
    with variable_scope(name, "auc", (labels, predictions, weights)):
        if curve not in ("ROC", "PR"):
            raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
        if thresholds is None:
            tried = _evenly_spaced(num_thresholds)
        else:
            tried = [0.0 - _MARGIN, *sorted(thresholds), 1.0 + _MARGIN]
        values, updates = counts_at_thresholds(labels, predictions, tried, weights)

        def compute(counts: Counts, name: str) -> Tensor:
            return _area(counts, len(tried), curve, summation_method, name)

        return value_and_update(compute, (values,), (updates,), metrics_collections, updates_collections)


def _area(counts: Counts, number: int, curve: str, method: str, name: str) -> Tensor:
    tp, fn, tn, fp = (counts[key] for key in _COUNTS)
    epsilon = 1e-6
    if curve == "PR":
        if method == "trapezoidal":
            logging.warning(
                "The trapezoidal rule overestimates the area under a precision-recall curve; use "
                "summation_method='careful_interpolation' instead."
            )
        elif method == "careful_interpolation":
            return _interpolated_precision_recall_area(tp, fp, fn, number)
    recalls = div(tp + epsilon, tp + fn + epsilon)
    if curve == "ROC":
        x, y = div(fp, fp + tn + epsilon), recalls
    else:
        x, y = recalls, div(tp + epsilon, tp + fp + epsilon)
    widths = x[: number - 1] - x[1:]
    if method in ("trapezoidal", "careful_interpolation"):
        heights = (y[: number - 1] + y[1:]) / 2.0
    elif method == "minoring":
        heights = minimum(y[: number - 1], y[1:])
    elif method == "majoring":
        heights = maximum(y[: number - 1], y[1:])
    else:
        raise ValueError(f"Invalid summation_method: {method}")
    return reduce_sum(multiply(widths, heights), name=name)


def _interpolated_precision_recall_area(tp: Any, fp: Any, fn: Any, number: int) -> Tensor:
    """The area when true positives, not precision, are linear in all positives between two thresholds."""
    gained = tp[: number - 1] - tp[1:]
    positives = tp + fp
    slope = div_no_nan(gained, maximum(positives[: number - 1] - positives[1:], 0), name="prec_slope")
    intercept = tp[1:] - multiply(slope, positives[1:])
    both_positive = logical_and(positives[: number - 1] > 0, positives[1:] > 0)
    ratio = where(
        both_positive,
        div_no_nan(positives[: number - 1], maximum(positives[1:], 0), name="recall_relative_ratio"),
        ones_like(positives[1:]),
    )
    stretches = div_no_nan(
        slope * (gained + intercept * log(ratio)),
        maximum(tp[1:] + fn[1:], 0),
        name="pr_auc_increment",
    )
    return reduce_sum(stretches, name="interpolate_pr_auc")
