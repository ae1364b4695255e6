"""Elements picked by index or condition: Gather, GatherNd, ScatterNd, TensorScatter*, Select,
DynamicPartition, DynamicStitch.
"""

import math

import numpy as np

from perdure.graph import dtypes
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant_value
from perdure.graph.shapes import (
    broadcast,
    concat_shapes,
    format_shape,
    merge,
    num_elements,
    unknown,
    with_rank_at_least,
)
from perdure.ops.checks import invalid, require_indices, scalar
from perdure.ops.registry import op

# -- Gather, GatherV2 -------------------------------------------------------------


def gathered_shape(params, indices, axis, batch_dims=0):
    """The shape of `params` with `axis` replaced by the axes of `indices` after the batch."""
    with_rank_at_least(params, axis + 1 if axis >= 0 else -axis)
    if params is None or indices is None:
        return None
    axis = axis % len(params)
    if batch_dims < 0:
        batch_dims += len(indices)
    if not 0 <= batch_dims <= min(axis, len(indices)):
        raise ValueError(
            f"batch_dims ({batch_dims}) must be at most axis ({axis}) and the rank of "
            f"indices ({len(indices)})"
        )
    batch = merge(params[:batch_dims], indices[:batch_dims])
    return (*batch, *params[batch_dims:axis], *indices[batch_dims:], *params[axis + 1 :])


def gathered(xp, params, indices, axis, batch_dims):
    shape = np.shape(params)
    if not shape:
        raise invalid("params must be at least 1 dimensional")
    if not -len(shape) <= axis < len(shape):
        raise invalid(f"Expected axis in the range [{-len(shape)}, {len(shape)}), but got {axis}")
    axis %= len(shape)
    require_indices(xp, indices, shape[axis])
    if batch_dims == 0:
        return xp.take_clipped(params, indices, axis)
    index_shape = np.shape(indices)
    if batch_dims < 0:
        batch_dims += len(index_shape)
    if batch_dims > axis or batch_dims > len(index_shape):
        raise invalid(f"batch_dims ({batch_dims}) must be less than or equal to axis ({axis})")
    batch, outer, inner = shape[:batch_dims], shape[batch_dims:axis], shape[axis + 1 :]
    if index_shape[:batch_dims] != batch:
        raise invalid(
            f"params.shape{format_shape(batch)} must start with the batch of "
            f"indices.shape {format_shape(index_shape)}"
        )
    rows, before = math.prod(batch), math.prod(outer)
    table = xp.reshape(params, [rows, before, shape[axis], math.prod(inner)])
    wanted = xp.reshape(indices, [rows, 1, math.prod(index_shape[batch_dims:])])
    taken = table[np.arange(rows)[:, None, None], np.arange(before)[None, :, None], wanted]
    return xp.reshape(taken, [*batch, *outer, *index_shape[batch_dims:], *inner])


gather = op("Gather")


@gather.shape
def gather_shape(params, indices):
    return gathered_shape(params, indices, 0)


@gather.kernel
def gather_kernel(xp, params, indices):
    return gathered(xp, params, indices, 0, 0)


@gather.gradient
def gather_gradient(g, d_output, params, indices):
    with g.colocate_with(params):
        shape = g.cast(g.shape(params, out_type=dtypes.int64), dtypes.int32)
    size = g.expand_dims(g.size(indices), 0)
    values = g.reshape(d_output, g.concat([size, shape[1:]], 0))
    indices = g.reshape(indices, size)
    return {"params": IndexedSlices(values, indices, shape)}


gather_v2 = op("GatherV2", static=["axis"], ranks={"axis": 0})


@gather_v2.shape
def gather_v2_shape(params, indices, axis, *, batch_dims):
    if axis is None:
        known = params is not None and indices is not None
        return unknown(len(params) + len(indices) - 1 - batch_dims) if known else None
    return gathered_shape(params, indices, scalar(axis), batch_dims)


@gather_v2.kernel
def gather_v2_kernel(xp, params, indices, axis, *, batch_dims):
    return gathered(xp, params, indices, scalar(axis), batch_dims)


