"""The state of one run of a session."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph.dtypes import DType
from perdure.graph.errors import FailedPreconditionError
from perdure.graph.shapes import Shape
from perdure.runtime.resources import Resources, Variable


class Step:
    """One run: it sees its own writes at once; the session takes them over only if the run succeeds.

    Use it as a context manager: leaving the block normally commits, an exception drops the writes.
    """

    __slots__ = ("_resources", "_written", "_writing")

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._written: dict[Variable, Any] = {}
        self._writing = False

    def __enter__(self) -> Step:
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if self._writing:
            if kind is None:
                for variable, value in self._written.items():
                    variable.value = value
            self._resources.write_lock.release()

    def read(self, variable: Variable) -> np.ndarray:
        """The value a variable has at this point of the step.

        Raises:
            FailedPreconditionError: it has none yet.
        """
        value = self.read_raw(variable)
        # A view of a device's memory; programs that replace the variable then leave that memory alone.
        return value if type(value) is np.ndarray else np.asarray(value)

    def read_raw(self, variable: Variable) -> Any:
        """As `read`, but an array on a device is returned as it is."""
        value = self._written.get(variable)
        if value is None:
            value = variable.value
            if value is None:
                raise FailedPreconditionError(
                    None, None, f"Attempting to use uninitialized value {variable.name}"
                )
        return value

    def begin_writing(self) -> None:
        """Wait until no other step is writing; called before the first write."""
        if not self._writing:
            self._resources.write_lock.acquire()
            self._writing = True

    def write(self, variable: Variable, value: Any) -> None:
        """Give a variable a new value."""
        self._written[variable] = frozen(value)

    def put(self, variable: Variable, value: Any) -> None:
        """Give a variable a new value on a device."""
        self._written[variable] = value

    def restore(self, variable: Variable, value: Any) -> None:
        """Give a variable back the value that a program took over but did not change."""
        if variable in self._written:
            self._written[variable] = value
        else:
            variable.value = value


class VariableInStep:
    """A variable as a kernel sees it that asks for its handle: its state at this point of the step."""

    __slots__ = ("_step", "_variable")

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


def frozen(value: Any) -> np.ndarray:
    """`value` as an array that nobody may change.

    Values that outlive an instruction's results (variables, feeds) are marked read-only, and so are all
    views of them; `fetched` copies what is read-only.  That is how a fetch never aliases state.
    """
    array = np.asarray(value)
    owner = array.base
    if owner is None:
        array.flags.writeable = False
    elif array.flags.writeable or not isinstance(owner, np.ndarray) or owner.flags.writeable:
        # A view of memory that somebody may still change, such as an array the user feeds.
        array = array.copy()
        array.flags.writeable = False
    return array


def fetched(value: Any) -> Any:
    """`value` as the user gets it: an array he may write to, a NumPy scalar, or bytes."""
    if type(value) is np.ndarray:
        if not value.ndim:
            return value[()]
        if not value.flags.writeable:
            return value.copy()
    return value
