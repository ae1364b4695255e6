"""Lists of trackable objects: one that only grows, and the one that takes the place of plain lists."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable, MutableSequence, Sequence
from typing import Any

from perdure.tracking.structures import WRAPPERS, TrackableDataStructure, sticky_attribute_assignment
from perdure.tracking.trackable import Trackable, TrackableReference

# For `isinstance` alone: everything is in the wrapped list.
_mutable_sequence: Any = MutableSequence
_list: Any = list


class List(TrackableDataStructure, Sequence):
    """A list that only grows, and depends on its elements under their numbers.

    Args:
        args, kwargs: as for `list`; every element must be trackable, or a plain list or dictionary.

    Raises:
        ValueError: an element is not.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._storage = self._make_storage(*args, **kwargs)
        for index, element in enumerate(self._storage):
            self._storage[index] = self._track_value(element, name=self._name_element(index))

    def _make_storage(self, *args: Any, **kwargs: Any) -> list[Any]:
        return list(*args, **kwargs)

    def _name_element(self, index: int) -> str:
        return str(index)

    @property
    def _values(self) -> Iterable[Any]:
        return self

    def copy(self) -> Any:
        """Another one with the same elements."""
        return type(self)(copy.copy(self._storage))

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return type(self)(copy.deepcopy(self._storage, memo))

    def append(self, value: Any) -> None:
        """Put an element to the end.

        Args:
            value: a trackable object.

        Raises:
            ValueError: it is none.
        """
        self._storage.append(self._track_value(value, self._name_element(len(self._storage))))

    def extend(self, values: Iterable[Any]) -> None:
        """Put several elements to the end; see `append`."""
        for value in values:
            self.append(value)

    def __iadd__(self, values: Any) -> Any:
        self.extend(values)
        return self

    def __add__(self, other: Any) -> Any:
        return type(self)(self._storage + getattr(other, "_storage", other))

    def __radd__(self, other: Any) -> Any:
        return type(self)(other) + self

    def __imul__(self, y: int) -> Any:
        if y <= 0:
            raise ValueError(f"List only supports append, multiplying in place by {y} removes elements.")
        for element in list(self._storage) * (y - 1):
            self.append(element)
        return self

    def __mul__(self, n: int) -> Any:
        return type(self)(self._storage * n)

    def __rmul__(self, n: int) -> Any:
        return self * n

    def __getitem__(self, key: Any) -> Any:
        return self._storage[key]

    def __len__(self) -> int:
        return len(self._storage)

    def __repr__(self) -> str:
        return f"List({self._storage!r})"

    def __sizeof__(self) -> int:
        return super().__sizeof__() + sys.getsizeof(self._storage)


