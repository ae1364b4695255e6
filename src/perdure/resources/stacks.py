"""Stacks of tensors, which a step makes for itself: gradients of loops keep in them what they need later."""

from __future__ import annotations

from itertools import count
from typing import Any

from perdure.graph.dtypes import DType, word_of
from perdure.graph.errors import InternalError, InvalidArgumentError
from perdure.resources.resource import Resource, Sharing

_made = count()


class Stack(Resource):
    """Tensors of one type; what is pushed last is popped first.

    Args:
        name: the name of its node.
        stack_name: its name in messages, in place of that.
        dtype: the type of its elements.
        max_size: how many there may be at most; any number if negative.
    """

    __slots__ = ("name", "dtype", "_max_size", "elements")
    kind = "stack"
    sharing = Sharing.STEP
    tensorflow_class = "tensorflow::Stack"

    def __init__(self, name: str, stack_name: str, dtype: DType, max_size: int) -> None:
        self.name = f"{stack_name or name}_{next(_made)}"
        self.dtype = dtype
        self._max_size = max_size
        self.elements: list[Any] = []

    def push(self, element: Any) -> None:
        """Add an element.

        Raises:
            InvalidArgumentError: it is full.
        """
        if 0 <= self._max_size <= len(self.elements):
            raise InvalidArgumentError(
                None, None, f"Stack[{self.name}] overflowed its max_size ({self._max_size})"
            )
        self.elements.append(element)

    def pop(self, dtype: DType) -> Any:
        """Take the element that was pushed last.

        Raises:
            InvalidArgumentError: there is none.
            InternalError: its elements are of another type.
        """
        if not self.elements:
            raise InvalidArgumentError(None, None, f"Stack[{self.name}] is empty when calling Pop().")
        element = self.elements.pop()
        # Handles, of arrays that loops in loops make, have no NumPy type to compare.
        if self.dtype is not dtype and getattr(element, "dtype", None) != dtype.as_numpy_dtype:
            raise InternalError(
                None,
                None,
                f"Output 0 of type {word_of(self.dtype)} does not match declared output type "
                f"{word_of(dtype)}",
            )
        return element
