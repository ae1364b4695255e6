"""A choice that is made while the graph is built if it can be, and by the graph if not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.functional.control.conditionals import cond
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import is_tensor_like


def static_choice(condition: Any) -> bool | None:
    """The value of a boolean, a 0 or 1, or a boolean tensor; None if only a session knows it.

    None is Keras' learning phase, which is false where nobody sets it.

    Raises:
        TypeError: `condition` is none of these.
    """
    if condition is None:
        return False
    if is_tensor_like(condition):
        value = constant_value(convert_to_tensor(condition))
        return None if value is None else bool(value)
    if isinstance(condition, (bool, np.bool_)) or condition in (0, 1):
        return bool(condition)
    raise TypeError(f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {condition}")


def choose(condition: Any, if_true: Callable[[], Any], if_false: Callable[[], Any]) -> Any:
    """The result of one of two functions; if `condition` is known now, only that one is called.

    Args:
        condition: see `static_choice`.
        if_true, if_false: as of `tf.cond`.
    """
    known = static_choice(condition)
    if known is None:
        return cond(condition, if_true, if_false)
    return if_true() if known else if_false()
