"""Arrays that nobody may change: variables, constants, feeds, and what follows from constants."""

from __future__ import annotations

from typing import Any

import numpy as np


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
