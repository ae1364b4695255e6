"""Lookup tables: what programs ask for the values of keys."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

import numpy as np

from perdure.formats.fingerprints import hash64
from perdure.graph.errors import FailedPreconditionError, InvalidArgumentError, UnimplementedError
from perdure.graph.forking import free_in_children
from perdure.graph.shapes import format_shape
from perdure.resources.resource import Resource, Sharing


class Table(Resource):
    """Values by keys.  Thread-safe.

    Args:
        name: its name in messages.
        key_dtype: the dtype of keys.
        value_dtype: the dtype of values.
        value_shape: the shape of a value.
        key_shape: the shape of a key.
    """

    kind = "lookup table"
    sharing = Sharing.NAME
    tensorflow_class = "tensorflow::lookup::LookupInterface"

    def __init__(
        self,
        name: str,
        key_dtype: Any,
        value_dtype: Any,
        value_shape: tuple[int, ...] = (),
        key_shape: tuple[int, ...] = (),
    ) -> None:
        super().__init__(name)
        self.key_dtype = key_dtype
        self.value_dtype = value_dtype
        self.value_shape = value_shape
        self.key_shape = key_shape
        self._lock = free_in_children(threading.RLock())
        self._values: dict[Hashable, Any] = {}

    def check_same(self, other: Table) -> None:
        """Refuse a node that takes it for a table of other types."""
        mine, others = (f"{each.key_dtype.name}-{each.value_dtype.name}" for each in (self, other))
        if mine != others:
            raise InvalidArgumentError(
                None, None, f"Conflicting key/value dtypes {others} with {mine} for table {self.name}"
            )

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        """The values of keys.

        Args:
            keys: keys of any shape, followed by `key_shape`.
            default: the value of keys that it has not.

        Returns:
            Their values: the shape of `keys` without `key_shape`, followed by `value_shape`.

        Raises:
            InvalidArgumentError: the default is no value of the table.
        """
        self._check_types(keys, default)
        if default.shape != self.value_shape:
            raise InvalidArgumentError(
                None,
                None,
                f"Expected shape {format_shape(self.value_shape)} for default value, got "
                f"{format_shape(default.shape)}",
            )
        flat, shape = self._flat(keys)
        values = np.empty((len(flat), *self.value_shape), self.value_dtype.as_numpy_dtype)
        missing = default if self.value_shape else default[()]
        with self._lock:
            for place, key in enumerate(flat):
                values[place] = self._values.get(key, missing)
        return values.reshape(shape + self.value_shape)

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Give keys values, the last one to a key that is there twice.

        Raises:
            InvalidArgumentError: they are not as many values as keys.
        """
        pairs = self._pairs(keys, values)
        with self._lock:
            self._values.update(pairs)

    def replace(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Forget everything but these keys and values."""
        pairs = dict(self._pairs(keys, values))
        with self._lock:
            self._values = pairs

    def remove(self, keys: np.ndarray) -> None:
        """Forget keys; those that it has not do not matter."""
        flat, _ = self._flat(keys)
        with self._lock:
            for key in flat:
                self._values.pop(key, None)

    def items(self) -> tuple[np.ndarray, np.ndarray]:
        """All keys and their values."""
        with self._lock:
            pairs = list(self._values.items())
        keys = np.empty((len(pairs), *self.key_shape), self.key_dtype.as_numpy_dtype)
        values = np.empty((len(pairs), *self.value_shape), self.value_dtype.as_numpy_dtype)
        for place, (key, value) in enumerate(pairs):
            keys[place], values[place] = key, value
        return keys, values

    def __len__(self) -> int:
        return len(self._values)

    @property
    def nbytes(self) -> int:
        """The size of what it holds, in bytes."""
        keys, values = self.items()
        return keys.nbytes + values.nbytes

    @property
    def state(self) -> str:
        """How many keys it has."""
        return f"{len(self)} keys"

    def cancel(self) -> None:
        """Forget all keys."""
        with self._lock:
            self._values.clear()

    def _check_types(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Refuse keys or values of other types than the table's."""
        for array, dtype, what in ((keys, self.key_dtype, "Key"), (values, self.value_dtype, "Value")):
            if array.dtype != np.dtype(dtype.as_numpy_dtype):
                raise InvalidArgumentError(
                    None, None, f"{what} must be type {dtype.name} but got {array.dtype}"
                )

    def _flat(self, keys: np.ndarray) -> tuple[list[Hashable], tuple[int, ...]]:
        """Keys in a row, and the shape that they are in."""
        if not self.key_shape:
            return keys.ravel().tolist(), keys.shape
        if keys.shape[-len(self.key_shape) :] != self.key_shape:
            raise InvalidArgumentError(
                None,
                None,
                f"Input key shape suffix {format_shape(keys.shape)} does not match table key shape "
                f"{format_shape(self.key_shape)}",
            )
        shape = keys.shape[: -len(self.key_shape)]
        rows = keys.reshape(-1, *self.key_shape)
        return [tuple(row.ravel().tolist()) for row in rows], shape

    def _pairs(self, keys: np.ndarray, values: np.ndarray) -> Iterable[tuple[Hashable, Any]]:
        self._check_types(keys, values)
        flat, shape = self._flat(keys)
        if values.shape != shape + self.value_shape:
            raise InvalidArgumentError(
                None,
                None,
                f"Expected shape {format_shape(shape + self.value_shape)} for value, got "
                f"{format_shape(values.shape)}",
            )
        rows: Iterator[Any]
        if self.value_shape:
            rows = iter(values.reshape(-1, *self.value_shape).copy())
        else:
            rows = iter(values.ravel().tolist())
        return zip(flat, rows, strict=True)


class StaticTable(Table):
    """A table that gets all its keys and values at once, and keeps them."""

    tensorflow_class = "tensorflow::lookup::LookupInterface"

    def __init__(self, name: str, key_dtype: Any, value_dtype: Any) -> None:
        super().__init__(name, key_dtype, value_dtype)
        self._is_filled = False

    @property
    def initialized(self) -> bool:
        """Whether it has been given its keys."""
        return self._is_filled

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        """The values of keys; see `Table.find`.

        Raises:
            FailedPreconditionError: it has not been given its keys.
        """
        if not self._is_filled:
            raise FailedPreconditionError(None, None, "Table not initialized.")
        return super().find(keys, default)

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Refused: its keys are given at once."""
        raise UnimplementedError(
            None, None, "Insert not supported by InitializableLookupTable implementations"
        )

    def remove(self, keys: np.ndarray) -> None:
        """Refused: it keeps its keys."""
        raise UnimplementedError(
            None, None, "Remove not supported by InitializableLookupTable implementations"
        )

    def replace(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Give it its keys and values.

        A second time nothing happens: as in TensorFlow, nothing but their number is compared then.

        Raises:
            FailedPreconditionError: a key has two values, or the number is another one the second time.
        """
        pairs = list(self._pairs(keys, values))
        made: dict[Hashable, Any] = {}
        with self._lock:
            if self._is_filled:
                if len(pairs) != len(self):
                    raise FailedPreconditionError(
                        None, None, "Table was already initialized with different data."
                    )
                return
            for key, value in pairs:
                if made.setdefault(key, value) != value:
                    raise FailedPreconditionError(
                        None,
                        None,
                        f"HashTable has different value for same key. Key {_shown(key)} has "
                        f"{_shown(made[key])} and trying to add value {_shown(value)}",
                    )
            self._values = made
            self._is_filled = True

    def cancel(self) -> None:
        """Forget all keys."""
        super().cancel()
        self._is_filled = False


class DenseTable(Table):
    """A table two keys of which stand for none: TensorFlow marks empty and deleted places with them.

    Its items are those places, a power of 2 of them, since checkpoints have them so (MutableDenseHashTable of
    tensorflow/core/kernels/lookup_table_op.cc).

    Args:
        name: its name in messages.
        key_dtype: the dtype of keys.
        value_dtype: the dtype of values.
        value_shape: the shape of a value.
        empty_key: what stands for no key; its shape is that of keys.
        deleted_key: what stands for a key that was removed.
        places: how many places it has at first.
        max_load: which part of the places may be taken before they are doubled.

    Raises:
        InvalidArgumentError: the two keys are the same.
    """

    def __init__(
        self,
        name: str,
        key_dtype: Any,
        value_dtype: Any,
        value_shape: tuple[int, ...],
        empty_key: np.ndarray,
        deleted_key: np.ndarray,
        places: int,
        max_load: float,
    ) -> None:
        super().__init__(name, key_dtype, value_dtype, value_shape, empty_key.shape)
        self._empty_key = empty_key
        self._places, self._max_load = places, max_load
        self._reserved: dict[Hashable, str] = {}
        for what, key in (("empty_key", empty_key), ("deleted_key", deleted_key)):
            if key.shape != empty_key.shape:
                raise InvalidArgumentError(
                    None,
                    None,
                    "Empty and deleted keys must have same shape, got shapes: "
                    f"{format_shape(empty_key.shape)} and {format_shape(key.shape)}",
                )
            (flat,), _ = super()._flat(key[np.newaxis])
            if flat in self._reserved:
                raise InvalidArgumentError(None, None, "Empty and deleted keys cannot be equal")
            self._reserved[flat] = what

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Give keys values; see `Table.insert`."""
        pairs = list(self._pairs(keys, values))
        with self._lock:
            while len(self) + len(pairs) > self._places * self._max_load:
                self._places *= 2
            self._values.update(pairs)

    def replace(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Forget everything but these keys and values, which may be places without keys."""
        keys = keys.reshape(len(keys), *self.key_shape)
        values = values.reshape(len(keys), *self.value_shape)
        flat, _ = super()._flat(keys)
        kept = [place for place, key in enumerate(flat) if key not in self._reserved]
        pairs = dict(self._pairs(keys[kept], values[kept]))
        with self._lock:
            self._values = pairs
            self._places = max(len(flat), 4)

    def items(self) -> tuple[np.ndarray, np.ndarray]:
        """All places, with the empty key where there is none."""
        with self._lock:
            found, places = dict(self._values), self._places
        keys = np.empty((places, *self.key_shape), self.key_dtype.as_numpy_dtype)
        keys[:] = self._empty_key
        values = np.zeros((places, *self.value_shape), self.value_dtype.as_numpy_dtype)
        taken = set()
        for (key, value), start in zip(found.items(), self._hashes(found), strict=True):
            place, probes = start % places, 0
            while place in taken:
                probes += 1
                place = (place + probes) % places
            taken.add(place)
            keys[place] = np.reshape(np.array(key, keys.dtype), self.key_shape) if self.key_shape else key
            values[place] = value
        return keys.reshape(places, -1), values.reshape(places, -1)

    def _hashes(self, keys: Iterable[Hashable]) -> list[int]:
        """The hashes that say where TensorFlow looks for keys first."""
        words = [key if isinstance(key, tuple) else (key,) for key in keys]
        if self.key_dtype.as_numpy_dtype is object:
            found = iter(hash64([word for row in words for word in row]).tolist())
            words = [tuple(next(found) for _ in row) for row in words]
        if not self.key_shape:
            return [row[0] % 2**64 for row in words]
        hashes = []
        for row in words:
            combined = 0
            for word in row:  # Hash64Combine
                mixed = word % 2**64 + 0x9E3779B97F4A7800 + (combined << 10) + (combined >> 4)
                combined = (combined ^ mixed) % 2**64
            hashes.append(combined)
        return hashes

    def _flat(self, keys: np.ndarray) -> tuple[list[Hashable], tuple[int, ...]]:
        flat, shape = super()._flat(keys)
        for key in flat:
            if key in self._reserved:
                raise InvalidArgumentError(
                    None, None, f"Using the {self._reserved[key]} as a table key is not allowed"
                )
        return flat, shape


def _shown(item: Any) -> str:
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)
