"""Sums and maxima of sparse tensors along some dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.math.reductions import reduction_axes as axes_of
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.tensor import Tensor


def _reduced(
    make: Callable[..., Any], sp_input: Any, axis: Any, keepdims: Any, axes: Any, keep_dims: Any
) -> Any:
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    if axis is not None and axes is not None:
        raise ValueError("Can't specify both axis' and 'reduction_indices'.")
    return make(
        sp_input.indices,
        sp_input.values,
        sp_input.dense_shape,
        axes_of(sp_input, axes if axis is None else axis),
        keep_dims=bool(keepdims),
    )


def sparse_reduce_sum(
    sp_input: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The sums of a sparse tensor along some dimensions, a dense tensor.

    Args:
        sp_input: a SparseTensor.
        axis: the dimensions; all when None.
        keepdims: whether they stay, with size 1.
        reduction_axes, keep_dims: older names of these.
    """
    found: Tensor = _reduced(g.sparse_reduce_sum, sp_input, axis, keepdims, reduction_axes, keep_dims)
    return found


def sparse_reduce_max(
    sp_input: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The largest entries of a sparse tensor along some dimensions; see `sparse_reduce_sum`."""
    found: Tensor = _reduced(g.sparse_reduce_max, sp_input, axis, keepdims, reduction_axes, keep_dims)
    return found


def sparse_reduce_sum_sparse(
    sp_input: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> SparseTensor:
    """The sums of a sparse tensor along some dimensions, a SparseTensor; see `sparse_reduce_sum`."""
    return SparseTensor(
        *_reduced(g.sparse_reduce_sum_sparse, sp_input, axis, keepdims, reduction_axes, keep_dims)
    )


def sparse_reduce_max_sparse(
    sp_input: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> SparseTensor:
    """The largest entries of a sparse tensor, a SparseTensor; see `sparse_reduce_sum`."""
    return SparseTensor(
        *_reduced(g.sparse_reduce_max_sparse, sp_input, axis, keepdims, reduction_axes, keep_dims)
    )
