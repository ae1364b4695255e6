"""Metric: a layer whose variables gather what was seen."""

from __future__ import annotations

import types
from typing import Any

from perdure.functional.array.array import identity
from perdure.graph.defaults import control_dependencies
from perdure.keras.backend.state import batch_set_value
from perdure.keras.config import floatx
from perdure.keras.engine.layer import Layer
from perdure.variables.base import VariableAggregation, VariableSynchronization


def _updating(metric: Any, update_state: Any) -> Any:
    def update(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Take in a batch; see the class."""
        operation = update_state(*args, **kwargs)
        if operation is not None:
            self.add_update(operation)
        return operation

    return types.MethodType(update, metric)


def _resulting(metric: Any, result: Any) -> Any:
    def found(self: Any, *args: Any) -> Any:
        """What was measured so far."""
        self._call_result = identity(result(*args))
        return self._call_result

    return types.MethodType(found, metric)


class Metric(Layer):
    """What is measured over many batches.

    A subclass makes variables with `add_weight`, updates them in `update_state` and computes in `result`.

    Args:
        name: its name.
        dtype: the type of its variables; `floatx()` if None.
        **kwargs: see `Layer`.
    """

    _is_metric = True

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        metric = super().__new__(cls)
        # What is overridden is wrapped, so that subclasses need not know.
        metric.__dict__["update_state"] = _updating(metric, metric.update_state)
        metric.__dict__["result"] = _resulting(metric, metric.result)
        return metric

    def __init__(self, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.stateful = True
        self.built = True
        if dtype is None:
            self._dtype = floatx()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in a batch and return what was measured so far, including it."""
        update = self.update_state(*args, **kwargs)
        with control_dependencies([update]):
            result = self.result()
            result._metric_obj = self
            return result

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}

    def reset_states(self) -> None:
        """Forget what was measured."""
        batch_set_value([(v, 0) for v in self.variables])

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """The operation that takes in a batch."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def result(self) -> Any:
        """What was measured so far."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def add_weight(  # type: ignore[override]
        self,
        name: str,
        shape: Any = (),
        aggregation: Any = VariableAggregation.SUM,
        synchronization: Any = VariableSynchronization.ON_READ,
        initializer: Any = None,
        dtype: Any = None,
    ) -> Any:
        """Make a variable of the metric; see `Layer.add_weight`."""
        return super().add_weight(
            name=name,
            shape=shape,
            dtype=self._dtype if dtype is None else dtype,
            trainable=False,
            initializer=initializer,
            collections=[],
            synchronization=synchronization,
            aggregation=aggregation,
        )


def clone_metric(metric: Any) -> Any:
    """Another metric of the same kind; what is no metric stays."""
    return type(metric).from_config(metric.get_config()) if isinstance(metric, Metric) else metric


def clone_metrics(metrics: Any) -> Any:
    """Other metrics of the same kinds, in a list or dictionary like the given one."""
    if metrics is None:
        return None
    if isinstance(metrics, dict):
        return {key: clone_metric(value) for key, value in metrics.items()}
    return [clone_metric(metric) for metric in metrics]
