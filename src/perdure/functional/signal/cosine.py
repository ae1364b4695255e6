"""Cosine transforms (J. Makhoul, "A fast cosine transform in one and two dimensions", 1980)."""

from __future__ import annotations

import math
from typing import Any

from perdure.functional.array import array, joining, padding
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.math.cast import cast
from perdure.functional.math.complex import complex as complex_of
from perdure.functional.math.complex import real
from perdure.functional.math.unary import exp, rsqrt, sqrt
from perdure.functional.signal.fourier import irfft, rfft
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value


def dct(
    input: Any,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The cosine transform over the last axis.

    Args:
        input: a float32 tensor.
        type: 1, 2 or 3: which of the transforms.
        n: how many values to transform; zeros are put behind, or values left out.  All by default.
        axis: -1.
        norm: "ortho" for an orthonormal transform, or None.
        name: the name of the scope.

    Raises:
        NotImplementedError: another axis.
        ValueError: there is no such transform.
    """
    _check(input, type, n, axis, norm)
    with name_scope(name, "dct", [input]):
        x = convert_to_tensor(input, dtype=dtypes.float32)
        size = _last_size(x)
        if n is not None:
            x = x[..., 0:n] if n <= size else _extended(x, n - size)
        size = _last_size(x)
        float_size = cast(size, dtypes.float32)
        if type == 1:
            return real(rfft(joining.concat([x, x[..., -2:0:-1]], axis=-1)))
        if type == 2:
            return _second(x, size, float_size, norm)
        return _third(x, size, float_size, norm)


def idct(
    input: Any,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The inverse of `dct`, up to a factor if it is not orthonormal; see there."""
    _check(input, type, n, axis, norm)
    return dct(input, type={1: 1, 2: 3, 3: 2}[type], n=n, axis=axis, norm=norm, name=name)


def _check(x: Any, kind: int, n: int | None, axis: int, norm: str | None) -> None:
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if kind not in (1, 2, 3):
        raise ValueError("Only Types I, II and III (I)DCT are supported.")
    if kind == 1:
        if norm == "ortho":
            raise ValueError("Normalization is not supported for the Type-I DCT.")
        size = dimension_value(x.shape[-1])
        if size is not None and size < 2:
            raise ValueError("Type-I DCT requires the dimension to be greater than one.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")


def _last_size(x: Tensor) -> Any:
    return dimension_value(x.shape[-1]) or array.shape(x)[-1]


def _extended(x: Tensor, behind: Any) -> Tensor:
    paddings = [[0, 0]] * (len(x.shape) - 1) + [[0, behind]]
    return padding.pad(x, paddings=convert_to_tensor(paddings, dtype=dtypes.int32))


def _weights(first: Tensor, others: Tensor, size: Any) -> Tensor:
    return padding.pad(array.expand_dims(first, 0), [[0, size - 1]], constant_values=others)


def _second(x: Tensor, size: Any, float_size: Tensor, norm: str | None) -> Tensor:
    angles = -sequence(float_size) * math.pi * 0.5 / float_size
    scale = 2.0 * exp(complex_of(0.0, angles))
    made = real(rfft(x, fft_length=[2 * size])[..., :size] * scale)
    if norm != "ortho":
        return made
    first = 0.5 * rsqrt(float_size)
    return made * _weights(first, first * sqrt(2.0), size)


def _third(x: Tensor, size: Any, float_size: Tensor, norm: str | None) -> Tensor:
    if norm == "ortho":
        first = sqrt(float_size)
        x = x * _weights(first, first * sqrt(0.5), size)
    else:
        x = x * float_size
    scale = 2.0 * exp(complex_of(0.0, sequence(float_size) * math.pi * 0.5 / float_size))
    return real(irfft(scale * complex_of(x, 0.0), fft_length=[2 * size]))[..., :size]
