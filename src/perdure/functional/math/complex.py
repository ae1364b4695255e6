"""Complex numbers: `tf.complex`, `tf.real`, `tf.angle`, `tf.conj` and their like."""

from __future__ import annotations

from typing import Any

from perdure.functional.array import array
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def complex(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """The complex numbers with these real and imaginary parts.

    Raises:
        TypeError: the parts are not both float32 or both float64.
    """
    real = convert_to_tensor(real, name="real")
    imag = convert_to_tensor(imag, name="imag")
    with name_scope(name, "Complex", [real, imag]) as scope:
        types = (real.dtype, imag.dtype)
        if types == (dtypes.float64, dtypes.float64):
            result_type = dtypes.complex128
        elif types == (dtypes.float32, dtypes.float32):
            result_type = dtypes.complex64
        else:
            raise TypeError(f"real and imag have incorrect types: {real.dtype.name} {imag.dtype.name}")
        return g.complex(real, imag, Tout=result_type, name=scope)


def real(input: Any, name: str | None = None) -> Tensor:
    """The real part of each element; real tensors are returned as they are."""
    with name_scope(name, "Real", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        return g.real(input, Tout=input.dtype.real_dtype, name=scope) if input.dtype.is_complex else input


def imag(input: Any, name: str | None = None) -> Tensor:
    """The imaginary part of each element, 0 for real tensors."""
    with name_scope(name, "Imag", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        if input.dtype.is_complex:
            return g.imag(input, Tout=input.dtype.real_dtype, name=scope)
        return array.zeros_like(input)


def angle(input: Any, name: str | None = None) -> Tensor:
    """The angle of each element in the complex plane, 0 for real tensors (also negative ones)."""
    with name_scope(name, "Angle", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        if input.dtype.is_complex:
            return g.angle(input, Tout=input.dtype.real_dtype, name=scope)
        return array.zeros_like(input)


def conj(x: Any, name: str | None = None) -> Tensor:
    """The complex conjugate of each element; real tensors are returned as they are.

    Raises:
        TypeError: the elements are no numbers.
    """
    if isinstance(x, Tensor) and (x.dtype.is_floating or x.dtype.is_integer):
        return x
    with name_scope(name, "Conj", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        if x.dtype.is_complex or x.dtype == dtypes.variant:
            return g.conj(x, name=scope)
        if x.dtype.is_floating or x.dtype.is_integer:
            return x
        raise TypeError(f"Expected numeric or variant tensor, got dtype {x.dtype!r}")
