"""tf.custom_gradient: a function with a gradient of its own."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from perdure.functional.builder import g
from perdure.gradients.registry import RegisterGradient
from perdure.graph import hooks, nest
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, get_collection, get_default_graph
from perdure.graph.func_graph import maybe_captured
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.uids import uid
from perdure.ops.registry import lookup
from perdure.platform import logging

# Operations that are variables.
_VARIABLES = ("VariableV2", "VarHandleOp")


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that gives a function its own gradient.

    Args:
        f: takes tensors and returns `(result, grad_fn)`, where `grad_fn` takes the gradients of the
            result's tensors and returns those of the arguments (and, given `variables=`, a second list
            for the variables that `f` uses).

    Returns:
        A function that returns the result alone.

    Raises:
        ValueError: the decorated function is called with keyword arguments.
        TypeError: `f` makes variables that are not resource variables, or uses variables although its
            `grad_fn` takes no argument `variables`, or takes one although there are none.
    """

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise ValueError(
                "The custom_gradient decorator currently supports keywords arguments only when eager "
                "execution is enabled."
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
                "All variables used by a function wrapped with @custom_gradient must be "
                "`ResourceVariable`s. Ensure that no `variable_scope` is created with `use_resource=False`."
            )
    flat_result = nest.flatten(result)
    results = [convert_to_tensor(item) for item in flat_result]
    for item in results:
        g.identity(item)  # TensorFlow leaves one behind when it looks for variables; seeds count it
    variables = _variables_used(graph.get_operations(), first_new, args, results)
    _check_takes_variables(grad_fn, variables)

    @RegisterGradient(name)
    def gradient(op: Operation, *d_outputs: Any) -> list[Any]:
        d_results = d_outputs[: len(results)]
        if variables:
            d_args, d_variables = grad_fn(*d_results, variables=variables)
            if len(d_variables) != len(variables):
                raise ValueError("Must return gradient for each variable from @custom_gradient grad_fn.")
        else:
            d_args, d_variables = grad_fn(*d_results), []
        # The node also takes the results themselves as inputs; nothing flows back through these.
        return [None] * len(results) + nest.flatten(d_args) + list(d_variables)

    with graph.gradient_override_map({"IdentityN": name}):
        outputs = g.identity_n([*results, *args, *variables])
    for variable in variables:
        convert_to_tensor(variable)  # TensorFlow reads them once more, for nobody
    return nest.pack_sequence_as(result, outputs[: len(results)])


def _check_takes_variables(grad_fn: Callable[..., Any], variables: list[Any]) -> None:
    parameters = inspect.getfullargspec(grad_fn)
    takes = "variables" in parameters.args or bool(parameters.varkw)
    if variables and not takes:
        raise TypeError(
            "If using @custom_gradient with a function that uses variables, then grad_fn must accept a "
            "keyword argument 'variables'."
        )
    if takes and not variables:
        if not hooks.variable_scope().use_resource:
            raise TypeError(
                "If using @custom_gradient with a function that uses variables, the enclosing variable "
                "scope must have use_resource=True."
            )
        logging.warn(
            "@custom_gradient grad_fn has 'variables' in signature, but no ResourceVariables were used on "
            "the forward pass."
        )


def _all_variables() -> list[Any]:
    return [
        *get_collection(GraphKeys.GLOBAL_VARIABLES),
        *get_collection(GraphKeys.LOCAL_VARIABLES),
    ]


def _variables_used(
    operations: list[Operation], first_new: int, args: list[Any], results: list[Any]
) -> list[Any]:
    """The trainable variables that operations made since `first_new` read, or that results are made of."""
    found: dict[int, Any] = {}
    by_handle = {v.handle: v for v in _all_variables() if hasattr(v, "handle") and v.trainable}
    for op in operations:
        definition = lookup(op.type) if op.node_id > first_new else None
        if definition is not None and definition.reads_values:
            variable = by_handle.get(maybe_captured(op.inputs[0]))
            if variable is not None and all(op.inputs[0] is not arg for arg in args):
                found[id(variable)] = variable
    waiting = [result.op for result in results if all(result is not arg for arg in args)]
    seen = set(waiting)
    while waiting:
        op = waiting.pop()
        if op.type in _VARIABLES:
            variable = _variable_by_name(op.name)
            if variable is not None:
                found[id(variable)] = variable
        for tensor in op.inputs:
            if tensor.op not in seen and all(tensor is not arg for arg in args):
                seen.add(tensor.op)
                waiting.append(tensor.op)
    return list(found.values())


def _variable_by_name(name: str) -> Any:
    found = get_collection(GraphKeys.GLOBAL_VARIABLES, scope=f"{name}:0")
    if not found:
        raise ValueError(f"Unsuccessful at finding variable {name}.")
    trainable = [variable for variable in found if variable.trainable]
    if len(trainable) > 1:
        raise ValueError(
            f"Unsuccessful at finding trainable variable {name}. Number of candidates: {len(trainable)}. "
            f"Candidates: {trainable}"
        )
    return trainable[0] if trainable else None


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


def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function like `f` whose gradient is that of the identity.

    Args:
        f: takes tensors and returns tensors of the same shapes.
    """

    @custom_gradient
    def inner(*args: Any, **kwargs: Any) -> Any:
        def grad(*grads: Any, **more: Any) -> Any:
            variables = more.get("variables")
            return grads if variables is None else (grads, [None] * len(variables))

        return f(*args, **kwargs), grad

    return functools.wraps(f)(inner)