@gather_v2.gradient
def gather_v2_gradient(g, d_output, params, indices, axis, *, batch_dims):
    with g.colocate_with(params):
        shape = g.cast(g.shape(params, out_type=dtypes.int64), dtypes.int32)
    size = g.expand_dims(g.size(indices), 0)
    if batch_dims < 0:
        batch_dims += len(indices.shape)
    if constant_value(axis) == 0:
        # Rows of `params`: the gradient is sparse.
        values = g.reshape(d_output, g.concat([size, shape[1:]], 0))
        indices = g.reshape(indices, size)
        return {"params": IndexedSlices(values, indices, shape)}
    # Bring the axis to the front (behind the batch), sum what went to the same index, move back.
    outer, inner = shape[:axis], shape[axis:][1:]
    values_shape = g.concat([outer, [-1], inner], 0)
    values_rank, outer_rank = g.size(values_shape), g.size(outer)
    batch_axes = g.range(batch_dims)
    outer_axes = g.range(batch_dims, outer_rank)
    inner_axes = g.range(outer_rank + 1, values_rank)
    values = g.reshape(d_output, values_shape)
    to_front = g.concat([batch_axes, [outer_rank], outer_axes, inner_axes], 0)
    d_params = summed_by_index(g, shape, g.transpose(values, to_front), indices, batch_dims, shape[axis])
    to_back = g.concat([batch_axes, outer_axes + 1, [batch_dims], inner_axes], 0)
    return {"params": g.transpose(d_params, to_back)}


def summed_by_index(g, params_shape, values, indices, batch_dims, rows):
    """Sum `values`, whose first axis after the batch is one for each of `indices`, into `rows`."""
    size = g.expand_dims(g.size(indices), 0)
    if batch_dims:
        values_shape = g.shape(values)
        outer, inner = values_shape[:batch_dims], values_shape[batch_dims:][1:]
        batch_size = g.prod(outer, [0], keep_dims=False)
        flat_shape = g.concat([[-1], inner], 0)
        rows *= batch_size
        indices = numbered_through(g, params_shape, indices, batch_dims)
        values = g.reshape(values, flat_shape)
    indices = g.reshape(indices, size)
    d_params = g.unsorted_segment_sum(values, indices, rows)
    if batch_dims:
        d_params = g.reshape(d_params, g.concat([outer, flat_shape], 0))
    return d_params


def numbered_through(g, params_shape, indices, batch_dims):
    """`indices` as if the batch were one long axis: each batch's are offset by those before it."""
    rank, dtype = len(indices.shape), indices.dtype.base_dtype
    sizes = g.cast(params_shape, dtype)
    stride = g.ones((), dtype=dtype)
    for axis in range(batch_dims, 0, -1):
        size = sizes[axis - 1]
        stride *= sizes[axis]
        start, step = g.zeros((), dtype=dtype), g.ones((), dtype=dtype)
        offsets = g.range(start, size, step)
        offsets *= stride
        shape = g.stack([1] * (axis - 1) + [size] + [1] * (rank - axis), axis=0)
        indices += g.reshape(offsets, shape)
    return indices


# -- rows named by several indices, shared by GatherNd and the ScatterNd family ----


def row_numbers(xp, indices, sizes):
    """(..., depth) indices into the axes of `sizes`, as one number each in row-major order."""
    if not sizes:
        return xp.zeros(np.shape(indices)[:-1], indices.dtype)
    if math.prod(sizes) > np.iinfo(np.int32).max:
        indices = indices.astype(np.int64)
    numbers = indices[..., 0]
    for axis, size in enumerate(sizes[1:], 1):
        numbers = numbers * size + indices[..., axis]
    return numbers


