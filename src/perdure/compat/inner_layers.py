"""What programs use inside `tensorflow.python.layers.utils`, besides what Keras's utilities have, too."""

from __future__ import annotations

from typing import Any

from perdure.functional.control import conditionals
from perdure.functional.control.conditionals import cond
from perdure.graph.nest import flatten
from perdure.graph.operation import Operation
from perdure.keras.utils import structures
from perdure.variables.base import Variable


def smart_cond(
    pred: Any,
    true_fn: Any = None,
    false_fn: Any = None,
    name: str | None = None,
) -> Any:
    """The result of one of two functions; a conditional of the graph unless the choice is known.

    Args:
        pred: a boolean, 0 or 1, a boolean tensor or variable.
        true_fn, false_fn: functions without arguments.
        name: the name of the conditional.

    Raises:
        TypeError: one of the functions cannot be called, or `pred` is no boolean.
    """
    if isinstance(pred, Variable):
        return cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return conditionals.smart_cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)


def deconv_output_length(input_length: int | None, filter_size: int, padding: str, stride: int) -> int | None:
    """How long the result of a transposed convolution is, or None.

    Args:
        input_length: the size of the input, or None.
        filter_size: the size of the filter.
        padding: "same", "valid" or "full".
        stride: the stride.
    """
    if input_length is None:
        return None
    beside = {"valid": max(filter_size - stride, 0), "full": 2 - stride - filter_size}
    return input_length * stride + beside.get(padding, 0)


def get_reachable_from_inputs(inputs: list[Any], targets: Any = None) -> set[Any]:
    """The tensors that depend on some tensors or variables, and these.

    Args:
        inputs: the tensors and variables to begin with.
        targets: nothing is looked for once these are found.
    """
    found = structures.get_reachable_from_inputs(inputs, targets)
    return {x for x in found if not isinstance(x, Operation)}


def object_list_uid(object_list: Any) -> str:
    """One text for the identities of objects in any structure."""
    return ", ".join(str(abs(id(x))) for x in flatten(object_list))


def static_shape(x: Any) -> tuple[int | None, ...] | None:
    """The sizes of a tensor, or None if not even their number is known."""
    if x is None:
        return None
    shape = x.get_shape()
    return None if shape.ndims is None else tuple(shape.as_list())
