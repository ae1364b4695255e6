"""Text in its encodings."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def unicode_transcode(
    input: Any,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Tensor:
    """Text in another encoding.

    Args:
        input: a tensor of strings.
        input_encoding: the encoding they are in: "UTF-8", "UTF-16-BE", "US-ASCII" and many more.
        output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
        errors: what is done about malformed text: "replace", "ignore", or "strict", which fails.
        replacement_char: the code point that stands for it.
        replace_control_characters: treat the characters 0 to 31 as malformed.
        name: the name of the node.

    Raises:
        InvalidArgumentError: when run, if an encoding is unknown, or text is malformed and that is an error.
    """
    return g.unicode_transcode(
        input,
        input_encoding=input_encoding,
        output_encoding=output_encoding,
        errors=errors,
        replacement_char=replacement_char,
        replace_control_characters=replace_control_characters,
        name=name,
    )


def unicode_script(input: Any, name: str | None = None) -> Tensor:
    """The script of each character.

    Args:
        input: an int32 tensor of code points.
        name: the name of the node.

    Returns:
        An int32 tensor of the same shape: numbers of ICU's UScriptCode, -1 for what is no code point.
    """
    return g.unicode_script(input, name=name)
