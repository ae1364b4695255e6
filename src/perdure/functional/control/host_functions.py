"""tf.py_func and tf.numpy_function: Python functions of NumPy arrays as operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph.builder import g
from perdure.graph.defaults import get_default_graph
from perdure.graph.host_functions import register


def py_func(
    func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None
) -> Any:
    """Call a Python function when the graph runs.

    The function gets arrays of its own, which it may keep or change; so does the step of what it returns.
    No gradient flows through it, and a saved graph does not contain it.  What it raises ends the step with an
    error of the class that TensorFlow gives it (InvalidArgumentError for a ValueError or TypeError,
    OutOfRangeError for StopIteration, UnknownError for most), which has the traceback in its message and is
    chained to the original.

    Args:
        func: from NumPy arrays (scalars, bytes) to an array, a list of arrays, or None.
        inp: the list of tensors that it is called with.
        Tout: the type of its result, or a list of the types of its results; an empty list if it returns
            None.
        stateful: whether it may do or return something else the next time.
        name: the name of the node.

    Returns:
        A tensor, or a list of tensors if `Tout` is one; the Operation if that list is empty.

    Raises:
        ValueError: `func` is not callable.
        TypeError: `inp` is not a list.
    """
    if not callable(func):
        raise ValueError(f"Expected func to be callable, got func of type {type(func)}")
    is_list = isinstance(Tout, (list, tuple))
    token = register(func, get_default_graph())
    make = g.py_func if stateful else g.py_func_stateless
    result = make(inp, token=token, Tout=list(Tout) if is_list else [Tout], name=name)
    return result if is_list else result[0]


def numpy_function(func: Callable[..., Any], inp: Any, Tout: Any, name: str | None = None) -> Any:
    """Call a Python function when the graph runs; `py_func` with `stateful=True`."""
    return py_func(func, inp, Tout, stateful=True, name=name)
