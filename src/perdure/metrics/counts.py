"""Metrics that count true and false predictions of a yes or no, and their ratios."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import identity, rank
from perdure.functional.array.gathering import where
from perdure.functional.control.check_ops import assert_rank_in, assert_type
from perdure.functional.math.binary import div, equal, greater, logical_and, multiply
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.state import state
from perdure.graph.defaults import control_dependencies
from perdure.graph.dtypes import bool as boolean
from perdure.graph.dtypes import float32
from perdure.graph.tensor import Tensor
from perdure.metrics.common import (
    Metric,
    collected,
    matched,
    metric_variable,
    value_and_update,
)
from perdure.variables.variable_scope import variable_scope


def _count(
    label: bool,
    prediction: bool,
    scope_name: str,
    labels: Any,
    predictions: Any,
    weights: Any,
    metrics_collections: Any,
    updates_collections: Any,
    name: str | None,
) -> Metric:
    """How often a label and the prediction for it are these two."""
    with variable_scope(name, scope_name, (predictions, labels, weights)):
        predictions, labels, weights = matched(cast(predictions, boolean), cast(labels, boolean), weights)
        holds = logical_and(equal(labels, label), equal(predictions, prediction))
        assert_type(holds, boolean)
        count = metric_variable([], float32, name="count")
        values = cast(holds, float32)
        if weights is not None:
            with control_dependencies((assert_rank_in(weights, (0, rank(values))),)):
                values = multiply(values, cast(weights, float32))
        value = collected(identity(count), metrics_collections)
        update = state.assign_add(count, reduce_sum(values))
        return value, collected(update, updates_collections)


def true_positives(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often yes was predicted rightly.

    Args:
        labels: booleans, or numbers that stand for them.
        predictions: likewise, in the same shape.
        weights: a scalar, or weights of the rank of the labels.
        metrics_collections: the collections the value is added to.
        updates_collections: the collections the update is added to.
        name: the variable scope.

    Returns:
        (the count so far, an update that gives the count after it)

    Raises:
        ValueError: shapes that cannot fit.
    """
    return _count(
        True,
        True,
        "true_positives",
        labels,
        predictions,
        weights,
        metrics_collections,
        updates_collections,
        name,
    )


def false_positives(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often yes was predicted wrongly; see `true_positives`."""
    return _count(
        False,
        True,
        "false_positives",
        labels,
        predictions,
        weights,
        metrics_collections,
        updates_collections,
        name,
    )


def true_negatives(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often no was predicted rightly; see `true_positives`."""
    return _count(
        False,
        False,
        "true_negatives",
        labels,
        predictions,
        weights,
        metrics_collections,
        updates_collections,
        name,
    )


def false_negatives(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often no was predicted wrongly; see `true_positives`."""
    return _count(
        True,
        False,
        "false_negatives",
        labels,
        predictions,
        weights,
        metrics_collections,
        updates_collections,
        name,
    )


def precision(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Which part of the predicted yes were right, 0 if there were none; see `true_positives`."""
    with variable_scope(name, "precision", (predictions, labels, weights)):
        predictions, labels, weights = matched(cast(predictions, boolean), cast(labels, boolean), weights)
        right, new_right = true_positives(labels, predictions, weights)
        wrong, new_wrong = false_positives(labels, predictions, weights)
        return value_and_update(
            _share,
            (right, wrong),
            (new_right, new_wrong),
            metrics_collections,
            updates_collections,
        )


def recall(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Which part of the actual yes was predicted, 0 if there were none; see `true_positives`."""
    with variable_scope(name, "recall", (predictions, labels, weights)):
        predictions, labels, weights = matched(cast(predictions, boolean), cast(labels, boolean), weights)
        found, new_found = true_positives(labels, predictions, weights)
        missed, new_missed = false_negatives(labels, predictions, weights)
        return value_and_update(
            _share,
            (found, missed),
            (new_found, new_missed),
            metrics_collections,
            updates_collections,
        )


def _share(part: Tensor, rest: Tensor, name: str) -> Tensor:
    return where(greater(part + rest, 0), div(part, part + rest), 0, name)
