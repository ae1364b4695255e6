"""Metrics that are sums or means: Sum, Mean, and means of functions of targets and predictions."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import ones_like, size
from perdure.functional.math import binary, unary
from perdure.functional.math.cast import cast
from perdure.functional.math.counting import remove_squeezable_dimensions
from perdure.functional.math.reductions import reduce_mean, reduce_sum
from perdure.graph.defaults import control_dependencies, init_scope
from perdure.graph.tensor import is_tensor_like
from perdure.graph.tensor_shape import TensorShape
from perdure.keras import initializers
from perdure.keras.backend.shapes import eval as value_of
from perdure.keras.backend.shapes import ndim
from perdure.keras.backend.state import _get_session, _initialize_variables, batch_set_value
from perdure.keras.metrics.metric import Metric
from perdure.keras.utils.weighting import squeeze_or_expand_dimensions
from perdure.losses.weights import broadcast_weights

_SUM, _SUM_OVER_BATCH_SIZE, _WEIGHTED_MEAN = "sum", "sum_over_batch_size", "weighted_mean"


def _later_axes(values: Any, weights: Any) -> list[int]:
    return list(range(ndim(weights) or 0, ndim(values) or 0))


class Reduce(Metric):
    """The sum or mean of values.

    Args:
        reduction: "sum", "sum_over_batch_size" or "weighted_mean".
        name, dtype: see `Metric`.
    """

    def __init__(self, reduction: str, name: str | None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.reduction = reduction
        with init_scope():
            self.total = self.add_weight("total", initializer=initializers.Zeros)
            if reduction != _SUM:
                self.count = self.add_weight("count", initializer=initializers.Zeros)

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that takes in values.

        Args:
            values: a tensor.
            sample_weight: weights of its first axes, or None.
        """
        values = cast(values, self._dtype)
        if sample_weight is not None:
            sample_weight = cast(sample_weight, self._dtype)
            values, _, sample_weight = squeeze_or_expand_dimensions(values, sample_weight=sample_weight)
            try:
                sample_weight = broadcast_weights(sample_weight, values)
            except ValueError:
                reduce = reduce_sum if self.reduction == _SUM else reduce_mean
                values = reduce(values, axis=_later_axes(values, sample_weight))
            values = binary.multiply(values, sample_weight)
        value_sum = reduce_sum(values)
        with control_dependencies([value_sum]):
            update_total = self.total.assign_add(value_sum)
        if self.reduction == _SUM:
            return update_total
        if self.reduction == _WEIGHTED_MEAN and sample_weight is not None:
            count = reduce_sum(sample_weight)
        else:
            count = cast(size(values), self._dtype)
        with control_dependencies([update_total]):
            return self.count.assign_add(count)

    def result(self) -> Any:
        if self.reduction == _SUM:
            from perdure.functional.array.array import identity

            return identity(self.total)
        return binary.div_no_nan(self.total, self.count)


class Sum(Reduce):
    """The sum of values."""

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(reduction=_SUM, name=name, dtype=dtype)


class Mean(Reduce):
    """The weighted mean of values."""

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(reduction=_WEIGHTED_MEAN, name=name, dtype=dtype)


