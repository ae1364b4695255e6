"""What parts of a tensor that are stored give a part that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perdure.formats.slices.tensor_slice import Shape, TensorSlice
from perdure.graph.errors import DataLossError, InternalError

_MOST_SLICES = 10_000  # of a tensor: each is compared with each


class Piece(NamedTuple):
    """What a stored slice has of what is asked for.

    Attributes:
        part: the stored slice.
        source: where in the stored slice.
        target: where in what is asked for.
    """

    part: TensorSlice
    source: tuple[slice, ...]
    target: tuple[slice, ...]


class Coverage:
    """The stored slices of a tensor.

    Args:
        shape: the shape of the whole tensor.
        parts: the slices.

    Raises:
        InternalError: the tensor has no such slice, or two of them overlap.
        DataLossError: there are too many.
    """

    def __init__(self, shape: Shape, parts: Sequence[TensorSlice]) -> None:
        if len(parts) > _MOST_SLICES:
            raise DataLossError(None, None, f"a tensor has more than {_MOST_SLICES} slices")
        for part in parts:
            part.shape_in(shape)
        self._shape = shape
        self._parts = list(parts)
        bounds = np.array([part.bounds_in(shape) for part in parts], np.int64)
        self._starts, self._ends = np.moveaxis(bounds.reshape(len(parts), len(shape), 2), 2, 0)
        for index in range(1, len(parts)):
            low = np.maximum(self._starts[:index], self._starts[index])
            high = np.minimum(self._ends[:index], self._ends[index])
            overlapping = np.flatnonzero((low < high).all(axis=1))
            if overlapping.size:
                raise InternalError(
                    None,
                    None,
                    f"Overlapping slices: existing slice = {self._parts[overlapping[0]]}, "
                    f"new slice = {self._parts[index]}",
                )

    def pieces(self, wanted: TensorSlice) -> list[Piece] | None:
        """What makes up a slice.

        Args:
            wanted: a slice that the tensor has.

        Returns:
            The pieces; None if they are not all of it.
        """
        limits = np.array(wanted.bounds_in(self._shape), np.int64).reshape(-1, 2)
        low = np.maximum(self._starts, limits[:, 0])
        high = np.minimum(self._ends, limits[:, 1])
        found, covered = [], 0
        for index in np.flatnonzero((low < high).all(axis=1)).tolist():
            covered += _volume((high[index] - low[index]).tolist())
            found.append(
                Piece(
                    self._parts[index],
                    _slices(low[index] - self._starts[index], high[index] - self._starts[index]),
                    _slices(low[index] - limits[:, 0], high[index] - limits[:, 0]),
                )
            )
        return found if covered == _volume((limits[:, 1] - limits[:, 0]).tolist()) else None


def _volume(sizes: list[int]) -> int:
    volume = 1
    for size in sizes:
        volume *= size
    return volume


def _slices(starts: np.ndarray, ends: np.ndarray) -> tuple[slice, ...]:
    return tuple(slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
