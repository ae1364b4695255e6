"""Conv2DTranspose and Conv3DTranspose."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import stack
from perdure.functional.nn.activations import bias_add
from perdure.functional.nn.conv3d import conv3d_transpose
from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.conv import conv2d_transpose
from perdure.keras.layers.convolutional import Conv
from perdure.keras.utils.convolution import convert_data_format, deconv_output_length, normalize_tuple
from perdure.layers.input_spec import InputSpec


class _Transposed(Conv):
    """The transpose of a convolution: from its outputs to inputs; see `Conv`.

    Args:
        output_padding: how many elements more than the smallest output there are, for each axis.
    """

    output_padding: Any

    def _set_up(self, output_padding: Any) -> None:
        if output_padding is not None:
            output_padding = normalize_tuple(output_padding, self.rank, "output_padding")
            for stride, amount in zip(self.strides, output_padding, strict=True):
                if amount >= stride:
                    raise ValueError(
                        f"Stride {self.strides} must be greater than output padding {output_padding}"
                    )
        self.output_padding = output_padding

    def build(self, input_shape: Any) -> None:
        rank = self.rank + 2
        if len(TensorShape(input_shape)) != rank:
            raise ValueError(f"Inputs should have rank {rank}. Received input shape: {input_shape}")
        channels = self._channels(input_shape)
        axis = 1 if self._is_first else -1
        self.input_spec = InputSpec(ndim=rank, axes={axis: channels})
        self.kernel = self._add("kernel", (*self.kernel_size, self.filters, channels))
        self._add_bias(self.filters)
        self.built = True

    def _spatial(self, sizes: Any) -> list[Any]:
        """The spatial sizes of the output."""
        paddings = self.output_padding or (None,) * self.rank
        return [
            deconv_output_length(
                size,
                self.kernel_size[i],
                padding=self.padding,
                output_padding=paddings[i],
                stride=self.strides[i],
                dilation=self.dilation_rate[i],
            )
            for i, size in enumerate(sizes)
        ]

    def call(self, inputs: Any) -> Any:
        sizes = shape_op(inputs)
        batch = sizes[0]
        first = 2 if self._is_first else 1
        spatial = self._spatial([sizes[first + i] for i in range(self.rank)])
        if self._is_first:
            output_shape = stack((batch, self.filters, *spatial))
        else:
            output_shape = stack((batch, *spatial, self.filters))
        outputs = self._transposed(inputs, output_shape)
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        if self.use_bias:
            layout = convert_data_format(self.data_format, ndim=4)
            outputs = bias_add(outputs, self.bias, data_format=layout)
        return self._activated(outputs)

    def _transposed(self, inputs: Any, output_shape: Any) -> Any:
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        first = 2 if self._is_first else 1
        sizes[first : first + self.rank] = self._spatial(sizes[first : first + self.rank])
        sizes[1 if self._is_first else -1] = self.filters
        return TensorShape(sizes)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_padding": self.output_padding}


class Conv2DTranspose(_Transposed):
    """The transpose of a convolution over the two spatial axes of images; see `_Transposed`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
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
        super().__init__(
            2,
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
        self._set_up(output_padding)

    def _transposed(self, inputs: Any, output_shape: Any) -> Any:
        return conv2d_transpose(
            inputs,
            self.kernel,
            output_shape,
            strides=self.strides,
            padding=self.padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )


class Conv3DTranspose(_Transposed):
    """The transpose of a convolution over the three spatial axes of volumes; see `_Transposed`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1, 1),
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
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
        super().__init__(
            3,
            filters,
            kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
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
        self._set_up(output_padding)

    def _transposed(self, inputs: Any, output_shape: Any) -> Any:
        strides = (1, 1, *self.strides) if self._is_first else (1, *self.strides, 1)
        return conv3d_transpose(
            inputs,
            self.kernel,
            output_shape,
            strides,
            data_format=convert_data_format(self.data_format, ndim=5),
            padding=self.padding.upper(),
        )

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("dilation_rate")
        return config
