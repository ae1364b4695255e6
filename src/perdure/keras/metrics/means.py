"""The means of functions of targets and predictions, as classes: Accuracy, MeanSquaredError, ..."""

from __future__ import annotations

from typing import Any

from perdure.keras import losses
from perdure.keras.metrics import functions
from perdure.keras.metrics.reduce import MeanMetricWrapper


def _mean_of(function: Any, name: str) -> Any:
    """The `__init__` of the mean of a function without further arguments."""

    def __init__(self: Any, name: str | None = name, dtype: Any = None) -> None:  # noqa: N807
        MeanMetricWrapper.__init__(self, function, name, dtype=dtype)

    return __init__


class Accuracy(MeanMetricWrapper):
    """How many predictions are equal to targets."""

    __init__ = _mean_of(functions.accuracy, "accuracy")


class CategoricalAccuracy(MeanMetricWrapper):
    """See `categorical_accuracy`."""

    __init__ = _mean_of(functions.categorical_accuracy, "categorical_accuracy")


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """See `sparse_categorical_accuracy`."""

    __init__ = _mean_of(functions.sparse_categorical_accuracy, "sparse_categorical_accuracy")


class BinaryAccuracy(MeanMetricWrapper):
    """See `binary_accuracy`."""

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(functions.binary_accuracy, name, dtype=dtype, threshold=threshold)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """See `top_k_categorical_accuracy`."""

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(functions.top_k_categorical_accuracy, name, dtype=dtype, k=k)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """See `sparse_top_k_categorical_accuracy`."""

    def __init__(
        self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(functions.sparse_top_k_categorical_accuracy, name, dtype=dtype, k=k)


class CosineSimilarity(MeanMetricWrapper):
    """See `tf.keras.losses.cosine_proximity`."""

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(losses.cosine_proximity, name, dtype=dtype, axis=axis)


class MeanAbsoluteError(MeanMetricWrapper):
    """See `tf.keras.losses.mean_absolute_error`."""

    __init__ = _mean_of(losses.mean_absolute_error, "mean_absolute_error")


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """See `tf.keras.losses.mean_absolute_percentage_error`."""

    __init__ = _mean_of(losses.mean_absolute_percentage_error, "mean_absolute_percentage_error")


class MeanSquaredError(MeanMetricWrapper):
    """See `tf.keras.losses.mean_squared_error`."""

    __init__ = _mean_of(losses.mean_squared_error, "mean_squared_error")


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """See `tf.keras.losses.mean_squared_logarithmic_error`."""

    __init__ = _mean_of(losses.mean_squared_logarithmic_error, "mean_squared_logarithmic_error")


class Hinge(MeanMetricWrapper):
    """See `tf.keras.losses.hinge`."""

    __init__ = _mean_of(losses.hinge, "hinge")


class SquaredHinge(MeanMetricWrapper):
    """See `tf.keras.losses.squared_hinge`."""

    __init__ = _mean_of(losses.squared_hinge, "squared_hinge")


class CategoricalHinge(MeanMetricWrapper):
    """See `tf.keras.losses.categorical_hinge`."""

    __init__ = _mean_of(losses.categorical_hinge, "categorical_hinge")


class LogCoshError(MeanMetricWrapper):
    """See `tf.keras.losses.logcosh`."""

    __init__ = _mean_of(losses.logcosh, "logcosh")


class Poisson(MeanMetricWrapper):
    """See `tf.keras.losses.poisson`."""

    __init__ = _mean_of(losses.poisson, "poisson")


class KLDivergence(MeanMetricWrapper):
    """See `tf.keras.losses.kullback_leibler_divergence`."""

    __init__ = _mean_of(losses.kullback_leibler_divergence, "kullback_leibler_divergence")


class BinaryCrossentropy(MeanMetricWrapper):
    """See `tf.keras.losses.binary_crossentropy`."""

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: Any = 0,
    ) -> None:
        super().__init__(
            losses.binary_crossentropy,
            name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class CategoricalCrossentropy(MeanMetricWrapper):
    """See `tf.keras.losses.categorical_crossentropy`."""

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: Any = 0,
    ) -> None:
        super().__init__(
            losses.categorical_crossentropy,
            name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """See `tf.keras.losses.sparse_categorical_crossentropy`."""

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            losses.sparse_categorical_crossentropy, name, dtype=dtype, from_logits=from_logits, axis=axis
        )
