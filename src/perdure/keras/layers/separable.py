"""SeparableConv1D, SeparableConv2D and DepthwiseConv2D."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, squeeze
from perdure.functional.nn.activations import bias_add
from perdure.functional.nn.depthwise_conv import separable_conv2d
from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.conv import bias_add as bias_added
from perdure.keras.backend.conv import depthwise_conv2d
from perdure.keras.layers.convolutional import Conv
from perdure.keras.layers.described import keep
from perdure.keras.utils.convolution import conv_output_length, convert_data_format
from perdure.keras.utils.structures import shape_type_conversion
from perdure.layers.input_spec import InputSpec

# What a layer without a kernel of that name does not have.
_OF_KERNELS = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")


class _Separable(Conv):
    """A convolution of each channel by itself, then one of all channels with windows of size 1; see `Conv`.

    Args:
        depth_multiplier: how many channels the first convolution makes of each.
        depthwise_initializer, pointwise_initializer, depthwise_regularizer, pointwise_regularizer,
            depthwise_constraint, pointwise_constraint: for the kernels of the two convolutions.
    """

    _described = (
        *Conv._described,
        "depth_multiplier",
        "depthwise_initializer",
        "pointwise_initializer",
        "depthwise_regularizer",
        "pointwise_regularizer",
        "depthwise_constraint",
        "pointwise_constraint",
    )
    depth_multiplier: int

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.depthwise_kernel = self._add("depthwise_kernel", shape, of="depthwise")
        shape = (*(1,) * self.rank, self.depth_multiplier * channels, self.filters)
        self.pointwise_kernel = self._add("pointwise_kernel", shape, of="pointwise")
        self._add_bias(self.filters)
        self.built = True


def _constructor(rank: int, ones: Any) -> Any:
    """The `__init__` of a separable convolution, whose strides and dilation are `ones` by default."""

    def __init__(  # noqa: N807
        self: Any,
        filters: int,
        kernel_size: Any,
        strides: Any = ones,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = ones,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
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
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            **kwargs,
        )
        keep(
            self,
            depth_multiplier=depth_multiplier,
            depthwise_initializer=depthwise_initializer,
            pointwise_initializer=pointwise_initializer,
            depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer,
            depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint,
        )

    return __init__


class SeparableConv1D(_Separable):
    """A separable convolution over the middle axis of (batch, length, channels); see `_Separable`."""

    __init__ = _constructor(1, 1)
    _may_be_causal = True

    def call(self, inputs: Any) -> Any:
        padding = self.padding
        if padding == "causal":
            inputs = self._padded_on_the_left(inputs)
            padding = "valid"
        axis = 2 if self._is_first else 1
        strides = self.strides * 2
        layout = convert_data_format(self.data_format, ndim=4)
        outputs = separable_conv2d(
            expand_dims(inputs, axis),
            expand_dims(self.depthwise_kernel, 0),
            expand_dims(self.pointwise_kernel, 0),
            strides=(1, 1, *strides) if self._is_first else (1, *strides, 1),
            padding=padding.upper(),
            rate=(1, *self.dilation_rate),
            data_format=layout,
        )
        if self.use_bias:
            outputs = bias_add(outputs, self.bias, data_format=layout)
        return self._activated(squeeze(outputs, [axis]))


class SeparableConv2D(_Separable):
    """A separable convolution over the two spatial axes of images; see `_Separable`."""

    __init__ = _constructor(2, (1, 1))

    def call(self, inputs: Any) -> Any:
        layout = convert_data_format(self.data_format, ndim=4)
        outputs = separable_conv2d(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            strides=(1, 1, *self.strides) if self._is_first else (1, *self.strides, 1),
            padding=self.padding.upper(),
            rate=self.dilation_rate,
            data_format=layout,
        )
        if self.use_bias:
            outputs = bias_add(outputs, self.bias, data_format=layout)
        return self._activated(outputs)


class DepthwiseConv2D(Conv):
    """A convolution of each channel of images by itself; see `Conv`.

    Args:
        kernel_size, strides, padding, data_format, activation, use_bias: see `Conv`.
        depth_multiplier: how many channels are made of each.
        depthwise_initializer, bias_initializer, depthwise_regularizer, bias_regularizer,
            activity_regularizer, depthwise_constraint, bias_constraint: see `Conv`.
        **kwargs: see `Layer`.
    """

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            2,
            None,
            kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            activation=activation,
            use_bias=use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            **kwargs,
        )
        keep(
            self,
            depth_multiplier=depth_multiplier,
            depthwise_initializer=depthwise_initializer,
            depthwise_regularizer=depthwise_regularizer,
            depthwise_constraint=depthwise_constraint,
        )

    depth_multiplier: int
    _described = (
        *[n for n in Conv._described if n not in ("filters", *_OF_KERNELS)],
        "depth_multiplier",
        "depthwise_initializer",
        "depthwise_regularizer",
        "depthwise_constraint",
    )

    def build(self, input_shape: Any) -> None:
        if len(input_shape) < 4:
            raise ValueError(
                "Inputs to `DepthwiseConv2D` should have rank 4. Received input shape:", str(input_shape)
            )
        axis = 1 if self._is_first else 3
        channels = TensorShape(input_shape).as_list()[axis]
        if channels is None:
            raise ValueError(
                "The channel dimension of the inputs to `DepthwiseConv2D` should be defined. Found `None`."
            )
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.depthwise_kernel = self._add("depthwise_kernel", shape, of="depthwise")
        self._add_bias(channels * self.depth_multiplier)
        self.input_spec = InputSpec(ndim=4, axes={axis: channels})
        self.built = True

    def call(self, inputs: Any) -> Any:
        outputs = depthwise_conv2d(
            inputs,
            self.depthwise_kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        if self.use_bias:
            outputs = bias_added(outputs, self.bias, data_format=self.data_format)
        return self._activated(outputs)

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        first = 2 if self._is_first else 1
        rows, columns = (
            conv_output_length(input_shape[first + i], self.kernel_size[i], self.padding, self.strides[i])
            for i in range(2)
        )
        channels = input_shape[1 if self._is_first else 3] * self.depth_multiplier
        if self._is_first:
            return (input_shape[0], channels, rows, columns)
        return (input_shape[0], rows, columns, channels)
