"""Whether two peers computed the same numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any


def flat(value: Any) -> Iterator[float]:
    """The numbers of nested lists, in order."""
    if isinstance(value, list):
        for item in value:
            yield from flat(item)
    else:
        yield float(value)


def difference(ours: Any, theirs: Any, tolerance: float) -> str | None:
    """What differs first, in words; None if nothing does.

    Args:
        ours: nested lists of numbers.
        theirs: what they are compared with.
        tolerance: allowed difference, relative to the largest of `theirs`.
    """
    left, right = list(flat(ours)), list(flat(theirs))
    if len(left) != len(right):
        return f"{len(left)} numbers instead of {len(right)}"
    scale = max((abs(number) for number in right if math.isfinite(number)), default=1.0)
    for place, (mine, its) in enumerate(zip(left, right, strict=True)):
        if mine != its and not abs(mine - its) <= tolerance * scale:
            return f"number {place} is {mine:.7g} instead of {its:.7g}"
    return None
