"""tf.keras.activations."""

from __future__ import annotations

from typing import Any

from perdure.functional.math import reductions, unary
from perdure.functional.nn import activations
from perdure.graph.builder import g
from perdure.graph.tensor import Tensor
from perdure.keras.backend import nn
from perdure.keras.backend.shapes import ndim
from perdure.keras.utils.objects import deserialize_keras_object, serialize_keras_object


def softmax(x: Any, axis: int = -1) -> Tensor:
    """Exponentials that sum to 1 over an axis.

    Raises:
        ValueError: the tensor has fewer than two axes.
    """
    rank = ndim(x)
    if rank == 2:
        return activations.softmax(x)
    if rank is not None and rank > 2:
        e = unary.exp(x - reductions.reduce_max(x, axis=axis, keepdims=True))
        return e / reductions.reduce_sum(e, axis=axis, keepdims=True)
    raise ValueError(f"Cannot apply softmax to a tensor that is 1D. Received input: {x}")


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """The exponential linear unit."""
    return nn.elu(x, alpha)


def selu(x: Any) -> Tensor:
    """The scaled exponential linear unit (Klambauer et al., 2017)."""
    alpha = 1.6732632423543772
    scale = 1.0507009873554805
    return scale * nn.elu(x, alpha)


def softplus(x: Any) -> Tensor:
    """log(exp(x) + 1)."""
    return g.softplus(x)


def softsign(x: Any) -> Tensor:
    """x / (abs(x) + 1)."""
    return g.softsign(x)


def relu(x: Any, alpha: Any = 0.0, max_value: Any = None, threshold: Any = 0) -> Tensor:
    """The rectified linear unit; see `tf.keras.backend.relu`."""
    return nn.relu(x, alpha=alpha, max_value=max_value, threshold=threshold)


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent."""
    return unary.tanh(x)


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + exp(-x))."""
    return unary.sigmoid(x)


def exponential(x: Any) -> Tensor:
    """exp(x)."""
    return unary.exp(x)


def hard_sigmoid(x: Any) -> Tensor:
    """The sigmoid as three straight lines."""
    return nn.hard_sigmoid(x)


def linear(x: Any) -> Any:
    """x itself."""
    return x


_BY_NAME = {
    function.__name__: function
    for function in (
        softmax,
        elu,
        selu,
        softplus,
        softsign,
        relu,
        tanh,
        sigmoid,
        exponential,
        hard_sigmoid,
        linear,
    )
}


def serialize(activation: Any) -> Any:
    """The name of an activation function."""
    return serialize_keras_object(activation)


def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """The activation function of a name.

    Raises:
        ValueError: unknown.
    """
    return deserialize_keras_object(
        name, _BY_NAME, custom_objects=custom_objects, printable_module_name="activation function"
    )


def get(identifier: Any) -> Any:
    """An activation function, given itself or by its name; `linear` for None.

    Raises:
        ValueError: an unknown name.
        TypeError: none of these.
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        return deserialize(str(identifier))
    if callable(identifier):
        return identifier
    if isinstance(identifier, dict):
        return deserialize_keras_object(identifier, printable_module_name="activation")
    raise TypeError(f"Could not interpret activation function identifier: {identifier!r}")