def require_in_shape(xp, indices, sizes, into):
    """InvalidArgumentError, naming the first bad row of `indices`, unless all are inside."""

    def refusal():
        flat = np.reshape(np.asarray(indices), (-1, len(sizes)))
        bad = ((flat < 0) | (flat >= np.array(sizes))).any(axis=1)
        number = int(np.argmax(bad))
        place = np.unravel_index(number, np.shape(indices)[:-1]) if np.ndim(indices) > 1 else ()
        where = "[" + ",".join(map(str, place)) + "]"
        values = ", ".join(map(str, flat[number].tolist()))
        return f"indices{where} = [{values}] does not index into {into}"

    for axis, size in enumerate(sizes):
        xp.require(xp.in_range(indices[..., axis], size), refusal)


def gathered_nd(xp, params, indices):
    shape, index_shape = np.shape(params), np.shape(indices)
    if not shape:
        raise invalid("params must be at least a vector")
    if not index_shape:
        raise invalid("indices must be at least a vector")
    depth = index_shape[-1]
    if depth > len(shape):
        raise invalid(
            f"index innermost dimension length must be <= params rank; saw: {depth} vs. {len(shape)}"
        )
    if math.prod(shape) == 0 and math.prod(index_shape[:-1]) > 0:
        raise invalid(
            f"Requested more than 0 entries, but params is empty.  Params shape: {format_shape(shape)}"
        )
    require_in_shape(xp, indices, shape[:depth], f"param shape {format_shape(shape)}")
    rows = xp.reshape(params, [math.prod(shape[:depth]), *shape[depth:]])
    return xp.take_clipped(rows, row_numbers(xp, indices, shape[:depth]), 0)


gather_nd = op("GatherNd")


def gathered_nd_shape(params, indices):
    with_rank_at_least(indices, 1)
    if params is None or indices is None or indices[-1] is None:
        return None
    if indices[-1] > len(params):
        raise ValueError(
            "indices.shape[-1] must be <= params.rank, but saw indices shape: "
            f"{format_shape(indices)} and params shape: {format_shape(params)}"
        )
    return concat_shapes(indices[:-1], params[indices[-1] :])


@gather_nd.shape
def gather_nd_shape(params, indices):
    return gathered_nd_shape(params, indices)


@gather_nd.kernel
def gather_nd_kernel(xp, params, indices):
    return gathered_nd(xp, params, indices)


@gather_nd.gradient
def gather_nd_gradient(g, d_output, params, indices):
    return {"params": scattered_gradient(g, d_output, indices, g.shape(params, out_type=indices.dtype))}


def scattered_gradient(g, d_output, indices, shape):
    """`d_output` back at `indices` among zeros of `shape`; sparse where indices name rows."""
    if len(indices.shape.dims or ()) == 2 and indices.shape.as_list()[-1] == 1:
        return IndexedSlices(d_output, g.squeeze(indices, axis=-1), shape)
    return g.scatter_nd(indices, d_output, shape)


# -- ScatterNd, TensorScatter* ----------------------------------------------------


def check_outer(indices, updates, shape):
    """The run-time checks of ScatterNd, in TensorFlow's order and words."""
    index_shape, update_shape = np.shape(indices), np.shape(updates)
    if not index_shape:
        raise invalid(f"Indices shape must have rank at least one. Found:{format_shape(())}")
    if not update_shape:
        raise invalid(f"Updates shape must have rank at least one. Found:{format_shape(())}")
    if math.prod(shape) == 0 and (math.prod(index_shape) or math.prod(update_shape)):
        raise invalid("Indices and updates specified for empty output shape")
    outer, depth = len(index_shape) - 1, index_shape[-1]
    if index_shape[:-1] != update_shape[:outer]:
        raise invalid(
            "Outer dimensions of indices and update must match. Indices shape: "
            f"{format_shape(index_shape)}, updates shape:{format_shape(update_shape)}"
        )
    inner = len(shape) - depth
    if update_shape[outer:] != tuple(shape[depth:]) or depth > len(shape):
        raise invalid(
            f"The inner {inner} dimensions of output.shape={format_shape(shape)} must "
            f"match the inner {len(update_shape) - outer} dimensions of updates.shape="
            f"{format_shape(update_shape)}"
        )


