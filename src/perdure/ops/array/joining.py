"""Arrays put together and taken apart along an axis: Concat, Split, Pack, Unpack and kin."""

import numpy as np

from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant_value
from perdure.graph.control_flow import output_context
from perdure.graph.shapes import format_shape, merge, unknown, with_rank, with_rank_at_least
from perdure.ops.checks import invalid, scalar
from perdure.ops.registry import op

# -- Concat, ConcatV2 -------------------------------------------------------------

concat = op("Concat", static=["concat_dim"], ranks={"concat_dim": 0})
concat_v2 = op("ConcatV2", static=["axis"], ranks={"axis": 0})


def concatenated_shape(values, axis):
    """The shape of `values` (shapes) one after the other along `axis` (an array, or None)."""
    if axis is None:
        rank = next((len(shape) for shape in values if shape is not None), None)
        if rank == 0:
            raise ValueError("Can't concatenate scalars (use tf.stack instead)")
        return None if rank is None else unknown(rank)
    axis = scalar(axis)
    least = axis + 1 if axis >= 0 else -axis
    for shape in values:
        if shape == ():
            raise ValueError("Can't concatenate scalars (use tf.stack instead)")
        with_rank_at_least(shape, least)
    # With a negative axis, shapes of unknown rank hide where the axis is.
    rank = next((len(shape) for shape in values if shape is not None), None)
    if rank is None:
        return None
    at = axis % rank
    before, after, total = (None,) * at, (None,) * (rank - at - 1), 0
    for shape in values:
        shape = with_rank(shape, rank)
        before = merge(before, shape[:at])
        after = merge(after, shape[at + 1 :])
        total = None if total is None or shape[at] is None else total + shape[at]
    return (*before, total, *after)


def concatenated(xp, values, axis):
    first = np.shape(values[0])
    axis, rank = scalar(axis), len(first)
    if not -rank <= axis < rank:
        raise invalid(
            f"ConcatOp : Expected concatenating dimensions in the range [{-rank}, {rank}), but got {axis}"
        )
    axis %= rank
    for i, value in enumerate(values):
        shape = np.shape(value)
        if len(shape) != rank:
            raise invalid(
                "ConcatOp : Ranks of all input tensors should match: "
                f"shape[0] = {format_shape(first)} vs. shape[{i}] = "
                f"{format_shape(shape)}"
            )
        if shape[:axis] != first[:axis] or shape[axis + 1 :] != first[axis + 1 :]:
            raise invalid(
                "ConcatOp : Dimensions of inputs should match: "
                f"shape[0] = {format_shape(first)} vs. shape[{i}] = "
                f"{format_shape(shape)}"
            )
    return xp.concatenate(values, axis=axis)


def concatenated_entries(values):
    """The known entries of vectors, one after the other; None if the length of one is not known."""
    entries = []
    for value in values:
        if value.entries is None:
            return None
        entries += value.entries
    return entries


@concat.shape
def concat_shape(concat_dim, values):
    return concatenated_shape(values, concat_dim)


concat.entries(concatenated_entries)


@concat.kernel
def concat_kernel(xp, concat_dim, values):
    return concatenated(xp, values, concat_dim)


@concat.gradient
def concat_gradient(g, d_output, concat_dim, values):
    return {"values": split_gradient_of_concat(g, d_output, concat_dim, values)}


@concat_v2.shape
def concat_v2_shape(values, axis):
    return concatenated_shape(values, axis)


concat_v2.entries(concatenated_entries)


@concat_v2.kernel
def concat_v2_kernel(xp, values, axis):
    return concatenated(xp, values, axis)


@concat_v2.gradient
def concat_v2_gradient(g, d_output, values, axis):
    return {"values": split_gradient_of_concat(g, d_output, axis, values)}


