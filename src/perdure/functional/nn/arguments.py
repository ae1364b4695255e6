"""How the arguments of convolution and pooling may be given."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from perdure.graph.tensor import is_tensor_like


def per_axis(value: Any, count: int, channel_axis: int, name: str) -> list[int]:
    """One number per axis, from one number, one per spatial axis, or one per axis.

    Args:
        value: what was given; 1 everywhere if None.
        count: the number of spatial axes.
        channel_axis: where the channels are; 1 means right after the batch.
        name: what the argument is called.

    Raises:
        ValueError: the length of `value` is none of these.
    """
    if is_tensor_like(value):
        raise TypeError(f"{name} must be a number or a list of numbers, not a tensor: {value}")
    values: Any = [1] if value is None else value if isinstance(value, Sized) else [value]
    values = list(values)
    if len(values) == count + 2:
        return values
    if len(values) == 1:
        values = values * count
    if len(values) != count:
        raise ValueError(f"{name} should be of length 1, {count} or {count + 2} but was {len(values)}")
    return [1, 1, *values] if channel_axis == 1 else [1, *values, 1]


def channel_axis(data_format: str | None, count: int) -> int:
    """Where the channels are in data with `count` spatial axes."""
    return 1 if data_format is not None and data_format.startswith("NC") else count + 1


def explicit_padding(padding: Any) -> tuple[str, list[int]]:
    """The attributes `padding` and `explicit_paddings` for a padding that may be a list of pairs.

    Raises:
        ValueError: it is "EXPLICIT" without a list, or no list of four pairs.
    """
    if padding == "EXPLICIT":
        raise ValueError(
            '"EXPLICIT" is not a valid value for the padding parameter. To use '
            "explicit padding, the padding parameter must be a list."
        )
    if not isinstance(padding, (list, tuple)):
        return padding, []
    for index, pair in enumerate(padding):
        if not isinstance(pair, (list, tuple)):
            raise ValueError(
                "When padding is a list, each element of padding must be a list/tuple "
                f"of size 2. Element with index {index} of padding is not a list/tuple"
            )
        if len(pair) != 2:
            raise ValueError(
                "When padding is a list, each element of padding must be a list/tuple "
                f"of size 2. Element with index {index} of padding has size {len(pair)}"
            )
    if len(padding) != 4:
        raise ValueError(f"When padding is a list, it must be of size 4. Got padding of size: {len(padding)}")
    return "EXPLICIT", [amount for pair in padding for amount in pair]


def given(**attrs: Any) -> dict[str, Any]:
    """The attributes that are not None; the others keep the defaults of the op."""
    return {name: value for name, value in attrs.items() if value is not None}
