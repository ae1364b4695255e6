"""Conditionals and loops of functions that are in the library already: what `Defun` makes.

What they capture is carried through a loop, behind its variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.math.cast import cast
from perdure.functional.math.unary import abs
from perdure.functions.defined import Defun, get_extra_args
from perdure.functions.named_calls import SymbolicGradient
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.defaults import get_default_graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

# How many arguments of a For come before its loop variables.
_COUNTS = 3


def If(cond: Any, inputs: Sequence[Any], then_branch: Any, else_branch: Any, name: str | None = None) -> Any:
    """The results of one of two functions.

    Args:
        cond: a scalar; a number other than zero, or a string that is not empty, counts as true.
        inputs: the arguments.
        then_branch, else_branch: functions of the library whose results have the same types.
        name: the name of the node.
    """
    branches = _in_library(then_branch), _in_library(else_branch)
    return g.If(cond, inputs, then_branch.output_types, *branches, name=name)


def Gradient(inputs: Sequence[Any], f: Any, name: str | None = None) -> list[Tensor]:
    """The gradients of the arguments of a function.

    Args:
        inputs: the arguments, and behind them the gradients of the results.
        f: a function of the library.
        name: the name of the node.
    """
    types = [dtypes.as_dtype(argument.type) for argument in f.definition.signature.input_arg]
    return symbolic_gradient(inputs, types, f, name)


def symbolic_gradient(
    input: Sequence[Any], Tout: Sequence[Any], f: Any, name: str | None = None
) -> list[Tensor]:
    """As `Gradient`, with the types of the results."""
    function = SymbolicGradient(_in_library(f).attribute, {})
    found: list[Tensor] = g.symbolic_gradient(input, Tout=Tout, f=function, name=name)
    return found


def While(
    input_: Sequence[Any], cond: Any, body: Any, name: str | None = None, hostmem: Sequence[int] | None = None
) -> Any:
    """What a function of the library makes of its arguments, again and again, while another one holds.

    Args:
        input_: the loop variables.
        cond: from these to a scalar; a number other than zero, or a string that is not empty, counts as true.
        body: from these to what they are next.
        name: the name of the node.
        hostmem: the places of those that lie in the memory of the host.

    Raises:
        ValueError: `cond` captures tensors, or takes others than `body`.
    """
    if cond.captured_inputs:
        raise ValueError("While op 'cond' argument must be a function without implicitly captured inputs.")
    if cond.declared_input_types != body.declared_input_types:
        raise ValueError(
            f"While op 'cond' and 'body' signatures do not match. {cond.declared_input_types!r} vs "
            f"{body.declared_input_types!r}"
        )
    captured = body.captured_inputs
    if not captured:
        results = g.While(input_, _in_library(cond), _in_library(body), name=name)
    else:
        types = [*body.declared_input_types, *(tensor.dtype for tensor in captured)]

        @Defun(*types, func_name=f"{cond.name}_Wrapper")
        def wrapped(*args: Any) -> Any:
            return cond(*args[: len(body.declared_input_types)])

        functions = _in_library(wrapped), _in_library(_with_captured(body))
        results = g.While([*input_, *captured], *functions, name=name)[: -len(captured)]
    if hostmem:
        results[0].op.attrs.update({"_input_hostmem": list(hostmem), "_output_hostmem": list(hostmem)})
    return results


def For(
    start: Any,
    limit: Any,
    delta: Any,
    inputs: Sequence[Any],
    body: Any,
    name: str | None = None,
    hostmem: Sequence[int] | None = None,
    rewrite_with_while: bool | None = None,
) -> Any:
    """What a function of the library makes of its arguments for each number of a range, one after the other.

    Args:
        start, limit, delta: the range, int32 scalars.
        inputs: the loop variables.
        body: from a number and these to what they are next.
        name: the name of the node.
        hostmem: the places of those that lie in the memory of the host.
        rewrite_with_while: whether it becomes a While.
    """
    if rewrite_with_while:
        return _for_using_while(start, limit, delta, inputs, body, name, hostmem)
    captured = body.captured_inputs
    if captured:
        wrapped = _in_library(_with_captured(body))
        results = g.For(start, limit, delta, [*inputs, *captured], wrapped, name=name)
        results = results[: -len(captured)]
    else:
        results = g.For(start, limit, delta, inputs, _in_library(body), name=name)
    if hostmem:
        results[0].op.attrs.update(
            {"_input_hostmem": [_COUNTS + i for i in hostmem], "_output_hostmem": list(hostmem)}
        )
    return results


def _for_using_while(
    start: Any,
    limit: Any,
    delta: Any,
    inputs: Sequence[Any],
    body: Any,
    name: str | None,
    hostmem: Sequence[int] | None,
) -> list[Tensor]:
    # TensorFlow divides as floats: devices that it had in mind cannot divide integers.
    size = abs(delta)
    span = abs(limit - start) + size - 1
    count = cast(cast(span, dtypes.float32) / cast(size, dtypes.float32), dtypes.int32)
    types = [*[dtypes.int32] * 4, *body.declared_input_types[1:]]

    @Defun(*types, func_name=f"{body.name}_Cond")
    def goes_on(i: Any, n: Any, *args: Any) -> Any:
        return i < n

    @Defun(*types, func_name=f"{body.name}_Body")
    def repeated(i: Any, n: Any, start: Any, delta: Any, *args: Any) -> Any:
        results = _results_of(body(start + i * delta, *args))
        return (i + 1, n, start, delta, *results)

    results = While(
        [0, count, start, delta, *inputs],
        goes_on,
        repeated,
        name=name,
        hostmem=[0, 1, 2, 3, *(4 + i for i in hostmem or ())],
    )
    return list(results[4:])


def _in_library(function: Any) -> Any:
    """A function, which is in the library of the default graph from then on."""
    function.add_to_graph(get_default_graph())
    return function


def _with_captured(function: Any) -> Any:
    """A function that returns what it captures, too."""

    @Defun(*function.declared_input_types, func_name=f"{function.name}_Wrapper")
    def wrapped(*args: Any) -> Any:
        results = _results_of(function(*args))
        return (*results, *get_extra_args())

    return wrapped


def _results_of(returned: Any) -> tuple[Any, ...]:
    """What a call by name returns, as a tuple."""
    if isinstance(returned, Operation):
        return ()
    return returned if isinstance(returned, tuple) else (returned,)
