"""The global step: the variable that counts the steps of training."""

from __future__ import annotations

from typing import Any

from perdure.functional.random.initializers import Zeros
from perdure.functional.state.state import assign_add
from perdure.graph.defaults import control_dependencies, get_default_graph
from perdure.graph.dtypes import int64
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.platform import logging
from perdure.variables.base import Variable, VariableAggregation
from perdure.variables.variable_scope import get_variable

GLOBAL_STEP_READ_KEY = "global_step_read_op_cache"


def global_step(sess: Any, global_step_tensor: Any) -> int:
    """The value of the global step.

    Args:
        sess: a session.
        global_step_tensor: the global step, a tensor or variable.
    """
    return int(sess.run(global_step_tensor))


def get_global_step(graph: Graph | None = None) -> Any:
    """The global step of a graph, or None if it has none (or several, which is logged).

    It is what the collection GLOBAL_STEP holds, else the tensor `global_step:0`.

    Args:
        graph: the graph; the default one if None.

    Raises:
        TypeError: it is no integer scalar.
    """
    graph = graph or get_default_graph()
    found = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(found) > 1:
        logging.error("Multiple tensors in global_step collection.")
        return None
    if found:
        (step,) = found
    else:
        try:
            step = graph.get_tensor_by_name("global_step:0")
        except KeyError:
            return None
    assert_global_step(step)
    return step


def create_global_step(graph: Graph | None = None) -> Variable:
    """Make the global step of a graph: an int64 variable `global_step`, at 0.

    Args:
        graph: the graph; the default one if None.

    Raises:
        ValueError: it has one already.
    """
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        return get_variable(
            GraphKeys.GLOBAL_STEP,
            shape=[],
            dtype=int64,
            initializer=Zeros(),
            trainable=False,
            aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
        )


def get_or_create_global_step(graph: Graph | None = None) -> Any:
    """The global step of a graph, made if it has none; see `get_global_step`."""
    graph = graph or get_default_graph()
    step = get_global_step(graph)
    return create_global_step(graph) if step is None else step


def assert_global_step(global_step_tensor: Any) -> None:
    """Check that something can be a global step.

    Raises:
        TypeError: it is no variable or tensor, or no integer, or no scalar.
    """
    if not isinstance(global_step_tensor, (Variable, Tensor)):
        raise TypeError(f'Existing "global_step" must be a Variable or Tensor: {global_step_tensor}.')
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f'Existing "global_step" is not scalar: {shape}')


def _get_global_step_read(graph: Graph | None = None) -> Tensor | None:
    """The tensor that `_get_or_create_global_step_read` made, or None.

    Raises:
        RuntimeError: there are several.
    """
    reads = (graph or get_default_graph()).get_collection(GLOBAL_STEP_READ_KEY)
    if len(reads) > 1:
        raise RuntimeError(f"There are several tensors in the collection {GLOBAL_STEP_READ_KEY}")
    return reads[0] if reads else None


def _get_or_create_global_step_read(graph: Graph | None = None) -> Tensor | None:
    """The tensor through which a step of training reads the global step before it changes."""
    graph = graph or get_default_graph()
    made = _get_global_step_read(graph)
    if made is not None:
        return made
    step = get_global_step(graph)
    if step is None:
        return None
    with graph.as_default(), graph.name_scope(None), graph.name_scope(step.op.name + "/"):
        # As long as it is not initialized, its initial value is read.
        read = (step.initialized_value() if isinstance(step, Variable) else step) + 0
        graph.add_to_collection(GLOBAL_STEP_READ_KEY, read)
        return read


def required_global_step_read(hook: str) -> Tensor:
    """The tensor through which hooks read the global step.

    Args:
        hook: who needs it.

    Raises:
        RuntimeError: the default graph has no global step.
    """
    read = _get_or_create_global_step_read()
    if read is None:
        raise RuntimeError(f"Global step should be created to use {hook}.")
    return read


def _increment_global_step(increment: int, graph: Graph | None = None) -> Any:
    """An assignment that adds to the global step after it was read."""
    graph = graph or get_default_graph()
    step = get_global_step(graph)
    if step is None:
        raise ValueError(
            "Global step tensor should be created by tf.train.get_or_create_global_step before calling "
            "increment."
        )
    read = _get_or_create_global_step_read(graph)
    with (
        graph.as_default(),
        graph.name_scope(None),
        graph.name_scope(step.op.name + "/"),
        control_dependencies([read]),
    ):
        return assign_add(step, increment)
