"""tf.decode_raw and tf.io.decode_compressed."""

from __future__ import annotations

from typing import Any

from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def decode_raw(
    input_bytes: Any = None,
    out_type: Any = None,
    little_endian: bool = True,
    name: str | None = None,
    bytes: Any = None,
) -> Tensor:
    """Bytes as numbers, along a new last dimension.

    Args:
        input_bytes: strings of one length.
        out_type: the type of the numbers.
        little_endian: whether their lowest byte comes first.
        name: the name of the node.
        bytes: an older name of `input_bytes`.

    Raises:
        ValueError: both names are used, or no type is given.
    """
    if bytes is not None:
        if input_bytes is not None:
            raise ValueError("Cannot specify both 'bytes' and 'input_bytes'")
        input_bytes = bytes
    if out_type is None:
        raise ValueError("decode_raw_v1() missing 1 positional argument: 'out_type'")
    return g.decode_raw(input_bytes, out_type=out_type, little_endian=little_endian, name=name)


def decode_compressed(bytes: Any, compression_type: str = "", name: str | None = None) -> Tensor:
    """Compressed strings as they were.

    Args:
        bytes: strings of any shape.
        compression_type: "ZLIB", "GZIP" or "" for none.
        name: the name of the node.
    """
    return g.decode_compressed(bytes, compression_type=compression_type, name=name)
