"""Checking and normalising the arguments of layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.math import unary
from perdure.functional.nn import activations
from perdure.functional.random import initializers


def integers(value: Any, count: int, name: str) -> tuple[int, ...]:
    """`count` integers: one that is repeated, or as many.

    Raises:
        ValueError: `value` is neither.
    """
    if isinstance(value, int):
        return (value,) * count
    try:
        items = tuple(value)
        for item in items:
            int(item)
    except (TypeError, ValueError):
        items = ()
    if len(items) != count:
        raise ValueError(f"The `{name}` argument must be a tuple of {count} integers. Received: {value}")
    return items


def checked_padding(value: Any) -> str:
    """A padding in lower case.

    Raises:
        ValueError: not "valid", "same" or "causal".
    """
    padding = value.lower() if isinstance(value, str) else value
    if padding not in ("valid", "same", "causal"):
        raise ValueError(
            'The `padding` argument must be one of "valid", "same" (or "causal", only for `Conv1D`). '
            f"Received: {value}"
        )
    return padding


def checked_data_format(value: str | None) -> str:
    """ "channels_first" or "channels_last" (the default), in lower case.

    Raises:
        ValueError: neither.
    """
    data_format = "channels_last" if value is None else value.lower()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f'The `data_format` argument must be one of "channels_first", "channels_last". Received: {value}'
        )
    return data_format


def op_data_format(data_format: str, rank: int) -> str:
    """The name that ops have for a data format, for inputs of a rank from 3 to 5."""
    axes = {3: "W", 4: "HW", 5: "DHW"}[rank]
    return f"N{axes}C" if data_format == "channels_last" else f"NC{axes}"


def convolved_size(size: int | None, window: int, padding: str, stride: int, dilation: int = 1) -> int | None:
    """The size of an axis after a convolution or pooling; None stays unknown."""
    if size is None:
        return None
    if padding == "valid":
        size -= (window - 1) * dilation
    return (size + stride - 1) // stride


def transposed_size(size: Any, window: int, padding: str, stride: int) -> Any:
    """The size of an axis after a transposed convolution; a tensor gives a tensor, None stays unknown."""
    if size is None:
        return None
    # Written as TensorFlow writes it: for a tensor, these are the nodes.
    if padding == "valid":
        return size * stride + max(window - stride, 0)
    return size * stride


# -- functions that can be given by name ----------------------------------------------------

# Names of tf.keras, which tf.layers takes too; some have other defaults there.
_INITIALIZERS: dict[str, Callable[[], Any]] = {
    "zeros": initializers.Zeros,
    "zero": initializers.Zeros,
    "ones": initializers.Ones,
    "one": initializers.Ones,
    "constant": initializers.Constant,
    "uniform": lambda: initializers.RandomUniform(-0.05, 0.05),
    "random_uniform": lambda: initializers.RandomUniform(-0.05, 0.05),
    "normal": lambda: initializers.RandomNormal(0.0, 0.05),
    "random_normal": lambda: initializers.RandomNormal(0.0, 0.05),
    "truncated_normal": lambda: initializers.TruncatedNormal(0.0, 0.05),
    "variance_scaling": initializers.VarianceScaling,
    "orthogonal": initializers.Orthogonal,
    "identity": initializers.Identity,
    "glorot_uniform": initializers.GlorotUniform,
    "glorot_normal": initializers.GlorotNormal,
    "he_normal": initializers.he_normal,
    "he_uniform": initializers.he_uniform,
    "lecun_normal": initializers.lecun_normal,
    "lecun_uniform": initializers.lecun_uniform,
}
_ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "relu": activations.relu,
    "sigmoid": unary.sigmoid,
    "tanh": unary.tanh,
    "softmax": activations.softmax,
    "softplus": activations.softplus,
    "softsign": activations.softsign,
    "elu": activations.elu,
    "selu": activations.selu,
    "exponential": unary.exp,
}


def initializer_of(value: Any) -> Any:
    """An initializer, given itself, by its name or as `serialized_initializer` describes it; None stays None.

    Raises:
        ValueError: no such name, or no function.
    """
    if isinstance(value, dict) and set(value) == {"class_name", "config"}:
        kind = getattr(initializers, value["class_name"], None)
        if not isinstance(kind, type) or not issubclass(kind, initializers.Initializer):
            raise ValueError(f"Unknown initializer: {value['class_name']}")
        return kind.from_config(value["config"])
    if isinstance(value, str):
        if value not in _INITIALIZERS:
            raise ValueError(f"Unknown initializer: {value}")
        return _INITIALIZERS[value]()
    if value is None or callable(value):
        return value
    raise ValueError(f"Could not interpret initializer identifier: {value}")


def serialized_initializer(initializer: Any) -> Any:
    """The class and the arguments of an initializer, as plain Python values; None stays None."""
    if initializer is None:
        return None
    return {"class_name": type(initializer).__name__, "config": initializer.get_config()}


def serialized_activation(function: Any) -> str:
    """The name of an activation function; "linear" for None."""
    if function is None:
        return "linear"
    return next((name for name, known in _ACTIVATIONS.items() if known is function), function.__name__)


def activation_of(value: Any) -> Callable[[Any], Any] | None:
    """An activation function, given itself or by its name; None for none.

    Raises:
        ValueError: no such name, or no function.
    """
    if value is None or value == "linear":
        return None
    if isinstance(value, str):
        if value not in _ACTIVATIONS:
            raise ValueError(f"Unknown activation function: {value}")
        return _ACTIVATIONS[value]
    if callable(value):
        return value
    raise TypeError(f"Could not interpret activation function identifier: {value}")


def function_of(value: Any, what: str) -> Any:
    """A regularizer or constraint, which must be given itself; None stays None.

    Raises:
        ValueError: no function.
    """
    if value is None or callable(value):
        return value
    raise ValueError(f"Could not interpret {what} identifier: {value}; pass a function")
