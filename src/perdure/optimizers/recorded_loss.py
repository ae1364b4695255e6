"""A loss that is a function: the gradients of what it computes while it is called.

TensorFlow records such a loss on a tape, in a graph too.  A tape sees resource variables only, and nothing of
what was computed before the call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.gradients import gradients
from perdure.graph import dtypes
from perdure.graph.defaults import get_default_graph
from perdure.graph.nest import flatten
from perdure.variables.base import Variable
from perdure.variables.collections import trainable_variables
from perdure.variables.resource_variable import BaseResourceVariable


def gradients_of_function(
    loss: Callable[[], Any], var_list: Any = None, grad_loss: Any = None
) -> list[tuple[Any, Any]]:
    """The gradients of what `loss()` returns.

    Args:
        loss: a function without arguments.
        var_list: a structure of resource variables; the trainable ones that `loss` reads if None.
        grad_loss: the gradient of the loss itself, if it is not ones.

    Returns:
        A (gradient, variable) pair for each variable.

    Raises:
        TypeError: `loss` returned no tensor, or a variable is a reference variable.
    """
    graph = get_default_graph()
    before = set(graph.get_operations())
    value = graph.as_graph_element(loss(), allow_operation=False)
    taken = [t for op in graph.get_operations() if op not in before for t in op.inputs if t.op in before]
    if var_list is None:
        variables = [
            variable
            for variable in trainable_variables()
            if isinstance(variable, BaseResourceVariable) and variable.handle in taken
        ]
    else:
        variables = flatten(var_list)
        for variable in variables:
            if isinstance(variable, Variable) and not isinstance(variable, BaseResourceVariable):
                raise TypeError(
                    f"The gradients of a function go to resource variables, but {variable!r} is a reference "
                    "variable: make it with use_resource=True, or give the tensor that the function returns"
                )
    if not variables:
        return []
    outside = [tensor for tensor in taken if tensor.dtype is not dtypes.resource]
    found = gradients(value, variables, grad_ys=grad_loss, stop_gradients=outside)
    return list(zip(found, variables, strict=True))
