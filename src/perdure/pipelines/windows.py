"""Datasets of datasets: windows of consecutive elements."""

from __future__ import annotations

from typing import Any

from perdure.pipelines.batching import stacked
from perdure.pipelines.dataset import Context, Dataset, Element, Elements, invalid, read_only


class WindowDataset(Dataset):
    """Datasets of consecutive elements, one for each component.

    Args:
        size: how many elements a window has.
        shift: how far the next window is.
        stride: how far the next element in a window is.
        drop_remainder: whether windows with fewer elements are left out.

    Raises:
        InvalidArgumentError: one of the numbers is not positive.
    """

    kind = "WindowDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        size: int,
        shift: int,
        stride: int,
        drop_remainder: bool,
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        for what, number in (("size", size), ("shift", shift), ("stride", stride)):
            if number <= 0:
                raise invalid(f"Window {what} must be greater than zero.")
        self.size, self.shift, self.stride = size, shift, stride
        self.drop_remainder = drop_remainder

    def iterate(self, context: Context, path: str) -> Elements:
        return _Windows(self, self.inputs[0].values(context, f"{path}/Window"))

    @property
    def cardinality(self) -> int:
        length = self.inputs[0].cardinality
        if length < 0:
            return length
        span = (self.size - 1) * self.stride + 1
        if self.drop_remainder:
            return 0 if length < span else (length - span) // self.shift + 1
        return -(-length // self.shift)


class _Windows(Elements):
    """Elements wait in a buffer for the windows that they are in."""

    def __init__(self, dataset: WindowDataset, elements: Elements) -> None:
        self.inputs = (elements,)
        self._dataset, self._elements = dataset, elements
        # Each an element, or what was raised in its place.
        self._buffer: list[Any] = []
        self._skip = 0
        self._ended = False

    def _fill(self, wanted: int) -> None:
        while not self._ended and len(self._buffer) < wanted:
            try:
                found: Any = next(self._elements)
            except StopIteration:
                self._ended = True
                return
            except Exception as error:
                found = error
            if self._skip:
                self._skip -= 1
                if isinstance(found, Exception):
                    raise found
            else:
                self._buffer.append(found)

    def __next__(self) -> Element:
        window = self._dataset
        span = (window.size - 1) * window.stride + 1
        self._fill(span)
        if not self._buffer or window.drop_remainder and len(self._buffer) < span:
            raise StopIteration
        taken = self._buffer[: span : window.stride]
        gone = min(window.shift, len(self._buffer))
        del self._buffer[:gone]
        self._skip = window.shift - gone
        for found in taken:
            if isinstance(found, Exception):
                raise found
        (source,) = window.inputs
        return [
            Elementwise([dtype], [shape], [[element[i]] for element in taken])
            for i, (dtype, shape) in enumerate(zip(source.dtypes, source.shapes, strict=True))
        ]

    def save(self) -> Any:
        return {"buffer": list(self._buffer), "skip": self._skip, "ended": self._ended, **super().save()}

    def restore(self, state: Any) -> None:
        self._buffer, self._skip, self._ended = list(state["buffer"]), state["skip"], state["ended"]
        super().restore(state)


class Elementwise(Dataset):
    """Elements that are there already.

    Args:
        elements: the elements.
    """

    kind = "WindowDataset"

    def __init__(self, dtypes: Any, shapes: Any, elements: list[Element]) -> None:
        super().__init__(dtypes, shapes)
        self.elements = [read_only(element) for element in elements]

    def iterate(self, context: Context, path: str) -> Elements:
        return _There(self.elements)

    @property
    def cardinality(self) -> int:
        return len(self.elements)


class _There(Elements):
    def __init__(self, elements: list[Element]) -> None:
        self._all = elements
        self._next = 0

    def __next__(self) -> Element:
        if self._next == len(self._all):
            raise StopIteration
        self._next += 1
        return self._all[self._next - 1]

    def save(self) -> Any:
        return self._next

    def restore(self, state: Any) -> None:
        self._next = state


class SlidingWindowDataset(WindowDataset):
    """Windows put together, each to one element.

    Args:
        size: how many elements a window has.
        shift: how far the next window is.
        stride: how far the next element in a window is.
    """

    kind = "SlidingWindowDataset"

    def __init__(
        self, dtypes: Any, shapes: Any, input_dataset: Dataset, size: int, shift: int, stride: int
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset, size, shift, stride, True)

    def iterate(self, context: Context, path: str) -> Elements:
        return _Slid(super().iterate(context, path), self)


class _Slid(Elements):
    def __init__(self, windows: Elements, dataset: Dataset) -> None:
        self.inputs = (windows,)
        self._windows, self._dataset = windows, dataset

    def __next__(self) -> Element:
        windows = zip(next(self._windows), self._dataset.dtypes, strict=True)
        return [stacked([value for (value,) in window.elements], dtype) for window, dtype in windows]
