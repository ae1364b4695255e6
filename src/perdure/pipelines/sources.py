"""Datasets of tensors and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.arrays.random_words import RandomWords
from perdure.graph.dtypes import DType
from perdure.graph.shapes import Shape
from perdure.pipelines.dataset import (
    INFINITE,
    Context,
    Dataset,
    Element,
    Elements,
    invalid,
    read_only,
    shape_of,
)


class TensorDataset(Dataset):
    """One element.

    Args:
        components: its values.
    """

    kind = "TensorDataset"

    def __init__(self, dtypes: Sequence[DType], shapes: Sequence[Shape], components: Sequence[Any]) -> None:
        super().__init__(dtypes, shapes)
        self.components = read_only(list(components))

    def iterate(self, context: Context, path: str) -> Elements:
        return _Once(self.components)

    @property
    def cardinality(self) -> int:
        return 1


class _Once(Elements):
    def __init__(self, element: Element) -> None:
        self._element = element
        self._done = False

    def __next__(self) -> Element:
        if self._done:
            raise StopIteration
        self._done = True
        return self._element

    def save(self) -> Any:
        return self._done

    def restore(self, state: Any) -> None:
        self._done = state


class TensorSliceDataset(Dataset):
    """The rows of tensors.

    Args:
        components: the tensors, of one length.

    Raises:
        InvalidArgumentError: their lengths differ.
    """

    kind = "TensorSliceDataset"

    def __init__(self, dtypes: Sequence[DType], shapes: Sequence[Shape], components: Sequence[Any]) -> None:
        super().__init__(dtypes, shapes)
        for component in components:
            if not shape_of(component):
                raise invalid("All components must be at least 1-dimensional")
        self.length = len(components[0])
        for component in components:
            if len(component) != self.length:
                raise invalid("All components must have the same size in the 0th dimension")
        self.rows = read_only(list(components))

    def iterate(self, context: Context, path: str) -> Elements:
        return Count(0, self.length, 1)

    @property
    def cardinality(self) -> int:
        return self.length


class Count(Elements):
    """The numbers from `start` to `stop`, `step` apart, plain ones of Python's."""

    def __init__(self, start: int, stop: int, step: int) -> None:
        self._numbers = range(start, stop, step)
        self._next = 0

    def __next__(self) -> Element:
        try:
            number = self._numbers[self._next]
        except IndexError:
            raise StopIteration from None
        self._next += 1
        return number

    def some(self, count: int) -> list[Element]:
        taken = list(self._numbers[self._next : self._next + count])
        self._next += len(taken)
        return taken

    def save(self) -> Any:
        return self._next

    def restore(self, state: Any) -> None:
        self._next = state


class RangeDataset(Dataset):
    """Numbers at equal distances, as int64.

    Raises:
        InvalidArgumentError: the step is 0.
    """

    kind = "RangeDataset"

    def __init__(self, dtypes: Any, shapes: Any, start: int, stop: int, step: int) -> None:
        super().__init__(dtypes, shapes)
        if step == 0:
            raise invalid("step must be a non-zero integer.")
        self._numbers = start, stop, step
        self._type = dtypes[0].as_numpy_dtype

    def iterate(self, context: Context, path: str) -> Elements:
        return _Numbers(*self._numbers, self._type)

    @property
    def cardinality(self) -> int:
        return len(range(*self._numbers))


class _Numbers(Count):
    def __init__(self, start: int, stop: int, step: int, kind: Any) -> None:
        super().__init__(start, stop, step)
        self._kind = kind

    def __next__(self) -> Element:
        return [self._kind(super().__next__())]

    def some(self, count: int) -> list[Element]:
        return [[self._kind(number)] for number in super().some(count)]


class RandomDataset(Dataset):
    """Random words without end, as int64.

    Args:
        seed, seed2: the seeds; two zeros leave the choice to the operating system.
    """

    kind = "RandomDataset"

    def __init__(self, dtypes: Any, shapes: Any, seed: int, seed2: int) -> None:
        super().__init__(dtypes, shapes)
        self._seeds = chosen_seeds(seed, seed2)

    def iterate(self, context: Context, path: str) -> Elements:
        return _Words(*self._seeds)

    @property
    def cardinality(self) -> int:
        return INFINITE


class _Words(Elements):
    def __init__(self, seed: int, seed2: int) -> None:
        self._words = RandomWords(seed, seed2)

    def __next__(self) -> Element:
        return [np.int64(self._words.next())]

    def save(self) -> Any:
        return self._words.taken

    def restore(self, state: Any) -> None:
        self._words.skip(state - self._words.taken)


def chosen_seeds(seed: int, seed2: int) -> tuple[int, int]:
    """Seeds; others, of the operating system's choice, for two zeros."""
    if seed == 0 and seed2 == 0:
        seed, seed2 = np.random.SeedSequence().generate_state(2, np.uint64).tolist()
    return seed, seed2


class SparseTensorSliceDataset(Dataset):
    """The rows of a sparse tensor, each as its indices, values and shape.

    Args:
        indices: where its elements are, (n, rank), in order.
        values: what they are, (n,).
        dense_shape: (rank,).

    Raises:
        InvalidArgumentError: the parts do not fit together, or are not in order.
    """

    kind = "SparseTensorSliceDataset"

    def __init__(self, dtypes: Any, shapes: Any, indices: Any, values: Any, dense_shape: Any) -> None:
        super().__init__(dtypes, shapes)
        for what, value, rank in (("indices", indices, 2), ("values", values, 1), ("shape", dense_shape, 1)):
            if value.ndim != rank:
                noun = "matrix" if rank == 2 else "vector"
                raise invalid(f"Input {what} should be a {noun} but received shape {list(value.shape)}")
        if len(indices) != len(values):
            raise invalid(
                "Number of values must match first dimension of indices. Got "
                f"{len(values)} values, indices shape: {list(indices.shape)}",
            )
        if len(dense_shape) != indices.shape[1]:
            raise invalid(
                "Number of dimensions must match second dimension of indices. Got "
                f"{len(dense_shape)} dimensions, indices shape: {list(indices.shape)}",
            )
        if not len(dense_shape):
            raise invalid("The shape argument requires at least one element.")
        first = indices[:, 0]
        if np.any(np.diff(first) < 0):
            raise invalid(
                "The SparseTensor must be ordered in the batch dimension; handling arbitrarily ordered input "
                "is not currently supported.",
            )
        if len(first) and (first[0] < 0 or first[-1] >= dense_shape[0]):
            raise invalid("indices are out of bounds of the shape")
        self._parts = read_only([indices, values, dense_shape])
        self._starts = np.searchsorted(first, np.arange(int(dense_shape[0]) + 1))

    def iterate(self, context: Context, path: str) -> Elements:
        return _SparseRows(self._parts, self._starts)

    @property
    def cardinality(self) -> int:
        return len(self._starts) - 1


class _SparseRows(Count):
    def __init__(self, parts: Sequence[np.ndarray], starts: np.ndarray) -> None:
        super().__init__(0, len(starts) - 1, 1)
        self._parts = parts
        self._starts = starts

    def __next__(self) -> Element:
        row = super().__next__()
        indices, values, shape = self._parts
        span = slice(self._starts[row], self._starts[row + 1])
        return [indices[span, 1:], values[span], shape[1:]]

    def some(self, count: int) -> list[Element]:
        return [each for each in (next(self, None) for _ in range(count)) if each is not None]
