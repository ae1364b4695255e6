"""A choice that is made while the graph is built if it can be, and by the graph if not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from perdure.functional.control.conditionals import count_as
from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_default_graph, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor, is_tensor_like


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
    with _counted_as_conditional():
        one, other = _counted_as_branch(if_true), _counted_as_branch(if_false)
        if isinstance(one, tuple):
            return tuple(_select(condition, *pair, name="Merge") for pair in zip(one, other, strict=True))
        return _select(condition, one, other, name="Merge")


def update_if(
    condition: Any, update: Callable[[Callable[..., Any]], Any], otherwise: Callable[[], Any]
) -> Any:
    """Change a variable if `condition` holds.

    If only a session knows that, the update runs in any case and writes what is there already: TensorFlow
    makes a conditional here, which would take a step apart.

    Args:
        condition: see `static_choice`.
        update: takes `choice(new, old)`, which is to be asked for everything that is written, `old` being a
            function, and returns what the last assignment returned.
        otherwise: makes what it returns if `condition` does not hold.
    """
    known = static_choice(condition)
    if known is not None:
        return update(lambda new, old: new) if known else otherwise()
    graph = get_default_graph()
    choosing: list[Operation] = []  # which TensorFlow does not have

    def choice(new: Tensor, old: Callable[[], Tensor]) -> Tensor:
        before = len(graph.get_operations())
        chosen = _select(condition, new, old())
        made = graph.get_operations()[before:]
        graph.count(-len(made))
        choosing.extend(made)
        return chosen

    with _counted_as_conditional():
        updated = _counted_as_branch(lambda: convert_to_tensor(update(choice)), choosing)
        _counted_as_branch(lambda: convert_to_tensor(otherwise()))
        return g.identity(updated, name="Merge")


@contextmanager
def _counted_as_conditional() -> Iterator[None]:
    """The name scope of a conditional, and a count of what TensorFlow makes for it: seeds are counts."""
    with name_scope(None, "cond"):
        count_as(get_default_graph(), "Switch", "switch_t", "switch_f", "pred_id")
        yield


def _counted_as_branch(branch: Callable[[], Any], apart: Collection[Operation] = ()) -> Any:
    """What `branch` returns, with a Switch counted for each tensor that the others than `apart` take in."""
    graph = get_default_graph()
    before = len(graph.get_operations())
    result = branch()
    made = graph.get_operations()[before:]
    inside = set(made)
    used = {tensor for op in made if op not in apart for tensor in op.inputs}
    used.update(result if isinstance(result, tuple) else [result])
    graph.count(len({tensor for tensor in used if tensor.op not in inside}))
    return result


def _select(condition: Any, one: Tensor, other: Tensor, name: str | None = None) -> Tensor:
    select = g.select if one.shape.is_compatible_with(other.shape) else g.select_v2
    return select(convert_to_tensor(condition), one, other, name=name)
