"""Datasets of several elements in one, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.graph.dtypes import DType
from perdure.graph.errors import DataLossError, OutOfRangeError
from perdure.graph.shapes import Shape, format_shape
from perdure.pipelines.calling import Call, Captured, ended_by_function
from perdure.pipelines.dataset import (
    Context,
    Dataset,
    Element,
    Elements,
    array_of,
    invalid,
    is_array,
    numpy_type,
    shape_of,
)


class BatchDataset(Dataset):
    """Consecutive elements, each component with one dimension more.

    Args:
        batch_size: how many of them.
        drop_remainder: whether the last batch is left out if it is smaller.

    Raises:
        InvalidArgumentError: the batches would have no elements.
    """

    kind = "BatchDataset"

    def __init__(
        self, dtypes: Any, shapes: Any, input_dataset: Dataset, batch_size: int, drop_remainder: bool
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        if batch_size <= 0:
            raise invalid("Batch size must be greater than zero.")
        self.batch_size, self.drop_remainder = batch_size, drop_remainder

    def iterate(self, context: Context, path: str) -> Elements:
        (source,) = self.inputs
        elements = source.iterate(context, f"{path}/Batch")
        if source.rows is None:
            return _Batches(elements, self.batch_size, self.drop_remainder, self.stack)
        rows = source.rows
        return _Batches(
            elements, self.batch_size, self.drop_remainder, lambda numbers: gathered(rows, numbers)
        )

    def stack(self, elements: Sequence[Element]) -> Element:
        """Put elements together.

        Raises:
            InvalidArgumentError: their shapes differ.
        """
        return [
            stacked(values, dtype)
            for values, dtype in zip(zip(*elements, strict=True), self.dtypes, strict=True)
        ]

    @property
    def cardinality(self) -> int:
        return _batches_of(self.inputs[0].cardinality, self.batch_size, self.drop_remainder)


def _batches_of(length: int, batch_size: int, drop_remainder: bool) -> int:
    if length < 0:
        return length
    return length // batch_size if drop_remainder else -(-length // batch_size)


class _Batches(Elements):
    def __init__(self, elements: Elements, size: int, drop_remainder: bool, stack: Any) -> None:
        self.inputs = (elements,)
        self._elements = elements
        self._size, self._drops, self._stack = size, drop_remainder, stack
        self._ended = False

    def __next__(self) -> Element:
        if self._ended:
            raise StopIteration
        found = self._elements.some(self._size)
        if len(found) < self._size:
            self._ended = True
            self.close()
            if self._drops or not found:
                raise StopIteration
        return self._stack(found)

    def save(self) -> Any:
        return {"ended": self._ended, **super().save()}

    def restore(self, state: Any) -> None:
        self._ended = state["ended"]
        super().restore(state)


def gathered(rows: Sequence[np.ndarray], numbers: list[int]) -> Element:
    """Rows of arrays; a view of them if they stand one behind the other."""
    first, last = numbers[0], numbers[-1]
    if last - first == len(numbers) - 1 and numbers == list(range(first, last + 1)):
        return [array[first : last + 1] for array in rows]
    return [array.take(numbers, axis=0) for array in rows]


def stacked(values: Sequence[Any], dtype: DType) -> np.ndarray:
    """The values of a component in several elements, put together.

    Raises:
        InvalidArgumentError: their shapes differ.
    """
    first = values[0]
    if type(first) is bytes and set(map(type, values)) == {bytes}:
        texts = np.empty(len(values), object)
        texts[:] = values
        return texts
    if is_array(first) and first.dtype != object:
        if not first.ndim:
            try:
                array = np.array(values)
                if array.ndim == 1 and array.dtype == first.dtype:
                    return array
            except ValueError:
                pass
        shape, kind = first.shape, first.dtype
    else:
        shape, kind = shape_of(first), numpy_type(dtype)
    batch = np.empty((len(values), *shape), kind)
    for place, value in enumerate(values):
        if shape_of(value) != shape:
            raise invalid(
                "Cannot batch tensors with different shapes in component 0. First element had shape "
                f"{format_shape(shape)} and element {place} had shape {format_shape(shape_of(value))}.",
            )
        batch[place, ...] = value if is_array(value) else array_of(value, dtype)
    return batch


class MapAndBatchDataset(BatchDataset):
    """Batches of what a function makes of elements; an error takes the place of a whole batch.

    Args:
        function: from the components of an element to those of another one.
        batch_size: how many elements are put together.
        drop_remainder: whether the last batch is left out if it is smaller.
        preserves_cardinality: see `MapDataset`.
    """

    kind = "MapAndBatchDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        function: Captured,
        batch_size: int,
        drop_remainder: bool,
        preserves_cardinality: bool,
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset, batch_size, drop_remainder)
        self.function = function
        self.preserves_cardinality = preserves_cardinality

    def iterate(self, context: Context, path: str) -> Elements:
        path = f"{path}/MapAndBatch"
        return _MappedBatches(self, self.inputs[0].values(context, path), self.function.start(context))


class _MappedBatches(Elements):
    def __init__(self, dataset: MapAndBatchDataset, elements: Elements, call: Call) -> None:
        self.inputs = (elements,)
        self._dataset, self._elements, self._call = dataset, elements, call
        self._ended = False

    def __next__(self) -> Element:
        if self._ended:
            raise StopIteration
        size, call = self._dataset.batch_size, self._call
        found: list[Element] = []
        error: Exception | None = None
        for _ in range(size):
            try:
                element = next(self._elements, None)
                if element is None:
                    self._ended = True
                    break
                made = call(element)
                if error is None:
                    found.append(made)
            except OutOfRangeError as raised:
                if not self._dataset.preserves_cardinality:
                    self._ended = True
                    break
                error = error or ended_by_function(raised, True)
            except Exception as raised:
                error = error or raised
        if error is not None:
            raise error
        if self._ended:
            self.close()
            if self._dataset.drop_remainder and len(found) < size or not found:
                raise StopIteration
        return self._dataset.stack(found)

    def save(self) -> Any:
        return {"ended": self._ended, **super().save()}

    def restore(self, state: Any) -> None:
        self._ended = state["ended"]
        super().restore(state)


class PaddedBatchDataset(BatchDataset):
    """Consecutive elements, filled up to one shape.

    Args:
        batch_size: how many of them.
        drop_remainder: whether the last batch is left out if it is smaller.
        padded_shapes: for each component the shape that its values get; where it has -1, the largest size of
            the batch.
        padding_values: what they are filled with.

    Raises:
        InvalidArgumentError: the batches would have no elements, or a padding is no scalar.
    """

    kind = "PaddedBatchDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        batch_size: int,
        drop_remainder: bool,
        padded_shapes: Sequence[Any],
        padding_values: Sequence[Any],
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset, batch_size, drop_remainder)
        for padding in padding_values:
            if shape_of(padding):
                raise invalid("All padding values must be scalars")
        self.padded_shapes = [[int(n) for n in shape] for shape in padded_shapes]
        self.padding_values = list(padding_values)

    def iterate(self, context: Context, path: str) -> Elements:
        (source,) = self.inputs
        elements = source.values(context, f"{path}/PaddedBatch")
        return _Batches(elements, self.batch_size, self.drop_remainder, self.stack)

    def stack(self, elements: Sequence[Element]) -> Element:
        parts = zip(
            zip(*elements, strict=True), self.dtypes, self.padded_shapes, self.padding_values, strict=True
        )
        return [
            _padded(i, values, dtype, shape, padding)
            for i, (values, dtype, shape, padding) in enumerate(parts)
        ]


def _padded(
    component: int, values: Sequence[Any], dtype: DType, wanted: list[int], padding: Any
) -> np.ndarray:
    sizes = list(wanted)
    for value in values:
        shape = shape_of(value)
        if len(shape) != len(wanted):
            raise invalid(
                f"All elements in a batch must have the same rank as the padded shape for component"
                f"{component}: expected rank {len(wanted)} but got element with rank {len(shape)}",
            )
        for axis, size in enumerate(shape):
            if wanted[axis] < 0:
                sizes[axis] = max(sizes[axis], size)
            elif size > wanted[axis]:
                raise DataLossError(None, None, "Attempted to pad to a smaller size than the input element.")
    sizes = [max(0, size) for size in sizes]
    kind = numpy_type(dtype)
    if isinstance(padding, np.ndarray):
        padding = padding[()]
    padded = np.full((len(values), *sizes), padding, kind)
    for i, value in enumerate(values):
        place: tuple[Any, ...] = (i, *(slice(size) for size in shape_of(value)), ...)
        padded[place] = value if is_array(value) else array_of(value, dtype)
    return padded


class UnbatchDataset(Dataset):
    """The rows of each element's components."""

    kind = "UnbatchDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset) -> None:
        super().__init__(dtypes, shapes, input_dataset)

    def iterate(self, context: Context, path: str) -> Elements:
        return _Unbatched(self.inputs[0].values(context, f"{path}/Unbatch"))


