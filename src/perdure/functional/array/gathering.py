"""tf.gather, tf.boolean_mask, tf.where, tf.scatter_nd, tf.dynamic_stitch and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.array.array import (
    expand_dims,
    ones,
    rank,
    reshape,
    shape,
    squeeze,
    zeros,
)
from perdure.functional.array.joining import concat, meshgrid, stack, unstack
from perdure.functional.array.rearranging import tile, transpose
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_at_index

# -- gather -----------------------------------------------------------------------


def gather(
    params: Any,
    indices: Any,
    validate_indices: bool | None = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int = 0,
) -> Tensor:
    """Slices of `params` at `indices` along an axis.

    Args:
        params: a tensor or variable.
        indices: which slices, of any shape; outside the axis is an InvalidArgumentError.
        validate_indices: without effect, as in TensorFlow 1.15: indices are always checked.
        name: the name of the node.
        axis: the axis; `batch_dims` if None.
        batch_dims: how many first axes params and indices have in common.
    """
    del validate_indices
    if axis is None:
        axis = batch_dims
    if _static(axis) != 0:
        return g.gather_v2(params, indices, axis, batch_dims=batch_dims, name=name)
    sparse_read = getattr(params, "sparse_read", None)  # resource variables read just the rows
    if sparse_read is not None:
        try:
            return sparse_read(indices, name=name)
        except AttributeError:
            pass
    return g.gather_v2(params, indices, axis, name=name)


def _static(axis: Any) -> Any:
    return constant_value(axis) if isinstance(axis, Tensor) else axis


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Tensor:
    """Slices of `params` at `indices` along the last axis of `indices`, for each batch entry.

    Args:
        params: a tensor whose first axes are those of `indices` but the last.
        indices: which slices.
        name: a scope for the nodes.

    Raises:
        ValueError: the rank of `indices` is not known.
    """
    with name_scope(name, "BatchGather", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        params = convert_to_tensor(params, name="params")
        if indices._shape is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        return _batch_gather(params, indices, len(indices._shape) - 1)


def _batch_gather(params: Tensor, indices: Tensor, batch_dims: int) -> Tensor:
    """Gather with the batch flattened: the indices of each entry are offset by those before it."""
    count = len(indices._shape)  # type: ignore[arg-type]
    if batch_dims < 0 or batch_dims >= count:
        raise ValueError(f"batch_dims = {batch_dims} must be less than rank(indices) = {count}")
    if params._shape is not None and batch_dims >= len(params._shape):
        raise ValueError(f"batch_dims = {batch_dims} must be less than rank(params) = {len(params._shape)}")
    indices_shape, params_shape = shape(indices), shape(params)
    numbered, dtype = indices, indices.dtype.base_dtype
    stride = ones((), dtype=dtype)
    sizes = g.cast(params_shape, DstT=dtype)
    for axis in range(batch_dims, 0, -1):
        size = sizes[axis - 1]
        stride *= sizes[axis]
        start, step = zeros((), dtype=dtype), ones((), dtype=dtype)
        offsets = g.range(start, size, step)
        offsets *= stride
        offsets_shape = stack([1] * (axis - 1) + [size] + [1] * (count - axis), axis=0)
        numbered += reshape(offsets, offsets_shape)
    flat = reshape(numbered, [-1])
    rest = params_shape[batch_dims + 1 :]
    rows = g.prod(params_shape[: batch_dims + 1], [0], keep_dims=False)
    table = reshape(params, concat([[rows], rest], axis=0))
    taken = gather(table, flat)
    result = reshape(taken, concat([indices_shape, rest], axis=0))
    known = indices.get_shape()[:batch_dims].merge_with(params.get_shape()[:batch_dims])
    known = known.concatenate(indices.get_shape()[batch_dims:])
    result.set_shape(known.concatenate(params.get_shape()[batch_dims + 1 :]))
    return result


def gather_nd(params: Any, indices: Any, name: str | None = None, batch_dims: Any = 0) -> Tensor:
    """Elements or slices of `params` at the places that the last axis of `indices` names.

    Args:
        params: a tensor or variable.
        indices: (..., depth): each row names a place by its first `depth` axes.
        name: the name of the node.
        batch_dims: how many first axes params and indices have in common.
    """
    known = _static(batch_dims)
    if known is not None:
        batch_dims = int(known)
    if batch_dims != 0:
        return batch_gather_nd(params, indices, batch_dims=batch_dims, name=name)
    method = getattr(params, "gather_nd", None)  # resource variables read just the places
    if method is not None:
        try:
            return method(indices, name=name)
        except AttributeError:
            pass
    return g.gather_nd(params, indices, name=name)


def batch_gather_nd(params: Any, indices: Any, batch_dims: Any, name: str | None = None) -> Tensor:
    """`gather_nd` for each entry of a batch.

    Args:
        params: a tensor.
        indices: (batch..., ..., depth).
        batch_dims: how many first axes are the batch.
        name: a scope for the nodes.

    Raises:
        TypeError: `batch_dims` is no integer.
        ValueError: it is negative, or not below both ranks.
    """
    with name_scope(name, "BatchGatherND", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        params = convert_to_tensor(params, name="params")
        if not isinstance(batch_dims, int):
            raise TypeError(f"batch_dims must be an int; got {batch_dims!r}")
        if batch_dims < 0:
            raise ValueError("tf.gather_nd does not allow negative batch_dims.")
        for word, tensor in (("indices", indices), ("params", params)):
            if tensor._shape is not None and batch_dims >= len(tensor._shape):
                raise ValueError(
                    f"batch_dims = {batch_dims} must be less than rank({word}) = {len(tensor._shape)}"
                )
        params_shape, indices_shape = shape(params), shape(indices)
        batch_shape = params_shape[:batch_dims]
        batch_size = g.prod(batch_shape, [0])
        inner_rank = rank(indices) - batch_dims - 1
        inner_shape = indices_shape[batch_dims:-1]
        # Put the place within the batch before each row of indices.
        ranges = [g.cast(g.range(0, size, 1), DstT=indices.dtype) for size in unstack(batch_shape, axis=0)]
        grid = [reshape(axis, shape=(-1,)) for axis in meshgrid(*ranges, indexing="ij")]
        places = transpose(stack(grid, axis=0))
        places_shape = shape(places)
        places = reshape(
            places, concat([places_shape[:1], ones(inner_rank, dtype=dtypes.int32), places_shape[1:]], axis=0)
        )
        places = tile(places, multiples=concat(((1,), inner_shape, (1,)), axis=0))
        flat_shape = concat(([batch_size], indices_shape[batch_dims:]), axis=0)
        flat = reshape(indices, shape=flat_shape)
        taken = g.gather_nd(params, concat((places, flat), axis=-1))
        return reshape(taken, shape=concat((batch_shape, shape(taken)[1:]), axis=0))


def boolean_mask(tensor: Any, mask: Any, name: str = "boolean_mask", axis: int | None = None) -> Tensor:
    """The elements of a tensor where a mask is true.

    Args:
        tensor: a tensor.
        mask: booleans in the shape of the axes of `tensor` from `axis` on.
        name: a scope for the nodes.
        axis: the first axis that is masked; 0 if None.

    Raises:
        ValueError: the mask is a scalar, of unknown rank, or does not fit.
    """
    with name_scope(name, values=[tensor, mask]):
        tensor = convert_to_tensor(tensor, name="tensor")
        mask = convert_to_tensor(mask, name="mask")
        mask_shape, tensor_shape = mask.get_shape(), tensor.get_shape()
        count = mask_shape.ndims
        if count == 0:
            raise ValueError("mask cannot be scalar.")
        if count is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions "
                "are None.  E.g. shape=[None] is ok, but shape=None is not."
            )
        axis = 0 if axis is None else axis
        masked = tensor_shape[axis : axis + count]
        masked.assert_is_compatible_with(mask_shape)
        size = g.prod(shape(tensor)[axis : axis + count], [0])
        flat = reshape(tensor, concat([shape(tensor)[:axis], [size], shape(tensor)[axis + count :]], 0))
        flat.set_shape(
            tensor_shape[:axis].concatenate([masked.num_elements()]).concatenate(tensor_shape[axis + count :])
        )
        indices = squeeze(where(reshape(mask, [-1])), axis=[1])
        return gather(flat, indices, axis=axis)


def sparse_mask(a: Any, mask_indices: Any, name: str | None = None) -> IndexedSlices:
    """An IndexedSlices without some of its rows.

    Args:
        a: the IndexedSlices.
        mask_indices: the indices of the rows to leave out.
        name: the name of the node of the values.
    """
    with name_scope(name, "sparse_mask", [a, mask_indices]) as name:
        kept, positions = g.list_diff(a.indices, mask_indices)
        return IndexedSlices(gather(a.values, positions, name=name), kept, a.dense_shape)


# -- where ------------------------------------------------------------------------


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Where a condition is true, or elements of `x` there and of `y` elsewhere.

    Args:
        condition: booleans: a scalar, a vector (one for each row) or in the shape of `x`.
        x, y: tensors of one shape; both or neither.
        name: the name of the node.

    Returns:
        Without x and y, an int64 matrix with the coordinates of one true element in each row.

    Raises:
        ValueError: just one of x and y is given.
    """
    if x is None and y is None:
        return _coordinates(condition, name)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return g.select(condition, x, y, name=name)


