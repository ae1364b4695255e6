"""tf.keras.regularizers: penalties for large weights."""

from __future__ import annotations

from typing import Any, Self

from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import abs as absolute
from perdure.functional.math.unary import square
from perdure.keras.backend.math import cast_to_floatx
from perdure.keras.backend.shapes import constant
from perdure.keras.utils.objects import deserialize_keras_object, named, serialize_keras_object


class Regularizer:
    """The base of regularizers: a function from a variable to a loss."""

    def __call__(self, x: Any) -> Any:
        """The loss of a variable."""
        return 0.0

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The regularizer that `get_config` described."""
        return cls(**config)


class L1L2(Regularizer):
    """l1 * sum(abs(x)) + l2 * sum(square(x)).

    Args:
        l1, l2: the factors.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = cast_to_floatx(l1)
        self.l2 = cast_to_floatx(l2)

    def __call__(self, x: Any) -> Any:
        if not self.l1 and not self.l2:
            return constant(0.0)
        loss: Any = 0.0
        if self.l1:
            loss += self.l1 * reduce_sum(absolute(x))
        if self.l2:
            loss += self.l2 * reduce_sum(square(x))
        return loss

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it again."""
        return {"l1": float(self.l1), "l2": float(self.l2)}


def l1(l: float = 0.01) -> L1L2:  # noqa: E741 - Keras' name
    """l * sum(abs(x))."""
    return L1L2(l1=l)


def l2(l: float = 0.01) -> L1L2:  # noqa: E741 - Keras' name
    """l * sum(square(x))."""
    return L1L2(l2=l)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """l1 * sum(abs(x)) + l2 * sum(square(x))."""
    return L1L2(l1=l1, l2=l2)


_BY_NAME = {"Regularizer": Regularizer, "L1L2": L1L2, "l1": l1, "l2": l2, "l1_l2": l1_l2}


def serialize(regularizer: Any) -> Any:
    """The description of a regularizer."""
    return serialize_keras_object(regularizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The regularizer that a description or name stands for.

    Raises:
        ValueError: unknown.
    """
    return deserialize_keras_object(
        config, _BY_NAME, custom_objects=custom_objects, printable_module_name="regularizer"
    )


def get(identifier: Any) -> Any:
    """A regularizer, given itself, by its name or by its description; None stays None.

    Raises:
        ValueError: unknown, or none of these.
    """
    if isinstance(identifier, str) and identifier in ("l1", "l2", "l1_l2"):
        identifier = {"class_name": identifier, "config": {}}
    return named(identifier, "regularizer", _BY_NAME, "Could not interpret regularizer identifier:")