class MeanMetricWrapper(Mean):
    """The mean of a function of targets and predictions.

    Args:
        fn: the function.
        name, dtype: see `Metric`.
        **kwargs: further arguments of the function.
    """

    def __init__(self, fn: Any, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that takes in a batch.

        Args:
            y_true: targets.
            y_pred: predictions.
            sample_weight: weights of the items, or None.
        """
        y_true = cast(y_true, self._dtype)
        y_pred = cast(y_pred, self._dtype)
        y_pred, y_true = squeeze_or_expand_dimensions(y_pred, y_true)
        matches = self._fn(y_true, y_pred, **self._fn_kwargs)
        return super().update_state(matches, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        own = {k: value_of(v) if is_tensor_like(v) else v for k, v in self._fn_kwargs.items()}
        return {**super().get_config(), **own}


class SumOverBatchSize(Reduce):
    """The sum of values, divided by their number."""

    def __init__(self, name: str | None = "sum_over_batch_size", dtype: Any = None) -> None:
        super().__init__(reduction=_SUM_OVER_BATCH_SIZE, name=name, dtype=dtype)


class MeanRelativeError(Mean):
    """The mean of abs(y_true - y_pred) / normalizer.

    Args:
        normalizer: what differences are divided by, of the shape of the predictions.
        name, dtype: see `Metric`.
    """

    def __init__(self, normalizer: Any, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.normalizer = cast(normalizer, self._dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that takes in a batch; see `MeanMetricWrapper`."""
        y_true = cast(y_true, self._dtype)
        y_pred = cast(y_pred, self._dtype)
        y_pred, y_true = squeeze_or_expand_dimensions(y_pred, y_true)
        y_pred, self.normalizer = remove_squeezable_dimensions(y_pred, self.normalizer)
        y_pred.shape.assert_is_compatible_with(y_true.shape)
        errors = binary.div_no_nan(unary.abs(y_true - y_pred), self.normalizer)
        return super().update_state(errors, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        n = self.normalizer
        return {**super().get_config(), "normalizer": value_of(n) if is_tensor_like(n) else n}


class RootMeanSquaredError(Mean):
    """The root of the mean of squared differences."""

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype=dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that takes in a batch; see `MeanMetricWrapper`."""
        y_true = cast(y_true, self._dtype)
        y_pred = cast(y_pred, self._dtype)
        y_pred, y_true = squeeze_or_expand_dimensions(y_pred, y_true)
        return super().update_state(binary.squared_difference(y_pred, y_true), sample_weight=sample_weight)

    def result(self) -> Any:
        return unary.sqrt(binary.div_no_nan(self.total, self.count))


class MeanTensor(Metric):
    """The weighted means of the elements of tensors of one shape."""

    def __init__(self, name: str | None = "mean_tensor", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self._shape: Any = None
        self._total: Any = None
        self._count: Any = None
        self._built = False

    @property
    def total(self) -> Any:
        """The sums of the elements; None before the first batch."""
        return self._total if self._built else None

    @property
    def count(self) -> Any:
        """The sums of the weights; None before the first batch."""
        return self._count if self._built else None

    def _make(self, shape: Any) -> None:
        self._shape = TensorShape(shape)
        self._total = self.add_weight("total", shape=shape, initializer=initializers.Zeros)
        self._count = self.add_weight("count", shape=shape, initializer=initializers.Zeros)
        with init_scope():
            _initialize_variables(_get_session())
        self._built = True

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that takes in values.

        Args:
            values: a tensor of the shape of the first one.
            sample_weight: weights of its first axes, or None.

        Raises:
            ValueError: another shape.
        """
        values = cast(values, self._dtype)
        if not self._built:
            self._make(values.shape)
        elif values.shape != self._shape:
            raise ValueError(
                "MeanTensor input values must always have the same shape. Expected shape (set during the "
                f"first call): {self._shape}. Got: {values.shape}"
            )
        count = ones_like(values)
        if sample_weight is not None:
            sample_weight = cast(sample_weight, self._dtype)
            values, _, sample_weight = squeeze_or_expand_dimensions(values, sample_weight=sample_weight)
            try:
                sample_weight = broadcast_weights(sample_weight, values)
            except ValueError:
                values = reduce_mean(values, axis=_later_axes(values, sample_weight))
            count = binary.multiply(count, sample_weight)
            values = binary.multiply(values, sample_weight)
        update_total = self._total.assign_add(values)
        with control_dependencies([update_total]):
            return self._count.assign_add(count)

    def result(self) -> Any:
        if not self._built:
            raise ValueError(
                "MeanTensor does not have any result yet. Please call the MeanTensor instance or use "
                "`.update_state(value)` before retrieving the result."
            )
        return binary.div_no_nan(self.total, self.count)

    def reset_states(self) -> None:
        import numpy as np

        if self._built:
            batch_set_value([(v, np.zeros(self._shape.as_list())) for v in self.variables])
