"""The accumulators a session owns: sums of gradients, handed out when there are enough."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from perdure.graph.dtypes import DType, float16, float32, float64
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import Shape, format_shape, is_compatible
from perdure.resources.blocking import Attempt, Blocking, Simple, Waiter
from perdure.resources.queues import owned


class Accumulator(Blocking):
    """Adds up gradients of steps that are not stale.  Thread-safe; the session that owns it cancels it.

    Args:
        name: its name in messages.
        dtype: the type of the gradients.
        shape: their shape, as far as it is known.
        reduction_type: "MEAN" or "SUM": what is handed out.

    Raises:
        InvalidArgumentError: there are no gradients of that type.
    """

    kind = "accumulator"
    tensorflow_class = "tensorflow::ConditionalAccumulatorBase"

    def __init__(self, name: str, dtype: DType, shape: Shape, reduction_type: str) -> None:
        super().__init__(name)
        if dtype not in (float16, float32, float64):
            raise _invalid(
                f"No OpKernel was registered to support Op '{type(self).__name__}' with these attrs: "
                f"dtype={dtype.name}; accumulators are of type float16, float32 or float64"
            )
        self.dtype = dtype
        self.shape = shape
        self._mean = reduction_type == "MEAN"
        self._global_step = 0
        self._count = 0
        self._takes: deque[Attempt] = deque()

    def _lines(self) -> Iterable[deque[Attempt]]:
        return (self._takes,)

    def num_accumulated(self) -> int:
        """How many gradients have been added since the last take."""
        return self._count

    @property
    def state(self) -> str:
        """How many gradients it has."""
        return f"{self._count} gradients"

    def set_global_step(self, step: int) -> None:
        """Set the step before which gradients are stale."""
        with self._lock:
            if step < self._global_step:
                warnings.warn(
                    f"the global step of the accumulator '{self.name}' goes back from {self._global_step} to "
                    f"{step}",
                    stacklevel=2,
                )
            self._global_step = step

    def _take(self, count: int, waiter: Waiter) -> Any:
        if count <= 0:
            raise _invalid(f"Argument num_required must be positive, but was {count}")

        def take() -> Any:
            if self._count < count:
                return Simple.NOT_YET
            self._global_step += 1
            total = self._total()
            self._clear()
            return total

        return self._carry_out(self._takes, Simple("TakeGrad", take), waiter)

    def _total(self) -> Any:
        """What has been accumulated, under the lock."""
        raise NotImplementedError


class ConditionalAccumulator(Accumulator):
    """An accumulator of dense gradients; arguments as of `Accumulator`."""

    def __init__(self, name: str, dtype: DType, shape: Shape, reduction_type: str) -> None:
        super().__init__(name, dtype, shape, reduction_type)
        self._sum: np.ndarray | None = None

    def apply(self, local_step: int, gradient: np.ndarray) -> None:
        """Add a gradient, unless it is of a stale step.

        Raises:
            InvalidArgumentError: it is of another shape than the others.
        """
        gradient = np.asarray(gradient)
        with self._lock:
            if local_step < self._global_step:
                return
            required = self.shape if self._sum is None else self._sum.shape
            if not is_compatible(required, gradient.shape):
                raise _invalid(
                    f"Shape mismatch: expected {format_shape(required)}, got {format_shape(gradient.shape)}"
                )
            self._sum = owned(gradient) if self._sum is None else self._sum + gradient
            self._count += 1
            self._advance()

    def take(self, count: int, waiter: Waiter) -> np.ndarray:
        """The mean or sum of what was accumulated, as soon as it is of `count` gradients.

        Raises:
            InvalidArgumentError: `count` is not positive.
            CancelledError: the session is closed.
        """
        return self._take(count, waiter)

    @property
    def nbytes(self) -> int:
        """The size of the sum, in bytes."""
        total = self._sum
        return 0 if total is None else total.nbytes

    def _total(self) -> np.ndarray:
        assert self._sum is not None
        return np.asarray(self._sum / self._sum.dtype.type(self._count) if self._mean else self._sum)

    def _clear(self) -> None:
        self._sum = None
        self._count = 0


class SparseConditionalAccumulator(Accumulator):
    """An accumulator of rows; what it hands out is the mean of those added to each row.

    Arguments are those of `Accumulator`.
    """

    def __init__(self, name: str, dtype: DType, shape: Shape, reduction_type: str) -> None:
        super().__init__(name, dtype, shape, reduction_type)
        self._rows: list[tuple[int, np.ndarray, int]] = []  # index, sum, number of summands
        self._row_shape: tuple[int, ...] = ()

    def apply(
        self, local_step: int, indices: np.ndarray, values: np.ndarray, shape: Sequence[int] | None
    ) -> None:
        """Add rows, unless they are of a stale step.

        Args:
            local_step: the step.
            indices: which rows.
            values: the rows.
            shape: the shape of all rows together, or None.

        Raises:
            InvalidArgumentError: these do not fit each other, or what was added before.
        """
        with self._lock:
            if local_step < self._global_step:
                return
            self._check(indices, values, shape)
            new = list(zip(indices.tolist(), map(owned, values), strict=True))
            if self._count:
                self._merge(new)
            else:
                self._rows = [(index, row, 1) for index, row in new]
                self._row_shape = values.shape[1:]
            self._count += 1
            self._advance()

    def _merge(self, new: list[tuple[int, np.ndarray]]) -> None:
        """Join two lists that are ordered by row, as TensorFlow does: what is not ordered stays apart."""
        merged, i = [], 0
        for index, row in new:
            while i < len(self._rows) and self._rows[i][0] < index:
                merged.append(self._rows[i])
                i += 1
            if i < len(self._rows) and self._rows[i][0] == index:
                _, total, count = self._rows[i]
                merged.append((index, total + row, count + 1))
                i += 1
            else:
                merged.append((index, row, 1))
        self._rows = merged + self._rows[i:]

    def _check(self, indices: np.ndarray, values: np.ndarray, shape: Sequence[int] | None) -> None:
        if indices.ndim != 1:
            raise _invalid(
                f"Input indices should be vector but received shape: {format_shape(indices.shape)}"
            )
        if not values.ndim:
            raise _invalid("Values cannot be 0-dimensional.")
        if len(indices) != len(values):
            raise _invalid(f"Expected {len(indices)} non-empty input values, got {len(values)}")
        expected = self.shape
        if shape is not None and expected is not None:
            if len(shape) < len(expected):
                raise _mismatch(f"expected shape rank at least {len(expected)}, got {len(shape)}")
            for i, (size, required) in enumerate(zip(shape, expected, strict=False)):
                if required is not None and size != required:
                    raise _mismatch(f"expected shape dim {i} to be {required}, got {size}")
        if expected and expected[0] is not None:
            for i, index in enumerate(indices.tolist()):
                if index >= expected[0]:
                    raise _mismatch(
                        f"index of slice {i} exceeded limits of shape; index is {index} exceeded "
                        f"{expected[0]}"
                    )
        self._check_rows(values)

    def _check_rows(self, values: np.ndarray) -> None:
        """Rows must be like those that are there, or else have the shape that the accumulator was told."""
        required_sizes: Sequence[int | None] = ()
        if self._count:
            required_sizes = self._row_shape
            if values.ndim != len(required_sizes) + 1:
                raise _mismatch(f"expected values rank {len(required_sizes) + 1}, got {values.ndim}")
        elif self.shape is not None:
            required_sizes = self.shape[1:]
            if values.ndim < len(self.shape):
                raise _mismatch(f"expected values rank at least {len(self.shape)}, got {values.ndim}")
        for i, (size, required) in enumerate(zip(values.shape[1:], required_sizes, strict=False), 1):
            if required is not None and size != required:
                raise _mismatch(f"expected values dim {i} to be {required}, got {size}")

    def take(self, count: int, waiter: Waiter) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Indices, rows and shape of what was accumulated, as soon as it is of `count` gradients.

        Raises:
            InvalidArgumentError: `count` is not positive.
            CancelledError: the session is closed.
        """
        return self._take(count, waiter)

    @property
    def nbytes(self) -> int:
        """The size of the sums, in bytes."""
        with self._lock:
            return sum(total.nbytes for _, total, _ in self._rows)

    def _total(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        kind = self.dtype.as_numpy_dtype
        indices = np.array([index for index, _, _ in self._rows], np.int64)
        values = np.empty((len(self._rows), *self._row_shape), kind)
        for i, (_, total, count) in enumerate(self._rows):
            values[i] = total / kind(count) if self._mean else total
        rows = self.shape[0] if self.shape else None
        shape = [-1 if rows is None else rows, *self._row_shape]
        return indices, values, np.array(shape, np.int64)

    def _clear(self) -> None:
        self._rows = []
        self._count = 0


def _mismatch(what: str) -> InvalidArgumentError:
    return _invalid(f"Shape mismatch: {what}")


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)