def scattered(xp, array, indices, updates, how):
    """`array` combined with `updates` at the places that the rows of `indices` name."""
    shape, depth = np.shape(array), np.shape(indices)[-1]
    require_in_shape(xp, indices, shape[:depth], f"shape {format_shape(shape)}")
    rows = xp.reshape(array, [math.prod(shape[:depth]), *shape[depth:]])
    numbers = row_numbers(xp, indices, shape[:depth])
    return xp.reshape(xp.scatter_rows(rows, numbers, updates, how), shape)


def scattered_shape(array, indices, updates):
    """`array`, once it is known that indices and updates go with it."""
    for shape in (array, indices, updates):
        with_rank_at_least(shape, 1)
    if array is not None and indices is not None and updates is not None:
        if 0 in array and any(num_elements(shape) for shape in (indices, updates)):
            raise ValueError("Indices and updates specified for empty output shape")
        outer, depth = len(indices) - 1, indices[-1] if indices else None
        if depth is not None and outer >= 0:
            merge(indices[:-1], updates[:outer])
            merge(array[depth:], updates[outer:])
    return array


scatter_nd = op("ScatterNd", sizes=["shape"])


@scatter_nd.shape
def scatter_nd_shape(indices, updates, shape):
    return scattered_shape(None if shape is None else tuple(shape), indices, updates)


@scatter_nd.kernel
def scatter_nd_kernel(xp, indices, updates, shape):
    sizes = tuple(shape.tolist())
    if any(size < 0 for size in sizes):
        raise invalid(f"Shape {format_shape(sizes)} must have no negative size")
    check_outer(indices, updates, sizes)
    if updates.dtype == object:
        return scattered(xp, np.full(sizes, b"", object), indices, updates, "update")
    how = "update" if updates.dtype == bool else "add"
    return scattered(xp, xp.zeros(sizes, updates.dtype), indices, updates, how)


@scatter_nd.gradient
def scatter_nd_gradient(g, d_output, indices):
    return {"updates": g.gather_nd(d_output, indices)}


def combined(xp, array, indices, updates, how):
    """An array with updates at places named by indices."""
    check_outer(indices, updates, np.shape(array))
    return scattered(xp, array, indices, updates, how)


def tensor_scatter(type, how):
    """Define an op that combines a tensor with updates at places named by indices."""
    new = op(type)

    @new.shape
    def shape(tensor, indices, updates):
        return scattered_shape(tensor, indices, updates)

    @new.kernel
    def kernel(xp, tensor, indices, updates):
        return combined(xp, tensor, indices, updates, how)

    return new


tensor_scatter_update = tensor_scatter("TensorScatterUpdate", "update")


@tensor_scatter_update.gradient
def tensor_scatter_update_gradient(g, d_output, indices, updates):
    d_updates = g.gather_nd(d_output, indices)
    d_tensor = g.tensor_scatter_update(
        g.identity(d_output), indices, g.zeros_like(updates, dtype=d_output.dtype)
    )
    return {"tensor": d_tensor, "updates": d_updates}


tensor_scatter_add = tensor_scatter("TensorScatterAdd", "add")


@tensor_scatter_add.gradient
def tensor_scatter_add_gradient(g, d_output, indices):
    d_updates = g.gather_nd(d_output, indices)
    return {"tensor": g.identity(d_output), "updates": d_updates}


tensor_scatter_sub = tensor_scatter("TensorScatterSub", "sub")


@tensor_scatter_sub.gradient
def tensor_scatter_sub_gradient(g, d_output, indices):
    d_updates = g.gather_nd(d_output, indices)
    d_tensor = g.identity(d_output)
    return {"tensor": d_tensor, "updates": -d_updates}


scatter_nd_non_aliasing_add = op("ScatterNdNonAliasingAdd")


@scatter_nd_non_aliasing_add.shape
def scatter_nd_non_aliasing_add_shape(input, indices, updates):
    return scattered_shape(input, indices, updates)


@scatter_nd_non_aliasing_add.kernel
def scatter_nd_non_aliasing_add_kernel(xp, input, indices, updates):
    return combined(xp, input, indices, updates, "add")


