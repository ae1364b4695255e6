"""Mappings by identity, whose keys others keep: trackable objects may compare by value, or have no hash."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class WeakIdentityMap(Generic[T]):
    """A mapping from objects that forgets those that are gone."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Any], T]] = {}

    def get(self, key: Any) -> T | None:
        """The value of an object, or None."""
        entry = self._entries.get(id(key))
        return entry[1] if entry is not None and entry[0]() is key else None

    def setdefault(self, key: Any, default: T) -> T:
        """The value of an object, which is set to `default` if there is none."""
        known = self.get(key)
        if known is not None:
            return known
        number = id(key)
        entries = self._entries

        def forget(reference: Any) -> None:
            if number in entries and entries[number][0] is reference:
                del entries[number]

        entries[number] = weakref.ref(key, forget), default
        return default

    def pop(self, key: Any) -> None:
        """Forget an object."""
        self._entries.pop(id(key), None)

    def items(self) -> Iterator[tuple[Any, T]]:
        """The objects that are still there, with their values."""
        for reference, value in list(self._entries.values()):
            key = reference()
            if key is not None:
                yield key, value

    def __iter__(self) -> Iterator[Any]:
        return (key for key, _ in self.items())
