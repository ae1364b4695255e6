"""tf.layers.conv1d, conv2d, conv3d, separable_conv2d, conv2d_transpose, ..., and their classes."""

from __future__ import annotations

from typing import Any, ClassVar

from perdure.functional.array.array import expand_dims, reshape, squeeze
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import stack
from perdure.functional.array.padding import pad
from perdure.functional.array.rearranging import transpose
from perdure.functional.nn import conv, depthwise_conv
from perdure.functional.nn import conv3d as conv3d_functions
from perdure.functional.nn.space_to_batch import with_space_to_batch
from perdure.functional.random.initializers import Zeros
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.layers.arguments import (
    activation_of,
    checked_data_format,
    checked_padding,
    convolved_size,
    function_of,
    initializer_of,
    integers,
    op_data_format,
    transposed_size,
)
from perdure.layers.as_function import as_function
from perdure.layers.base import Layer
from perdure.layers.input_spec import InputSpec

_ZEROS = Zeros()


class _Convolution(Layer):
    """activation(convolution(inputs, kernel) + bias), over `rank` axes.

    Args:
        filters: the number of channels of the output.
        kernel_size: the sizes of the window, or one size for all axes.
        strides: the distances of windows.
        padding: "valid" or "same" ("causal" for one axis).
        data_format: "channels_last" or "channels_first".
        dilation_rate: the distances of the elements of a window; only without strides.
        activation: a function, or None.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: see `tf.get_variable`.
        kernel_regularizer, bias_regularizer, activity_regularizer: functions to a loss.
        kernel_constraint, bias_constraint: see `tf.Variable`.
        trainable, name, **kwargs: see `Layer`.
    """

    rank: ClassVar[int]
    _may_be_causal: ClassVar[bool] = False

    def _set_up(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        bias_initializer: Any,
        bias_regularizer: Any,
        bias_constraint: Any,
    ) -> None:
        """Check and keep the arguments that all convolutions have."""
        self.filters = filters
        self.kernel_size = integers(kernel_size, self.rank, "kernel_size")
        self.strides = integers(strides, self.rank, "strides")
        self.padding = checked_padding(padding)
        if self.padding == "causal" and not self._may_be_causal:
            raise ValueError("Causal padding is only supported for `Conv1D` and `SeparableConv1D`.")
        self.data_format = checked_data_format(data_format)
        self.dilation_rate = integers(dilation_rate, self.rank, "dilation_rate")
        self.activation = activation_of(activation)
        self.use_bias = use_bias
        self.bias_initializer = initializer_of(bias_initializer)
        self.bias_regularizer = function_of(bias_regularizer, "regularizer")
        self.bias_constraint = function_of(bias_constraint, "constraint")
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _set_up_kernel(self, initializer: Any, regularizer: Any, constraint: Any) -> None:
        self.kernel_initializer = initializer_of(initializer)
        self.kernel_regularizer = function_of(regularizer, "regularizer")
        self.kernel_constraint = function_of(constraint, "constraint")

    @property
    def _first_axis(self) -> int:
        """The first of the axes that are convolved."""
        return 1 if self.data_format == "channels_last" else 2

    @property
    def _op_format(self) -> str:
        return op_data_format(self.data_format, self.rank + 2)

    @property
    def _op_padding(self) -> str:
        return "VALID" if self.padding == "causal" else self.padding.upper()

    def _all_axes(self, sizes: Any) -> list[int]:
        """`sizes` of the convolved axes with a 1 for the batch and for the channels."""
        return [1, *sizes, 1] if self.data_format == "channels_last" else [1, 1, *sizes]

    def _channels(self, input_shape: Any) -> int:
        axis = -1 if self.data_format == "channels_last" else 1
        channels = TensorShape(input_shape).as_list()[axis]
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        return channels

    def _add_kernel(self, shape: Any) -> None:
        self.kernel = self.add_weight(
            "kernel",
            shape=shape,
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            dtype=self.dtype,
        )

    def _add_bias(self) -> None:
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                shape=(self.filters,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                dtype=self.dtype,
            )

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        self._add_kernel((*self.kernel_size, channels, self.filters))
        self._add_bias()
        self._dilation = convert_to_tensor(self.dilation_rate, dtypes.int32, name="dilation_rate")
        if any(rate < 1 for rate in self.dilation_rate):
            raise ValueError("all values of dilation_rate must be positive")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        if self.padding == "causal":
            inputs = self._padded_on_the_left(inputs)
        outputs = self._convolve(inputs)
        if self.use_bias:
            if self.data_format == "channels_last":
                outputs = g.bias_add(outputs, self.bias, data_format="NHWC")
            elif self.rank == 1:
                outputs += reshape(self.bias, (1, self.filters, 1))
            else:
                outputs = g.bias_add(outputs, self.bias, data_format="NCHW")
        return self._activated(outputs)

    def _convolve(self, inputs: Tensor) -> Tensor:
        if max(self.dilation_rate) == 1:
            return self._convolve_densely(inputs, self._op_padding)
        axes = range(self._first_axis, self._first_axis + self.rank)
        return with_space_to_batch(
            inputs,
            self._dilation,
            self._op_padding,
            lambda blocks, _, padding: self._convolve_densely(blocks, padding),
            filter_shape=self.kernel.shape,
            spatial_dims=axes,
            data_format=self._op_format,
        )

    def _convolve_densely(self, inputs: Tensor, padding: str) -> Tensor:
        if self.rank == 1:
            return conv.conv1d(inputs, self.kernel, self.strides[0], padding, data_format=self._op_format)
        convolve = g.conv2d if self.rank == 2 else g.conv3d
        return convolve(
            inputs,
            self.kernel,
            strides=self._all_axes(self.strides),
            padding=padding,
            data_format=self._op_format,
        )

    def _activated(self, outputs: Tensor) -> Tensor:
        return outputs if self.activation is None else self.activation(outputs)

    def _padded_on_the_left(self, inputs: Tensor) -> Tensor:
        amounts = [[0, 0], [0, 0], [0, 0]]
        amounts[self._first_axis] = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
        return pad(inputs, amounts)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        sizes = TensorShape(input_shape).as_list()
        # Causal padding keeps the length, as "same" does.
        padding = "same" if self.padding == "causal" else self.padding
        for i in range(self.rank):
            axis = self._first_axis + i
            sizes[axis] = convolved_size(
                sizes[axis], self.kernel_size[i], padding, self.strides[i], self.dilation_rate[i]
            )
        sizes[-1 if self.data_format == "channels_last" else 1] = self.filters
        return TensorShape(sizes)


