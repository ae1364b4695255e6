"""Control: NoOp, ControlTrigger, Assert, Print and Timestamp.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import sys

from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.text import summarize_tensor

# -- NoOp, ControlTrigger ------------------------------------------------------------------


def nothing_kernel(xp):
    return ()


for _definition in (
    op("NoOp", host=True, orders=True, any_device=True),
    op("ControlTrigger", host=True, orders=True, never_dead=True),
):
    _definition.shape(lambda: [])
    _definition.kernel(nothing_kernel)
    _definition.not_differentiable("it has no outputs")

# -- Assert ----------------------------------------------------------------------------------

assert_ = op("Assert", is_check=True, quotes=True)


@assert_.shape
def assert_shape():
    return []


@assert_.kernel
def assert_kernel(xp, condition, data, *, summarize):
    def message():
        shown = " ".join(f"[{summarize_tensor(value, summarize)}]" for value in data)
        return f"assertion failed: {shown}"

    if condition.ndim:
        raise invalid(f"In[0] should be a scalar: {format_shape(condition.shape)}")
    xp.require(condition, message)
    return ()


assert_.not_differentiable("it has no outputs")

# -- Print -----------------------------------------------------------------------------------

print_ = op("Print", host=True)


@print_.shape
def print_shape(input):
    return input


@print_.kernel
def print_kernel(xp, input, data, *, message, first_n, summarize, calls):
    if first_n < 0 or calls.next() <= first_n:
        shown = "".join(f"[{summarize_tensor(value, summarize)}]" for value in data)
        print(f"{message}{shown}", file=sys.stderr, flush=True)
    return input


@print_.gradient
def print_gradient(g, d_output):
    return {"input": d_output}


# -- Timestamp -------------------------------------------------------------------------------

timestamp = op("Timestamp")


@timestamp.shape
def timestamp_shape():
    return ()


@timestamp.kernel
def timestamp_kernel(xp, *, clock):
    return xp.float64(clock())


timestamp.not_differentiable("it is a source, with no inputs")
