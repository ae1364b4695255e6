"""Arrays of variables that are lent to a kernel, which may change them in place.

Kernels are pure: they return new values.  Copying a whole table to change a few of its rows would cost
more than the rest of the step, so the runtime may lend a variable's array (see `Step.lend`), having
noted the rows it will have to put back if the step fails.
"""

from __future__ import annotations

import numpy as np


class Lent(np.ndarray):
    """A view of a variable's array that may be written to."""


def lend(array: np.ndarray) -> Lent:
    """`array` for a kernel that may change it."""
    return array.view(Lent)


def own(array: np.ndarray) -> np.ndarray:
    """An array that may be written to: the lent one itself, else a copy."""
    return array.view(np.ndarray) if type(array) is Lent else array.copy()
