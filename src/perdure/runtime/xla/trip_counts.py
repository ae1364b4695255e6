"""How often a loop runs at most, as far as that follows from what is known when a program is compiled."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.ops.traits import LOOP

# From tensors outside of a loop to what stands for them in a program.
Values = Callable[[Tensor], Any]

# How a loop counts that goes on while a comparison holds, and whether it does so where both are equal.
_WAYS = {"Less": (1, False), "LessEqual": (1, True), "Greater": (-1, False), "GreaterEqual": (-1, True)}


def most_iterations(op: Operation, value_of: Values) -> int | None:
    """How often the body of a loop runs at most; None if nobody knows.

    A loop that goes on while `i < n`, and whatever else holds, adds something to `i` in each iteration; one
    that goes on while `i > n` takes something away.

    Args:
        op: a `While` the condition of which is computed at the end of its body.
        value_of: what stands in the program for a tensor that the loop takes.
    """
    test, body = op.attrs["cond"], op.attrs["body"]
    if test.outputs[0] not in test.inputs:
        return None
    places = {tensor: i for i, tensor in enumerate(body.inputs)}
    condition = body.outputs[test.inputs.index(test.outputs[0])]
    found: list[int] = []
    waiting = [condition]
    while waiting:
        tensor = _behind(waiting.pop())
        made_by = tensor.op
        if made_by.type == "LogicalAnd":
            waiting += made_by.inputs
        elif made_by.type in _WAYS:
            most = _until(made_by, op, places, value_of)
            if most is not None:
                found.append(most)
    return min(found, default=None)  # type: ignore[type-var]


def _until(compared: Operation, op: Operation, places: dict[Tensor, int], value_of: Values) -> int | None:
    body = op.attrs["body"]
    way, with_equal = _WAYS[compared.type]
    one, other = map(_behind, compared.inputs)
    for place, following in enumerate(body.outputs[: len(body.inputs)]):
        if _behind(following) is not one:
            continue
        step = _added(one, body.inputs[place])
        if step is None or way * step <= 0:
            continue
        if way > 0:
            start, limit = _least(op.inputs[place], value_of), _most_of(other, op, places, value_of)
        else:
            start, limit = _most(op.inputs[place], value_of), _constant(other)
        if start is None or limit is None:
            continue
        count = (limit - start) / step
        return max(0, math.floor(count) + 1 if with_equal else math.ceil(count))
    return None


def _added(tensor: Tensor, argument: Tensor) -> float | None:
    """What is added to an argument of the body to make a tensor."""
    op = tensor.op
    if op.type == "Sub":
        value = _constant(_behind(op.inputs[1]))
        return None if value is None or _behind(op.inputs[0]) is not argument else -value
    if op.type not in ("Add", "AddV2"):
        return None
    for one, other in (op.inputs, op.inputs[::-1]):
        value = _constant(_behind(other))
        if _behind(one) is argument and value is not None:
            return value
    return None


def _most_of(limit: Tensor, op: Operation, places: dict[Tensor, int], value_of: Values) -> float | None:
    constant = _constant(limit)
    if constant is not None:
        return constant
    place = places.get(limit)
    if place is None or op.attrs["body"].outputs[place] is not limit:
        return None
    return _most(op.inputs[place], value_of)


def _most(tensor: Tensor, value_of: Values) -> float | None:
    """The largest value that a scalar may have."""
    known = _known(tensor, value_of)
    if known is None and tensor.op.type == "Minimum":
        bounds = [_most(source, value_of) for source in tensor.op.inputs]
        return min((bound for bound in bounds if bound is not None), default=None)
    if known is None and tensor.op.type == "Identity":
        return _most(tensor.op.inputs[0], value_of)
    if known is None and traits_of(tensor.op.type).calls is LOOP:
        return _most_left_by(tensor, value_of)
    return known


def _most_left_by(tensor: Tensor, value_of: Values) -> float | None:
    """The largest value that a variable of a loop has behind it, if each iteration adds the same to it."""
    op, place = tensor.op, tensor.value_index
    body = op.attrs["body"]
    step = _added(_behind(body.outputs[place]), body.inputs[place])
    start = _most(op.inputs[place], value_of)
    if step is None or start is None or step < 0:
        return start if step is not None else None
    times = most_iterations(op, value_of)
    return None if times is None else start + step * times


def _least(tensor: Tensor, value_of: Values) -> float | None:
    return _known(tensor, value_of)


def _known(tensor: Tensor, value_of: Values) -> float | None:
    constant = _constant(tensor)
    if constant is not None:
        return constant
    value = value_of(tensor)
    if isinstance(value, (np.ndarray, np.generic)) and not np.ndim(value):
        return float(value)
    return None


def _constant(tensor: Tensor) -> float | None:
    if tensor.op.type != "Const":
        return None
    value = tensor.op.attrs["value"]
    return None if value.ndim or value.dtype.kind not in "iuf" else float(value)


def _behind(tensor: Tensor) -> Tensor:
    while tensor.op.type == "Identity" and not tensor.op.inputs[0].dtype.is_ref_dtype:
        tensor = tensor.op.inputs[0]
    return tensor
