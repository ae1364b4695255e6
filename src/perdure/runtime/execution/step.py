"""The state of one run of a session."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from types import NoneType
from typing import Any, Protocol

import numpy as np

from perdure.arrays.frozen import frozen
from perdure.arrays.lent import lend
from perdure.arrays.philox import Stream
from perdure.graph.dtypes import DType
from perdure.graph.errors import DeadlineExceededError, FailedPreconditionError
from perdure.graph.shapes import Shape
from perdure.resources.blocking import Deferring, Signal
from perdure.resources.resources import Holder, Loan, Resources, Variable
from perdure.runtime.execution.aside import Aside, SteppedAside
from perdure.runtime.execution.interpret import interpret

_CANNOT_MAKE_WAY = (
    "A step of a signal handler or finalizer writes variables inside a step of the same thread that has "
    "written some, and that cannot be run again behind it: it takes from queues, calls functions or prints. "
    "Note in the handler what is to be done, and do it between steps."
)


class RunAgain(Protocol):
    """A planned step."""

    @property
    def can_run_again(self) -> bool:
        """Whether it may be given up and run again."""


class Program(Protocol):
    """A compiled program that writes variables."""

    def settle(self, returned: Sequence[Any], step: Step) -> bool:
        """If it has taken over variables, give the step what it returned; returns whether it has."""


# Gives a variable its value; a function of C.
_set_value = vars(Holder)["value"].__set__


class Step(Holder):
    """One run: it sees its own writes at once; the session takes them over only if the run succeeds.

    What it does goes into `carry_out`, so that it happens wholly or not at all.

    Args:
        resources: what the session owns.
        plan: says whether it can be run again; None if it cannot.

    Attributes:
        value: set, together with the values of variables, when what it wrote is committed.
        deadline: when it must be over, as a time of time.monotonic; None if there is no limit.
        deferring: set while operations that may wait are run side by side.
        is_irrevocable: whether it is committed whatever happens now: a program has taken over the memory of
            variables.
        program_call: the last program that was called which writes variables, its arguments, and where its
            results go.
        interpreted_us, compiled_us: what the bodies of functions that were called are estimated to cost.
    """

    __slots__ = (
        "_resources", "_plan", "_outer", "_written", "_writing", "_lent", "_loans", "_drawn",
        "is_irrevocable", "deadline", "deferring", "program_call", "interpreted_us", "compiled_us",
    )  # fmt: skip

    # What runs kernel calls on a frame; a step that is watched has its own.
    interpret = staticmethod(interpret)
    # How often a step of the process was interrupted.
    interrupts = 0

    def __init__(self, resources: Resources, plan: RunAgain | None = None) -> None:
        self._resources = resources
        self._plan = plan
        self.value = None
        self.deadline: float | None = None
        self.deferring: Deferring | None = None
        self._written: dict[Any, Any] = {}
        self._writing = False
        # The step of this thread inside which it writes.
        self._outer: Step | None = None
        self._lent: dict[Variable, np.ndarray] = {}
        # The arrays that it changes in place.
        self._loans: dict[Variable, Loan] = {}
        # Random numbers it took: the stream, where they begin, and how many blocks.
        self._drawn: list[tuple[Stream, int, int]] = []
        self.is_irrevocable = False
        self.program_call: tuple[Program, list[Any], Sequence[Any]] | None = None
        self.interpreted_us = self.compiled_us = 0.0

    @property
    def owner(self) -> Resources:
        """What its session has: closing that ends the waits of the step."""
        return self._resources

    def carry_out(self, body: Callable[..., None], *arguments: Any) -> None:
        """Call `body`; if it raises anything, also KeyboardInterrupt, the session is as it was before.

        A signal may interrupt Python code between any two operations, at the start of a function too: that
        is why nothing here depends on a function of Python's being entered, such as `__exit__`.

        Raises:
            SteppedAside: a step that ran inside this one wrote before it; it is to be run again.
        """
        try:
            body(*arguments)
            self._commit()
        except BaseException as error:
            if not isinstance(error, Exception):
                Step.interrupts += 1
            self._undo()
            if type(self._written) is Aside and isinstance(error, (Exception, SteppedAside)):
                raise SteppedAside from None
            raise
        finally:
            if self._writing:
                lock = self._resources.write_lock
                if lock.writer is self:
                    lock.writer = self._outer
                try:
                    # No call comes before this one: a signal would be heard behind it.
                    lock.release()
                except RuntimeError:
                    self._writing = False  # it was interrupted while it waited for the lock

    def _commit(self) -> None:
        written = self._written
        if written and self.value is None:
            written[self] = True
            try:
                # One call of C code: an interrupt comes before or after it, never in between.
                deque(map(_set_value, written, written.values()), 0)
            except RuntimeError:
                # It was emptied by a step of a signal handler, which has committed this one or comes first.
                if self.value is None:
                    raise
            written.clear()  # it refers to this step
            if self._loans:
                self._end_loans()
        if self._written is not written:
            raise SteppedAside

    def _end_loans(self) -> None:
        for variable, loan in self._loans.items():
            if variable.loan is loan:
                variable.loan = None

    def _undo(self) -> None:
        if self.is_irrevocable:
            self._commit()
            return
        if self.value is None:
            self._take_back()
        self._end_loans()
        if type(self._written) is dict:
            self._written.clear()

    def _take_back(self) -> None:
        """Put back what was changed in place, and the random numbers."""
        for variable, loan in self._loans.items():
            if variable.loan is loan:
                variable.value = loan.put_back()
        self.undo_draws()

    def make_way(self) -> None:
        """Let a step go first that runs inside this one, in the same thread: one of a signal handler, say.

        It is called between any two operations of this step, which goes on behind it.

        Raises:
            FailedPreconditionError: this step cannot be run again.
        """
        written = self._written
        if self.value is not None or type(written) is Aside:
            return
        program, arguments, returned = self.program_call or (None, [], ())
        if self.is_irrevocable or program is not None and program.settle(returned, self):
            self._commit()
            return
        if self._plan is None or not self._plan.can_run_again:
            raise FailedPreconditionError(None, None, _CANNOT_MAKE_WAY)
        for variable, loan in self._loans.items():
            if variable.loan is loan:
                # A kernel of this step may still change the array.
                variable.value = loan.copy()
                variable.loan = None
        self._written = Aside()
        written.clear()
        arguments.clear()  # a call that is not made yet cannot be made any more
        self.undo_draws()

    def check_place(self) -> None:
        """Go no further if this step has made way.

        Raises:
            SteppedAside: it has.
        """
        if type(self._written) is Aside:
            raise SteppedAside

    def draw(self, stream: Stream, blocks: int) -> tuple[np.ndarray, np.ndarray]:
        """As `Stream.reserve`; if the step fails, it has drawn nothing."""
        return stream.reserve(blocks, self._drawn)

    def wait(self, event: Signal) -> None:
        """Wait until another step sets `event`.

        A step that waits holds no lock, so that others may write meanwhile: what it has written so far is
        the session's from now on, even if the step fails later.

        Raises:
            DeadlineExceededError: the step's time is over.
        """
        self.hand_over()
        left = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        if not event.wait(left):
            raise DeadlineExceededError(None, None, "Timed out waiting for notification")

    def hand_over(self) -> None:
        """Let others see and change what it has written so far; it stays, even if the step fails later."""
        if not self._writing:
            return
        self._commit()
        self._plan = None  # it cannot be run again
        self._loans.clear()
        self._drawn.clear()
        lock = self._resources.write_lock
        lock.writer = self._outer
        self._writing = False
        lock.release()
        self.value = None

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
        if "deleted" not in str(error):
            raise error
        outer = self._wait_for_writer()
        if outer is self:
            raise error
        if outer is not None:
            outer.make_way()

    def _wait_for_writer(self) -> Step | None:
        """Wait until no other thread's step is writing.

        Returns:
            The step of this thread that is writing, if there is one.

        Raises:
            DeadlineExceededError: the step's time is over.
        """
        lock = self._resources.write_lock
        left = -1 if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        if not lock.acquire(timeout=left):
            raise DeadlineExceededError(None, None, "Timed out waiting for notification")
        writer = lock.writer
        lock.release()
        return writer

    def read_raw(self, variable: Variable) -> Any:
        """As `read`, but an array on a device is returned as it is."""
        try:
            value = self._written.get(variable)
        except TypeError:  # no variable: the value that is fed for one, given to the body of a function
            return variable
        if value is None:
            value = variable.value
            if value is None:
                value = self._value_on_loan(variable)
        return value

    def _value_on_loan(self, variable: Variable) -> Any:
        """The value of a variable the array of which another step is changing.

        Raises:
            FailedPreconditionError: it has none.
        """
        loan = variable.loan
        if loan is not None:
            self._wait_for_writer()
            # If it is still on loan, it is to a step of this thread, or to one that was lost.
            value = variable.value
            if value is None and variable.loan is loan:
                value = loan.copy()
            if value is not None:
                return value
        raise FailedPreconditionError(None, None, f"Attempting to use uninitialized value {variable.name}")

    def read_all(self, variables: Sequence[Variable]) -> list[Any]:
        """The values of several variables, as `read_raw` returns them.

        Raises:
            FailedPreconditionError: one has none yet.
        """
        if self._written:
            return [self.read_raw(variable) for variable in variables]
        values = [variable.value for variable in variables]
        if NoneType in map(type, values):
            return [self.read_raw(variable) for variable in variables]  # which says what has none, or waits
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
            if self._written.keys().isdisjoint(variables):
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
            lock = self._resources.write_lock
            if self.deadline is None:
                lock.acquire()
            else:
                left = self.deadline - time.monotonic()
                if left < 0 or not lock.acquire(timeout=left):
                    self._writing = False
                    raise DeadlineExceededError(None, None, "Timed out waiting for notification")
            outer = lock.writer
            if outer is not None:  # of this thread, which has the lock
                outer.make_way()
                self._outer = outer
            lock.writer = self

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
        else:
            loan = self._loans.get(variable)
            if loan is None or loan.array is not value:
                loan = Loan(value)
                if variable.value is value:  # else this step has made the array
                    # Readers in other threads find no value from now on; those who have found it refer to it.
                    self._written[variable] = value
                    self._loans[variable] = variable.loan = loan
                    variable.value = None
            # Two references are those of the loan and of what is written.
            if value.base is not None or _references(value) > _UNSHARED + 2:
                # A value in the frame, or a view, is the variable's array as well: it must not change.
                if not loan.changed and self._loans.pop(variable, None) is not None:
                    variable.value = value
                    variable.loan = None
                return value
            inside = np.reshape(rows, -1)
            inside = inside[(inside >= 0) & (inside < len(value))]
            loan.changed.append((inside, value[inside]))
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

    def settle_draw(self, place: int, used: int) -> None:
        """Give back what one of its draws has taken but not used.

        Args:
            place: which draw.
            used: how many blocks were used.
        """
        stream, first, blocks = self._drawn[place]
        self._drawn[place] = stream, first, used
        stream.take_back(first + used, blocks - used)

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
