"""Numbers as strings and back."""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def as_string(
    input: Any,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
    name: str | None = None,
) -> Tensor:
    """Numbers or truth values as strings, in the manner of printf.

    Args:
        input: a tensor.
        precision: digits behind the point; of floating and complex numbers only.
        scientific: with exponents.
        shortest: whichever is shorter, with or without exponent.
        width: the least number of characters.
        fill: what fills up to the width: " ", "0", "+", "-" or "#" as printf has them.
        name: the name of the node.

    Raises:
        InvalidArgumentError: when run, if what is asked for does not go together.
    """
    options = {"scientific": scientific, "shortest": shortest, "width": width, "fill": fill}
    return g.as_string(input, precision=precision, **options, name=name)


def string_to_number(
    string_tensor: Any = None, out_type: Any = dtypes.float32, name: str | None = None, input: Any = None
) -> Tensor:
    """The numbers that strings are.

    Args:
        string_tensor: a tensor of strings.
        out_type: float32, float64, int32 or int64.
        name: the name of the node.
        input: the new name of `string_tensor`.

    Raises:
        InvalidArgumentError: when run, if a string is no number.
    """
    strings = renamed("input", input, "string_tensor", string_tensor)
    return g.string_to_number(strings, out_type=out_type, name=name)
