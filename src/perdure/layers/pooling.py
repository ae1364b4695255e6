"""tf.layers.max_pooling*, average_pooling*, and their classes."""

from __future__ import annotations

from typing import Any, ClassVar

from perdure.functional.array.array import expand_dims, squeeze
from perdure.functional.array.rearranging import transpose
from perdure.graph.builder import g
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.layers.arguments import (
    checked_data_format,
    checked_padding,
    convolved_size,
    integers,
    op_data_format,
)
from perdure.layers.base import Layer
from perdure.layers.input_spec import InputSpec


class _Pooling(Layer):
    """Pools over windows of `rank` axes between the batch axis and the channels.

    Args:
        pool_size: the sizes of a window, or one size for all axes.
        strides: the distances of windows, or one distance for all axes.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first".
        name, **kwargs: see `Layer`.
    """

    rank: ClassVar[int]

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str | None = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.pool_size = integers(pool_size, self.rank, "pool_size")
        if strides is None:
            raise ValueError("Argument `strides` must not be None.")
        self.strides = integers(strides, self.rank, "strides")
        self.padding = checked_padding(padding)
        self.data_format = checked_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _pool(self, inputs: Tensor, window: Any, strides: Any, data_format: str) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not define how it pools")

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        sizes = TensorShape(input_shape).as_list()
        first = 1 if self.data_format == "channels_last" else 2
        for i in range(self.rank):
            sizes[first + i] = convolved_size(
                sizes[first + i], self.pool_size[i], self.padding, self.strides[i]
            )
        return TensorShape(sizes)


class _Pooling1D(_Pooling):
    rank = 1

    def call(self, inputs: Any) -> Tensor:
        # The window gets a second axis of size 1.
        channels_first = self.data_format == "channels_first"
        axis = 3 if channels_first else 2
        inputs = expand_dims(inputs, axis)
        if channels_first:
            # As on a machine without a GPU in TensorFlow: the CPU's op takes channels last only.
            inputs = transpose(inputs, (0, 2, 3, 1))
        outputs = self._pool(inputs, (1, *self.pool_size, 1, 1), (1, *self.strides, 1, 1), "NHWC")
        if channels_first:
            outputs = transpose(outputs, (0, 3, 1, 2))
        return squeeze(outputs, axis)


class _Pooling2D(_Pooling):
    rank = 2

    def call(self, inputs: Any) -> Tensor:
        if self.data_format == "channels_last":
            window, strides = (1, *self.pool_size, 1), (1, *self.strides, 1)
        else:
            window, strides = (1, 1, *self.pool_size), (1, 1, *self.strides)
        return self._pool(inputs, window, strides, op_data_format(self.data_format, 4))


class _Pooling3D(_Pooling):
    rank = 3

    def call(self, inputs: Any) -> Tensor:
        channels_first = self.data_format == "channels_first"
        if channels_first:
            inputs = transpose(inputs, (0, 2, 3, 4, 1))
        outputs = self._pool(inputs, (1, *self.pool_size, 1), (1, *self.strides, 1), "NDHWC")
        return transpose(outputs, (0, 4, 1, 2, 3)) if channels_first else outputs


class _Max(_Pooling):
    def _pool(self, inputs: Tensor, window: Any, strides: Any, data_format: str) -> Tensor:
        pool = g.max_pool3d if self.rank == 3 else g.max_pool
        return pool(
            inputs, ksize=window, strides=strides, padding=self.padding.upper(), data_format=data_format
        )


class _Average(_Pooling):
    def _pool(self, inputs: Tensor, window: Any, strides: Any, data_format: str) -> Tensor:
        pool = g.avg_pool3d if self.rank == 3 else g.avg_pool
        return pool(
            inputs, ksize=window, strides=strides, padding=self.padding.upper(), data_format=data_format
        )


class MaxPooling1D(_Max, _Pooling1D):
    """The largest elements of windows of the middle axis; see `max_pooling1d`."""


class MaxPooling2D(_Max, _Pooling2D):
    """The largest elements of windows of the two middle axes; see `max_pooling2d`."""


class MaxPooling3D(_Max, _Pooling3D):
    """The largest elements of windows of the three middle axes; see `max_pooling3d`."""


class AveragePooling1D(_Average, _Pooling1D):
    """The means of windows of the middle axis; see `average_pooling1d`."""


class AveragePooling2D(_Average, _Pooling2D):
    """The means of windows of the two middle axes; see `average_pooling2d`."""


class AveragePooling3D(_Average, _Pooling3D):
    """The means of windows of the three middle axes; see `average_pooling3d`."""


def max_pooling1d(
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """The largest elements of windows of the middle axis.

    Args:
        inputs: a tensor of shape (batch, length, channels).
        pool_size: the size of a window.
        strides: the distance of windows.
        padding: "valid" or "same".
        data_format: "channels_last", or "channels_first" if the channels are the second axis.
        name: the name of the layer.
    """
    return MaxPooling1D(pool_size, strides, padding, data_format, name)(inputs)


def max_pooling2d(
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """The largest elements of windows of the two middle axes; see `max_pooling1d`."""
    return MaxPooling2D(pool_size, strides, padding, data_format, name)(inputs)


def max_pooling3d(
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """The largest elements of windows of the three middle axes; see `max_pooling1d`."""
    return MaxPooling3D(pool_size, strides, padding, data_format, name)(inputs)


def average_pooling1d(
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """The means of windows of the middle axis; see `max_pooling1d`."""
    return AveragePooling1D(pool_size, strides, padding, data_format, name)(inputs)


def average_pooling2d(
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """The means of windows of the two middle axes; see `max_pooling1d`."""
    return AveragePooling2D(pool_size, strides, padding, data_format, name)(inputs)


def average_pooling3d(
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """The means of windows of the three middle axes; see `max_pooling1d`."""
    return AveragePooling3D(pool_size, strides, padding, data_format, name)(inputs)
