"""Conv1D, Conv2D, Conv3D."""

from __future__ import annotations

from typing import Any, ClassVar

from perdure.functional.array.array import reshape
from perdure.functional.array.padding import pad
from perdure.functional.nn import conv
from perdure.functional.nn.activations import bias_add
from perdure.functional.nn.space_to_batch import with_space_to_batch
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.keras import regularizers
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.described import described, keep
from perdure.keras.utils.convolution import (
    conv_output_length,
    convert_data_format,
    normalize_data_format,
    normalize_padding,
    normalize_tuple,
)
from perdure.layers.input_spec import InputSpec


class Conv(Layer):
    """activation(convolution(inputs, kernel) + bias), over `rank` axes.

    Args:
        rank: how many axes are convolved.
        filters: the number of channels of the output.
        kernel_size: the sizes of the window, or one size for all axes.
        strides: the distances of windows.
        padding: "valid" or "same" ("causal" for one axis).
        data_format: "channels_last" or "channels_first".
        dilation_rate: the distances of the elements of a window; only without strides.
        activation: a function, or its name.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: initializers, or their names.
        kernel_regularizer, bias_regularizer, activity_regularizer: functions to a loss, or their names.
        kernel_constraint, bias_constraint: constraints, or their names.
        trainable, name, **kwargs: see `Layer`.

    Raises:
        ValueError: a wrong argument.
    """

    _may_be_causal: ClassVar[bool] = False
    _described: ClassVar[tuple[str, ...]] = (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "data_format",
        "dilation_rate",
        "activation",
        "use_bias",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "kernel_constraint",
        "bias_constraint",
    )
    kernel_initializer: Any
    kernel_regularizer: Any
    kernel_constraint: Any
    bias_initializer: Any
    bias_regularizer: Any
    bias_constraint: Any
    activation: Any
    use_bias: bool
    filters: Any

    def __init__(
        self,
        rank: int,
        filters: Any,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            trainable=trainable,
            name=name,
            activity_regularizer=regularizers.get(activity_regularizer),
            **kwargs,
        )
        self.rank = rank
        self.kernel_size = normalize_tuple(kernel_size, rank, "kernel_size")
        self.strides = normalize_tuple(strides, rank, "strides")
        self.padding = normalize_padding(padding)
        if self.padding == "causal" and not self._may_be_causal:
            raise ValueError("Causal padding is only supported for `Conv1D`and ``SeparableConv1D`.")
        self.data_format = normalize_data_format(data_format)
        self.dilation_rate = normalize_tuple(dilation_rate, rank, "dilation_rate")
        keep(
            self,
            filters=filters,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _is_first(self) -> bool:
        return self.data_format == "channels_first"

    def _channels(self, input_shape: Any) -> int:
        """The number of channels of the input, which is required from now on."""
        axis = 1 if self._is_first else -1
        channels = TensorShape(input_shape).as_list()[axis]
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        return channels

    def _add(self, name: str, shape: Any, of: str | None = None) -> Any:
        """Make a variable with the initializer, regularizer and constraint of its name."""
        of = name if of is None else of
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=getattr(self, f"{of}_initializer"),
            regularizer=getattr(self, f"{of}_regularizer"),
            constraint=getattr(self, f"{of}_constraint"),
            trainable=True,
            dtype=self.dtype,
        )

    def _add_bias(self, size: int) -> None:
        self.bias = self._add("bias", (size,)) if self.use_bias else None

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        self.kernel = self._add("kernel", (*self.kernel_size, channels, self.filters))
        self._add_bias(self.filters)
        # A node of its own, as in TensorFlow: seeds count nodes.
        self._dilation = convert_to_tensor(self.dilation_rate, dtypes.int32, name="dilation_rate")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
        self.built = True

    def call(self, inputs: Any) -> Any:
        outputs = self._convolve(inputs)
        if self.use_bias:
            if not self._is_first:
                outputs = bias_add(outputs, self.bias, data_format="NHWC")
            elif self.rank == 1:
                outputs += reshape(self.bias, (1, self.filters, 1))
            else:
                outputs = bias_add(outputs, self.bias, data_format="NCHW")
        return self._activated(outputs)

    def _activated(self, outputs: Any) -> Any:
        return outputs if self.activation is None else self.activation(outputs)

    def _convolve(self, inputs: Any) -> Any:
        padding = "valid" if self.padding == "causal" else self.padding
        if max(self.dilation_rate) == 1:
            return self._convolve_densely(inputs, padding.upper())
        first = 2 if self._is_first else 1
        return with_space_to_batch(
            inputs,
            self._dilation,
            padding.upper(),
            lambda blocks, _, inner: self._convolve_densely(blocks, inner),
            filter_shape=self.kernel.shape,
            spatial_dims=range(first, first + self.rank),
            data_format=convert_data_format(self.data_format, self.rank + 2),
        )

    def _convolve_densely(self, inputs: Any, padding: str) -> Any:
        layout = convert_data_format(self.data_format, self.rank + 2)
        if self.rank == 1:
            return conv.conv1d(inputs, self.kernel, self.strides[0], padding, data_format=layout)
        convolve = g.conv2d if self.rank == 2 else g.conv3d
        strides = [1, 1, *self.strides] if self._is_first else [1, *self.strides, 1]
        return convolve(inputs, self.kernel, strides=strides, padding=padding, data_format=layout)

    def _padded_on_the_left(self, inputs: Any) -> Any:
        """Zeros before the first element, for causal padding."""
        amounts = [[0, 0], [0, 0], [0, 0]]
        amounts[2 if self._is_first else 1] = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
        return pad(inputs, amounts)

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        space = sizes[2:] if self._is_first else sizes[1:-1]
        space = [
            conv_output_length(
                size,
                self.kernel_size[i],
                padding=self.padding,
                stride=self.strides[i],
                dilation=self.dilation_rate[i],
            )
            for i, size in enumerate(space)
        ]
        if self._is_first:
            return TensorShape([sizes[0], self.filters, *space])
        return TensorShape([sizes[0], *space, self.filters])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **described(self, *self._described)}


def _constructor(rank: int, ones: Any, default_format: str | None) -> Any:
    """The `__init__` of a convolution over `rank` axes, whose strides and dilation are `ones` by default."""

    def __init__(  # noqa: N807
        self: Any,
        filters: int,
        kernel_size: Any,
        strides: Any = ones,
        padding: str = "valid",
        data_format: str | None = default_format,
        dilation_rate: Any = ones,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        Conv.__init__(
            self,
            rank,
            filters,
            kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )

    return __init__


class Conv1D(Conv):
    """A convolution over the middle axis of (batch, length, channels); see `Conv`."""

    __init__ = _constructor(1, 1, "channels_last")
    _may_be_causal = True

    def call(self, inputs: Any) -> Any:
        return super().call(self._padded_on_the_left(inputs) if self.padding == "causal" else inputs)


class Conv2D(Conv):
    """A convolution over the two spatial axes of images; see `Conv`."""

    __init__ = _constructor(2, (1, 1), None)


class Conv3D(Conv):
    """A convolution over the three spatial axes of volumes; see `Conv`."""

    __init__ = _constructor(3, (1, 1, 1), None)
