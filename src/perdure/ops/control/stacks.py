"""Stacks: making them, pushing, popping, closing.

Names of inputs, outputs and attributes are rows of the signature table.  The older ops have handles that are
references to strings; the rules are the same.  The stacks themselves are in `resources/stacks.py`.
"""

from typing import Any

import numpy as np

from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.resources.stacks import Stack

_ON_STACK: dict[str, Any] = {"of_step": True, "handles": {"handle": Stack}}


def on_stack(definition, shape, kernel):
    """Give an op its rules."""
    definition.shape(shape)
    definition.kernel(kernel)
    definition.not_differentiable("it deals with a stack")


# -- making them -----------------------------------------------------------------------------


def old_stack_kernel(xp, *, obtain, elem_type, stack_name):
    return obtain(stack_name=stack_name, dtype=elem_type, max_size=-1)


def stack_kernel(xp, max_size, *, obtain, elem_type, stack_name):
    if np.ndim(max_size):
        raise invalid(f"Stack size must be a scalar, but had shape: {format_shape(np.shape(max_size))}")
    return obtain(stack_name=stack_name, dtype=elem_type, max_size=int(max_size))


def handle_shape():
    return (2,)


on_stack(op("Stack", host=True, of_step=True, makes=Stack), handle_shape, old_stack_kernel)
on_stack(op("StackV2", of_step=True, makes=Stack, static=["max_size"]), handle_shape, stack_kernel)

# -- pushing, popping, closing ---------------------------------------------------------------


def push_shape(elem):
    return elem


def push_kernel(xp, handle, elem):
    handle.push(elem)
    return elem


def pop_shape():
    return None


def pop_kernel(xp, handle, *, elem_type):
    return handle.pop(elem_type)


def close_shape():
    return []


def close_kernel(xp, handle):
    # It ends with the step in any case; TensorFlow's can still be used by those that have found it.
    return ()


on_stack(op("StackPush", **_ON_STACK), push_shape, push_kernel)
on_stack(op("StackPushV2", **_ON_STACK), push_shape, push_kernel)
on_stack(op("StackPop", **_ON_STACK), pop_shape, pop_kernel)
on_stack(op("StackPopV2", **_ON_STACK), pop_shape, pop_kernel)
on_stack(op("StackClose", **_ON_STACK), close_shape, close_kernel)
on_stack(op("StackCloseV2", **_ON_STACK), close_shape, close_kernel)
