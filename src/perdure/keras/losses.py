"""tf.keras.losses: functions from targets and predictions to losses, and the classes around them."""

from __future__ import annotations

from typing import Any, Self

from perdure.functional.array.array import shape as shape_op
from perdure.functional.math import binary, unary
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_all, reduce_max, reduce_sum
from perdure.functional.nn.normalization import l2_normalize
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor, is_tensor_like
from perdure.keras.backend import nn
from perdure.keras.backend.math import clip, mean
from perdure.keras.backend.shapes import eval as value_of
from perdure.keras.config import epsilon, floatx
from perdure.keras.utils.objects import deserialize_keras_object, named, serialize_keras_object
from perdure.keras.utils.structures import smart_cond
from perdure.keras.utils.weighting import Reduction, compute_weighted_loss


def _alike(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Targets in the type of the predictions, and these."""
    y_pred = convert_to_tensor(y_pred)
    return cast(y_true, y_pred.dtype), y_pred


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of squared differences over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    return mean(binary.squared_difference(y_pred, y_true), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of absolute differences over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    return mean(unary.abs(y_pred - y_true), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of absolute differences in percent of the targets, over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    difference = unary.abs((y_true - y_pred) / clip(unary.abs(y_true), epsilon(), None))
    return 100.0 * mean(difference, axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of squared differences of log(1 + x) over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    first = unary.log(clip(y_pred, epsilon(), None) + 1.0)
    second = unary.log(clip(y_true, epsilon(), None) + 1.0)
    return mean(binary.squared_difference(first, second), axis=-1)


def _signed(y_true: Tensor) -> Tensor:
    """Labels of 0 and 1 as -1 and 1; others stay."""
    are_zeros = binary.equal(y_true, 0)
    are_ones = binary.equal(y_true, 1)
    is_binary = reduce_all(binary.logical_or(are_zeros, are_ones))
    return smart_cond(is_binary, lambda: 2.0 * y_true - 1.0, lambda: y_true)


def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of max(1 - y_true * y_pred, 0) ** 2 over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    y_true = _signed(y_true)
    return mean(unary.square(binary.maximum(1.0 - y_true * y_pred, 0.0)), axis=-1)


def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of max(1 - y_true * y_pred, 0) over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    y_true = _signed(y_true)
    return mean(binary.maximum(1.0 - y_true * y_pred, 0.0), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """max(neg - pos + 1, 0): pos is what was predicted for the class, neg the most for another."""
    y_true, y_pred = _alike(y_true, y_pred)
    positive = reduce_sum(y_true * y_pred, axis=-1)
    negative = reduce_max((1.0 - y_true) * y_pred, axis=-1)
    return binary.maximum(0.0, negative - positive + 1.0)


def huber_loss(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """Squares of differences up to `delta`, straight lines beyond, for each element."""
    y_pred = cast(y_pred, floatx())
    y_true = cast(y_true, floatx())
    error = unary.abs(binary.subtract(y_pred, y_true))
    quadratic = binary.minimum(error, delta)
    linear = binary.subtract(error, quadratic)
    half = convert_to_tensor(0.5, dtype=quadratic.dtype)
    square = binary.multiply(half, binary.multiply(quadratic, quadratic))
    return binary.add(square, binary.multiply(delta, linear))


def logcosh(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of log(cosh(x)) of the differences over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    x = y_pred - y_true
    return mean(x + g.softplus(-2.0 * x) - unary.log(2.0), axis=-1)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: Any = 0
) -> Tensor:
    """The cross entropy of distributions over classes.

    Args:
        y_true: the probabilities of the classes.
        y_pred: what was predicted for them.
        from_logits: whether these are logits.
        label_smoothing: how much of the targets is spread over all classes.
    """
    y_true, y_pred = _alike(y_true, y_pred)
    smoothing = convert_to_tensor(label_smoothing, dtype=floatx())
    target = y_true

    def smoothed() -> Tensor:
        count = cast(shape_op(target)[1], y_pred.dtype)
        return target * (1.0 - smoothing) + smoothing / count

    y_true = smart_cond(smoothing, smoothed, lambda: target)
    return nn.categorical_crossentropy(y_true, y_pred, from_logits=from_logits)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """The cross entropy of classes given by number.

    Args:
        y_true: the numbers of the classes.
        y_pred: what was predicted for each class.
        from_logits: whether these are logits.
        axis: the axis of the classes.
    """
    return nn.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: Any = 0
) -> Tensor:
    """The mean cross entropy of two classes over the last axis; see `categorical_crossentropy`."""
    y_true, y_pred = _alike(y_true, y_pred)
    smoothing = convert_to_tensor(label_smoothing, dtype=floatx())
    target = y_true

    def smoothed() -> Tensor:
        return target * (1.0 - smoothing) + 0.5 * smoothing

    y_true = smart_cond(smoothing, smoothed, lambda: target)
    return mean(nn.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=-1)


def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """The sum of y_true * log(y_true / y_pred) over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    y_true = clip(y_true, epsilon(), 1)
    y_pred = clip(y_pred, epsilon(), 1)
    return reduce_sum(y_true * unary.log(y_true / y_pred), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of y_pred - y_true * log(y_pred) over the last axis."""
    y_true, y_pred = _alike(y_true, y_pred)
    return mean(y_pred - y_true * unary.log(y_pred + epsilon()), axis=-1)


def cosine_proximity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The cosine of the angle between targets and predictions."""
    y_true = l2_normalize(y_true, axis=axis)
    y_pred = l2_normalize(y_pred, axis=axis)
    return reduce_sum(y_true * y_pred, axis=axis)


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence
cosine = cosine_similarity = cosine_proximity


# -- classes -----------------------------------------------------------------------------------


class Loss:
    """The base of losses: a function from targets and predictions to one number.

    A subclass defines `call(y_true, y_pred)`, which returns the losses of elements.

    Args:
        reduction: a constant of `Reduction`: what is made of the losses of elements.
        name: its name.

    Raises:
        ValueError: an unknown reduction.
    """

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = None) -> None:
        Reduction.validate(reduction)
        self.reduction = reduction
        self.name = name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch.

        Args:
            y_true: targets.
            y_pred: predictions.
            sample_weight: weights of the items.
        """
        name = "lambda" if self.name == "<lambda>" else self.name
        with name_scope(name or type(self).__name__):
            losses = self.call(y_true, y_pred)
            return compute_weighted_loss(losses, sample_weight, reduction=self._get_reduction())

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The loss that `get_config` described."""
        return cls(**config)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it again."""
        return {"reduction": self.reduction, "name": self.name}

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The losses of elements."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def _get_reduction(self) -> str:
        return Reduction.SUM_OVER_BATCH_SIZE if self.reduction == Reduction.AUTO else self.reduction


class LossFunctionWrapper(Loss):
    """A function of targets and predictions as a loss.

    Args:
        fn: the function.
        reduction, name: see `Loss`.
        **kwargs: further arguments of the function.
    """

    def __init__(self, fn: Any, reduction: str = Reduction.AUTO, name: str | None = None, **kwargs: Any):
        super().__init__(reduction=reduction, name=name)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        own = {k: value_of(v) if is_tensor_like(v) else v for k, v in self._fn_kwargs.items()}
        return {**super().get_config(), **own}


def _class_of(function: Any, name: str) -> Any:
    """The `__init__` of a loss of a function without further arguments."""

    def __init__(  # noqa: N807
        self: Any, reduction: str = Reduction.AUTO, name: str = name
    ) -> None:
        LossFunctionWrapper.__init__(self, function, name=name, reduction=reduction)

    return __init__


class MeanSquaredError(LossFunctionWrapper):
    """See `mean_squared_error`."""

    __init__ = _class_of(mean_squared_error, "mean_squared_error")


class MeanAbsoluteError(LossFunctionWrapper):
    """See `mean_absolute_error`."""

    __init__ = _class_of(mean_absolute_error, "mean_absolute_error")


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """See `mean_absolute_percentage_error`."""

    __init__ = _class_of(mean_absolute_percentage_error, "mean_absolute_percentage_error")


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """See `mean_squared_logarithmic_error`."""

    __init__ = _class_of(mean_squared_logarithmic_error, "mean_squared_logarithmic_error")


class Hinge(LossFunctionWrapper):
    """See `hinge`."""

    __init__ = _class_of(hinge, "hinge")


class SquaredHinge(LossFunctionWrapper):
    """See `squared_hinge`."""

    __init__ = _class_of(squared_hinge, "squared_hinge")


class CategoricalHinge(LossFunctionWrapper):
    """See `categorical_hinge`."""

    __init__ = _class_of(categorical_hinge, "categorical_hinge")


class Poisson(LossFunctionWrapper):
    """See `poisson`."""

    __init__ = _class_of(poisson, "poisson")


class LogCosh(LossFunctionWrapper):
    """See `logcosh`."""

    __init__ = _class_of(logcosh, "logcosh")


class KLDivergence(LossFunctionWrapper):
    """See `kullback_leibler_divergence`."""

    __init__ = _class_of(kullback_leibler_divergence, "kullback_leibler_divergence")


class BinaryCrossentropy(LossFunctionWrapper):
    """See `binary_crossentropy`."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Any = 0,
        reduction: str = Reduction.AUTO,
        name: str = "binary_crossentropy",
    ) -> None:
        super().__init__(
            binary_crossentropy,
            name=name,
            reduction=reduction,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )
        self.from_logits = from_logits


