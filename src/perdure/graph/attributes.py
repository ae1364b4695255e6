"""Checking and normalising the attribute values a caller passes to an op.

Attributes are kept as plain Python values: int, float, bool, str (bytes where they are not UTF-8), DType,
plain shape tuples, NumPy arrays for tensors, and lists of these.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph import hooks
from perdure.graph.dtypes import as_dtype
from perdure.graph.signatures import Attribute
from perdure.graph.tensor_shape import as_shape

# Lists that TensorFlow reads as int32 while the graph is built.
_WINDOW_ATTRIBUTES = frozenset({"ksize", "ksizes", "strides", "dilations", "rates"})


def normalize_attribute(op_type: str, attr: Attribute, value: Any) -> Any:
    """`value` in the form it is stored in.

    Args:
        op_type: the op, for messages.
        attr: the attribute's row of the signature.
        value: what the caller passed; an `AttrValue` proto is unpacked.

    Raises:
        TypeError: a value of the wrong kind.
        ValueError: a value that is not allowed, or too large.
    """
    if hasattr(value, "WhichOneof"):
        value = hooks.from_attr_value(value, attr)
    kind = attr.type
    if kind.startswith("list("):
        if not isinstance(value, (list, tuple)):
            if not (isinstance(value, np.ndarray) or hasattr(value, "as_list")):
                raise TypeError(f"Expected list for '{attr.name}' argument to '{op_type}' Op, not {value!r}.")
            value = value.as_list() if hasattr(value, "as_list") else value.tolist()
        items = [_checked(op_type, attr, kind[5:-1], item) for item in value]
        if attr.minimum is not None and len(items) < attr.minimum:
            raise ValueError(
                f"Attr '{attr.name}' of '{op_type}' Op passed list of length {len(items)} less than "
                f"minimum {attr.minimum}."
            )
        if attr.name in _WINDOW_ATTRIBUTES:
            for item in items:
                if not -(2**31) <= item < 2**31:
                    raise ValueError(f"Attr {attr.name} has value {item} out of range for an int32")
        return items
    value = _checked(op_type, attr, kind, value)
    if attr.minimum is not None and value < attr.minimum:
        raise ValueError(
            f"Attr '{attr.name}' of '{op_type}' Op passed {value} less than minimum {attr.minimum}."
        )
    return value


def _checked(op_type: str, attr: Attribute, kind: str, value: Any) -> Any:
    made = _CONVERT[kind](attr.name, value)
    if attr.allowed is not None and made not in attr.allowed:
        if kind == "type":
            raise TypeError(
                f"Value passed to parameter '{attr.name}' has DataType {made.name} not in list of allowed "
                f"values: {', '.join(a.name for a in attr.allowed)}"
            )
        raise ValueError(
            f"Attr '{attr.name}' of '{op_type}' Op passed string '{made}' not in: "
            + ", ".join(f'"{a}"' for a in attr.allowed)
            + "."
        )
    return made


def _int(name: str, value: Any) -> int:
    if isinstance(value, str):
        raise TypeError(f"Expected int for argument '{name}' not {value!r}.")
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"Expected int for argument '{name}' not {value!r}.") from None
    _check_range(number)
    return number


def _check_range(number: int) -> None:
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"Value out of range: {number}")


def _float(name: str, value: Any) -> float:
    if isinstance(value, str):
        raise TypeError(f"Expected float for argument '{name}' not {value!r}.")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"Expected float for argument '{name}' not {value!r}.") from None


def _bool(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"Expected bool for argument '{name}' not {value!r}.")
    return bool(value)


def _string(name: str, value: Any) -> str | bytes:
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        raise TypeError(f"Expected string for argument '{name}' not {value!r}.")
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _type(name: str, value: Any) -> Any:
    try:
        return as_dtype(value).base_dtype
    except TypeError:
        raise TypeError(f"Expected DataType for argument '{name}' not {value!r}.") from None


def _shape(name: str, value: Any) -> tuple[int | None, ...] | None:
    try:
        shape = as_shape(value).as_tuple()
        for size in shape or ():
            if size is not None:
                _check_range(size)
        return shape
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"Error converting {name} to a TensorShape: {error}.") from None


def _tensor(name: str, value: Any) -> np.ndarray:
    if not isinstance(value, (np.ndarray, np.generic)):
        raise TypeError(f"Expected a tensor value (numpy.ndarray) for argument '{name}' not {value!r}.")
    return np.asarray(value)


def _function(name: str, value: Any) -> Any:
    return getattr(value, "attribute", value)  # a traced function that can be called has one for operations


_CONVERT = {
    "int": _int,
    "float": _float,
    "bool": _bool,
    "string": _string,
    "type": _type,
    "shape": _shape,
    "tensor": _tensor,
    "func": _function,
}
