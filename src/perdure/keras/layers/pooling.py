"""MaxPooling, AveragePooling and global pooling over one, two and three axes."""

from __future__ import annotations

from typing import Any, ClassVar

from perdure.functional.array.array import expand_dims, reshape, squeeze
from perdure.functional.array.rearranging import transpose
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_max, reduce_sum
from perdure.functional.nn import pooling
from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.conv import pool2d
from perdure.keras.backend.math import mean
from perdure.keras.config import floatx
from perdure.keras.engine.layer import Layer
from perdure.keras.utils.convolution import (
    conv_output_length,
    convert_data_format,
    normalize_data_format,
    normalize_padding,
    normalize_tuple,
)
from perdure.layers.input_spec import InputSpec


class _Pooling(Layer):
    """The largest element of each window, or the mean.

    Args:
        pool_size: the sizes of the window, or one size for all axes.
        strides: the distances of windows; `pool_size` if None.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first".
        **kwargs: see `Layer`.
    """

    rank: ClassVar[int]
    _mode: ClassVar[str]

    def _set_up(self, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> None:
        strides = pool_size if strides is None else strides
        self.pool_size = normalize_tuple(pool_size, self.rank, "pool_size")
        self.strides = normalize_tuple(strides, self.rank, "strides")
        self.padding = normalize_padding(padding)
        self.data_format = normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Any) -> Any:
        is_first = self.data_format == "channels_first"
        if self.rank == 1:
            axis = 3 if is_first else 2
            outputs = pool2d(
                expand_dims(inputs, axis),
                (*self.pool_size, 1),
                strides=(*self.strides, 1),
                padding=self.padding,
                data_format=self.data_format,
                pool_mode=self._mode,
            )
            return squeeze(outputs, axis)
        if self.rank == 2:
            pool: Any = pooling.max_pool if self._mode == "max" else pooling.avg_pool
            window = (1, 1, *self.pool_size) if is_first else (1, *self.pool_size, 1)
            strides = (1, 1, *self.strides) if is_first else (1, *self.strides, 1)
            return pool(
                inputs,
                ksize=window,
                strides=strides,
                padding=self.padding.upper(),
                data_format=convert_data_format(self.data_format, 4),
            )
        pool = pooling.max_pool3d if self._mode == "max" else pooling.avg_pool3d
        if is_first:
            inputs = transpose(inputs, (0, 2, 3, 4, 1))
        outputs = pool(
            inputs,
            ksize=(1, *self.pool_size, 1),
            strides=(1, *self.strides, 1),
            padding=self.padding.upper(),
        )
        return transpose(outputs, (0, 4, 1, 2, 3)) if is_first else outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        first = 2 if self.data_format == "channels_first" else 1
        for i in range(self.rank):
            sizes[first + i] = conv_output_length(
                sizes[first + i], self.pool_size[i], self.padding, self.strides[i]
            )
        return TensorShape(sizes)

    def get_config(self) -> dict[str, Any]:
        own = {
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }
        return {**super().get_config(), **own}


def _constructor(twos: Any, default_format: str | None) -> Any:
    """The `__init__` of a pooling whose window is `twos` by default."""

    def __init__(  # noqa: N807
        self: Any,
        pool_size: Any = twos,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = default_format,
        **kwargs: Any,
    ) -> None:
        Layer.__init__(self, **kwargs)
        self._set_up(pool_size, strides, padding, data_format)

    return __init__


class MaxPooling1D(_Pooling):
    """The largest element of each window of (batch, length, channels); see `_Pooling`."""

    rank, _mode = 1, "max"
    __init__ = _constructor(2, "channels_last")


class AveragePooling1D(_Pooling):
    """The mean of each window of (batch, length, channels); see `_Pooling`."""

    rank, _mode = 1, "avg"
    __init__ = _constructor(2, "channels_last")


class MaxPooling2D(_Pooling):
    """The largest element of each window of images; see `_Pooling`."""

    rank, _mode = 2, "max"
    __init__ = _constructor((2, 2), None)


class AveragePooling2D(_Pooling):
    """The mean of each window of images; see `_Pooling`."""

    rank, _mode = 2, "avg"
    __init__ = _constructor((2, 2), None)


class MaxPooling3D(_Pooling):
    """The largest element of each window of volumes; see `_Pooling`."""

    rank, _mode = 3, "max"
    __init__ = _constructor((2, 2, 2), None)


class AveragePooling3D(_Pooling):
    """The mean of each window of volumes; see `_Pooling`."""

    rank, _mode = 3, "avg"
    __init__ = _constructor((2, 2, 2), None)


class _GlobalPooling(Layer):
    """One number for each channel.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: see `Layer`.
    """

    rank: ClassVar[int]

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _axes(self) -> Any:
        first = 1 if self.data_format == "channels_last" else 2
        return first if self.rank == 1 else list(range(first, first + self.rank))

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        return TensorShape([sizes[0], sizes[-1 if self.data_format == "channels_last" else 1]])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


class GlobalAveragePooling1D(_GlobalPooling):
    """The means over the middle axis of (batch, length, channels), of the time steps that count."""

    rank = 1

    def __init__(self, data_format: str | None = "channels_last", **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        axis = self._axes
        if mask is None:
            return mean(inputs, axis=axis)
        mask = cast(mask, floatx())
        mask = reshape(mask, [-1, inputs.shape.as_list()[axis], 1])
        inputs *= mask
        return reduce_sum(inputs, axis) / reduce_sum(mask, axis=axis)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None


class GlobalMaxPooling1D(_GlobalPooling):
    """The largest elements over the middle axis of (batch, length, channels)."""

    rank = 1

    def __init__(self, data_format: str | None = "channels_last", **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)

    def call(self, inputs: Any) -> Any:
        return reduce_max(inputs, self._axes)


class GlobalAveragePooling2D(_GlobalPooling):
    """The means of the channels of images."""

    rank = 2

    def call(self, inputs: Any) -> Any:
        return mean(inputs, axis=self._axes)


class GlobalMaxPooling2D(_GlobalPooling):
    """The largest elements of the channels of images."""

    rank = 2

    def call(self, inputs: Any) -> Any:
        return reduce_max(inputs, self._axes)


class GlobalAveragePooling3D(_GlobalPooling):
    """The means of the channels of volumes."""

    rank = 3

    def call(self, inputs: Any) -> Any:
        return mean(inputs, axis=self._axes)


class GlobalMaxPooling3D(_GlobalPooling):
    """The largest elements of the channels of volumes."""

    rank = 3

    def call(self, inputs: Any) -> Any:
        return reduce_max(inputs, self._axes)