class CategoricalCrossentropy(LossFunctionWrapper):
    """See `categorical_crossentropy`."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Any = 0,
        reduction: str = Reduction.AUTO,
        name: str = "categorical_crossentropy",
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            name=name,
            reduction=reduction,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """See `sparse_categorical_crossentropy`."""

    def __init__(
        self,
        from_logits: bool = False,
        reduction: str = Reduction.AUTO,
        name: str = "sparse_categorical_crossentropy",
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy, name=name, reduction=reduction, from_logits=from_logits
        )


class Huber(LossFunctionWrapper):
    """See `huber_loss`."""

    def __init__(self, delta: float = 1.0, reduction: str = Reduction.AUTO, name: str = "huber_loss") -> None:
        super().__init__(huber_loss, name=name, reduction=reduction, delta=delta)


class CosineSimilarity(LossFunctionWrapper):
    """See `cosine_proximity`."""

    def __init__(
        self, axis: int = -1, reduction: str = Reduction.AUTO, name: str = "cosine_similarity"
    ) -> None:
        super().__init__(cosine_similarity, reduction=reduction, name=name, axis=axis)


def is_categorical_crossentropy(loss: Any) -> bool:
    """Whether a loss, however it is given, is the cross entropy of distributions over classes."""
    return (
        isinstance(loss, CategoricalCrossentropy)
        or (isinstance(loss, LossFunctionWrapper) and loss.fn == categorical_crossentropy)
        or getattr(loss, "__name__", None) == "categorical_crossentropy"
        or loss == "categorical_crossentropy"
    )


def label_dtype(loss: Any) -> str | None:
    """The type that a loss wants its targets in, or None for that of the predictions."""
    from perdure.losses.losses import sparse_softmax_cross_entropy

    return "int32" if loss in (sparse_softmax_cross_entropy, sparse_categorical_crossentropy) else None


def _by_name() -> dict[str, Any]:
    return {
        name: value
        for name, value in globals().items()
        if not name.startswith("_") and getattr(value, "__module__", None) == __name__ and callable(value)
    }


def serialize(loss: Any) -> Any:
    """The description of a loss."""
    return serialize_keras_object(loss)


def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """The loss that a description or name stands for.

    Raises:
        ValueError: unknown.
    """
    return deserialize_keras_object(
        name, _by_name(), custom_objects=custom_objects, printable_module_name="loss function"
    )


def get(identifier: Any) -> Any:
    """A loss, given itself, by its name or by its description; None stays None.

    Raises:
        ValueError: unknown, or none of these.
    """
    return named(identifier, "loss function", _by_name(), "Could not interpret loss function identifier:")
