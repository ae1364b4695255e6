"""Out of TensorFlow: parts of a graph as functions of JAX, and as StableHLO."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from perdure.graph.errors import UnimplementedError
from perdure.graph.stacks import get_default_session
from perdure.graph.tensor import Tensor
from perdure.session.feeds import feed_key
from perdure.session.fetches import FetchMapping, map_fetches
from perdure.session.session import BaseSession


def to_jax(
    fetches: Any,
    feeds: Sequence[Any] | Mapping[Any, Any] = (),
    variables: Iterable[Any] | None = None,
    session: BaseSession | None = None,
) -> tuple[Callable[..., Any], dict[str, np.ndarray]]:
    """A part of a graph as a pure function of JAX, and the values of its variables.

    The function may be compiled, differentiated and mapped by JAX. A check in the graph (`tf.Assert`) that
    fails makes its floating-point results NaN, since it cannot raise.

    Args:
        fetches: what it returns: a tensor, or a structure of tensors as for `Session.run`.
        feeds: the tensors whose values it takes, in this order.
        variables: those whose values are its parameters; None for all that it reads. Others keep the
            value that they have now.
        session: where the variables have values; the default session if None.

    Returns:
        The function, to be called as `function(parameters, *feeds)`, and the parameters: a dictionary from
        the names of the variables to their values.

    Raises:
        tf.errors.UnimplementedError: the part has operations that are no functions of numbers (strings,
            queues, assignments, random numbers); they are named.
        tf.errors.FailedPreconditionError: a variable has no value.
        ValueError: there is no session, or a variable is not read.
    """
    function, parameters, _ = _part(fetches, feeds, variables, session)
    return function, parameters


def export_stablehlo(
    fetches: Any,
    feeds: Sequence[Any] | Mapping[Any, Any] = (),
    variables: Iterable[Any] | None = (),
    session: BaseSession | None = None,
) -> Any:
    """A part of a graph as StableHLO, to be kept in a file and run without perdure and without TensorFlow.

    Args:
        fetches: what it returns; see `to_jax`.
        feeds: the tensors whose values it takes, all of known shape, or a dictionary from tensors to
            shapes; text such as `"batch, 784"` leaves a size open.
        variables: those whose values are arguments; none if empty, all if None. Others are built in.
        session: where the variables have values; the default session if None.

    Returns:
        A `jax.export.Exported`: `mlir_module()` is its text, `serialize()` its bytes, `call` runs it, with
        the parameters first if there are any.

    Raises:
        ValueError: a shape is not known; see also `to_jax`.
        tf.errors.UnimplementedError: see `to_jax`.
    """
    function, parameters, keys = _part(fetches, feeds, variables, session)
    from perdure.runtime.xla.pure import argument_of, exported, new_scope

    shapes = list(feeds.values()) if isinstance(feeds, Mapping) else [tensor.shape for tensor in keys]
    scope = new_scope()
    arguments = []
    for tensor, shape in zip(keys, shapes, strict=True):
        if not isinstance(shape, (str, list, tuple)):
            if not shape.is_fully_defined():
                raise ValueError(
                    f"{tensor.name} has the shape {shape}; give its shape, feeds={{tensor: shape}}, or names "
                    'for the sizes that may vary: feeds={tensor: "batch, 784"}'
                )
            shape = shape.as_list()
        arguments.append(argument_of(tensor, shape, scope))
    if not parameters:
        return exported(lambda *fed: function({}, *fed), arguments)
    return exported(function, [parameters, *arguments])


def _part(
    fetches: Any, feeds: Sequence[Any] | Mapping[Any, Any], variables: Iterable[Any] | None, session: Any
) -> tuple[Callable[..., Any], dict[str, np.ndarray], list[Tensor]]:
    session = session or get_default_session()
    if session is None:
        raise ValueError("variables have values in a session: give one, session=..., or enter one")
    graph = session.graph
    mapping = map_fetches(fetches, graph)
    if mapping.targets:
        names = ", ".join(op.name for op in mapping.targets)
        raise UnimplementedError(None, None, f"a function returns values; these are operations: {names}")
    keys = [feed_key(feed, graph) for feed in feeds]
    session._extend_graph()
    from perdure.runtime.xla.pure import PurePart

    part = PurePart(mapping.tensors, keys, session._resources)
    makers = {op.name: op for op in part.variables}
    if variables is None:
        chosen = list(makers)
    else:
        chosen = [variable.op.name for variable in variables]
        for name in chosen:
            if name not in makers:
                raise ValueError(f"the variable {name} is not read by this part of the graph")
    parameters = {name: part.value_of(makers[name]) for name in chosen}
    fixed = {op: part.value_of(op) for name, op in makers.items() if name not in parameters}
    return _function(part, mapping, makers, fixed, set(parameters)), parameters, keys


def _function(
    part: Any, mapping: FetchMapping, makers: Mapping[str, Any], fixed: Mapping[Any, Any], names: set[str]
) -> Callable[..., Any]:
    def function(parameters: Mapping[str, Any], *feeds: Any) -> Any:
        if set(parameters) != names:
            raise KeyError(
                f"the parameters of this function are {sorted(names)}, not {sorted(set(parameters))}"
            )
        values = {**fixed, **{makers[name]: value for name, value in parameters.items()}}
        return mapping.rebuild(part(values, feeds))

    return function
