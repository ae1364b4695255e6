"""Clipping tensors and gradients: `tf.clip_by_value`, `tf.clip_by_norm`, `tf.clip_by_global_norm`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.array import array
from perdure.functional.array.gathering import where
from perdure.functional.array.joining import stack
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.math.binary import maximum, minimum
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, name_scope
from perdure.graph.tensor import Tensor

__all__ = [
    "clip_by_average_norm",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "global_norm",
]


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """`t`, scaled down where its Euclidean norm is larger than `clip_norm`.

    Args:
        t: a tensor or IndexedSlices.
        clip_norm: the largest norm allowed, a positive scalar.
        axes: the dimensions over which norms are taken; all when None.
        name: the name of the op.

    Raises:
        ValueError: `clip_norm` would broadcast `t` to a larger shape.
    """
    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        values = _values(t, "t")
        squares = reduce_sum(values * values, axes, keepdims=True)
        # The root's gradient is infinite at zero, so zeros do not go through it.
        positive = squares > 0
        safe = where(positive, squares, array.ones_like(squares))
        norm = where(positive, g.sqrt(safe), squares)
        scaled = values * clip_norm
        values.shape.merge_with(scaled.shape)
        clipped = array.identity(scaled / g.maximum(norm, clip_norm), name=scope)
        return _like(t, clipped)


def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """The Euclidean norm of all elements of several tensors taken together.

    Args:
        t_list: a list or tuple of tensors, IndexedSlices and None, which is passed over.
        name: the name of the op.

    Raises:
        TypeError: `t_list` is not a list or tuple.
    """
    t_list = _listed(t_list)
    with name_scope(name, "global_norm", t_list):
        halves = []
        for value in _all_values(t_list):
            if value is not None:
                with colocate_with(value):
                    halves.append(g.l2_loss(value))
        half = reduce_sum(stack(halves))
        return g.sqrt(half * constant(2.0, dtype=half.dtype), name="global_norm")


def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Tensor]:
    """Several tensors, all scaled down alike if their global norm is larger than `clip_norm`.

    Args:
        t_list: a list or tuple of tensors, IndexedSlices and None, which stays None.
        clip_norm: the largest norm allowed, a positive scalar.
        use_norm: the global norm, if it is computed already.
        name: the name of the op.

    Returns:
        The tensors in their order, and the global norm before clipping.  If that is infinite or
        NaN, all values become NaN.

    Raises:
        TypeError: `t_list` is not a list or tuple.
    """
    t_list = _listed(t_list)
    if use_norm is None:
        use_norm = global_norm(t_list, name)
    with name_scope(name, "clip_by_global_norm", [*t_list, clip_norm]) as scope:
        one = 1.0 / use_norm, constant(1.0, dtype=use_norm.dtype) / clip_norm
        finite_scale = clip_norm * g.minimum(*one)
        scale = where(g.is_finite(use_norm), finite_scale, constant(float("nan"), dtype=use_norm.dtype))
        clipped: list[Any] = []
        for i, (t, value) in enumerate(zip(t_list, _all_values(t_list), strict=True)):
            if value is None:
                clipped.append(None)
                continue
            with colocate_with(value):
                clipped.append(_like(t, array.identity(value * scale, name=f"{scope}_{i}")))
        return clipped, use_norm


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """`t`, scaled down if its norm per element is larger than `clip_norm`.

    TensorFlow 1.15 multiplies the inverse norm with the number of elements, where one would expect
    a division of the norm by it; so does this.

    Args:
        t: a tensor.
        clip_norm: the largest average norm allowed, a positive scalar.
        name: the name of the op.
    """
    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        t = convert_to_tensor(t, name="t")
        count = cast(array.size(t), dtypes.float32)
        inverse_norm = g.rsqrt(reduce_sum(t * t, sequence(array.rank(t))))
        scaled = t * clip_norm
        factor = g.minimum(inverse_norm * count, constant(1.0) / clip_norm)
        return array.identity(scaled * factor, name=scope)


def _listed(t_list: Any) -> list[Any]:
    if not isinstance(t_list, Sequence) or isinstance(t_list, str):
        raise TypeError(f"t_list should be a sequence, but is a {type(t_list).__name__}")
    return list(t_list)


def _values(t: Any, name: str) -> Tensor:
    return convert_to_tensor(t.values if isinstance(t, IndexedSlices) else t, name=name)


def _all_values(t_list: list[Any]) -> list[Tensor | None]:
    return [None if t is None else _values(t, f"t_{i}") for i, t in enumerate(t_list)]


def _like(t: Any, values: Tensor) -> Any:
    """`values` as IndexedSlices if `t` is."""
    return IndexedSlices(values, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else values


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """`t` (a tensor or IndexedSlices) with values below the minimum or above the maximum replaced by those.

    Raises:
        ValueError: a limit would broadcast `t` to a larger shape.
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        values = convert_to_tensor(t.values if isinstance(t, IndexedSlices) else t, name="t")
        below = minimum(values, clip_value_max)
        values.shape.merge_with(below.shape)
        clipped = maximum(below, clip_value_min, name=scope)
        values.shape.merge_with(clipped.shape)
        return IndexedSlices(clipped, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else clipped
