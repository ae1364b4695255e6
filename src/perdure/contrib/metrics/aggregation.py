"""Several metrics as one, and their number of values."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import identity, size
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.state import state
from perdure.graph.defaults import control_dependencies
from perdure.graph.dtypes import float32
from perdure.losses.weights import broadcast_weights
from perdure.metrics.common import Metric, collected, matched, metric_variable
from perdure.variables.variable_scope import variable_scope


def aggregate_metrics(*value_update_tuples: Any) -> tuple[list[Any], list[Any]]:
    """Metrics as a list of values and a list of updates.

    Args:
        *value_update_tuples: what metrics returned.

    Raises:
        ValueError: there is none.
    """
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples: dict[Any, Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Metrics by name as values by name and updates by name.

    Args:
        names_to_tuples: name -> what a metric returned.
    """
    values, updates = zip(*names_to_tuples.values(), strict=True)
    return dict(zip(names_to_tuples, values, strict=True)), dict(zip(names_to_tuples, updates, strict=True))


def count(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How many values there were, or the sum of their weights.

    Args:
        values: the values.
        weights: how much each counts.
        metrics_collections: the collections the value is added to, if any.
        updates_collections: the collections the update is added to, if any.
        name: the variable scope.
    """
    with variable_scope(name, "count", (values, weights)):
        total = metric_variable([], float32, name="count")
        if weights is None:
            number = cast(size(values), float32)
        else:
            values, _, weights = matched(cast(values, float32), None, weights)
            number = reduce_sum(broadcast_weights(cast(weights, float32), values))
        with control_dependencies([values]):
            update = state.assign_add(total, number)
        value = collected(identity(total), metrics_collections)
        return value, collected(update, updates_collections)
