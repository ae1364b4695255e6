"""What `compile` makes of its `metrics`: metrics by output, under names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perdure.functional.math.cast import cast
from perdure.keras import losses
from perdure.keras.metrics import lookup
from perdure.keras.metrics.metric import Metric, clone_metric
from perdure.keras.metrics.reduce import MeanMetricWrapper
from perdure.keras.utils.objects import check_for_unexpected_keys, to_list
from perdure.keras.utils.weighting import squeeze_or_expand_dimensions

_SHORT = {"accuracy": "acc", "acc": "acc", "crossentropy": "ce", "ce": "ce"}


def metrics_by_output(
    metrics: Any,
    output_names: Sequence[str],
    output_shapes: Sequence[Any],
    loss_fns: Sequence[Any],
    is_weighted: bool = False,
) -> list[dict[str, Any]]:
    """The metrics of each output, by name.

    Args:
        metrics: a list for all outputs, a list of lists, or a dictionary by output.
        output_names: the names of the outputs.
        output_shapes: their static shapes; "accuracy" means different things for different ones.
        loss_fns: their losses; so it does for different losses.
        is_weighted: whether they are to be weighted.

    Raises:
        ValueError: a list of another length, or unknown names.
        TypeError: none of these.
    """
    if not metrics:
        return [{} for _ in output_names]
    if isinstance(metrics, list):
        if any(isinstance(m, list) for m in metrics):
            if len(metrics) != len(output_names):
                raise ValueError(
                    "When passing a list of lists as `metrics`, it should have one entry per model output. "
                    f"The model has {len(output_names)} outputs, but you passed metrics={metrics}"
                )
            nested = [to_list(m) for m in metrics]
        elif len(output_names) > 1:
            nested = [[clone_metric(m) for m in metrics] for _ in output_names]
        else:
            nested = [metrics]
    elif isinstance(metrics, Mapping):
        check_for_unexpected_keys("metrics", metrics, output_names)
        nested = [to_list(metrics.get(name, [])) for name in output_names]
    else:
        raise TypeError(
            "Type of `metrics` argument not understood. Expected a list or dictionary, found: " + str(metrics)
        )
    found = []
    for own, shape, loss in zip(nested, output_shapes, loss_fns, strict=True):
        named: dict[str, Any] = {}
        for metric in own:
            name = _name_of(metric, is_weighted)
            function = _function_of(metric, shape, loss)
            if not isinstance(function, Metric):
                function = MeanMetricWrapper(function, name=name)
            named[name] = function
        found.append(named)
    return found


def _name_of(metric: Any, is_weighted: bool) -> str:
    if isinstance(metric, str) and metric in _SHORT:
        name = _SHORT[metric]
    else:
        found = lookup.get(metric)
        name = found.name if hasattr(found, "name") else found.__name__
    return "weighted_" + name if is_weighted else name


def _function_of(metric: Any, output_shape: Any, loss: Any) -> Any:
    if not isinstance(metric, str) or metric not in _SHORT:
        return lookup.get(metric)
    function = getattr(loss, "fn", None) if isinstance(loss, losses.LossFunctionWrapper) else None
    suffix = "accuracy" if _SHORT[metric] == "acc" else "crossentropy"
    if output_shape[-1] == 1 or function == losses.binary_crossentropy:
        return lookup.get("binary_" + suffix)
    if function == losses.sparse_categorical_crossentropy:
        return lookup.get("sparse_categorical_" + suffix)
    return lookup.get("categorical_" + suffix)


def call_metric(metric: Any, y_true: Any, y_pred: Any, weights: Any = None, mask: Any = None) -> Any:
    """The result of a metric after a batch.

    Args:
        metric: the metric.
        y_true: targets.
        y_pred: predictions.
        weights: weights of the items, or None.
        mask: which time steps count, or None.
    """
    if mask is not None:
        mask = cast(mask, y_pred.dtype)
        if weights is None:
            weights = mask
        else:
            mask, _, weights = squeeze_or_expand_dimensions(mask, sample_weight=weights)
            weights *= mask
    return metric(y_true, y_pred, sample_weight=weights)
