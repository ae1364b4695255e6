"""Operations that call functions: If, Case, While, For, calls, and the placeholder of what a branch lacks.

Their bodies are graphs (`graph/func_graph.py`); the runtime plans them and hands them to the kernels as
functions of the step and the arguments.
"""

import re

import numpy as np

from perdure.graph import hooks
from perdure.graph.dtypes import resource, string, variant
from perdure.graph.errors import InternalError
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import CONDITIONAL, LOOP, ONCE

# -- If ------------------------------------------------------------------------------------


def outputs_shape(*, output_shapes, Tout):
    return list(output_shapes) if output_shapes else [None] * len(Tout)


def truth(value) -> bool:
    """Whether a condition holds: a boolean, a number other than zero, a string that is not empty."""
    if isinstance(value, (bytes, str)):
        return bool(value)
    array = np.asarray(value)
    if array.ndim:
        # TensorFlow takes an If with a tensor as its condition for the question whether it is empty.
        return array.size > 0
    return bool(array[()])


def if_kernel(xp, cond, input, *, then_branch, else_branch, step):
    return (then_branch if truth(cond) else else_branch)(step, input)


def if_gradient(g, d_output, *, node):
    return {"input": hooks.conditional_gradient(node, d_output)}


for _definition in (
    op("If", host=True, calls=CONDITIONAL),
    op("StatelessIf", host=True, calls=CONDITIONAL),
):
    _definition.shape(outputs_shape)
    _definition.kernel(if_kernel)
    _definition.gradient(if_gradient)

# -- Case ----------------------------------------------------------------------------------

case = op("Case", host=True)
case.shape(outputs_shape)


@case.kernel
def case_kernel(xp, branch_index, input, *, branches, step):
    index = int(branch_index)
    return branches[index if 0 <= index < len(branches) else -1](step, input)


case.gradient(if_gradient)

# -- While ---------------------------------------------------------------------------------


def loop_shape(input, *, output_shapes):
    return list(output_shapes) if output_shapes else list(input)


def _scalar(condition):
    if np.ndim(condition):
        raise invalid(f"The loop condition must be a scalar, but has shape {np.shape(condition)}")
    return condition


def while_kernel(xp, input, *, cond, body, step):
    values = list(input)
    asked = getattr(cond, "returned", None)
    if asked is not None:  # a loop that was lifted
        return body.repeated(step, values, lambda value: truth(_scalar(value)), asked)
    while True:
        (goes_on,) = cond(step, values)
        if not truth(_scalar(goes_on)):
            return values
        values = body(step, values)


def while_gradient(g, d_output, *, node):
    return {"input": hooks.loop_gradient(node, d_output)}


for _definition in (
    op("While", host=True, calls=LOOP),
    op("StatelessWhile", host=True, calls=LOOP),
):
    _definition.shape(loop_shape)
    _definition.kernel(while_kernel)
    _definition.gradient(while_gradient)

# -- For -----------------------------------------------------------------------------------

counted = op("For", host=True)


@counted.shape
def for_shape(*, T):
    return [None] * len(T)


@counted.kernel
def for_kernel(xp, start, limit, delta, input, *, body, step):
    for name, value in (("start", start), ("limit", limit), ("delta", delta)):
        if np.ndim(value):
            raise invalid(f"{name} must be a scalar")
    first, last, by = int(start), int(limit), int(delta)
    if (last - first) * by < 0 or last != first and not by:
        raise invalid(f"Invalid start/limit/delta: {first} {last} {by}")
    values = list(input)
    for i in range(first, last, by or 1):
        values = body(step, [np.int32(i), *values])
    return values


counted.refuse_gradient("TensorFlow has no gradient of it")

# -- PartitionedCall -----------------------------------------------------------------------


def call_shape(*, Tout):
    return [None] * len(Tout)


def call_kernel(xp, args, *, f, step):
    return f(step, args)


def call_gradient(g, d_output, *, node):
    return {"args": hooks.named_call_gradient(node, *d_output)}


for _definition in (
    op("PartitionedCall", host=True, calls=ONCE),
    op("StatefulPartitionedCall", host=True, calls=ONCE),
):
    _definition.shape(call_shape)
    _definition.kernel(call_kernel)
    _definition.gradient(call_gradient)

# -- RemoteCall ----------------------------------------------------------------------------

remote_call = op("RemoteCall", host=True)
remote_call.shape(call_shape)

# A CPU of this process, in the ways in which devices are written.
_FIRST_CPU = re.compile(r"/?(/job:localhost)?(/replica:0)?(/task:0)?/(device:)?cpu:(0|\*)$", re.IGNORECASE)


@remote_call.kernel
def remote_call_kernel(xp, target, args, *, f, step):
    name = np.asarray(target).item()
    name = name.decode() if isinstance(name, bytes) else name
    if not name.startswith("/"):
        raise invalid(f"Could not parse {name} into a device specification.")
    if not _FIRST_CPU.match(name):
        raise InternalError(None, None, f"Currently don't support instantiating functions on device: {name}")
    return f(step, args)


remote_call.refuse_gradient("TensorFlow has no gradient of it")

# -- SymbolicGradient ----------------------------------------------------------------------

symbolic_gradient = op("SymbolicGradient", host=True, calls=ONCE)


@symbolic_gradient.shape
def symbolic_gradient_shape(input, *, Tout):
    return [input[i] for i in range(len(Tout))]


@symbolic_gradient.kernel
def symbolic_gradient_kernel(xp, input, *, f, step):
    return f(step, input)


symbolic_gradient.refuse_gradient("second derivatives of functions that are called by name are not supported")

# -- FakeParam -----------------------------------------------------------------------------

fake_param = op("FakeParam", host=True, lacking=True)


@fake_param.shape
def fake_param_shape(*, shape):
    return shape


@fake_param.kernel
def fake_param_kernel(xp, *, dtype):
    # Nobody looks at it: the branch that would was not taken.  Handles are objects, too.
    return np.empty(0, object if dtype in (string, resource, variant) else dtype.as_numpy_dtype)


fake_param.not_differentiable("it has no inputs")