@scatter_nd_non_aliasing_add.gradient
def scatter_nd_non_aliasing_add_gradient(g, d_output, indices):
    return {"input": d_output, "updates": g.gather_nd(d_output, indices)}


# -- Select -----------------------------------------------------------------------

select = op("Select")


@select.shape
def select_shape(condition, t, e):
    data = merge(t, e)
    if condition is None or data is None or not condition:
        return data
    if len(condition) == 1 and len(data) != 1:
        if not data:
            raise ValueError(f"Shapes must be equal rank, but are 0 and {len(condition)}")
        merge(condition, data[:1])
        return data
    return merge(data, condition)


@select.kernel
def select_kernel(xp, condition, t, e):
    shape, chosen = np.shape(condition), np.shape(t)
    if chosen != np.shape(e):
        raise invalid(
            "'then' and 'else' must have the same size.  but received: "
            f"{format_shape(chosen)} vs. {format_shape(np.shape(e))}"
        )
    if len(shape) == 1 and len(chosen) > 1:
        if shape != chosen[:1]:
            raise invalid(
                f"Number of batches of 'then' must match size of 'cond', but saw: {chosen[0]} vs. {shape[0]}"
            )
        condition = xp.reshape(condition, shape + (1,) * (len(chosen) - 1))
    elif shape not in ((), chosen):
        raise invalid(
            "Inputs to operation of type Select must have the same size and shape.  "
            f"Input 0: {format_shape(shape)} != input 1: {format_shape(chosen)}"
        )
    return xp.where(condition, t, e)


@select.gradient
def select_gradient(g, d_output, condition, t):
    zeros = g.zeros_like(t)
    return {"t": g.where(condition, d_output, zeros), "e": g.where(condition, zeros, d_output)}


# -- SelectV2 ---------------------------------------------------------------------

select_v2 = op("SelectV2")


@select_v2.shape
def select_v2_shape(condition, t, e):
    return broadcast(condition, broadcast(t, e))


@select_v2.kernel
def select_v2_kernel(xp, condition, t, e):
    try:
        np.broadcast_shapes(np.shape(t), np.shape(e))
    except ValueError:
        raise invalid(
            f"then {format_shape(np.shape(t))} and else {format_shape(np.shape(e))} must be broadcastable"
        ) from None
    try:
        return xp.where(condition, t, e)
    except ValueError:
        raise invalid(
            f"condition {format_shape(np.shape(condition))}, then "
            f"{format_shape(np.shape(t))}, and else {format_shape(np.shape(e))} must be "
            "broadcastable"
        ) from None


@select_v2.gradient
def select_v2_gradient(g, d_output, output, condition, t, e):
    zeros = g.zeros([], dtype=d_output.dtype.base_dtype)
    d_t = g.select_v2(condition, d_output, zeros)
    t_shape, output_shape = g.shape(t), g.shape(output)
    d_t = summed_to(g, d_t, t_shape, output_shape)
    d_e = g.select_v2(condition, zeros, d_output)
    return {"t": d_t, "e": summed_to(g, d_e, g.shape(e), output_shape)}


def summed_to(g, d_output, shape, output_shape):
    """`d_output` summed over the axes that were broadcast from `shape`."""
    axes, _ = g.broadcast_gradient_args(shape, output_shape)
    return g.reshape(g.reduce_sum(d_output, keepdims=True, axis=axes), shape)


# -- DynamicPartition -------------------------------------------------------------

dynamic_partition = op("DynamicPartition", host=True)


@dynamic_partition.shape
def dynamic_partition_shape(data, partitions, *, num_partitions):
    if data is None or partitions is None:
        return [None] * num_partitions
    merge(data[: len(partitions)], partitions)
    return [(None, *data[len(partitions) :])] * num_partitions


