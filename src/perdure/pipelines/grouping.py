"""Datasets of what functions make of the elements with the same key."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.pipelines.calling import Captured, as_dataset
from perdure.pipelines.dataset import Context, Dataset, Element, Elements, invalid, shape_of
from perdure.pipelines.windows import Elementwise


def _number(values: list[Any], what: str) -> int:
    """The number that a function returned.

    Raises:
        InvalidArgumentError: it is no int64 scalar.
    """
    if len(values) != 1 or shape_of(values[0]) or getattr(values[0], "dtype", None) != np.int64:
        raise invalid(f"`{what}` must return a scalar int64.")
    return int(values[0])


class GroupByWindowDataset(Dataset):
    """The elements of the datasets that a function makes of windows of elements with the same key.

    Args:
        key: from an element to its key.
        reduce: from a key and a dataset of elements to a dataset.
        window_size: from a key to how many elements are in a window.
    """

    kind = "GroupByWindowDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        key: Captured,
        reduce: Captured,
        window_size: Captured,
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        self.key, self.reduce, self.window_size = key, reduce, window_size

    def iterate(self, context: Context, path: str) -> Elements:
        return _Grouped(self, context, f"{path}/GroupByWindow")


class _Grouped(Elements):
    def __init__(self, dataset: GroupByWindowDataset, context: Context, path: str) -> None:
        self._dataset, self._context, self._path = dataset, context, path
        (self._source,) = dataset.inputs
        self._elements = self._source.values(context, path)
        self._key = dataset.key.start(context)
        self._reduce = dataset.reduce.start(context)
        self._window_size = dataset.window_size.start(context)
        self._sizes: dict[int, int] = {}
        self._groups: dict[int, list[Element]] = {}
        self._ended = False
        self._current: Elements | None = None
        # What the current elements were made of, for those who save it.
        self._made_of: tuple[int, list[Element]] | None = None

    @property
    def inputs(self) -> Any:  # type: ignore[override]
        return [each for each in (self._elements, self._current) if each is not None]

    def __next__(self) -> Element:
        while True:
            if self._current is not None:
                for element in self._current:
                    return element
                self._current.close()
                self._current = self._made_of = None
            self._context.check()
            full = None if self._ended else self._take()
            if full is None:
                if not self._groups:
                    raise StopIteration
                full = min(self._groups)
            self._begin(full, self._groups.pop(full))

    def _take(self) -> int | None:
        """Take elements until a window is full, whose key is returned; None at the end."""
        for element in self._elements:
            self._context.check()
            key = _number(self._key(element), "key_func")
            group = self._groups.get(key)
            if group is None:
                size = _number(self._window_size([np.int64(key)]), "window_size_func")
                if size <= 0:
                    raise invalid(f"Window size must be greater than zero, but got {size}.")
                self._sizes[key] = size
                group = self._groups[key] = []
            group.append(element)
            if len(group) == self._sizes[key]:
                return key
        self._ended = True
        return None

    def _begin(self, key: int, group: list[Element]) -> None:
        window = Elementwise(self._source.dtypes, self._source.shapes, group)
        (made,) = self._reduce([np.int64(key), window])
        self._current = as_dataset(made).values(self._context, f"{self._path}[{key}]")
        self._made_of = key, group

    def save(self) -> Any:
        return {
            "elements": self._elements.save(),
            "sizes": dict(self._sizes),
            "groups": {key: list(group) for key, group in self._groups.items()},
            "ended": self._ended,
            "made_of": self._made_of,
            "current": None if self._current is None else self._current.save(),
        }

    def restore(self, state: Any) -> None:
        self._elements.restore(state["elements"])
        self._sizes, self._ended = dict(state["sizes"]), state["ended"]
        self._groups = {key: list(group) for key, group in state["groups"].items()}
        if state["current"] is not None:
            self._begin(*state["made_of"])
            assert self._current is not None
            self._current.restore(state["current"])


class GroupByReducerDataset(Dataset):
    """What functions make of all elements with the same key, one element for each key.

    Args:
        key: from an element to its key.
        init: from a key to the first state.
        reduce: from a state and an element to the next state.
        finalize: from the last state to an element.
    """

    kind = "GroupByReducerDataset"

    def __init__(
        self,
        dtypes: Any,
        shapes: Any,
        input_dataset: Dataset,
        key: Captured,
        init: Captured,
        reduce: Captured,
        finalize: Captured,
    ) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        self.functions = key, init, reduce, finalize

    def iterate(self, context: Context, path: str) -> Elements:
        return _Reduced(self, context, f"{path}/GroupByReducer")


class _Reduced(Elements):
    def __init__(self, dataset: GroupByReducerDataset, context: Context, path: str) -> None:
        self._elements = dataset.inputs[0].values(context, path)
        self.inputs = (self._elements,)
        self._context = context
        self._key, self._init, self._reduce, self._finalize = (
            each.start(context) for each in dataset.functions
        )
        self._states: dict[int, list[Any]] = {}
        self._keys: list[int] | None = None  # those that are left, at the end of the input

    def __next__(self) -> Element:
        if self._keys is None:
            for element in self._elements:
                self._context.check()
                key = _number(self._key(element), "key_func")
                state = self._states.get(key)
                if state is None:
                    state = self._init([np.int64(key)])
                self._states[key] = self._reduce([*state, *element])
            self._keys = sorted(self._states)
        if not self._keys:
            raise StopIteration
        return self._finalize(self._states.pop(self._keys.pop(0)))

    def save(self) -> Any:
        return {"states": dict(self._states), "keys": self._keys and list(self._keys), **super().save()}

    def restore(self, state: Any) -> None:
        self._states, self._keys = dict(state["states"]), state["keys"]
        super().restore(state)
