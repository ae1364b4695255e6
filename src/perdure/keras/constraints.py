"""tf.keras.constraints: what weights are made to keep to after each update."""

from __future__ import annotations

from typing import Any, Self

from perdure.functional.array.joining import stack, unstack
from perdure.functional.array.padding import pad
from perdure.functional.control.loops import while_loop
from perdure.functional.math.binary import floormod, greater_equal
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import square
from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.arrays import map_fn, reshape, switch
from perdure.keras.backend.math import clip, less, sqrt
from perdure.keras.backend.shapes import constant, shape, zeros
from perdure.keras.config import epsilon, floatx
from perdure.keras.utils.objects import deserialize_keras_object, named, serialize_keras_object


class Constraint:
    """The base of constraints: a function from a variable to the value it is given instead."""

    def __call__(self, w: Any) -> Any:
        """The value that keeps to the constraint."""
        return w

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it again."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The constraint that `get_config` described."""
        return cls(**config)


def _norms(w: Any, axis: Any) -> Any:
    return sqrt(reduce_sum(square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """Norms over an axis of at most `max_value`."""

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        norms = _norms(w, self.axis)
        desired = clip(norms, 0, self.max_value)
        return w * (desired / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """No negative elements."""

    def __call__(self, w: Any) -> Any:
        return w * cast(greater_equal(w, 0.0), floatx())


class UnitNorm(Constraint):
    """Norms over an axis of 1."""

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        return w / (epsilon() + _norms(w, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Norms over an axis between two values; `rate` is how far they are moved there."""

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        norms = _norms(w, self.axis)
        desired = self.rate * clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (desired / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


class RadialConstraint(Constraint):
    """Kernels of images whose elements are equal at equal distances from the centre.

    Raises:
        ValueError: the weights are not of rank 4.
    """

    def __call__(self, w: Any) -> Any:
        if w.shape.ndims != 4:
            raise ValueError(f"The weight tensor must be of rank 4, but is of shape: {w.shape}")
        height, width, channels, kernels = w.shape.as_list()
        w = reshape(w, (height, width, channels * kernels))
        w = map_fn(self._kernel_constraint, stack(unstack(w, axis=-1), axis=0))
        return reshape(stack(unstack(w, axis=0), axis=-1), (height, width, channels, kernels))

    def _kernel_constraint(self, kernel: Any) -> Any:
        amounts = constant([[1, 1], [1, 1]], dtype="int32")
        size = shape(kernel)[0]
        start = cast(size / 2, "int32")
        is_odd = cast(floormod(size, 2), "bool")
        middle = kernel[start - 1 : start, start - 1 : start]
        inner = switch(is_odd, lambda: middle, lambda: middle + zeros((2, 2), dtype=kernel.dtype))
        index = switch(is_odd, lambda: constant(0, dtype="int32"), lambda: constant(1, dtype="int32"))

        def grow(i: Any, array: Any) -> Any:
            return i + 1, pad(array, amounts, constant_values=kernel[start + i, start + i])

        _, grown = while_loop(
            lambda index, *_: less(index, start),
            grow,
            [index, inner],
            shape_invariants=[index.get_shape(), TensorShape([None, None])],
        )
        return grown


_CLASSES = (Constraint, MaxNorm, NonNeg, UnitNorm, MinMaxNorm, RadialConstraint)
_BY_NAME: dict[str, Any] = {cls.__name__: cls for cls in _CLASSES} | {
    "max_norm": MaxNorm,
    "maxnorm": MaxNorm,
    "non_neg": NonNeg,
    "nonneg": NonNeg,
    "unit_norm": UnitNorm,
    "unitnorm": UnitNorm,
    "min_max_norm": MinMaxNorm,
    "radial_constraint": RadialConstraint,
}


def serialize(constraint: Any) -> Any:
    """The description of a constraint."""
    return serialize_keras_object(constraint)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The constraint that a description or name stands for.

    Raises:
        ValueError: unknown.
    """
    return deserialize_keras_object(
        config, _BY_NAME, custom_objects=custom_objects, printable_module_name="constraint"
    )


def get(identifier: Any) -> Any:
    """A constraint, given itself, by its name or by its description; None stays None.

    Raises:
        ValueError: unknown, or none of these.
    """
    if isinstance(identifier, str):
        identifier = {"class_name": identifier, "config": {}}
    return named(identifier, "constraint", _BY_NAME, "Could not interpret constraint identifier:")