@dynamic_partition.kernel
def dynamic_partition_kernel(xp, data, partitions, *, num_partitions):
    shape, prefix = np.shape(data), np.shape(partitions)
    if shape[: len(prefix)] != prefix:
        raise invalid(
            "data.shape must start with partitions.shape, got data.shape = "
            f"{format_shape(shape)}, partitions.shape = {format_shape(prefix)}"
        )
    outside = (partitions < 0) | (partitions >= num_partitions)
    if np.any(outside):
        place = tuple(np.argwhere(outside)[0])
        where = "[" + ",".join(map(str, place)) + "]" if place else ""
        raise invalid(f"partitions{where} = {partitions[place]} is not in [0, {num_partitions})")
    flat = np.reshape(partitions, -1)
    rows = xp.reshape(data, (flat.size, *shape[len(prefix) :]))
    return [rows[flat == number] for number in range(num_partitions)]


@dynamic_partition.gradient
def dynamic_partition_gradient(g, d_outputs, data, partitions, *, num_partitions):
    shape = g.shape(partitions)
    numbers = g.reshape(g.range(g.reduce_prod(shape)), shape)
    parts = g.dynamic_partition(numbers, partitions, num_partitions)
    joined = g.dynamic_stitch(parts, list(d_outputs))
    return {"data": g.reshape(joined, g.shape(data))}


# -- DynamicStitch, ParallelDynamicStitch -----------------------------------------


def stitched_shape(indices, data):
    """As long as the largest index says, where all indices are known (arrays and not shapes)."""
    rest = None
    for index, values in zip(indices, data, strict=True):
        shape = np.shape(index) if isinstance(index, np.ndarray) else index
        if shape is not None and values is not None:
            merge(shape, values[: len(shape)])
            rest = merge(rest, values[len(shape) :])
    if rest is None:
        return None
    size = None
    if all(isinstance(index, np.ndarray) for index in indices):
        size = max((int(index.max()) + 1 for index in indices if index.size), default=0)
    return (size, *rest)


def stitched(xp, indices, data):
    first_rest = np.shape(data[0])[np.ndim(indices[0]) :]
    for i, (index, values) in enumerate(zip(indices, data, strict=True)):
        index_shape, shape = np.shape(index), np.shape(values)
        if shape[: len(index_shape)] != index_shape:
            raise invalid(
                f"data[{i}].shape = {format_shape(shape)} does not start with "
                f"indices[{i}].shape = {format_shape(index_shape)}"
            )
        if shape[len(index_shape) :] != first_rest:
            raise invalid(
                f"Need data[0].shape[{np.ndim(indices[0])}:] = "
                f"data[{i}].shape[{len(index_shape)}:], got "
                f"data[0].shape = {format_shape(np.shape(data[0]))}, "
                f"data[{i}].shape = {format_shape(shape)}, "
                f"indices[0].shape = {format_shape(np.shape(indices[0]))}, "
                f"indices[{i}].shape = {format_shape(index_shape)}"
            )
        if (np.asarray(index) < 0).any():
            raise invalid(f"indices[{i}] is out of range")
    places = np.concatenate([np.reshape(index, -1) for index in indices])
    rows = xp.concatenate(
        [
            xp.reshape(values, (np.size(index), *first_rest))
            for index, values in zip(indices, data, strict=True)
        ]
    )
    source = np.full(places.max() + 1 if places.size else 0, -1)
    source[places] = np.arange(places.size)  # the last of several for one place
    if (source < 0).any():
        # Places that nothing is written to hold what TensorFlow's memory held; here they are zero.
        nothing = b"" if rows.dtype == object else 0
        rows = xp.concatenate([rows, xp.full((1, *first_rest), nothing, rows.dtype)])
        source[source < 0] = places.size
    return rows[source]


def dynamic_stitch_gradient(g, d_merged, merged, indices, data):
    if isinstance(d_merged, IndexedSlices):
        rows = g.shape(merged)[0]
        d_merged = g.unsorted_segment_sum(d_merged.values, d_merged.indices, rows)
    return {"data": [g.gather(d_merged, index) for index in indices]}


for _stitch in (
    op("DynamicStitch", host=True, static=["indices"]),
    op("ParallelDynamicStitch", host=True, static=["indices"]),
):
    _stitch.shape(stitched_shape)
    _stitch.kernel(stitched)
    _stitch.gradient(dynamic_stitch_gradient)
