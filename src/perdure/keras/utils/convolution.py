"""Sizes of convolutions and the arguments that say them."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.keras.config import image_data_format

_LAYOUTS = {
    ("channels_last", 3): "NWC",
    ("channels_last", 4): "NHWC",
    ("channels_last", 5): "NDHWC",
    ("channels_first", 3): "NCW",
    ("channels_first", 4): "NCHW",
    ("channels_first", 5): "NCDHW",
}


def convert_data_format(data_format: str, ndim: int) -> str:
    """The name that ops have for a data format.

    Raises:
        ValueError: an unknown data format or rank.
    """
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError("Invalid data_format:", data_format)
    if ndim not in (3, 4, 5):
        raise ValueError("Input rank not supported:", ndim)
    return _LAYOUTS[data_format, ndim]


def normalize_tuple(value: Any, n: int, name: str) -> tuple[int, ...]:
    """`n` integers: one that is repeated, or as many.

    Raises:
        ValueError: neither.
    """
    if isinstance(value, int):
        return (value,) * n
    try:
        items = tuple(value)
        for item in items:
            int(item)
    except (TypeError, ValueError):
        items = ()
    if len(items) != n:
        raise ValueError(f"The `{name}` argument must be a tuple of {n} integers. Received: {value}")
    return items


def normalize_data_format(value: str | None) -> str:
    """A data format in lower case; the default one for None.

    Raises:
        ValueError: an unknown one.
    """
    data_format = (image_data_format() if value is None else value).lower()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            'The `data_format` argument must be one of "channels_first", "channels_last". Received: '
            + str(value)
        )
    return data_format


def normalize_padding(value: Any) -> Any:
    """A padding in lower case; a list of amounts stays.

    Raises:
        ValueError: an unknown one.
    """
    if isinstance(value, (list, tuple)):
        return value
    padding = value.lower()
    if padding not in ("valid", "same", "causal"):
        raise ValueError(
            'The `padding` argument must be a list/tuple or one of "valid", "same" (or "causal", only for '
            "`Conv1D). Received: " + str(padding)
        )
    return padding


def conv_output_length(
    input_length: Any, filter_size: int, padding: str, stride: int, dilation: int = 1
) -> Any:
    """The size of an axis after a convolution; None stays unknown."""
    if input_length is None:
        return None
    assert padding in ("same", "valid", "full", "causal")
    extent = filter_size + (filter_size - 1) * (dilation - 1)
    length = input_length + {"valid": 1 - extent, "full": extent - 1}.get(padding, 0)
    return (length + stride - 1) // stride


def conv_input_length(output_length: Any, filter_size: int, padding: str, stride: int) -> Any:
    """The size of an axis before a convolution; None stays unknown."""
    if output_length is None:
        return None
    assert padding in ("same", "valid", "full")
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding]
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_output_length(
    input_length: Any,
    filter_size: int,
    padding: str,
    output_padding: int | None = None,
    stride: int = 0,
    dilation: int = 1,
) -> Any:
    """The size of an axis after a transposed convolution; a tensor gives a tensor, None stays unknown."""
    assert padding in ("same", "valid", "full")
    if input_length is None:
        return None
    filter_size = filter_size + (filter_size - 1) * (dilation - 1)
    # Written as TensorFlow writes it: for a tensor, these are the nodes.
    if output_padding is None:
        if padding == "valid":
            return input_length * stride + max(filter_size - stride, 0)
        if padding == "full":
            return input_length * stride - (stride + filter_size - 2)
        return input_length * stride
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding]
    return (input_length - 1) * stride + filter_size - 2 * pad + output_padding


def convert_kernel(kernel: Any) -> np.ndarray:
    """A kernel with its spatial axes reversed, between the conventions of Theano and TensorFlow.

    Raises:
        ValueError: not of 3 to 5 axes.
    """
    kernel = np.asarray(kernel)
    if not 3 <= kernel.ndim <= 5:
        raise ValueError("Invalid kernel shape:", kernel.shape)
    return np.copy(np.flip(kernel, axis=tuple(range(kernel.ndim - 2))))
