"""Putting strings together."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array import array
from perdure.functional.array.shape_arithmetic import range
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def string_join(inputs: Any, separator: str = "", name: str | None = None) -> Tensor:
    """Strings put one behind the other, element by element.

    Args:
        inputs: a list of tensors of strings, of one shape or scalars, which go with every element.
        separator: what is put between them.
        name: the name of the node.
    """
    return g.string_join(inputs, separator=separator, name=name)


def reduce_join(
    inputs: Any,
    axis: Any = None,
    keep_dims: bool | None = None,
    separator: str = "",
    name: str | None = None,
    reduction_indices: Any = None,
    keepdims: bool | None = None,
) -> Tensor:
    """Strings put one behind the other along axes.

    Args:
        inputs: a tensor of strings.
        axis: the axes, in the order in which they are joined; the last one first by default.
        keep_dims: the old name of `keepdims`.
        separator: what is put between strings.
        name: the name of the scope.
        reduction_indices: the old name of `axis`.
        keepdims: whether the axes stay, with a size of 1.
    """
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    with name_scope(name, "ReduceJoin", [inputs, axis]):
        inputs = convert_to_tensor(inputs)
        if axis is None:
            rank = inputs.shape.ndims
            axis = range(array.rank(inputs) - 1, -1, -1) if rank is None else _last_first(rank)
        return g.reduce_join(inputs, axis, keep_dims=bool(keepdims), separator=separator)


def _last_first(rank: int) -> Tensor:
    return constant(np.arange(rank - 1, -1, -1), dtype=dtypes.int32)


def unsorted_segment_join(
    inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "", name: str | None = None
) -> Tensor:
    """The strings of each segment put one behind the other.

    Args:
        inputs: a tensor of strings, of shape `segment_ids.shape + rest`.
        segment_ids: the segment of each string or row, in [0, num_segments).
        num_segments: how many segments there are.
        separator: what is put between strings.
        name: the name of the node.

    Returns:
        A tensor of shape [num_segments] + rest.
    """
    return g.unsorted_segment_join(inputs, segment_ids, num_segments, separator=separator, name=name)