def _constructor(ones: Any) -> Any:
    """The `__init__` of a convolution whose strides and dilation are `ones` by default."""

    def __init__(  # noqa: N807
        self: _Convolution,
        filters: int,
        kernel_size: Any,
        strides: Any = ones,
        padding: str = "valid",
        data_format: str | None = "channels_last",
        dilation_rate: Any = ones,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        activity_regularizer = function_of(activity_regularizer, "regularizer")
        Layer.__init__(self, trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self._set_up(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            bias_constraint,
        )
        self._set_up_kernel(kernel_initializer, kernel_regularizer, kernel_constraint)

    return __init__


class Conv1D(_Convolution):
    """A convolution over the middle axis of (batch, length, channels)."""

    rank = 1
    __init__ = _constructor(1)
    _may_be_causal = True


class Conv2D(_Convolution):
    """A convolution over the middle axes of (batch, height, width, channels)."""

    rank = 2
    __init__ = _constructor((1, 1))


class Conv3D(_Convolution):
    """A convolution over the middle axes of (batch, depth, height, width, channels)."""

    rank = 3
    __init__ = _constructor((1, 1, 1))


class _SeparableConvolution(_Convolution):
    """A convolution of each channel by itself, then one of all channels with windows of size 1.

    Args:
        depth_multiplier: how many channels the first convolution makes of each.
        depthwise_initializer, pointwise_initializer, depthwise_regularizer, pointwise_regularizer,
            depthwise_constraint, pointwise_constraint: for the kernels of the two convolutions.

    The other arguments are those of `Conv2D`.
    """

    depth_multiplier: int
    depthwise_initializer: Any
    pointwise_initializer: Any
    depthwise_regularizer: Any
    pointwise_regularizer: Any
    depthwise_constraint: Any
    pointwise_constraint: Any

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel",
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            dtype=self.dtype,
        )
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            shape=(*(1,) * self.rank, self.depth_multiplier * channels, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
            dtype=self.dtype,
        )
        self._add_bias()
        self.built = True


def _separable_constructor(ones: Any) -> Any:
    """The `__init__` of a separable convolution; see `_constructor`."""

    def __init__(  # noqa: N807
        self: _SeparableConvolution,
        filters: int,
        kernel_size: Any,
        strides: Any = ones,
        padding: str = "valid",
        data_format: str | None = "channels_last",
        dilation_rate: Any = ones,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = None,
        pointwise_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        activity_regularizer = function_of(activity_regularizer, "regularizer")
        Layer.__init__(self, trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self._set_up(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            bias_constraint,
        )
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = initializer_of(depthwise_initializer)
        self.pointwise_initializer = initializer_of(pointwise_initializer)
        self.depthwise_regularizer = function_of(depthwise_regularizer, "regularizer")
        self.pointwise_regularizer = function_of(pointwise_regularizer, "regularizer")
        self.depthwise_constraint = function_of(depthwise_constraint, "constraint")
        self.pointwise_constraint = function_of(pointwise_constraint, "constraint")

    return __init__


class SeparableConv1D(_SeparableConvolution):
    """A separable convolution over the middle axis of (batch, length, channels)."""

    rank = 1
    __init__ = _separable_constructor(1)
    _may_be_causal = True

    def call(self, inputs: Any) -> Tensor:
        if self.padding == "causal":
            inputs = self._padded_on_the_left(inputs)
        axis = self._first_axis
        data_format = op_data_format(self.data_format, 4)
        outputs = depthwise_conv.separable_conv2d(
            expand_dims(inputs, axis),
            expand_dims(self.depthwise_kernel, 0),
            expand_dims(self.pointwise_kernel, 0),
            strides=self._all_axes(self.strides * 2),
            padding=self._op_padding,
            rate=(1, *self.dilation_rate),
            data_format=data_format,
        )
        if self.use_bias:
            outputs = g.bias_add(outputs, self.bias, data_format=data_format)
        return self._activated(squeeze(outputs, [axis]))


class SeparableConv2D(_SeparableConvolution):
    """A separable convolution over the middle axes of (batch, height, width, channels)."""

    rank = 2
    __init__ = _separable_constructor((1, 1))

    def call(self, inputs: Any) -> Tensor:
        outputs = depthwise_conv.separable_conv2d(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            strides=self._all_axes(self.strides),
            padding=self._op_padding,
            rate=self.dilation_rate,
            data_format=self._op_format,
        )
        if self.use_bias:
            outputs = g.bias_add(outputs, self.bias, data_format=self._op_format)
        return self._activated(outputs)


class _TransposedConvolution(_Convolution):
    """The transpose (the gradient) of a convolution: it spreads each element over a window.

    The arguments are those of `Conv2D`, without a dilation.
    """

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        self._add_kernel((*self.kernel_size, self.filters, channels))
        self._add_bias()
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        sizes = shape_op(inputs)
        batch_size = sizes[0]
        axes = range(self._first_axis, self._first_axis + self.rank)
        given = [sizes[axis] for axis in axes]
        spread = [
            transposed_size(size, self.kernel_size[i], self.padding, self.strides[i])
            for i, size in enumerate(given)
        ]
        if self.data_format == "channels_last":
            output_shape = stack([batch_size, *spread, self.filters])
        else:
            output_shape = stack([batch_size, self.filters, *spread])
        outputs = self._convolve_back(inputs, output_shape)
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        if self.use_bias:
            # The format of four axes, for five as well.
            data_format = op_data_format(self.data_format, 4)
            outputs = g.bias_add(outputs, self.bias, data_format=data_format)
        return self._activated(outputs)

    def _convolve_back(self, inputs: Tensor, output_shape: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not define its convolution")

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        sizes = TensorShape(input_shape).as_list()
        for i in range(self.rank):
            axis = self._first_axis + i
            sizes[axis] = transposed_size(sizes[axis], self.kernel_size[i], self.padding, self.strides[i])
        sizes[-1 if self.data_format == "channels_last" else 1] = self.filters
        return TensorShape(sizes)


def _transposed_constructor(ones: Any) -> Any:
    """The `__init__` of a transposed convolution; see `_constructor`."""

    def __init__(  # noqa: N807
        self: _TransposedConvolution,
        filters: int,
        kernel_size: Any,
        strides: Any = ones,
        padding: str = "valid",
        data_format: str | None = "channels_last",
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        activity_regularizer = function_of(activity_regularizer, "regularizer")
        Layer.__init__(self, trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self._set_up(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            1,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            bias_constraint,
        )
        self._set_up_kernel(kernel_initializer, kernel_regularizer, kernel_constraint)

    return __init__


class Conv2DTranspose(_TransposedConvolution):
    """The transpose of a convolution over the middle axes of (batch, height, width, channels)."""

    rank = 2
    __init__ = _transposed_constructor((1, 1))

    def _convolve_back(self, inputs: Tensor, output_shape: Tensor) -> Tensor:
        channels_first = self.data_format == "channels_first"
        if channels_first:
            # As on a machine without a GPU in TensorFlow: the CPU's op takes channels last only.
            inputs = transpose(inputs, (0, 2, 3, 1))
            output_shape = stack([output_shape[i] for i in (0, 2, 3, 1)])
        else:
            # TensorFlow looks whether the batch size is None, and leaves this node behind.
            output_shape[0]
        outputs = conv.conv2d_transpose(
            inputs,
            self.kernel,
            output_shape,
            (1, *self.strides, 1),
            padding=self._op_padding,
            data_format="NHWC",
        )
        return transpose(outputs, (0, 3, 1, 2)) if channels_first else outputs


class Conv3DTranspose(_TransposedConvolution):
    """The transpose of a convolution over the middle axes of (batch, depth, height, width, channels)."""

    rank = 3
    __init__ = _transposed_constructor((1, 1, 1))

    def _convolve_back(self, inputs: Tensor, output_shape: Tensor) -> Tensor:
        return conv3d_functions.conv3d_transpose(
            inputs,
            self.kernel,
            output_shape,
            self._all_axes(self.strides),
            data_format=self._op_format,
            padding=self._op_padding,
        )


def _describe(*classes: type[_Convolution]) -> None:
    """Give public classes the description of the arguments that their private base has."""
    for layer_class in classes:
        arguments = (layer_class.__base__.__doc__ or "").partition("\n")[2]
        layer_class.__doc__ = f"{layer_class.__doc__}\n{arguments}"


_describe(Conv1D, Conv2D, Conv3D, SeparableConv1D, SeparableConv2D, Conv2DTranspose, Conv3DTranspose)

conv1d = as_function(Conv1D, "conv1d")
conv2d = as_function(Conv2D, "conv2d")
conv3d = as_function(Conv3D, "conv3d")
separable_conv1d = as_function(SeparableConv1D, "separable_conv1d")
separable_conv2d = as_function(SeparableConv2D, "separable_conv2d")
conv2d_transpose = as_function(Conv2DTranspose, "conv2d_transpose")
conv3d_transpose = as_function(Conv3DTranspose, "conv3d_transpose")