def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """`where`, with condition, x and y broadcast to one shape.

    Args:
        condition: booleans.
        x, y: tensors; both or neither.
        name: the name of the node.

    Raises:
        ValueError: just one of x and y is given.
    """
    if x is None and y is None:
        return _coordinates(condition, name)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return g.select_v2(condition, x, y, name=name)


def _coordinates(condition: Any, name: str | None) -> Tensor:
    with name_scope(name, "Where", [condition]) as name:
        condition = convert_to_tensor(condition, preferred_dtype=dtypes.bool, name="condition")
        return g.where(condition, name=name)


# -- scatter ----------------------------------------------------------------------


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Tensor:
    """Zeros with `updates` added at the places that the last axis of `indices` names.

    Args:
        indices: (..., depth): each row names a place by its first `depth` axes.
        updates: what is added there; duplicates add up.
        shape: the shape of the result.
        name: the name of the node.
    """
    return g.scatter_nd(indices, updates, shape, name=name)


def tensor_scatter_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """`tensor` with `updates` at the places that the last axis of `indices` names.

    Args:
        tensor: a tensor.
        indices: (..., depth): each row names a place by its first `depth` axes.
        updates: what is put there; of duplicates the last counts.
        name: the name of the node.
    """
    return g.tensor_scatter_update(tensor, indices, updates, name=name)


