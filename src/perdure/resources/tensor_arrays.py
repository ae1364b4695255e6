"""Arrays of tensors, which a step makes for itself; each entry is written and, by default, read once.

Messages are TensorFlow's (core/kernels/tensor_array.h and tensor_array_ops.cc).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from perdure.graph.dtypes import DType, word_of
from perdure.graph.errors import InvalidArgumentError, UnimplementedError
from perdure.graph.shapes import Shape, format_shape, is_compatible, is_fully_defined, merge
from perdure.resources.resource import Resource, Sharing, nbytes_of

_made = count()


class Entry:
    """An entry of an array.

    Attributes:
        value: what was written; None if nothing was, if it was cleared, or if it is zeros of `shape`.
        shape: the shape of what was written.
        is_written, is_read, is_cleared: what happened to it.
    """

    __slots__ = ("value", "shape", "is_written", "is_read", "is_cleared")

    def __init__(self) -> None:
        self.value: Any = None
        self.shape: tuple[int, ...] = ()
        self.is_written = self.is_read = self.is_cleared = False


class TensorArray(Resource):
    """Tensors of one type, by number.

    Args:
        name: the name of its node.
        array_name: its name in messages, in place of that.
        dtype: the type of its elements.
        size: how many there are.
        element_shape: what is known of their shape.
        dynamic_size: whether writing behind the end makes it longer.
        clear_after_read: whether an element can be read once only.
        identical_element_shapes: whether all elements have the shape of the first that is written.
    """

    __slots__ = (
        "name", "dtype", "entries", "element_shape", "_dynamic_size", "_clears", "_identical", "_adds_up",
        "_gradients",
    )  # fmt: skip
    kind = "tensor array"
    sharing = Sharing.STEP
    tensorflow_class = "tensorflow::TensorArray"

    def __init__(
        self,
        name: str,
        array_name: str,
        dtype: DType,
        size: int,
        element_shape: Shape = None,
        dynamic_size: bool = False,
        clear_after_read: bool = True,
        identical_element_shapes: bool = False,
    ) -> None:
        self.name = f"{array_name or name}_{next(_made)}"
        self.dtype = dtype
        self.entries = [Entry() for _ in range(size)]
        self.element_shape = element_shape
        self._dynamic_size = dynamic_size
        self._clears = clear_after_read
        self._identical = identical_element_shapes
        self._adds_up = False
        self._gradients: dict[str, TensorArray] | None = {}

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.entries)

    @property
    def nbytes(self) -> int:
        return nbytes_of(entry.value for entry in self.entries if entry.value is not None)

    def gradient(self, source: str, prepended: tuple[int, ...] = ()) -> TensorArray:
        """The array in which the gradients of its entries add up, one for each `source`.

        Args:
            source: says which computation of gradients it is.
            prepended: sizes that come before those of the entries' shapes.

        Raises:
            InvalidArgumentError: it is such an array itself.
        """
        if self._gradients is None:
            raise InvalidArgumentError(None, None, f"Wrong input container. _tensor_array_grads{self.name}")
        found = self._gradients.get(source)
        if found is None:
            self._dynamic_size = False
            shape = None if self.element_shape is None else (*prepended, *self.element_shape)
            found = TensorArray("", "", self.dtype, self.size, shape, False, True, self._identical)
            found.name = f"{self.name}@{source}"
            found._adds_up, found._gradients = True, None
            for mine, theirs in zip(found.entries, self.entries, strict=True):
                if theirs.is_written:
                    mine.shape, mine.is_written = (*prepended, *theirs.shape), True
            self._gradients[source] = found
        return found

    def check_type(self, dtype: DType, writes: bool) -> None:
        """Refuse an op on elements of another type.

        Raises:
            InvalidArgumentError: `dtype` is not that of the array.
        """
        if dtype is not self.dtype and dtype != self.dtype:
            what = "is trying to write" if writes else "requested"
            raise _invalid(
                f"TensorArray dtype is {word_of(self.dtype)} but Op {what} dtype {word_of(dtype)}."
            )

    def write(self, index: int, value: Any) -> None:
        """Write an entry; in an array of gradients, add to it.

        Raises:
            InvalidArgumentError: it is not there, or was written or read before, or has another shape.
        """
        entries, index = self.entries, int(index)
        if not 0 <= index < len(entries):
            if index < 0 or not self._dynamic_size:
                raise self._error(
                    f"Tried to write to index {index} but array is not resizeable and size is: {len(entries)}"
                )
            entries.extend(Entry() for _ in range(index + 1 - len(entries)))
        entry = entries[index]
        shape = np.shape(value)
        if self.element_shape != shape and not self._takes(shape):
            raise self._error(
                f"Could not write to TensorArray index {index} because the value shape is "
                f"{format_shape(shape)} which is incompatible with the TensorArray's inferred element shape: "
                f"{format_shape(self.element_shape)} (consider setting infer_shape=False)."
            )
        if entry.is_read:
            raise self._error(
                f"Could not write to TensorArray index {index} because it has already been read."
            )
        if entry.is_written:
            if not self._adds_up:
                raise self._error(
                    f"Could not write to TensorArray index {index} because it has already been written to."
                )
            if entry.shape != shape:
                raise self._error(
                    f"Could not aggregate to TensorArray index {index} because the existing shape is "
                    f"{format_shape(entry.shape)} but the new input shape is {format_shape(shape)}."
                )
            if entry.value is not None:
                value = entry.value + value
        entry.value, entry.shape, entry.is_written = value, shape, True

    def _takes(self, shape: tuple[int, ...]) -> bool:
        """Whether an element may have a shape; from then on all must, if they are to be identical."""
        if not is_compatible(self.element_shape, shape):
            return False
        if self._identical:
            self.element_shape = shape
        return True

    def read(self, index: int) -> Any:
        """Read an entry; zeros if only its shape is known.

        Raises:
            InvalidArgumentError: it is not there, was read before, or nothing is known of it.
        """
        entries, index = self.entries, int(index)
        if not 0 <= index < len(entries):
            raise _invalid(f"Tried to read from index {index} but array size is: {len(entries)}")
        entry = entries[index]
        value = entry.value
        if value is None:
            value = self._zeros(entry, index)
        entry.is_read = True
        if self._clears:
            entry.value, entry.is_cleared = None, True
        return value

    def _zeros(self, entry: Entry, index: int) -> Any:
        if entry.is_cleared:
            raise self._error(
                f"Could not read index {index} twice because it was cleared after a previous read "
                "(perhaps try setting clear_after_read = false?)."
            )
        shape = entry.shape if entry.is_written else self.element_shape
        if not is_fully_defined(shape):
            raise self._error(
                f"Could not read from TensorArray index {index}.  Furthermore, the element shape is not "
                f"fully defined: {_shown(shape)}.  It is possible you are working with a resizeable "
                "TensorArray and stop_gradients is not allowing the gradients to be written.  If you set the "
                "full element_shape property on the forward TensorArray, the proper all-zeros tensor will be "
                "returned instead of incurring this error."
            )
        return zeros_of(self.dtype, shape)

    def gather(self, indices: Sequence[int], element_shape: Shape) -> Any:
        """Entries, as rows of one tensor.

        Args:
            indices: which.
            element_shape: what is known of their shape.

        Raises:
            InvalidArgumentError: their shapes differ, or as for `read`.
            UnimplementedError: there are none, and their shape is not known.
        """
        try:
            known = merge(element_shape, self.element_shape)
        except ValueError:
            raise _invalid(
                "PartialTensorShape: Incompatible shapes during merge: "
                f"{_shown(self.element_shape)} vs. {_shown(element_shape)}"
            ) from None
        if not len(indices):
            if not is_fully_defined(known):
                raise _without_size("element shape", known, "packing")
            return zeros_of(self.dtype, (0, *known))  # type: ignore[misc]
        values = [self.read(index) for index in np.ravel(indices).tolist()]
        first = np.shape(values[0])
        if not is_compatible(known, first):
            raise _invalid(
                f"TensorArray was passed element_shape {format_shape(known)} which does not match the Tensor "
                f"at index 0: {format_shape(first)}"
            )
        for i, value in enumerate(values):
            if np.shape(value) != first:
                raise _invalid(
                    f"TensorArray has inconsistent shapes.  Index 0 has shape: {format_shape(first)} but "
                    f"index {i} has shape: {format_shape(np.shape(value))}"
                )
        return stacked(values, self.dtype)

    def scatter(self, indices: Sequence[int], values: Any) -> None:
        """Write the rows of a tensor to entries.

        Raises:
            InvalidArgumentError: an entry is not there, or as for `write`.
        """
        indices = np.ravel(indices).tolist()
        most = max(indices, default=-1)
        if most >= self.size and not self._dynamic_size:
            raise _invalid(f"Max scatter index must be < array size ({most} vs. {self.size})")
        for index, value in zip(indices, values, strict=True):
            self.write(index, value)

    def concat(self, shape_except_0: Shape) -> tuple[Any, np.ndarray]:
        """All entries, one behind the other, and the length of each.

        Raises:
            InvalidArgumentError: an entry is a scalar, or their shapes differ, or as for `read`.
            UnimplementedError: there are none, and their shape is not known.
        """
        if not self.entries:
            if not is_fully_defined(shape_except_0):
                raise _without_size("element_shape_except0", shape_except_0, "concatenating")
            empty = zeros_of(self.dtype, (0, *shape_except_0))  # type: ignore[misc]
            return empty, np.zeros(0, np.int64)
        values = [self.read(index) for index in range(self.size)]
        first = np.shape(values[0])[1:]
        for i, value in enumerate(values):
            shape = np.shape(value)
            if not shape:
                raise _invalid(
                    f"Concat saw a scalar shape at index {i} but requires at least vectors.  Did you mean to "
                    "call pack?"
                )
            if i == 0 and not is_compatible(shape_except_0, first):
                raise _invalid(
                    f"TensorArray was passed element_shape_except0 {format_shape(shape_except_0)} but index "
                    f"0 has (excepting dimension 0) shape: {format_shape(first)} which does not match."
                )
            if shape[1:] != first:
                raise _invalid(
                    "TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) shape: "
                    f"{format_shape(first)} but index {i} has (excepting dimension 0) shape: "
                    f"{format_shape(shape[1:])}"
                )
        return np.concatenate(values), np.array([len(value) for value in values], np.int64)

    def split(self, value: Any, lengths: np.ndarray) -> None:
        """Write stretches of a tensor to all entries.

        Raises:
            InvalidArgumentError: the lengths do not fit, or as for `write`.
        """
        if not np.ndim(value):
            raise _invalid("Expected value to be at least a vector, but received shape: []")
        total, shape = int(np.sum(lengths)), np.shape(value)
        if total != shape[0]:
            raise _invalid(
                "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is "
                f"{total} and value's shape is: {format_shape(shape)}"
            )
        if len(lengths) != self.size and not (self._dynamic_size and len(lengths) > self.size):
            raise _invalid(
                f"TensorArray's size is not equal to the size of lengths ({self.size} vs. {len(lengths)}), "
                "and the TensorArray is not marked as dynamically resizeable"
            )
        start = 0
        for index, length in enumerate(lengths.tolist()):
            if length < 0:  # TensorFlow ends the process
                raise _invalid(f"Expected lengths that are not negative, but one is {length}")
            self.write(index, value[start : start + length])
            start += length

    def _error(self, fact: str) -> InvalidArgumentError:
        return _invalid(f"TensorArray {self.name}: {fact}")


def _shown(shape: Shape) -> str:
    return "<unknown>" if shape is None else format_shape(shape)


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)


def _without_size(what: str, shape: Shape, doing: str) -> UnimplementedError:
    return UnimplementedError(
        None,
        None,
        f"TensorArray has size zero, but {what} {_shown(shape)} is not fully defined. Currently only "
        f"static shapes are supported when {doing} zero-size TensorArrays.",
    )


def zeros_of(dtype: DType, shape: Any) -> np.ndarray:
    """An element that was never written; empty strings for strings."""
    if dtype.as_numpy_dtype is object:
        return np.full(shape, b"", object)
    return np.zeros(shape, dtype.as_numpy_dtype)


def stacked(values: Sequence[Any], dtype: DType) -> np.ndarray:
    """Tensors of one shape as the rows of one."""
    result = np.empty((len(values), *np.shape(values[0])), dtype.as_numpy_dtype)
    for row, value in enumerate(values):
        result[row] = value
    return result
