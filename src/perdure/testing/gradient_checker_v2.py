"""Gradients of functions compared with differences of values, as TensorFlow 2 does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from perdure.functional.array.array import placeholder
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.stacks import get_default_session
from perdure.testing import gradient_checker

Jacobians = tuple[np.ndarray, ...]


def compute_gradient(
    f: Callable[..., Any], x: Sequence[Any], delta: float = 1.0 / 1024
) -> tuple[Jacobians, Jacobians]:
    """The Jacobians of a function twice: from `tf.gradients`, and from differences of values.

    Args:
        f: a function of tensors that makes a tensor.
        x: the values of its arguments.
        delta: half the difference in each of them.

    Returns:
        The first and the second kind, each a tuple of arrays of shape (size of the argument, size of f).

    Raises:
        ValueError: `x` is no list, or there is no default session.
    """
    if not isinstance(x, (list, tuple)):
        raise ValueError(f"`x` must be a list of Tensors or arrays convertible to Tensors, not {type(x)}")
    session = get_default_session()
    if session is None:
        raise ValueError("compute_gradient needs a default session: use `with tf.Session():`")
    values = session.run([convert_to_tensor(each) for each in x])
    inputs = [placeholder(value.dtype, shape=value.shape) for value in values]
    y = f(*inputs)
    y_shape = session.run(y, dict(zip(inputs, values, strict=True))).shape
    pairs = [
        gradient_checker.compute_gradient(
            each, value.shape, y, y_shape, value, delta, extra_feed_dict=_others(each, inputs, values)
        )
        for each, value in zip(inputs, values, strict=True)
    ]
    return tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)


def _others(chosen: Any, inputs: list[Any], values: list[Any]) -> dict[Any, Any]:
    return {each: value for each, value in zip(inputs, values, strict=True) if each is not chosen}


def max_error(grad1: Sequence[Any], grad2: Sequence[Any]) -> float:
    """The largest difference between two lists of Jacobians."""
    error = 0.0
    for one, other in zip(grad1, grad2, strict=False):
        if np.size(one) or np.size(other):
            error = np.maximum(error, np.fabs(one - other).max())
    return error
