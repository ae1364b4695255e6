"""Activations with settings, as layers: LeakyReLU, PReLU, ELU, ThresholdedReLU, Softmax, ReLU."""

from __future__ import annotations

from typing import Any

from perdure.functional.math.binary import greater
from perdure.functional.math.cast import cast
from perdure.functional.nn.activations import softmax
from perdure.keras.backend.math import cast_to_floatx
from perdure.keras.backend.nn import elu, relu
from perdure.keras.config import floatx
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.described import described, keep
from perdure.keras.utils.structures import shape_type_conversion
from perdure.layers.input_spec import InputSpec


class _Elementwise(Layer):
    """A layer whose output has the shape of its input."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class LeakyReLU(_Elementwise):
    """x where positive, else alpha * x.

    Args:
        alpha: the slope of the negative part.
        **kwargs: see `Layer`.
    """

    def __init__(self, alpha: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = cast_to_floatx(alpha)

    def call(self, inputs: Any) -> Any:
        return relu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": float(self.alpha)}


class PReLU(_Elementwise):
    """x where positive, else alpha * x, with a variable alpha.

    Args:
        alpha_initializer, alpha_regularizer, alpha_constraint: of the variable.
        shared_axes: axes along which there is one alpha.
        **kwargs: see `Layer`.
    """

    alpha_initializer: Any
    alpha_regularizer: Any
    alpha_constraint: Any

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        keep(
            self,
            alpha_initializer=alpha_initializer,
            alpha_regularizer=alpha_regularizer,
            alpha_constraint=alpha_constraint,
        )
        if shared_axes is not None:
            shared_axes = list(shared_axes) if isinstance(shared_axes, (list, tuple)) else [shared_axes]
        self.shared_axes = shared_axes

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha = self.add_weight(
            shape=shape,
            name="alpha",
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        axes = {}
        if self.shared_axes:
            axes = {i: input_shape[i] for i in range(1, len(input_shape)) if i not in self.shared_axes}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)
        self.built = True

    def call(self, inputs: Any) -> Any:
        positive = relu(inputs)
        return positive + -self.alpha * relu(-inputs)

    def get_config(self) -> dict[str, Any]:
        own = described(self, "alpha_initializer", "alpha_regularizer", "alpha_constraint")
        return {**super().get_config(), **own, "shared_axes": self.shared_axes}


class ELU(_Elementwise):
    """x where positive, else alpha * (exp(x) - 1).

    Args:
        alpha: the scale of the negative part.
        **kwargs: see `Layer`.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = cast_to_floatx(alpha)

    def call(self, inputs: Any) -> Any:
        return elu(inputs, self.alpha)  # type: ignore[arg-type]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": float(self.alpha)}


class ThresholdedReLU(_Elementwise):
    """x where above theta, else 0.

    Args:
        theta: the threshold.
        **kwargs: see `Layer`.
    """

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theta = cast_to_floatx(theta)

    def call(self, inputs: Any) -> Any:
        return inputs * cast(greater(inputs, self.theta), floatx())

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "theta": float(self.theta)}


class Softmax(_Elementwise):
    """Exponentials that sum to 1 over an axis.

    Args:
        axis: the axis.
        **kwargs: see `Layer`.
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Any:
        return softmax(inputs, axis=self.axis)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


class ReLU(Layer):
    """The rectified linear unit; see `tf.keras.backend.relu`.

    Args:
        max_value: the largest result, or None.
        negative_slope: the slope below the threshold.
        threshold: below it, the result is `negative_slope * (x - threshold)`.
        **kwargs: see `Layer`.

    Raises:
        ValueError: a negative largest result or slope.
    """

    def __init__(
        self, max_value: Any = None, negative_slope: Any = 0, threshold: Any = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if max_value is not None and max_value < 0.0:
            raise ValueError("max_value of Relu layer cannot be negative value: " + str(max_value))
        if negative_slope < 0.0:
            raise ValueError("negative_slope of Relu layer cannot be negative value: " + str(negative_slope))
        # TensorFlow 1.15 spells `supports_masking` wrongly here, so masks end at this layer.
        self.support_masking = True
        self.max_value = None if max_value is None else cast_to_floatx(max_value)
        self.negative_slope = cast_to_floatx(negative_slope)
        self.threshold = cast_to_floatx(threshold)

    def call(self, inputs: Any) -> Any:
        return relu(inputs, alpha=self.negative_slope, max_value=self.max_value, threshold=self.threshold)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        own = {
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }
        return {**super().get_config(), **own}