def tensor_scatter_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """`tensor` with `updates` added at the places that the last axis of `indices` names.

    Args:
        tensor: a tensor.
        indices: (..., depth): each row names a place by its first `depth` axes.
        updates: what is added there.
        name: the name of the node.
    """
    return g.tensor_scatter_add(tensor, indices, updates, name=name)


def tensor_scatter_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """`tensor` with `updates` subtracted at the places that the last axis of `indices` names.

    Args:
        tensor: a tensor.
        indices: (..., depth): each row names a place by its first `depth` axes.
        updates: what is subtracted there.
        name: the name of the node.
    """
    return g.tensor_scatter_sub(tensor, indices, updates, name=name)


# -- partition and stitch ---------------------------------------------------------


def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """The elements of a tensor, sorted into several tensors.

    Args:
        data: a tensor.
        partitions: for each element (or slice) of `data`, which output it goes to.
        num_partitions: how many outputs there are.
        name: the name of the node.
    """
    return g.dynamic_partition(data, partitions, num_partitions=num_partitions, name=name)


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """One tensor from the elements of several, each with its place.

    Args:
        indices: for each of `data`, the places of its elements; of duplicates the last counts.
        data: a list of tensors.
        name: the name of the node.
    """
    return g.dynamic_stitch(indices, data, name=name)


# -- one-hot and masks ------------------------------------------------------------


def all_dimensions(x: Any) -> Tensor:
    """The numbers of all axes of a tensor, as a vector."""
    if isinstance(x, Tensor) and x._shape is not None:
        return constant(np.arange(len(x._shape)), dtype=dtypes.int32)
    if isinstance(x, SparseTensor) and x.dense_shape.get_shape().is_fully_defined():
        return constant(np.arange(x.dense_shape.get_shape().as_list()[0]), dtype=dtypes.int32)
    return g.range(0, rank(x), 1)


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = dtypes.bool, name: str | None = None
) -> Tensor:
    """Rows that are true up to a length: `mask[..., j] = j < lengths[...]`.

    Args:
        lengths: integers.
        maxlen: the size of the new last axis; the largest length if None.
        dtype: the type of the result.
        name: a scope for the nodes.

    Raises:
        ValueError: `maxlen` is not a scalar.
    """
    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = convert_to_tensor(lengths)
        if maxlen is None:
            maxlen = g.max(lengths, all_dimensions(lengths))
            maxlen = g.maximum(constant(0, maxlen.dtype), maxlen)
        else:
            maxlen = convert_to_tensor(maxlen)
        if maxlen._shape is not None and maxlen._shape != ():
            raise ValueError("maxlen must be scalar for sequence_mask")
        row = g.range(constant(0, maxlen.dtype), maxlen, constant(1, maxlen.dtype))
        result = row < g.cast(expand_dims(lengths, -1), DstT=maxlen.dtype)
        if dtype is None or result.dtype.base_dtype == dtypes.as_dtype(dtype).base_dtype:
            return result
        return g.cast(result, DstT=dtype)


