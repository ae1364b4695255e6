"""Blocks that were compressed with Snappy, by the library `cramjam` if it is installed."""

from __future__ import annotations

from typing import NoReturn

from perdure.graph.errors import DataLossError, UnimplementedError

# A copy of up to 64 bytes takes at least 2 bytes of a compressed block (Snappy, format_description.txt).
_MOST_GROWTH = 32


def decompress(data: memoryview) -> bytes:
    """The bytes of a compressed block.

    Raises:
        UnimplementedError: the library is not installed.
        DataLossError: it is no compressed block.
    """
    size = shift = place = 0
    while True:
        if place == len(data) or shift > 28:
            _corrupted()
        byte = data[place]
        size |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            break
    if size > _MOST_GROWTH * len(data):
        _corrupted()
    try:
        import cramjam
    except ImportError:
        raise UnimplementedError(
            None,
            None,
            "The file has blocks compressed with Snappy: pip install 'perdure[snappy]' to read them",
        ) from None
    try:
        found = bytes(cramjam.snappy.decompress_raw(bytes(data)))
    except cramjam.DecompressionError:
        _corrupted()
    if len(found) != size:
        _corrupted()
    return found


def _corrupted() -> NoReturn:
    raise DataLossError(None, None, "corrupted compressed block contents")