def split_gradient_of_concat(g, d_output, axis, values):
    """The piece of `d_output` that belongs to each of the concatenated `values`."""
    if len(values) == 1:
        return [d_output]
    if axis.op.type == "Const" and output_context(axis.op) is not output_context(d_output.op):
        # Made anew rather than taken into a loop, where it would not be known any more.
        axis = g.constant(axis.op.attrs["value"], dtype=axis.dtype)
    positive = axis % g.rank(values[0])
    if isinstance(d_output, IndexedSlices):
        return split_indexed_slices(g, d_output, axis, positive, values)
    sizes = shapes_of(g, values)
    if len(sizes) > 16:
        # TensorFlow found one Split faster than many Slices from 17 pieces on.
        along = g.squeeze(g.slice(g.stack(sizes, axis=1), [positive, 0], [1, -1]))
        return g.split(d_output, along, positive)
    offsets = g.concat_offset(positive, sizes)
    return [g.slice(d_output, begin, size) for begin, size in zip(offsets, sizes, strict=True)]


def shapes_of(g, values):
    """One constant for each shape while they are known; ShapeN of all if one is not."""
    sizes = []
    for value in values:
        size = g.shape(value)
        if size.op.type != "Const":
            return g.shape_n(values)
        sizes.append(size)
    return sizes


def split_indexed_slices(g, slices, axis, positive, values):
    """The part of sparse `slices` that belongs to each of the concatenated `values`."""
    at = constant_value(axis)
    if at is None:
        raise ValueError("Can only compute IndexedSlices gradient with statically-known concat_dim")
    if at < 0:
        rank = constant_value(g.rank(values[0]))
        if rank is None:
            raise ValueError(
                "Can only compute IndexedSlices gradient with negative concat_dim "
                "when first value rank is statically-known."
            )
        at %= rank
    sizes = [g.shape(value) for value in values]
    pieces = []
    if at > 0:
        # Every value has all the rows, and its own columns of them.
        rank = g.shape(sizes[0])
        mask = g.concat([g.fill(g.expand_dims(positive, 0), 0), [1], g.fill(rank - positive - 1, 0)], 0)
        begin = g.fill(rank, 0)
        for size in sizes:
            rows = g.slice(slices.values, begin, g.concat([[-1], g.slice(size, [1], [-1])], 0))
            pieces.append(IndexedSlices(rows, slices.indices, size))
            begin = g.add(begin, size * mask)
        return pieces
    # Every value has its own rows: those with an index in its range.
    start = g.constant(0, dtype=slices.indices.dtype)
    for size in sizes:
        count = g.gather(size, positive)
        if count.dtype != slices.indices.dtype:
            count = g.cast(count, dtype=slices.indices.dtype)
        end = start + count
        inside = g.squeeze(g.where(g.logical_and(slices.indices >= start, slices.indices < end)), axis=[1])
        indices = g.gather(slices.indices, inside) - start
        pieces.append(IndexedSlices(g.gather(slices.values, inside), indices, size))
        start = end
    return pieces


# -- ConcatOffset -----------------------------------------------------------------

concat_offset = op("ConcatOffset", static=["concat_dim", "shape"])


@concat_offset.shape
def concat_offset_shape(shape):
    return [np.shape(one) if isinstance(one, np.ndarray) else one for one in shape]


@concat_offset.kernel
def concat_offset_kernel(xp, concat_dim, shape):
    # Always with NumPy: offsets are the begin of a Slice, which must be known.
    axis, first = scalar(concat_dim, "concat_dim"), shape[0]
    if not -first.size <= axis < first.size:
        raise invalid(f"Concat dim is out of range: {axis} vs. {first.size}")
    axis %= first.size
    offset, offsets = 0, []
    for i, sizes in enumerate(shape):
        if sizes.size != first.size:
            raise invalid(f"input {i} should contain {first.size} elements, but got {sizes.size}")
        for j in range(first.size):
            if j != axis and sizes[j] != first[j]:
                raise invalid(
                    f"All dimensions except {axis} must match. Input {i} has shape "
                    f"{format_shape(sizes.tolist())} and doesn't match input 0 with "
                    f"shape {format_shape(first.tolist())}."
                )
        place = np.zeros(first.size, np.int32)
        place[axis] = offset
        offsets.append(place)
        offset += int(sizes[axis])
    return offsets


