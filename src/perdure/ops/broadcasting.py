"""What the gradients of broadcasting ops share: summing a gradient back to an argument's shape.

TensorFlow 1.15 has two ways (math_grad.py).  The older asks at run time over which axes each
argument was repeated: Shape, Shape, BroadcastGradientArgs, then Sum and Reshape for each.  The
newer (`SmartBroadcastGradientArgs`) knows the axes of static shapes, leaves out what changes
nothing, and keeps the answer for each pair of shapes, so that the node that asks is made once in
a graph.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid

_caches: WeakKeyDictionary[Any, dict] = WeakKeyDictionary()


def graph_cache(g) -> dict:
    """What gradient functions remember of the graph that is being built."""
    return _caches.setdefault(g.get_default_graph(), {})


def static_shape(tensor) -> tuple[int | None, ...] | None:
    """The static shape of a tensor as a tuple, None for an unknown rank or for sparse slices."""
    return None if is_slices(tensor) else tensor.shape.as_tuple()


def is_slices(gradient) -> bool:
    """Whether a gradient is IndexedSlices and not a tensor."""
    return hasattr(gradient, "indices")


def all_same_known_shape(*tensors) -> bool:
    """Whether all tensors have one and the same fully known shape, so that nothing was repeated."""
    first, *others = (static_shape(tensor) for tensor in tensors)
    return first is not None and None not in first and all(other == first for other in others)


def repeated_axes(a, b) -> tuple[list[int], list[int]]:
    """The axes of the broadcast result along which shapes `a` and `b` were repeated.

    As in TensorFlow, an axis that has size 1 in both counts for both.
    """
    rank = max(len(a), len(b))
    a_sizes = (1,) * (rank - len(a)) + tuple(int(size) for size in a)
    b_sizes = (1,) * (rank - len(b)) + tuple(int(size) for size in b)
    if tuple(a) == tuple(b):
        return [], []
    for x, y in zip(a_sizes, b_sizes, strict=True):
        if x != y and x != 1 and y != 1:
            raise invalid(f"Incompatible shapes: {format_shape(a)} vs. {format_shape(b)}")
    return (
        [axis for axis in range(rank) if a_sizes[axis] == 1],
        [axis for axis in range(rank) if b_sizes[axis] == 1],
    )


def broadcast_arguments(g, x, y):
    """The older way: ((shape, axes) of x, (shape, axes) of y), as tensors."""
    x_shape, y_shape = g.shape(x), g.shape(y)
    x_axes, y_axes = g.broadcast_gradient_args(x_shape, y_shape)
    return (x_shape, x_axes), (y_shape, y_axes)


def sum_to(g, gradient, axes, shape):
    """Sum over `axes` and give the result `shape`."""
    return g.reshape(g.reduce_sum(gradient, axes), shape)


class Repetition(NamedTuple):
    """How an argument was repeated: its shape, the axes, and whether its gradient must be summed."""

    shape: Any
    axes: Any
    must_reduce: bool

    def reduce(self, g, gradient):
        """The gradient of the argument, given one of the result's shape."""
        return sum_to(g, gradient, self.axes, self.shape) if self.must_reduce else gradient


def repetitions(g, x, y, gradient) -> tuple[Repetition, Repetition]:
    """The newer way; `gradient` is the incoming one."""
    x_shape, y_shape, d_shape = static_shape(x), static_shape(y), static_shape(gradient)
    known = x_shape is not None and None not in x_shape and y_shape is not None and None not in y_shape
    if is_slices(gradient) or not known:
        ask = g.shape if is_slices(gradient) else g.raw.shape
        x_shape, y_shape = ask(x), ask(y)
        x_axes, y_axes = g.broadcast_gradient_args(x_shape, y_shape)
        return Repetition(x_shape, x_axes, True), Repetition(y_shape, y_axes, True)
    cache = graph_cache(g)
    if ("repeated", x_shape, y_shape) not in cache:
        g.broadcast_gradient_args(np.array(x_shape, np.int32), np.array(y_shape, np.int32))
        cache["repeated", x_shape, y_shape] = repeated_axes(x_shape, y_shape)
    x_axes, y_axes = cache["repeated", x_shape, y_shape]
    return (
        Repetition(x_shape, tuple(x_axes), x_shape != d_shape),
        Repetition(y_shape, tuple(y_axes), y_shape != d_shape),
    )
