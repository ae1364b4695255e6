"""Mappings to trackable objects: one that only grows, and the one that takes the place of dictionaries."""

from __future__ import annotations

import collections
import copy
from collections.abc import Iterable, Iterator, MutableMapping
from collections.abc import Mapping as AbstractMapping
from typing import Any

from perdure.tracking.structures import (
    WRAPPERS,
    NoDependency,
    TrackableDataStructure,
    sticky_attribute_assignment,
    wrap_or_unwrap,
)
from perdure.tracking.trackable import Trackable, TrackableReference

# Set where a key that is no string would need a name.
_NO_NAME = "-non_string_key"


def _by_key(mapping: AbstractMapping[Any, Any]) -> list[Any]:
    return [value for _, value in sorted(mapping.items(), key=lambda item: item[0])]


class Mapping(TrackableDataStructure, AbstractMapping):
    """A mapping from strings that only grows, and depends on its values under their keys.

    Args:
        args, kwargs: as for `dict`; every value must be trackable, or a plain list or dictionary.

    Raises:
        TypeError: a key is no string.
        ValueError: a value is not trackable.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._storage = self._make_storage(*args, **kwargs)
        for key, value in list(self._storage.items()):
            self._storage[key] = self._track_value(value, name=self._name_element(key))

    def _make_storage(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return dict(*args, **kwargs)

    def _name_element(self, key: Any) -> str:
        if not isinstance(key, str):
            raise TypeError(f"Mapping accepts only string keys, but got a key {key!r}.")
        return key

    @property
    def _values(self) -> Iterable[Any]:
        return _by_key(self)

    def __copy__(self) -> Any:
        return type(self)(copy.copy(self._storage))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return type(self)(copy.deepcopy(self._storage, memo))

    def __setitem__(self, key: Any, value: Any) -> None:
        value = self._track_value(value, name=self._name_element(key))
        current = self._storage.setdefault(key, value)
        if current is not value:
            raise ValueError(
                f"Mappings are an append-only data structure. Tried to overwrite the key '{key}' with value "
                f"{value}, but it already contains {current}"
            )

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Add what `dict(...)` of the arguments has."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __getitem__(self, key: Any) -> Any:
        return self._storage[key]

    def __len__(self) -> int:
        return len(self._storage)

    def __iter__(self) -> Iterator[str]:
        return iter(self._storage)

    def __repr__(self) -> str:
        return f"Mapping({self._storage!r})"


class _DictWrapper(TrackableDataStructure, MutableMapping):
    """A dictionary that was assigned to an attribute, with dependencies on what it holds.

    It can be changed as any dictionary.  It refuses to be saved if a key that is no string leads to a
    trackable object, or after the dictionary was changed behind its back.

    Args:
        wrapped_dict: the dictionary, which is kept and changed in place; anything else is made one.
    """

    def __init__(self, wrapped_dict: Any = None) -> None:
        if wrapped_dict is None:
            wrapped_dict = {}
        if not isinstance(wrapped_dict, AbstractMapping):
            wrapped_dict = dict(wrapped_dict)
        self.__wrapped__: Any = wrapped_dict
        super().__init__()
        self._self_non_string_key = False
        self._self_external_modification = False
        self._self_last_wrapped_dict_snapshot: dict[Any, Any] | None = None
        for key, value in list(wrapped_dict.items()):
            wrapped_dict[key] = self._track_value(value, name=key)
        self._update_snapshot()

    @property
    def __class__(self) -> Any:
        # It passes for what it wraps without being one: Python looks into dictionaries past their methods.
        return self.__wrapped__.__class__

    @__class__.setter
    def __class__(self, value: Any) -> None:
        raise AttributeError("the class of a wrapped dictionary is the dictionary's")

    def __getattr__(self, name: str) -> Any:
        if name == "__wrapped__":  # while it is being copied or unpickled
            raise AttributeError(name)
        return getattr(self.__wrapped__, name)  # what an OrderedDict has beside

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self.__wrapped__,)

    def copy(self) -> Any:
        """Another one with the same elements."""
        return copy.copy(self)

    def __copy__(self) -> Any:
        return self._with_flags(type(self)(copy.copy(self.__wrapped__)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._with_flags(type(self)(copy.deepcopy(self.__wrapped__, memo)))

    def _with_flags(self, copied: Any) -> Any:
        copied._self_external_modification = self._self_external_modification
        copied._self_non_string_key = self._self_non_string_key
        return copied

    # -- whether it can be saved --------------------------------------------------------

    @property
    def _values(self) -> Iterable[Any]:
        return _by_key(self)

    @property
    def _dirty(self) -> bool:
        return self._self_external_modification or self._self_non_string_key

    def _check_self_external_modification(self) -> None:
        """Notice changes of the wrapped dictionary that were not made by the wrapper."""
        if not self._dirty and self.__wrapped__ != self._self_last_wrapped_dict_snapshot:
            self._self_external_modification = True
            self._self_last_wrapped_dict_snapshot = None

    def _update_snapshot(self) -> None:
        if not self._dirty:
            self._self_last_wrapped_dict_snapshot = dict(self.__wrapped__)

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        self._check_self_external_modification()
        if self._self_non_string_key:
            reason = (
                "The wrapped dictionary contains a non-string key which maps to a trackable object or "
                "mutable data structure."
            )
        elif self._self_external_modification:
            reason = (
                f"The wrapped dictionary was modified outside the wrapper (its final value was {self}, its "
                "value when a checkpoint dependency was added was "
                f"{self._self_last_wrapped_dict_snapshot}), which breaks restoration on object creation."
            )
        else:
            return super()._checkpoint_dependencies
        raise ValueError(
            f"Unable to save the object {self} (a dictionary wrapper constructed automatically on attribute "
            f"assignment). {reason}\n\nIf you don't need this dictionary checkpointed, wrap it in a "
            "tf.contrib.checkpoint.NoDependency object; it will be automatically un-wrapped and "
            "subsequently ignored."
        )

    def _track_value(self, value: Any, name: Any) -> Any:
        """Depend on a value if it is trackable; others are kept as they are."""
        is_named = isinstance(name, str)
        no_dependency = isinstance(value, NoDependency)
        name = name if is_named else _NO_NAME
        try:
            value = super()._track_value(value, name)
        except ValueError:
            return sticky_attribute_assignment(self, name, value)
        if not (is_named or no_dependency):
            self._self_non_string_key = True
        return value

    # -- what dictionaries can do -------------------------------------------------------

    def __setitem__(self, key: Any, value: Any) -> None:
        self._check_self_external_modification()
        if isinstance(key, str):
            kept = self._track_value(value, name=key)
        else:
            kept = wrap_or_unwrap(value)
            if isinstance(kept, Trackable) and not isinstance(value, NoDependency):
                self._self_non_string_key = True
        self.__wrapped__[key] = kept
        self._update_snapshot()

    def __delitem__(self, key: Any) -> None:
        self._check_self_external_modification()
        del self.__wrapped__[key]
        self._update_snapshot()

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set what `dict(...)` of the arguments has."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    # As in TensorFlow these change the dictionary behind the wrapper's back.

    def pop(self, *args: Any) -> Any:
        """As `dict.pop`; the mapping can then no longer be saved."""
        return self.__wrapped__.pop(*args)

    def popitem(self) -> Any:
        """As `dict.popitem`; the mapping can then no longer be saved."""
        return self.__wrapped__.popitem()

    def clear(self) -> None:
        """As `dict.clear`; the mapping can then no longer be saved."""
        self.__wrapped__.clear()

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As `dict.setdefault`; a mapping that it adds to can then no longer be saved."""
        return self.__wrapped__.setdefault(key, default)

    def __getitem__(self, key: Any) -> Any:
        return self.__wrapped__[key]

    def __contains__(self, key: object) -> bool:
        return key in self.__wrapped__

    def __len__(self) -> int:
        return len(self.__wrapped__)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.__wrapped__)

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self.__wrapped__)

    def keys(self) -> Any:
        """As `dict.keys`."""
        return self.__wrapped__.keys()

    def values(self) -> Any:
        """As `dict.values`."""
        return self.__wrapped__.values()

    def items(self) -> Any:
        """As `dict.items`."""
        return self.__wrapped__.items()

    def __or__(self, other: Any) -> Any:
        return self.__wrapped__ | other

    def __ror__(self, other: Any) -> Any:
        return other | self.__wrapped__

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self

    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == getattr(other, "__wrapped__", other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        raise TypeError("unhashable type: 'DictWrapper'")

    def __repr__(self) -> str:
        return f"DictWrapper({self.__wrapped__!r})"

    def __str__(self) -> str:
        return str(self.__wrapped__)


WRAPPERS[dict] = WRAPPERS[collections.OrderedDict] = _DictWrapper