concat_offset.not_differentiable("it works on shapes")

# -- Split ------------------------------------------------------------------------

split = op("Split", static=["split_dim"], ranks={"split_dim": 0})


def with_size_at(shape, axis, size):
    return (*shape[:axis], size, *shape[axis + 1 :])


@split.shape
def split_shape(split_dim, value, *, num_split):
    if value is None:
        return [None] * num_split
    if split_dim is None:
        return [unknown(len(value))] * num_split
    axis, rank = scalar(split_dim, "split_dim"), len(value)
    if not -rank <= axis < rank:
        raise ValueError(f"Dimension size, given by scalar input {axis} must be in range [{-rank}, {rank})")
    axis %= rank
    size = value[axis]
    if size is not None and size % num_split:
        raise ValueError(f"Dimension size must be evenly divisible by {num_split} but is {size}")
    return [with_size_at(value, axis, None if size is None else size // num_split)] * num_split


@split.kernel
def split_kernel(xp, split_dim, value, *, num_split):
    axis, rank = scalar(split_dim, "split_dim"), value.ndim
    if not -rank <= axis < rank:
        raise invalid(f"-input rank(-{rank}) <= split_dim < input rank ({rank}), but got {axis}")
    axis %= rank
    size = value.shape[axis]
    if size % num_split:
        raise invalid(
            "Number of ways to split should evenly divide the split dimension, "
            f"but got split_dim {axis} (size = {size}) and num_split {num_split}"
        )
    return pieces(value, axis, [size // num_split] * num_split)


def pieces(value, axis, sizes):
    """Consecutive slices of these sizes along `axis`."""
    before, start, result = (slice(None),) * axis, 0, []
    for size in sizes:
        result.append(value[(*before, slice(start, start + size))])
        start += size
    return result


@split.gradient
def split_gradient(g, d_output, split_dim):
    return {"value": g.concat(list(d_output), split_dim)}


# -- SplitV -----------------------------------------------------------------------

split_v = op("SplitV", static=["size_splits", "split_dim"], ranks={"split_dim": 0})


@split_v.shape
def split_v_shape(value, size_splits, split_dim, *, num_split):
    if value is None:
        return [None] * num_split
    if split_dim is None:
        return [unknown(len(value))] * num_split
    rank, axis = len(value), scalar(split_dim, "split_dim")
    if not -rank <= axis < rank:
        raise ValueError(f"Dimension size, given by scalar input {axis} must be in range [{-rank}, {rank})")
    axis %= rank
    if size_splits is None:
        return [with_size_at(value, axis, None if num_split > 1 else value[axis])] * num_split
    sizes, size = size_splits.tolist(), value[axis]
    if sizes.count(-1) > 1:
        raise ValueError("size_splits can only have one -1")
    if size is None:
        return [with_size_at(value, axis, None if one == -1 else one) for one in sizes]
    known = sum(one for one in sizes if one != -1)
    if -1 in sizes and known <= size:
        sizes[sizes.index(-1)] = size - known
    elif known != size:
        raise ValueError(f"can't split axis of size {size} into pieces of size {format_shape(sizes)}")
    return [with_size_at(value, axis, one) for one in sizes]


@split_v.kernel
def split_v_kernel(xp, value, size_splits, split_dim, *, num_split):
    axis, rank, sizes = scalar(split_dim, "split_dim"), value.ndim, size_splits.tolist()
    if size_splits.ndim != 1 or len(sizes) != num_split:
        raise invalid(
            "size of the split_tensor must be 1-D and have the same elements as outputs "
            f"got {format_shape(size_splits.shape)} instead of [{num_split}]"
        )
    if not -rank <= axis < rank:
        raise invalid(f"-input rank(-{rank}) <= split_dim < input rank ({rank}), but got {axis}")
    axis %= rank
    size = value.shape[axis]
    if sizes.count(-1) > 1:
        raise invalid("There can only be one -1 in the input.")
    for i, one in enumerate(sizes):
        if one < -1:
            raise invalid(f"Split size at index {i} must be >= -1. Got: {one}")
    known = sum(one for one in sizes if one != -1)
    if known > size or (-1 not in sizes and known != size):
        raise invalid(
            "Determined shape must either match input shape along split_dim exactly if "
            "fully specified, or be less than the size of the input along split_dim if "
            f"not fully specified.  Got: {known}"
        )
    return pieces(value, axis, [size - known if one == -1 else one for one in sizes])


@split_v.gradient
def split_v_gradient(g, d_output, split_dim):
    return {"value": g.concat(list(d_output), split_dim)}


# -- Pack -------------------------------------------------------------------------

pack = op("Pack")


@pack.shape
def pack_shape(values, *, axis):
    shape = None
    for other in values:
        shape = merge(shape, other)
    if shape is None:
        return None
    rank = len(shape) + 1
    if not -rank <= axis < rank:
        raise ValueError(f"Invalid axis: {axis}; must be in [{-rank},{rank})")
    axis %= rank
    return (*shape[:axis], len(values), *shape[axis:])


@pack.entries
def pack_entries(values):
    if values[0].shape != ():
        return None
    return [entry for value in values for entry in value.entries or (None,)]


@pack.kernel
def pack_kernel(xp, values, *, axis):
    first = np.shape(values[0])
    rank = len(first) + 1
    if not -rank <= axis < rank:
        raise invalid(f"axis = {axis} not in [{-rank}, {rank})")
    for i, value in enumerate(values):
        if np.shape(value) != first:
            raise invalid(
                "Shapes of all inputs must match: "
                f"values[0].shape = {format_shape(first)} != "
                f"values[{i}].shape = {format_shape(np.shape(value))}"
            )
    return xp.stack(values, axis=axis)


@pack.gradient
def pack_gradient(g, d_output, values, *, axis):
    return {"values": g.unstack(d_output, num=len(values), axis=axis)}


# -- Unpack -----------------------------------------------------------------------

unpack = op("Unpack")


@unpack.shape
def unpack_shape(value, *, num, axis):
    if value is None:
        return [None] * num
    rank = len(value)
    if not -rank <= axis < rank:
        raise ValueError(f"Invalid axis: {axis}; must be in [{-rank},{rank})")
    axis %= rank
    if value[axis] not in (None, num):
        raise ValueError(f"Dimension must be {num} but is {value[axis]}")
    return [value[:axis] + value[axis + 1 :]] * num


@unpack.kernel
def unpack_kernel(xp, value, *, num, axis):
    rank = value.ndim
    if not -rank <= axis < rank:
        raise invalid(f"axis = {axis} not in [{-rank}, {rank})")
    axis %= rank
    if value.shape[axis] != num:
        raise invalid(f"Input shape axis {axis} must equal {num}, got shape {format_shape(value.shape)}")
    at = (slice(None),) * axis
    return [xp.asarray(value[(*at, i)]) for i in range(num)]


@unpack.gradient
def unpack_gradient(g, d_output, *, axis):
    return {"value": g.stack(list(d_output), axis=axis)}


# -- ParallelConcat ---------------------------------------------------------------

parallel_concat = op("ParallelConcat")


@parallel_concat.shape
def parallel_concat_shape(values, *, shape):
    if shape is None or None in shape:
        raise ValueError("shape attr must be fully defined.")
    if not shape:
        raise ValueError("Size of first dimension must be known: the shape is a scalar")
    for i, value in enumerate(values):
        if value is None or None in value:
            raise ValueError(f"All input shapes must be fully defined: input {i} is not")
        if value[:1] != (1,):
            raise ValueError("Size of first dimension must be 1.")
        merge(value[1:], shape[1:])
    return shape


@parallel_concat.kernel
def parallel_concat_kernel(xp, values):
    return xp.concatenate(values, axis=0)


parallel_concat.not_differentiable("TensorFlow 1.15 has no gradient for it")
