"""A part of a tensor: an interval of each of its dimensions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from perdure.graph import errors
from perdure.graph.shapes import format_shape

Shape = tuple[int, ...]
_NUMBER = re.compile(r"\s*[+-]?[0-9]+\s*")
_MOST = (1 << 63) - 1


def _invalid(message: str) -> errors.InvalidArgumentError:
    return errors.InvalidArgumentError(None, None, message)


def _number(text: str) -> int | None:
    """A number of 64 bits as TensorFlow reads it, None for anything else."""
    if not _NUMBER.fullmatch(text):
        return None
    value = int(text) if len(text) < 40 else _MOST + 1
    return value if -_MOST - 1 <= value <= _MOST else None


@dataclass(frozen=True, slots=True)
class TensorSlice:
    """An interval of each dimension of a tensor; `str` gives TensorFlow's text, such as "0,2:-".

    Attributes:
        extents: start and length for each dimension, None for all of a dimension.
    """

    extents: tuple[tuple[int, int] | None, ...]

    @classmethod
    def full(cls, rank: int) -> TensorSlice:
        """All of a tensor."""
        return cls((None,) * rank)

    @classmethod
    def parse(cls, text: str) -> TensorSlice:
        """The slice of a text: for each dimension "start,length" or "-", with colons between them.

        Raises:
            InvalidArgumentError: it is no such text.
        """
        extents: list[tuple[int, int] | None] = []
        for part in filter(None, text.split(":")):
            if part == "-":
                extents.append(None)
                continue
            numbers = [_number(each) for each in part.split(",") if each]
            if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
                raise _invalid(f"Expected a pair of numbers or '-' but got '{part}': string = {text}")
            start, length = numbers[0], numbers[1]
            if start < 0 or length <= 0:
                raise _invalid(
                    "Expected non-negative start and positive length but got "
                    f"start = {start}, length = {length}: string = {text}"
                )
            extents.append((start, length))
        return cls(tuple(extents))

    @classmethod
    def from_proto(cls, proto: Any) -> TensorSlice:
        """The slice of a TensorSliceProto.

        Raises:
            DataLossError: an interval is none.
        """
        extents: list[tuple[int, int] | None] = []
        for extent in proto.extent:
            if not extent.HasField("length"):
                extents.append(None)
                continue
            if extent.start < 0 or extent.length < 0 or extent.start + extent.length > _MOST:
                raise errors.DataLossError(
                    None, None, f"Invalid extent of a slice: {extent.start},{extent.length}"
                )
            extents.append((extent.start, extent.length))
        return cls(tuple(extents))

    def fill(self, proto: Any) -> None:
        """Write it into a TensorSliceProto."""
        for extent in self.extents:
            added = proto.extent.add()
            if extent is not None:
                added.start, added.length = extent

    def __str__(self) -> str:
        return ":".join("-" if each is None else f"{each[0]},{each[1]}" for each in self.extents)

    @property
    def is_full(self) -> bool:
        """Whether it is all of any tensor of its rank."""
        return not any(self.extents)

    def shape_in(self, shape: Shape) -> Shape:
        """The shape of this part of a tensor.

        Args:
            shape: the shape of the whole tensor.

        Raises:
            InternalError: there is no such part, as in TensorFlow.
        """
        if len(shape) != len(self.extents):
            raise errors.InternalError(
                None, None, f"Mismatching ranks: shape = {format_shape(shape)}, slice = {self}"
            )
        for dimension, (size, extent) in enumerate(zip(shape, self.extents, strict=True)):
            if extent is not None and sum(extent) > size:
                raise errors.InternalError(
                    None,
                    None,
                    f"Extent in dimension {dimension} out of bounds: shape = {format_shape(shape)}, "
                    f"slice = {self}",
                )
        return tuple(
            size if extent is None else extent[1] for size, extent in zip(shape, self.extents, strict=True)
        )

    def bounds_in(self, shape: Shape) -> list[tuple[int, int]]:
        """First and last index (exclusive) of each dimension, in a tensor that has this part."""
        return [
            (0, size) if extent is None else (extent[0], sum(extent))
            for size, extent in zip(shape, self.extents, strict=True)
        ]


def parse_shape_and_slice(text: str) -> tuple[Shape, TensorSlice, Shape]:
    """Read what SaveV2 and RestoreV2 are told of a part of a tensor, such as "4 3 0,2:-".

    Args:
        text: the sizes of the whole tensor and a slice, with spaces between them.

    Returns:
        The shape of the whole tensor, the slice, the shape of the slice.

    Raises:
        InvalidArgumentError: it is no such text.
        InternalError: the tensor has no such slice.
    """
    *sizes, last = text.split(" ")
    if not sizes:
        raise _invalid(f"Need least two elements in shape_and_slice specification: {text}")
    found = TensorSlice.parse(last)
    shape = []
    for size in map(_number, sizes):
        if size is None:
            raise _invalid(f"Non numerical dimension in shape_and_slice: {text}")
        if size < 0:  # TensorFlow aborts
            raise _invalid(f"Negative dimension in shape_and_slice: {text}")
        shape.append(size)
    return tuple(shape), found, found.shape_in(tuple(shape))
