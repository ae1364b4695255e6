"""What programs only read, kept where they read it: on the device, from one step to the next.

JAX converts an array of NumPy's anew at every call, which costs more than a small program does.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from operator import is_
from typing import Any

import jax
import numpy as np

from perdure.resources.resources import Variable
from perdure.runtime.execution.step import Step
from perdure.runtime.xla.device import device

# Variables up to this size (bytes) are packed; copying them costs less than handing them over one by one.
_SMALL = 4096
# So many of one type are worth a pack.
_FEWEST = 8


class Pack:
    """Small variables of one type that a program only reads: one argument of it, made anew when one changed.

    Args:
        variables: the variables, whose shapes never change.
    """

    def __init__(self, variables: Sequence[Variable]) -> None:
        self.variables = variables
        self._shapes: list[Any] = [variable.declared_shape for variable in variables]
        # The values and the array that was made of them, in one object since threads share it.  The array
        # stands for the values because they are referred to from here: no step changes them in place then.
        self._kept: tuple[list[Any], Any] = ([None] * len(variables), None)

    def array(self, step: Step) -> Any:
        """All values one behind the other, on the device.

        Raises:
            tf.errors.FailedPreconditionError: a variable has no value.
        """
        values, array = self._kept
        current = step.read_all(self.variables)
        if all(map(is_, current, values)):
            return array
        found: list[Any] = []
        step.unless_others_write(self.variables, lambda: found.append(self._keep(step)))
        return found[0] if found else _joined(current)

    def _keep(self, step: Step) -> Any:
        values = step.read_all(self.variables)
        array = on_device(_joined(values))
        self._kept = values, array
        return array

    def taken_apart(self, array: Any) -> dict[Variable, Any]:
        """The values of the variables, from all of them one behind the other."""
        found: dict[Variable, Any] = {}
        start = 0
        for variable, shape in zip(self.variables, self._shapes, strict=True):
            stop = start + int(np.prod(shape))
            found[variable] = array[start:stop].reshape(shape)
            start = stop
        return found


def on_device(array: np.ndarray) -> Any:
    """A copy of `array` on the device, or its very memory."""
    # Also in a step that runs while another one of this thread is traced: one of a signal handler.
    with jax.enable_x64(True), jax.ensure_compile_time_eval():
        return jax.device_put(array, device())


def _joined(values: Sequence[Any]) -> np.ndarray:
    return np.concatenate([np.asarray(value).reshape(-1) for value in values])


def packed(variables: Sequence[Variable]) -> tuple[list[Pack], list[Variable]]:
    """Packs of those variables that are small, and the others."""
    groups: dict[Any, list[Variable]] = {}
    for variable in variables:
        shape = variable.declared_shape
        if shape is not None and None not in shape and 0 < variable.nbytes <= _SMALL:
            groups.setdefault(variable.dtype, []).append(variable)
    packs = [Pack(group) for group in groups.values() if len(group) >= _FEWEST]
    taken = {variable for pack in packs for variable in pack.variables}
    return packs, [variable for variable in variables if variable not in taken]


class Mover:
    """Moves variables that a program only reads to the device when it meets a value for the second time.

    Not the first time: what another step changes with NumPy before each run would be moved for nothing.

    Args:
        variables: the variables.
    """

    def __init__(self, variables: Sequence[Variable]) -> None:
        self._variables = variables
        self._met: dict[Variable, weakref.ref[Any]] = {}

    def move(self, step: Step) -> None:
        """Move what is to be moved, unless another step is writing."""
        repeated = []
        for variable in self._variables:
            value = variable.value
            if type(value) is not np.ndarray:
                continue
            met = self._met.get(variable)
            if met is not None and met() is value:
                repeated.append(variable)
            self._met[variable] = weakref.ref(value)
        if repeated:
            step.unless_others_write(repeated, lambda: _move(repeated))


def _move(variables: Sequence[Variable]) -> None:
    for variable in variables:
        value = variable.value
        if type(value) is np.ndarray:
            # Never the same memory, which a program may take over; and all of it before others may write.
            moved = on_device(value.copy()).block_until_ready()
            # A step of a signal handler may have written; between these two no signal is heard.
            if variable.value is value:
                variable.value = moved
