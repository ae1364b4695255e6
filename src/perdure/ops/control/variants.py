"""Values of type variant: lists of tensors, and values that there may be or not.

They never change: what changes one makes another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.graph import shapes
from perdure.graph.dtypes import DType, string, variant
from perdure.ops.checks import invalid


def as_element_shape(value: Any) -> shapes.Shape:
    """A shape as ops of lists are given it: a vector with -1 for sizes that are unknown, or -1."""
    sizes = np.asarray(value)
    if not sizes.ndim:
        if sizes != -1:
            raise invalid("The only valid scalar shape tensor is the fully unknown shape specified as -1.")
        return None
    return tuple(None if size < 0 else int(size) for size in sizes.tolist())


class ListValue:
    """A list of tensors of one type.

    Lists that grow share the memory of their elements: each knows how many of them are its own.

    Args:
        dtype: the type of the elements.
        shape: the shape that all of them have, as far as it is known.
        elements: an array each, or None for one that was not set.
        most: how many there may be, or -1.
    """

    __slots__ = ("dtype", "shape", "most", "_elements", "_length")

    def __init__(self, dtype: DType, shape: shapes.Shape, elements: list[Any], most: int = -1) -> None:
        self.dtype, self.shape, self.most = dtype, shape, most
        self._elements, self._length = elements, len(elements)

    # No __len__: NumPy would take the list for a sequence.
    @property
    def count(self) -> int:
        """How many elements it has."""
        return self._length

    @property
    def elements(self) -> list[Any]:
        """Its elements, to look at only."""
        return self._elements[: self._length]

    def of(self, elements: list[Any]) -> ListValue:
        """A list of the same kind with other elements."""
        return ListValue(self.dtype, self.shape, elements, self.most)

    def check_element(self, element: Any) -> None:
        """Refuse an element of another shape."""
        if not shapes.is_compatible(self.shape, shape_of(element)):
            raise invalid(
                "Tried to append a tensor with incompatible shape to a list. Op element shape: "
                f"{shapes.format_shape(shape_of(element))} list shape: {shapes.format_shape(self.shape)}"
            )

    def push(self, element: Any) -> ListValue:
        """The list with one more element."""
        if 0 <= self.most <= self._length:
            raise invalid(
                f"Tried to push item into a full list list size: {self._length} max_num_elements: {self.most}"
            )
        self.check_element(element)
        elements = self._elements
        if len(elements) != self._length:  # somebody else has gone on from here
            elements = self.elements
        elements.append(element)
        made = self.of(elements)
        made._length = self._length + 1
        return made

    def pop(self, shape: shapes.Shape) -> tuple[ListValue, Any]:
        """The list without its last element, and that."""
        if not self._length:
            raise invalid("Trying to pop from an empty list.")
        made = self.of(self._elements)
        made._length = self._length - 1
        return made, self.at(self._length - 1, shape)

    def at(self, index: int, shape: shapes.Shape) -> Any:
        """An element; zeros of a shape for one that was not set."""
        element = self._elements[index]
        return self.zeros(shape) if element is None else element

    def zeros(self, shape: shapes.Shape) -> Any:
        """What stands for an element that was not set."""
        known = merged(self.shape, shape)
        for element in self.elements:
            if element is not None:
                known = merged(known, shape_of(element))
        if known is None or None in known:
            raise invalid(
                "Trying to read an uninitialized tensor but element_shape is not fully defined: "
                f"{shapes.format_shape(known)} and no uninitialized element has a shape"
            )
        return blank(self.dtype, known)

    def zeros_like(self) -> ListValue:
        """The list with zeros in the place of its elements."""
        return self.of([None if e is None else zeros_like(e, self.dtype) for e in self.elements])

    def __add__(self, other: Any) -> ListValue:
        if not isinstance(other, ListValue) or self.dtype is not other.dtype:
            raise invalid("Trying to add two lists of tensors of different dtypes.")
        if self.count != other.count:
            raise invalid(
                "Trying to add two lists of tensors with different lengths. One is "
                f"{other.count} and the other is {self.count}"
            )
        pairs = zip(self.elements, other.elements, strict=True)
        sums = [b if a is None else a if b is None else a + b for a, b in pairs]
        return ListValue(self.dtype, merged(self.shape, other.shape), sums, self.most)


class Optional:
    """Some values, or none.

    Args:
        values: the values; None for none.
    """

    __slots__ = ("values",)

    def __init__(self, values: Sequence[Any] | None) -> None:
        self.values = values

    def zeros_like(self) -> Optional:
        """Zeros in the place of the values."""
        return self if self.values is None else Optional([zeros_like(v, None) for v in self.values])

    def __add__(self, other: Any) -> Optional:
        if not isinstance(other, Optional) or (self.values is None) != (other.values is None):
            raise invalid("Cannot add optionals because one has a value and the other doesn't.")
        if self.values is None or other.values is None:
            return self
        return Optional([a + b for a, b in zip(self.values, other.values, strict=True)])


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a value; a list, which has a shape of its elements, is a scalar."""
    return () if isinstance(value, (ListValue, Optional)) else np.shape(value)


def checked(value: Any, dtype: DType) -> ListValue:
    """A list, which may be the one element of an array; one of another type is refused."""
    found: ListValue = value.item() if isinstance(value, np.ndarray) else value
    if dtype is not found.dtype:
        raise invalid(
            f"Invalid data types; list elements {found.dtype.name} but tried to handle {dtype.name}"
        )
    return found


def blank(dtype: DType, shape: Sequence[int | None]) -> Any:
    """Zeros, or empty strings."""
    sizes = tuple(0 if size is None else size for size in shape)
    if dtype is string:
        return np.full(sizes, b"", object)
    return np.zeros(sizes, dtype.as_numpy_dtype)


def zeros_like(value: Any, dtype: DType | None) -> Any:
    """Zeros in the place of a value, which may be a list."""
    if hasattr(value, "zeros_like"):
        return value.zeros_like()
    array = np.asarray(value)
    if dtype is variant:
        return value
    return np.zeros(array.shape, array.dtype)


def merged(one: shapes.Shape, other: shapes.Shape) -> shapes.Shape:
    """What two shapes say together."""
    try:
        return shapes.merge(one, other)
    except ValueError:
        raise invalid(
            "PartialTensorShape: Incompatible shapes during merge: "
            f"{format_partial(one)} vs. {format_partial(other)}"
        ) from None


def format_partial(shape: shapes.Shape) -> str:
    """A shape as messages about lists have it."""
    return "<unknown>" if shape is None else shapes.format_shape(shape)
