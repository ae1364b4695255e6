"""Barriers: elements whose components arrive one by one, under a key."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.graph.dtypes import DType, int64, string
from perdure.graph.errors import CancelledError, InvalidArgumentError, OutOfRangeError
from perdure.graph.forking import free_in_children
from perdure.graph.shapes import Shape, format_shape
from perdure.resources.blocking import Waiter
from perdure.resources.queues import PriorityQueue, owned, shape_list, type_names
from perdure.resources.resource import Resource, nbytes_of

_FIRST_INDEX = int(np.iinfo(np.int64).min)


class Barrier(Resource):
    """Collects the components of elements and hands out those that are complete, the oldest first.

    Thread-safe; the session that owns it cancels it.

    Args:
        name: its name in messages.
        dtypes: the types of an element's components.
        shapes: their shapes.
    """

    kind = "barrier"
    tensorflow_class = "tensorflow::barrier::Barrier"

    def __init__(self, name: str, dtypes: Sequence[DType], shapes: Sequence[Shape]) -> None:
        super().__init__(name)
        self.dtypes = tuple(dtypes)
        self.shapes = tuple(shapes)
        # What is complete: when its key was first seen, the key, the components.
        self._ready = PriorityQueue(
            f"{name}_queue", (int64, string, *dtypes), ((), (), *shapes) if shapes else (), -1
        )
        self._lock = free_in_children(threading.RLock())
        self._incomplete: dict[bytes, tuple[int, dict[int, np.ndarray]]] = {}
        self._index = _FIRST_INDEX
        self._closed = False
        self._cancels_enqueues = False

    def insert_many(self, component: int, keys: np.ndarray, values: np.ndarray, waiter: Waiter) -> None:
        """Give a value of one component to each of several keys.

        Args:
            component: which component, from 0.
            keys: a vector of strings.
            values: as many values.
            waiter: the step.

        Raises:
            InvalidArgumentError: a key has this component already, or the values do not fit.
            CancelledError: the barrier is closed and a key is new, or it was closed by cancelling.
        """
        if len(keys) and not values.size:
            raise _invalid(
                f"Tensors with no elements are not supported {self.name}: received shape "
                f"{format_shape(values.shape)}"
            )
        with self._lock:
            if self._closed and (self._cancels_enqueues or (len(keys) and not self._incomplete)):
                raise self._cancelled("is closed.", f"Number of new insertions: {len(keys)}")
            complete = self._insert(component, keys, values)
            if complete:
                for i, column in enumerate(zip(*complete, strict=True)):
                    self._check_component(i, [np.shape(value) for value in column])
                for element in complete:
                    self._ready.enqueue(element, waiter)
            if self._closed and not self._incomplete:
                self._close_ready(False, waiter)

    def _insert(self, component: int, keys: np.ndarray, values: np.ndarray) -> list[list[Any]]:
        """The elements that are complete now, under the lock."""
        complete, any_new = [], False
        for i, key in enumerate(keys.tolist()):
            if key not in self._incomplete:
                if self._closed:
                    shown = key.decode("utf-8", "replace")
                    raise self._cancelled(
                        f"is closed, but attempted to insert a brand new key: {shown}.",
                        f"Insertion index: {i}",
                    )
                self._incomplete[key] = self._index, {}
                any_new = True
            index, parts = self._incomplete[key]
            if component in parts:
                shown = key.decode("utf-8", "replace")
                raise _invalid(
                    f"Key {shown} already has a value for component {component} in barrier {self.name}"
                )
            parts[component] = owned(values[i])
            if len(parts) == len(self.dtypes):
                del self._incomplete[key]
                ordered = [parts[position] for position in range(len(parts))]
                complete.append([np.int64(index), key, *ordered])
        # Keys that were first seen together count as equally old.
        self._index += any_new
        return complete

    def _check_component(self, i: int, shapes: list[tuple[int, ...]]) -> None:
        if len(set(shapes)) > 1:
            raise _invalid(
                f"Shape mismatch in tuple component {i}. Expected {format_shape(shapes[0])}, got "
                f"{format_shape(next(shape for shape in shapes if shape != shapes[0]))}"
            )

    def take_many(self, count: int, allow_small_batch: bool, waiter: Waiter) -> list[np.ndarray]:
        """Take complete elements, as soon as there are enough.

        Args:
            count: how many.
            allow_small_batch: whether what is left will do when the barrier is closed.
            waiter: the step that waits.

        Returns:
            When each was first seen, the keys, the components.

        Raises:
            OutOfRangeError: the barrier is closed and has not enough.
        """
        with self._lock:
            if self._closed and not _resumes(waiter):
                available = self._ready.size()
                if allow_small_batch:
                    count = min(count, available)
                else:
                    available += len(self._incomplete)
                if available < max(count, 1):
                    raise OutOfRangeError(
                        None,
                        None,
                        f"Barrier '{self.name}' is closed and has insufficient elements (requested {count}, "
                        f"total size {available})",
                    )
        return self._ready.dequeue_many(count, waiter, allow_fewer=allow_small_batch)

    def close(self, cancel_pending_enqueues: bool, waiter: Waiter) -> None:
        """Take no new keys; with `cancel_pending_enqueues`, drop what is not complete.

        Raises:
            CancelledError: it is closed already, and not just now by cancelling.
        """
        with self._lock:
            if self._closed and (self._cancels_enqueues or not cancel_pending_enqueues):
                raise CancelledError(None, None, f"Barrier '{self.name}' is already closed.")
            self._closed = True
            self._cancels_enqueues = cancel_pending_enqueues
            if cancel_pending_enqueues or not self._incomplete:
                self._incomplete.clear()
                self._close_ready(cancel_pending_enqueues, waiter)

    def _close_ready(self, cancel_pending_enqueues: bool, waiter: Waiter) -> None:
        if not self._ready.is_closed:
            self._ready.close(cancel_pending_enqueues, waiter)

    def ready_size(self) -> int:
        """How many elements are complete."""
        return self._ready.size()

    def incomplete_size(self) -> int:
        """How many elements are not complete."""
        with self._lock:
            return len(self._incomplete)

    @property
    def nbytes(self) -> int:
        """The size of all components, in bytes."""
        with self._lock:
            parts = [list(parts.values()) for _, parts in self._incomplete.values()]
        return sum(map(nbytes_of, parts)) + self._ready.nbytes

    @property
    def state(self) -> str:
        """How many elements it has."""
        return f"{self.ready_size()} complete elements, {self.incomplete_size()} others"

    def check_same(self, other: Barrier) -> None:
        """Refuse a node that asks for a barrier of this name with other components.

        Raises:
            InvalidArgumentError: they differ.
        """
        for what, have, requested in (
            ("types", type_names(self.dtypes), type_names(other.dtypes)),
            ("shapes", shape_list(self.shapes), shape_list(other.shapes)),
        ):
            if have != requested:
                raise _invalid(
                    f"Shared barrier '{self.name}' has component {what} {have} but requested component "
                    f"{what} were {requested}"
                )

    def check_types(self, given: Sequence[DType], expected: Sequence[DType], form: str) -> None:
        """Refuse a node whose components are of other types; `form` shows them in the message.

        Raises:
            InvalidArgumentError: they differ.
        """
        if tuple(given) != tuple(expected):
            raise _invalid(
                f"Signature mismatch, have: {form.format(type_names(given))} expected: "
                f"{form.format(type_names(expected))}"
            )

    def cancel(self) -> None:
        """Let all steps that wait, and all that come later, fail with CancelledError."""
        self._ready.cancel()
        with self._lock:
            self._incomplete.clear()

    def cancel_steps_of(self, owner: Any) -> None:
        """Let the steps of one session that wait fail with CancelledError, and no others."""
        self._ready.cancel_steps_of(owner)

    def _cancelled(self, why: str, what: str) -> CancelledError:
        return CancelledError(
            None,
            None,
            f"Barrier {self.name} {why}  Pending enqueues cancelled: {int(self._cancels_enqueues)}.  {what}."
            f"  Number of incomplete keys: {len(self._incomplete)}.",
        )


def _resumes(waiter: Waiter) -> bool:
    """Whether the operation that is running was put off before, and has its attempt with the queue."""
    deferring = getattr(waiter, "deferring", None)
    return deferring is not None and deferring.current in deferring.attempts


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)
