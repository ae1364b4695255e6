"""Operations that call functions: If, While and calls, and the placeholder of a value that a branch lacks.

Their bodies are graphs (`graph/func_graph.py`); the runtime plans them and hands them to the kernels as
functions of the step and the arguments.
"""

import numpy as np

from perdure.graph import hooks
from perdure.graph.dtypes import resource, string, variant
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


def loop_shape(*, output_shapes, T):
    return list(output_shapes) if output_shapes else [None] * len(T)


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

# -- PartitionedCall -----------------------------------------------------------------------


def call_shape(*, Tout):
    return [None] * len(Tout)


def call_kernel(xp, args, *, f, step):
    return f(step, args)


for _definition in (
    op("PartitionedCall", host=True, calls=ONCE),
    op("StatefulPartitionedCall", host=True, calls=ONCE),
):
    _definition.shape(call_shape)
    _definition.kernel(call_kernel)
    _definition.refuse_gradient("gradients of functions of a library are not supported yet")

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
