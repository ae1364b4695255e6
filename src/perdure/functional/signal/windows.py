"""Windows: weights of the samples of a frame."""

from __future__ import annotations

import math
from typing import Any

from perdure.functional.array.array import ones
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.control.conditionals import cond
from perdure.functional.math.binary import equal, mod
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import cos
from perdure.graph import dtypes
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor


def hann_window(
    window_length: Any, periodic: Any = True, dtype: DType = dtypes.float32, name: str | None = None
) -> Tensor:
    """Hann's window, a raised cosine.

    Args:
        window_length: the number of weights, a scalar.
        periodic: whether it goes on into the next one; else it is symmetric.
        dtype: the dtype of the weights.
        name: the name of the scope.

    Raises:
        ValueError: `dtype` is no floating point type.
    """
    return _raised_cosine(name, "hann_window", window_length, periodic, dtype, 0.5, 0.5)


def hamming_window(
    window_length: Any, periodic: Any = True, dtype: DType = dtypes.float32, name: str | None = None
) -> Tensor:
    """Hamming's window, a raised cosine; see `hann_window`."""
    return _raised_cosine(name, "hamming_window", window_length, periodic, dtype, 0.54, 0.46)


def _raised_cosine(
    name: str | None, default_name: str, length: Any, periodic: Any, dtype: DType, a: float, b: float
) -> Tensor:
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype}")
    with name_scope(name, default_name, [length, periodic]):
        length = convert_to_tensor(length, dtype=dtypes.int32, name="window_length")
        length.shape.assert_has_rank(0)
        known = constant_value(length)
        if known == 1:
            return ones([1], dtype=dtype)
        periodic = cast(convert_to_tensor(periodic, dtype=dtypes.bool, name="periodic"), dtypes.int32)
        periodic.shape.assert_has_rank(0)
        even = 1 - mod(length, 2)
        n = cast(length + periodic * even - 1, dtype=dtype)
        count = cast(sequence(length), dtype)
        angles = constant(2 * math.pi, dtype=dtype) * count / n

        def window() -> Tensor:
            return cast(a - b * cos(angles), dtype=dtype)

        if known is not None:
            return window()
        return cond(equal(length, 1), lambda: ones([1], dtype=dtype), window)
