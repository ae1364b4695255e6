"""tf.custom_gradient: a function with a gradient of its own."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from perdure.functional.builder import g
from perdure.gradients.registry import RegisterGradient
from perdure.graph import hooks
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, get_collection, get_default_graph
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.uids import uid
from perdure.ops.registry import lookup


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that gives a function its own gradient.

    Args:
        f: takes tensors and returns `(result, grad_fn)`, where `grad_fn` takes the gradients of the
            result's tensors and returns those of the arguments (and, given `variables=`, a second list
            for the resource variables that `f` uses).

    Returns:
        A function that returns the result alone.

    Raises:
        ValueError: the decorated function is called with keyword arguments.
        TypeError: `f` uses variables that are not resource variables, or uses variables although its
            `grad_fn` takes no argument `variables`.
    """

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise ValueError(
                "The custom_gradient decorator supports keyword arguments only when eager execution is "
                "enabled."
            )
        name = f"CustomGradient-{uid()}"
        return _apply(f, name, [convert_to_tensor(arg) for arg in args])

    return decorated


def _apply(f: Callable[..., Any], name: str, args: list[Any]) -> Any:
    graph = get_default_graph()
    first_new = graph.version
    variables_before = set(map(id, _all_variables()))
    result, grad_fn = f(*args)
    for variable in _all_variables():
        if id(variable) not in variables_before and not hasattr(variable, "handle"):
            raise TypeError(
                "All variables used by `f` wrapped with @custom_gradient must be `ResourceVariable`s. "
                "Ensure that no `variable_scope` is created with `use_resource=False`."
            )
    handles = _handles_read(graph.get_operations(), first_new, args)
    by_handle = {v.handle: v for v in _all_variables() if hasattr(v, "handle")}
    variables = [by_handle[handle] for handle in handles if handle in by_handle]
    parameters = inspect.getfullargspec(grad_fn)
    if variables and "variables" not in (*parameters.args, *parameters.kwonlyargs) and not parameters.varkw:
        raise TypeError(
            "If using @custom_gradient with a function that uses variables, then grad_fn must accept a "
            "'variables' keyword argument."
        )
    is_list = isinstance(result, (list, tuple))
    results = [convert_to_tensor(item) for item in (result if is_list else [result])]
    for item in results:
        g.identity(item)  # TensorFlow leaves one behind when it looks for variables; seeds count it

    @RegisterGradient(name)
    def gradient(op: Operation, *d_outputs: Any) -> list[Any]:
        d_results = d_outputs[: len(results)]
        if variables:
            d_args, d_variables = grad_fn(*d_results, variables=variables)
            if len(d_variables) != len(variables):
                raise ValueError("Must return gradient for each variable from @custom_gradient grad_fn.")
        else:
            d_args, d_variables = grad_fn(*d_results), []
        d_args = list(d_args) if isinstance(d_args, (list, tuple)) else [d_args]
        # The node also takes the results themselves as inputs; nothing flows back through these.
        return [None] * len(results) + d_args + list(d_variables)

    with graph.gradient_override_map({"IdentityN": name}):
        outputs = g.identity_n([*results, *args, *(variable.handle for variable in variables)])
    outputs = outputs[: len(results)]
    return type(result)(outputs) if is_list else outputs[0]


def _all_variables() -> list[Any]:
    return [
        *get_collection(GraphKeys.GLOBAL_VARIABLES),
        *get_collection(GraphKeys.LOCAL_VARIABLES),
    ]


def _handles_read(operations: list[Operation], first_new: int, args: list[Any]) -> list[Any]:
    """The handles of the resource variables that operations made since `first_new` read."""
    found: dict[Any, None] = {}
    for op in operations:
        definition = lookup(op.type) if op.node_id > first_new else None
        if definition is not None and definition.reads_values:
            handle = op.inputs[0]
            if all(handle is not arg for arg in args):
                found[handle] = None
    return list(found)


def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function like `f` whose gradient computes `f` once more, so that nothing of it is kept until then.

    Args:
        f: takes tensors and returns a tensor; the variables it uses must be of the resource kind.
    """

    @custom_gradient
    def inner(*args: Any) -> Any:
        result = f(*args)

        def grad(d_result: Any, variables: Any = None) -> Any:
            with control_dependencies([d_result]):
                again = f(*args)
            sources = [*args, *(variables or ())]
            found = hooks.gradients(again, sources, grad_ys=[d_result], stop_gradients=list(args))
            if variables is None:
                return found
            return found[: len(args)], found[len(args) :]

        return result, grad

    return inner
