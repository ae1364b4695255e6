"""The state of one run of a session."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from types import NoneType
from typing import Any

import numpy as np

from perdure.arrays.frozen import frozen
from perdure.arrays.lent import lend
from perdure.arrays.philox import Stream
from perdure.graph.dtypes import DType
from perdure.graph.dtypes import bool as tf_bool
from perdure.graph.errors import DeadlineExceededError, FailedPreconditionError
from perdure.graph.shapes import Shape
from perdure.resources.blocking import Deferring
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.interpret import interpret

# Gives a variable its value; a function of C.
_set_value = vars(Variable)["value"].__set__


class Step:
    """One run: it sees its own writes at once; the session takes them over only if the run succeeds.

    What it does goes into `carry_out`, so that it happens wholly or not at all.
    """

    __slots__ = (
        "_resources", "_written", "_writing", "_lent", "_changed_rows", "_committed", "_drawn",
        "is_irrevocable", "deadline", "deferring", "interpreted_us", "compiled_us",
    )  # fmt: skip

    # What runs kernel calls on a frame; a step that is watched has its own.
    interpret = staticmethod(interpret)

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        # When it must be over, as a time of time.monotonic; None if there is no limit.
        self.deadline: float | None = None
        # Set while operations that may wait are run side by side.
        self.deferring: Deferring | None = None
        self._written: dict[Variable, Any] = {}
        self._writing = False
        self._lent: dict[Variable, np.ndarray] = {}
        # What to put back if the step fails: arrays that were changed in place, rows, their old values.
        self._changed_rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._committed: Variable | None = None
        # Random numbers it took: the stream, where they begin, and how many blocks.
        self._drawn: list[tuple[Stream, int, int]] = []
        # Whether it is committed whatever happens now: a program has taken over the memory of variables.
        self.is_irrevocable = False
        # What the bodies of functions that were called are estimated to cost in either tier.
        self.interpreted_us = self.compiled_us = 0.0

    @property
    def owner(self) -> Resources:
        """What its session has: closing that ends the waits of the step."""
        return self._resources

    def carry_out(self, body: Callable[..., None], *arguments: Any) -> None:
        """Call `body`; if it raises anything, also KeyboardInterrupt, the session is as it was before.

        A signal may interrupt Python code between any two operations, at the start of a function too: that
        is why nothing here depends on a function of Python's being entered, such as `__exit__`.
        """
        try:
            body(*arguments)
            self._commit()
        except BaseException:
            self._undo()
            raise
        finally:
            if self._writing:
                try:
                    # No call comes before this one: a signal would be heard behind it.
                    self._resources.write_lock.release()
                except RuntimeError:
                    self._writing = False  # it was interrupted while it waited for the lock

    def _commit(self) -> None:
        if self._written:
            if self._changed_rows or self._drawn:
                # Tells whether these are the session's: from the same moment as all else.
                self._committed = marker = Variable("committed", tf_bool, ())
                self._written[marker] = True
            # One call of C code: an interrupt comes before or after it, never in between.
            deque(map(_set_value, self._written, self._written.values()), 0)
            if self._changed_rows:
                self._resources.changed_in_place.difference_update(self._written)

    def _undo(self) -> None:
        if self.is_irrevocable:
            self._commit()
            return
        if self._committed is not None and self._committed.value is not None:
            return
        for array, rows, old in reversed(self._changed_rows):
            array.flags.writeable = True
            array[rows] = old
            array.flags.writeable = False
        if self._changed_rows:
            self._resources.changed_in_place.difference_update(self._written)
        self.undo_draws()

    def draw(self, stream: Stream, blocks: int) -> tuple[np.ndarray, np.ndarray]:
        """As `Stream.reserve`; if the step fails, it has drawn nothing."""
        return stream.reserve(blocks, self._drawn)

    def wait(self, event: threading.Event) -> None:
        """Wait until another step sets `event`.

        A step that waits holds no lock, so that others may write meanwhile: what it has written so far is
        the session's from now on, even if the step fails later.

        Raises:
            DeadlineExceededError: the step's time is over.
        """
        if self._writing:
            self._commit()
            self._written.clear()
            self._changed_rows.clear()
            self._drawn.clear()
            self._committed = None
            self._resources.write_lock.release()
            self._writing = False
        left = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        if not event.wait(left):
            raise DeadlineExceededError(None, None, "Timed out waiting for notification")

    def changed_something_shared(self) -> None:
        """It took something from a queue, say: a step that is watched is not given up for its time then."""

    def read(self, variable: Variable) -> np.ndarray:
        """The value a variable has at this point of the step.

        Raises:
            FailedPreconditionError: it has none yet.
        """
        while True:
            value = self.read_raw(variable)
            if type(value) is np.ndarray:
                return value
            try:
                # A view of a device's memory; what replaces the variable leaves that memory alone then.
                return np.asarray(value)
            except (RuntimeError, ValueError) as error:
                self.retry_after(error)

    def retry_after(self, error: Exception) -> None:
        """Wait for the step whose program took over a variable between reading it and using it.

        Raises:
            Exception: `error`, if it says something else.
            DeadlineExceededError: the step's time is over.
        """
        if self._writing or "deleted" not in str(error):
            raise error
        lock = self._resources.write_lock
        left = -1 if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        if not lock.acquire(timeout=left):
            raise DeadlineExceededError(None, None, "Timed out waiting for notification")
        lock.release()

    def read_raw(self, variable: Variable) -> Any:
        """As `read`, but an array on a device is returned as it is."""
        try:
            value = self._written.get(variable)
        except TypeError:  # no variable: the value that is fed for one, given to the body of a function
            return variable
        if value is None:
            value = variable.value
            if value is None:
                raise FailedPreconditionError(
                    None, None, f"Attempting to use uninitialized value {variable.name}"
                )
        return value

    def read_all(self, variables: Sequence[Variable]) -> list[Any]:
        """The values of several variables, as `read_raw` returns them.

        Raises:
            FailedPreconditionError: one has none yet.
        """
        if self._written:
            return [self.read_raw(variable) for variable in variables]
        values = [variable.value for variable in variables]
        if NoneType in map(type, values):
            return [self.read_raw(variable) for variable in variables]  # which says what has none
        return values

    def unless_others_write(self, variables: Collection[Variable], action: Callable[[], None]) -> None:
        """Call `action`, during which no step changes `variables`; not if a step is doing so now.

        Args:
            variables: variables whose values must be the session's, and stay so.
            action: does not change what the step computes, so that it may be left out.
        """
        lock = self._resources.write_lock
        was_writing, self._writing = self._writing, True  # lets the step's end release the lock
        if was_writing or lock.acquire(blocking=False):
            # A step of this thread may be changing some as well: this one, or one that called it.
            changing = self._resources.changed_in_place
            if changing.isdisjoint(variables) and self._written.keys().isdisjoint(variables):
                action()
            if was_writing:
                return
            lock.release()
        self._writing = False

    def begin_writing(self) -> None:
        """Wait until no other step is writing; called before the first write.

        Raises:
            DeadlineExceededError: the step's time is over.
        """
        if not self._writing:
            self._writing = True
            if self.deadline is None:
                self._resources.write_lock.acquire()
            else:
                left = self.deadline - time.monotonic()
                if left < 0 or not self._resources.write_lock.acquire(timeout=left):
                    self._writing = False
                    raise DeadlineExceededError(None, None, "Timed out waiting for notification")

    def write(self, variable: Variable, value: Any) -> None:
        """Give a variable a new value."""
        lent = self._lent.pop(variable, None) if self._lent else None
        owner: Any = getattr(value, "base", None)
        if lent is not None and owner is lent:
            lent.flags.writeable = False
            value = lent
        self._written[variable] = frozen(value)

    def lend(self, variable: Variable, rows: Any) -> np.ndarray:
        """The value of a variable for a kernel that changes some of its rows.

        Args:
            variable: the variable, which the kernel is going to write.
            rows: which rows, integers of any shape; those out of range are left to the kernel's checks.

        Returns:
            The variable's own array, lent, if nothing else refers to it; else as `read`.

        Raises:
            tf.errors.FailedPreconditionError: it has no value.
        """
        value = self.read_raw(variable)
        if type(value) is not np.ndarray:
            value = np.array(value)
            self._written[variable] = value
        elif value.base is not None or _references(value) > _UNSHARED + (
            (variable.value is value)
            + (self._written.get(variable) is value)
            + sum(array is value for array, _, _ in self._changed_rows)
        ):
            # A value in the frame, or a view, is the variable's array as well: it must not change.
            return value
        else:
            inside = np.reshape(rows, -1)
            inside = inside[(inside >= 0) & (inside < len(value))]
            self._resources.changed_in_place.add(variable)
            self._changed_rows.append((value, inside, value[inside]))
        value.flags.writeable = True
        self._lent[variable] = value
        return lend(value)

    def put_all(self, variables: Sequence[Variable], values: Iterable[Any]) -> None:
        """Give variables new values on a device."""
        self._written.update(zip(variables, values, strict=False))

    @property
    def draws(self) -> int:
        """How often it has drawn random numbers."""
        return len(self._drawn)

    def undo_draws(self, keep: int = 0) -> None:
        """Give back the random numbers that it took, but for those of the first `keep` draws."""
        while len(self._drawn) > keep:
            stream, first, blocks = self._drawn[-1]
            stream.take_back(first, blocks)
            self._drawn.pop()

    def restore(self, variable: Variable, value: Any) -> None:
        """Give a variable back the value that a program took over but did not change."""
        if variable in self._written:
            self._written[variable] = value
        else:
            variable.value = value


class VariableInStep:
    """A variable as a kernel sees it that asks for its handle: its state at this point of the step."""

    __slots__ = ("_step", "_variable")
    kind = Variable.kind

    def __init__(self, step: Step, variable: Variable) -> None:
        self._step = step
        self._variable = variable

    @property
    def name(self) -> str:
        """The variable's name."""
        return self._variable.name

    @property
    def dtype(self) -> DType:
        """The type of its elements."""
        return self._variable.dtype

    @property
    def initialized(self) -> bool:
        """Whether it has a value."""
        return self._variable in self._step._written or self._variable.initialized

    @property
    def shape(self) -> Shape:
        """The shape of its value, or the declared one while it has none."""
        return self._step.read(self._variable).shape if self.initialized else self._variable.shape


def _references(value: np.ndarray) -> int:
    return sys.getrefcount(value)


def _references_of_a_local() -> int:
    value = np.zeros(1)
    return _references(value)


# What `_references` counts of an array that only a local variable of the caller refers to; how many of the
# references on the way are counted differs between versions of Python.
_UNSHARED = _references_of_a_local()


def fetched(value: Any) -> Any:
    """`value` as the user gets it: an array he may write to, a NumPy scalar, or bytes."""
    if type(value) is np.ndarray:
        if not value.ndim:
            return value[()]
        if not value.flags.writeable:
            return value.copy()
    return value
