"""Bytes as text of a small alphabet."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Tensor:
    """Strings in Base64, in the alphabet for addresses of the web (RFC 4648).

    Args:
        input: a tensor of strings.
        pad: whether `=` fills up the last four characters.
        name: the name of the node.
    """
    return g.encode_base64(input, pad=pad, name=name)


def decode_base64(input: Any, name: str | None = None) -> Tensor:
    """What strings in Base64, with padding or without, stand for.

    Args:
        input: a tensor of strings.
        name: the name of the node.

    Raises:
        InvalidArgumentError: when run, if a string is no Base64.
    """
    return g.decode_base64(input, name=name)
