"""Arrays of numbers as varints and back, many at a time."""

from __future__ import annotations

import numpy as np

from perdure.graph.errors import DataLossError

_LONGEST = 10  # bytes
_LIMITS = np.array([1 << 7 * count for count in range(1, _LONGEST)], np.uint64)


def sizes_of(values: np.ndarray) -> np.ndarray:
    """How many bytes each number has.

    Args:
        values: numbers of type uint64, in one dimension.
    """
    return np.searchsorted(_LIMITS, values, side="right") + 1


def encode(values: np.ndarray) -> np.ndarray:
    """The varints of numbers, one behind the other.

    Args:
        values: numbers of type uint64, in one dimension.

    Returns:
        Their bytes.
    """
    sizes = sizes_of(values)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    found = np.empty(ends[-1] if ends.size else 0, np.uint8)
    for place in range(int(sizes.max(initial=0))):
        longer = sizes > place
        group = (values[longer] >> np.uint64(7 * place)).astype(np.uint8) & 0x7F
        found[starts[longer] + place] = group | ((sizes[longer] > place + 1) << 7).astype(np.uint8)
    return found


def decode(data: np.ndarray) -> np.ndarray:
    """The numbers of varints that stand one behind the other.

    Args:
        data: their bytes.

    Returns:
        Numbers of type uint64.

    Raises:
        DataLossError: the last one has no end, or one is too long.
    """
    ends = np.flatnonzero(data < 0x80) + 1
    sizes = np.diff(ends, prepend=0)
    if (ends[-1] if ends.size else 0) != data.size or sizes.max(initial=0) > _LONGEST:
        raise DataLossError(None, None, "malformed varints")
    starts = ends - sizes
    values = np.zeros(ends.size, np.uint64)
    for place in range(int(sizes.max(initial=0))):
        longer = sizes > place
        group = (data[starts[longer] + place] & 0x7F).astype(np.uint64)
        values[longer] |= group << np.uint64(7 * place)
    return values