# -- repeat -----------------------------------------------------------------------


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Each element (or slice) several times.

    Args:
        input: a tensor.
        repeats: how often: a scalar, or one number for each slice.
        axis: the axis; the tensor is flattened first if None.
        name: a scope for the nodes.

    Raises:
        TypeError: `axis` is no integer, or `repeats` are none.
        ValueError: `axis` is outside [-rank, rank), or negative for a tensor of unknown rank.
    """
    if axis is None:
        input, axis = reshape(input, [-1]), 0
    if not isinstance(axis, int):
        raise TypeError(f"axis must be an int; got {type(axis).__name__}")
    with name_scope(name, "Repeat", [input, repeats]):
        data = convert_to_tensor(input, name="data")
        repeats = convert_to_tensor(repeats, name="repeats", preferred_dtype=dtypes.int32)
        if not repeats.dtype.is_integer:
            raise TypeError(f"repeats must be an integer tensor; dtype={repeats.dtype}")
        repeats = g.cast(repeats, DstT=dtypes.int32)
        repeats.shape.with_rank_at_most(1)
        data = _with_nonzero_rank(data)
        data_shape = shape(data)
        axis = _positive_axis(axis, data.shape.ndims)
        if repeats.shape.ndims == 1:
            dimension_at_index(data.shape, axis).assert_is_compatible_with(repeats.shape[0])
        if repeats.shape.ndims == 0:
            tiled = _tile_one_axis(expand_dims(data, axis + 1), axis + 1, repeats)
            return reshape(tiled, concat([data_shape[:axis], [-1], data_shape[axis + 1 :]], axis=0))
        if repeats.shape.ndims != axis + 1:
            repeats_shape, repeats_rank = shape(repeats), rank(repeats)
            wanted = concat([data_shape[: axis + 1 - repeats_rank], repeats_shape], axis=0)
            repeats = g.broadcast_to(repeats, wanted)
            repeats.set_shape([None] * (axis + 1))
        most = g.maximum(0, g.max(repeats, all_dimensions(repeats)))
        mask = sequence_mask(repeats, most)
        tiled = _tile_one_axis(expand_dims(data, axis + 1), axis + 1, most)
        result = boolean_mask(tiled, mask)
        if axis != 0:
            result = reshape(result, concat([data_shape[:axis], [-1], data_shape[axis + 1 :]], axis=0))
        if data.shape.ndims is not None:
            size = 0 if repeats.shape[0] == 0 else None
            result.set_shape(data.shape[:axis].concatenate([size]).concatenate(data.shape[axis + 1 :]))
        return result


def _with_nonzero_rank(data: Tensor) -> Tensor:
    if data._shape is not None:
        return data if data._shape else stack([data])
    data_shape, data_rank = shape(data), rank(data)
    return reshape(data, concat([[1], data_shape], axis=0)[-data_rank:])


def _positive_axis(axis: int, count: int | None) -> int:
    if count is None:
        if axis < 0:
            raise ValueError("axis may only be negative if ndims is statically known.")
        return axis
    if not -count <= axis < count:
        raise ValueError(f"axis={axis} out of bounds: expected {-count}<=axis<{count}")
    return axis % count


def _tile_one_axis(data: Tensor, axis: int, multiple: Tensor) -> Tensor:
    if data._shape is not None:
        multiples: Any = [1] * len(data._shape)
        multiples[axis] = multiple
    else:
        once = ones(rank(data), dtypes.int32)
        multiples = concat([once[:axis], [multiple], once[axis + 1 :]], axis=0)
    return tile(data, multiples)