class _Unbatched(Elements):
    def __init__(self, elements: Elements) -> None:
        self.inputs = (elements,)
        self._elements = elements
        self._element: Element = ()
        self._row = self._length = 0

    def _check(self, element: Element) -> int:
        if any(not shape_of(value) for value in element):
            raise invalid("Input element must have a non-scalar value in each component.")
        lengths = [len(value) for value in element]
        for length in lengths:
            if length != lengths[0]:
                raise invalid(
                    f"Input element must have the same batch size in each component. Component 0 had size "
                    f"{lengths[0]} but component {lengths.index(length)} had size {length}.",
                )
        return lengths[0]

    def __next__(self) -> Element:
        while self._row == self._length:
            element = next(self._elements)
            self._length = self._check(element)
            self._element, self._row = element, 0
        row = self._row
        self._row += 1
        return [value[row] for value in self._element]

    def save(self) -> Any:
        return {"row": self._row, "length": self._length, "element": list(self._element), **super().save()}

    def restore(self, state: Any) -> None:
        self._row, self._length, self._element = state["row"], state["length"], state["element"]
        super().restore(state)


class DenseToSparseBatchDataset(Dataset):
    """Consecutive elements of one component as the parts of a sparse tensor.

    Args:
        batch_size: how many of them.
        row_shape: the shape of a row; where it has -1, the largest size of the batch.
    """

    kind = "DenseToSparseBatchDataset"

    def __init__(
        self, dtypes: Any, shapes: Any, input_dataset: Dataset, batch_size: int, row_shape: Sequence[int]
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        if batch_size <= 0:
            raise invalid("Batch size must be greater than zero.")
        self.batch_size, self.row_shape = batch_size, [int(n) for n in row_shape]
        self._element_type: DType = input_dataset.dtypes[0]

    def iterate(self, context: Context, path: str) -> Elements:
        elements = self.inputs[0].values(context, f"{path}/DenseToSparseBatch")
        return _Batches(elements, self.batch_size, False, self._stack)

    def _stack(self, elements: Sequence[Element]) -> Element:
        values = [array_of(element[0], self._element_type) for element in elements]
        rank = len(self.row_shape)
        sizes = [max(n, 0) for n in self.row_shape]
        for value in values:
            if value.ndim != rank:
                raise invalid(
                    f"Input element had shape ({format_shape(value.shape)}) that is incompatible with the "
                    f"row shape ({format_shape(_unknown(self.row_shape))}).",
                )
            for axis, size in enumerate(value.shape):
                if self.row_shape[axis] < 0:
                    sizes[axis] = max(sizes[axis], size)
                elif size > self.row_shape[axis]:
                    raise DataLossError(
                        None,
                        None,
                        f"Input element had shape ({format_shape(value.shape)}) that is larger than the row "
                        f"shape ({format_shape(_unknown(self.row_shape))}).",
                    )
        indices = [
            np.column_stack([np.full(value.size, i), *map(np.ravel, np.indices(value.shape))])
            for i, value in enumerate(values)
        ]
        where = np.concatenate(indices).astype(np.int64).reshape(-1, rank + 1)
        flat = np.concatenate([value.ravel() for value in values])
        parts = where, flat, np.array([len(values), *sizes], np.int64)
        return [sparse_parts(parts)]

    @property
    def cardinality(self) -> int:
        return _batches_of(self.inputs[0].cardinality, self.batch_size, False)


def _unknown(sizes: Sequence[int]) -> Shape:
    return tuple(None if n < 0 else n for n in sizes)


def sparse_parts(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The parts of a sparse tensor as the vector of variants that stands for it."""
    vector = np.empty(3, object)
    for i, part in enumerate(parts):
        vector[i] = part
    return vector