class ListWrapper(List, _mutable_sequence, _list):
    """A plain list that was assigned to an attribute, with dependencies on what it holds.

    It can be changed as any list, but after a trackable element was replaced, removed or moved, or the list
    was changed behind its back, it refuses to be saved: elements would get names that others had before.

    Args:
        wrapped_list: the list, which is kept and changed in place.
    """

    def __init__(self, wrapped_list: list[Any]) -> None:
        self._non_append_mutation = False
        self._external_modification = False
        super().__init__(wrapped_list)
        self._last_wrapped_list_snapshot: list[Any] | None = list(self._storage)

    def _make_storage(self, wrapped_list: list[Any]) -> list[Any]:  # type: ignore[override]
        return wrapped_list

    def __copy__(self) -> Any:
        return self._with_flags(super().__copy__())

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._with_flags(super().__deepcopy__(memo))

    def _with_flags(self, copied: Any) -> Any:
        copied._non_append_mutation = self._non_append_mutation
        copied._external_modification = self._external_modification
        return copied

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self._storage,)

    # -- whether it can be saved --------------------------------------------------------

    def _check_external_modification(self) -> None:
        """Notice changes of the wrapped list that were not made by the wrapper."""
        if self._external_modification or self._non_append_mutation:
            return
        if self._storage != self._last_wrapped_list_snapshot:
            self._external_modification = True
            self._last_wrapped_list_snapshot = None

    def _update_snapshot(self) -> None:
        if not (self._external_modification or self._non_append_mutation):
            self._last_wrapped_list_snapshot = list(self._storage)

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        self._check_external_modification()
        if self._non_append_mutation:
            reason = (
                "A list element was replaced (__setitem__, __setslice__), deleted (__delitem__, "
                "__delslice__), or moved (sort). In order to support restoration on object creation, "
                "tracking is exclusively for append-only data structures."
            )
        elif self._external_modification:
            reason = (
                f"The wrapped list was modified outside the wrapper (its final value was {self._storage}, "
                "its value when a checkpoint dependency was added was "
                f"{self._last_wrapped_list_snapshot}), which breaks restoration on object creation."
            )
        else:
            return super()._checkpoint_dependencies
        raise ValueError(
            f"Unable to save the object {self} (a list wrapper constructed to track trackable TensorFlow "
            f"objects). {reason}\n\nIf you don't need this list checkpointed, wrap it in a "
            "tf.contrib.checkpoint.NoDependency object; it will be automatically un-wrapped and "
            "subsequently ignored."
        )

    def _track_value(self, value: Any, name: Any) -> Any:
        """Depend on an element if it is trackable; others are kept as they are."""
        try:
            return super()._track_value(value, name)
        except ValueError:
            return sticky_attribute_assignment(self, name, value)

    # -- what lists can do --------------------------------------------------------------

    def __setitem__(self, key: Any, value: Any) -> None:
        self._check_external_modification()
        if isinstance(key, slice):
            self._set_slice(key, value)
        else:
            if isinstance(self._storage[key], Trackable):
                self._non_append_mutation = True
            self._storage[key] = self._track_value(value, self._name_element(key))
        self._update_snapshot()

    def _set_slice(self, key: slice, values: Iterable[Any]) -> None:
        before = list(self._storage)
        self._storage[key] = values
        for i in range(max(len(before), len(self._storage))):
            old = before[i] if i < len(before) else None
            new = self._storage[i] if i < len(self._storage) else None
            if isinstance(old, Trackable):
                self._non_append_mutation = True
            if new is not None and new != old:
                self._storage[i] = self._track_value(new, self._name_element(i))

    def __delitem__(self, key: Any) -> None:
        self._non_append_mutation = True
        del self._storage[key]

    def append(self, value: Any) -> None:
        """Put an element to the end."""
        self._check_external_modification()
        super().append(value)
        self._update_snapshot()

    def extend(self, values: Iterable[Any]) -> None:
        """Put several elements to the end."""
        self._check_external_modification()
        super().extend(values)
        self._update_snapshot()

    def insert(self, index: int, obj: Any) -> None:
        """Put an element before another one; the list can then no longer be saved."""
        self._non_append_mutation = True
        self._storage.insert(index, obj)

    def sort(self, **kwargs: Any) -> None:
        """Sort the elements as `list.sort` does; the list can then no longer be saved."""
        self._non_append_mutation = True
        self._storage.sort(**kwargs)

    def __imul__(self, y: int) -> Any:
        if y > 0:
            return super().__imul__(y)
        self._non_append_mutation = True
        self._storage *= y
        return self

    def __eq__(self, other: object) -> bool:
        return bool(self._storage == getattr(other, "_storage", other))

    def __ne__(self, other: object) -> bool:
        return bool(self._storage != getattr(other, "_storage", other))

    def __lt__(self, other: Any) -> bool:
        return self._storage < getattr(other, "_storage", other)

    def __le__(self, other: Any) -> bool:
        return self._storage <= getattr(other, "_storage", other)

    def __gt__(self, other: Any) -> bool:
        return self._storage > getattr(other, "_storage", other)

    def __ge__(self, other: Any) -> bool:
        return self._storage >= getattr(other, "_storage", other)

    def __hash__(self) -> int:
        # It compares as lists do, and like them is not to be found by a hash.
        raise TypeError("unhashable type: 'ListWrapper'")

    def __repr__(self) -> str:
        return f"ListWrapper({self._storage!r})"


WRAPPERS[list] = ListWrapper
