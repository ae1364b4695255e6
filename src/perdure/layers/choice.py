"""A choice that is made while the graph is built if it can be, and by the graph if not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import is_tensor_like


def static_choice(condition: Any) -> bool | None:
    """The value of a boolean, a 0 or 1, or a boolean tensor; None if only a session knows it.

    Raises:
        TypeError: `condition` is none of these.
    """
    if is_tensor_like(condition):
        value = constant_value(convert_to_tensor(condition))
        return None if value is None else bool(value)
    if isinstance(condition, (bool, np.bool_)) or condition in (0, 1):
        return bool(condition)
    raise TypeError(f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {condition}")


def choose(condition: Any, if_true: Callable[[], Any], if_false: Callable[[], Any]) -> Any:
    """The result of one of two functions.

    If `condition` is known now, only that function is called.  Otherwise the nodes of both are made and
    run, and the results selected: TensorFlow makes a conditional here, of the same value.

    Args:
        condition: see `static_choice`.
        if_true, if_false: functions without side effects that return a tensor, or a tuple of tensors.
    """
    known = static_choice(condition)
    if known is not None:
        return if_true() if known else if_false()
    condition = convert_to_tensor(condition)
    results = if_true(), if_false()
    if isinstance(results[0], tuple):
        return tuple(g.select(condition, *pair) for pair in zip(*results, strict=True))
    return g.select(condition, *results)
