"""Sorting along an axis, made of TopK."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array import array, joining, rearranging
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.nn.top_k import top_k
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

_DIRECTIONS = ("ASCENDING", "DESCENDING")


def sort(values: Any, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None) -> Tensor:
    """A tensor sorted along an axis.

    Args:
        values: a tensor of numbers.
        axis: a constant scalar.
        direction: "ASCENDING" or "DESCENDING".
        name: the name of the scope.

    Raises:
        ValueError: the axis is no constant scalar, or there is no such direction.
    """
    with name_scope(name, "sort"):
        return _sorted(values, axis, direction, indices=False)


def argsort(
    values: Any, axis: Any = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Tensor:
    """The indices that sort a tensor along an axis; of equal values the first one comes first.

    Args:
        values: a tensor of numbers.
        axis: a constant scalar.
        direction: "ASCENDING" or "DESCENDING".
        stable: whether equal values must keep their order; they do so anyway.
        name: the name of the scope.

    Returns:
        An int32 tensor of the same shape.

    Raises:
        ValueError: the axis is no constant scalar, or there is no such direction.
    """
    with name_scope(name, "argsort"):
        return _sorted(values, axis, direction, indices=True)


def _sorted(values: Any, axis: Any, direction: str, indices: bool) -> Tensor:
    if direction not in _DIRECTIONS:
        raise ValueError(f"{direction} should be one of {', '.join(_DIRECTIONS)}")
    axis = convert_to_tensor(axis, name="axis")
    known = constant_value(axis)
    if axis.shape.ndims != 0 or known is None:
        raise ValueError("axis must be a constant scalar")
    values = convert_to_tensor(values, name="values")
    if direction == "DESCENDING":
        return _descending(values, int(known), indices)
    found = _descending(-values, int(known), indices)
    return found if indices else -found


def _descending(values: Tensor, axis: int, indices: bool) -> Tensor:
    count = array.shape(values)[axis]
    rank = array.rank(values)
    ndims = values.shape.ndims
    order: Tensor | None = None
    if axis != -1 and axis + 1 != ndims:
        order = _with_last(axis, rank, ndims)
        values = rearranging.transpose(values, order)
    largest, places = top_k(values, count)
    found = places if indices else largest
    return found if order is None else rearranging.transpose(found, order)


def _with_last(axis: Any, rank: Tensor, ndims: int | None) -> Tensor:
    """The order of axes in which one has changed places with the last one."""
    if axis < 0:
        axis += ndims or rank
    if ndims is not None:
        between = np.arange(axis + 1, ndims - 1)
        return constant(np.r_[np.arange(axis), [ndims - 1], between, [axis]], name="transposition")
    return joining.concat([sequence(axis), [rank - 1], sequence(axis + 1, rank - 1), [axis]], axis=0)
