"""LocallyConnected1D and LocallyConnected2D: convolutions with other weights at each position."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from perdure.functional.array.array import reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.rearranging import transpose
from perdure.functional.math.products import sparse_matmul
from perdure.functional.math.reductions import reduce_prod
from perdure.graph.builder import g
from perdure.keras.backend.conv import bias_add, local_conv
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.described import described, keep
from perdure.keras.utils.convolution import (
    conv_output_length,
    normalize_data_format,
    normalize_padding,
    normalize_tuple,
)
from perdure.keras.utils.structures import shape_type_conversion
from perdure.layers.input_spec import InputSpec


class _LocallyConnected(Layer):
    """A convolution with other weights at each position.

    Args:
        filters: the number of channels of the output.
        kernel_size, strides: the sizes of windows, and their distances.
        padding: "valid", or "same" for implementations 2 and 3.
        data_format: "channels_last" or "channels_first".
        activation: a function, or its name.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: initializers, or their names.
        kernel_regularizer, bias_regularizer, activity_regularizer: functions to a loss, or their names.
        kernel_constraint, bias_constraint: constraints, or their names.
        implementation: 1: a product for each position; 2: one product with a kernel that is mostly masked;
            3: one product with a sparse kernel.
        **kwargs: see `Layer`.

    Raises:
        ValueError: a wrong argument.
    """

    rank: ClassVar[int]
    _described: ClassVar[tuple[str, ...]] = (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "data_format",
        "activation",
        "use_bias",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "kernel_constraint",
        "bias_constraint",
        "implementation",
    )
    filters: int
    activation: Any
    use_bias: bool
    kernel_initializer: Any
    kernel_regularizer: Any
    kernel_constraint: Any
    bias_initializer: Any
    bias_regularizer: Any
    bias_constraint: Any
    implementation: int
    kernel_mask: Any
    kernel_idxs: Any

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
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
        implementation: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kernel_size = normalize_tuple(kernel_size, self.rank, "kernel_size")
        self.strides = normalize_tuple(strides, self.rank, "strides")
        self.padding = normalize_padding(padding)
        if self.padding != "valid" and implementation == 1:
            raise ValueError(
                f'Invalid border mode for {type(self).__name__} (only "valid" is supported if implementation '
                f"is 1): {padding}"
            )
        self.data_format = normalize_data_format(data_format)
        keep(
            self,
            filters=filters,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            implementation=implementation,
        )
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _parts(self, input_shape: Any) -> tuple[tuple[Any, ...], Any]:
        """The spatial sizes of a shape, and its channels."""
        if self.data_format == "channels_first":
            return tuple(input_shape[2:]), input_shape[1]
        return tuple(input_shape[1:-1]), input_shape[-1]

    def _lengths(self, sizes: Any) -> tuple[Any, ...]:
        """The spatial sizes of the output."""
        windows = zip(sizes, self.kernel_size, self.strides, strict=True)
        return tuple(conv_output_length(size, k, self.padding, s) for size, k, s in windows)

    def _joined(self, sizes: Any, channels: Any) -> tuple[Any, ...]:
        """Spatial sizes and channels in the order of the data format."""
        return (channels, *sizes) if self.data_format == "channels_first" else (*sizes, channels)

    def _check_sizes(self, input_shape: Any, sizes: Any, channels: Any) -> None:
        raise NotImplementedError

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        sizes, channels = self._parts(input_shape)
        self._check_sizes(input_shape, sizes, channels)
        lengths = self._lengths(sizes)
        self._output_lengths = lengths
        count = int(np.prod(lengths))
        shape: tuple[int, ...]
        if self.implementation == 1:
            self.kernel_shape: Any = (count, int(np.prod(self.kernel_size)) * channels, self.filters)
            shape = self.kernel_shape
        elif self.implementation == 2:
            self.kernel_shape = (*self._joined(sizes, channels), *self._joined(lengths, self.filters))
            shape = self.kernel_shape
        elif self.implementation == 3:
            self.kernel_shape = (count * self.filters, int(np.prod(sizes)) * channels)
            self.kernel_idxs = sorted(self._pairs(sizes, channels, lengths))
            shape = (len(self.kernel_idxs),)
        else:
            raise ValueError(f"Unrecognized implementation mode: {self.implementation}.")
        self.kernel = self.add_weight(
            shape=shape,
            initializer=self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if self.implementation == 2:
            self.kernel_mask = self._mask(sizes, lengths)
        if self.use_bias:
            self.bias: Any = self.add_weight(
                shape=(*lengths, self.filters),
                initializer=self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        else:
            self.bias = None
        axis = 1 if self.data_format == "channels_first" else -1
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        self.built = True

    def _connected(self, sizes: Any, lengths: Any) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The positions of the output, each with those of the input that it comes from."""
        for position in itertools.product(*map(range, lengths)):
            ranges = []
            for size, k, stride, p in zip(sizes, self.kernel_size, self.strides, position, strict=True):
                left = k // 2
                center = p * stride + (left if self.padding == "valid" else 0)
                ranges.append(range(max(0, center - left), min(size, center + k - left)))
            for source in itertools.product(*ranges):
                yield position, source

    def _mask(self, sizes: Any, lengths: Any) -> np.ndarray:
        """1 where the kernel connects an element of the input with one of the output, else 0."""
        mask = np.zeros((*sizes, *lengths), bool)
        for position, source in self._connected(sizes, lengths):
            mask[source + position] = True
        if self.data_format == "channels_first":
            return np.expand_dims(np.expand_dims(mask, 0), -self.rank - 1)
        return np.expand_dims(np.expand_dims(mask, self.rank), -1)

    def _pairs(self, sizes: Any, channels: int, lengths: Any) -> Iterator[tuple[Any, Any]]:
        """The indices of the elements of output and input that are connected."""
        out_sizes, in_sizes = self._joined(lengths, self.filters), self._joined(sizes, channels)
        for position, source in self._connected(sizes, lengths):
            for i, j in itertools.product(range(channels), range(self.filters)):
                out = np.ravel_multi_index(self._joined(position, j), out_sizes)
                yield out, np.ravel_multi_index(self._joined(source, i), in_sizes)

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes, _ = self._parts(input_shape)
        return (input_shape[0], *self._joined(self._lengths(sizes), self.filters))

    def call(self, inputs: Any) -> Any:
        if self.implementation == 1:
            output = local_conv(
                inputs, self.kernel, self.kernel_size, self.strides, self._output_lengths, self.data_format
            )
        else:
            known = self.compute_output_shape(inputs.shape).as_list()[1:]
            flat = reshape(inputs, (shape_op(inputs)[0], -1))
            if self.implementation == 2:
                kernel = _as_matrix(self.kernel_mask * self.kernel)
                flat = sparse_matmul(flat, kernel, b_is_sparse=True)
            else:
                flat = g.sparse_tensor_dense_mat_mul(
                    np.array(self.kernel_idxs, np.int64),
                    self.kernel,
                    np.array(self.kernel_shape, np.int64),
                    flat,
                    adjoint_b=True,
                )
                flat = transpose(flat)
            output = reshape(flat, [shape_op(flat)[0], *known])
        if self.use_bias:
            output = bias_add(output, self.bias, data_format=self.data_format)
        return self.activation(output)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **described(self, *self._described)}


def _as_matrix(kernel: Any) -> Any:
    """A kernel from inputs to outputs as a matrix."""
    sizes = shape_op(kernel)
    half = len(kernel.shape) // 2
    ahead, behind = sizes[:half], sizes[half:]
    return reshape(kernel, (reduce_prod(ahead), reduce_prod(behind)))


class LocallyConnected1D(_LocallyConnected):
    """A convolution over one axis with other weights at each position; see `LocallyConnected2D`."""

    rank = 1

    def _check_sizes(self, input_shape: Any, sizes: Any, channels: Any) -> None:
        if channels is None:
            raise ValueError("Axis 2 of input should be fully-defined. Found shape:", input_shape)


class LocallyConnected2D(_LocallyConnected):
    """A convolution over two axes with other weights at each position."""

    rank = 2

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1), *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(filters, kernel_size, strides, *args, **kwargs)

    def _check_sizes(self, input_shape: Any, sizes: Any, channels: Any) -> None:
        if None in sizes:
            raise ValueError(
                "The spatial dimensions of the inputs to  a LocallyConnected2D layer should be "
                f"fully-defined, but layer received the inputs shape {input_shape}"
            )
