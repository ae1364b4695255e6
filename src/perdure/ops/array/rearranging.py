"""Elements in another order, or repeated: transposes, reversals, rolls, tiles, broadcasts."""

import numpy as np

from perdure.graph.composite import IndexedSlices
from perdure.graph.shapes import (
    broadcast,
    format_shape,
    merge_size,
    unknown,
    with_rank,
    with_rank_at_least,
)
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- Transpose, ConjugateTranspose ------------------------------------------------

transpose = op("Transpose", sizes=["perm"])
conjugate_transpose = op("ConjugateTranspose", sizes=["perm"])


def transpose_shape(x, perm):
    if perm is None:
        return None if x is None else unknown(len(x))
    x = with_rank(x, len(perm))
    for axis in perm:
        if axis is not None and not -len(x) <= axis < len(x):
            raise ValueError(f"perm dim {axis} is out of range of input rank {len(x)}")
    return tuple(None if axis is None else x[axis] for axis in perm)


def permutation(x, perm):
    """`perm` as a tuple, once it is known to name every axis of `x` once."""
    axes, rank = tuple(perm.ravel().tolist()), len(np.shape(x))
    if len(axes) != rank:
        raise invalid(
            f"transpose expects a vector of size {rank}. But input(1) is a vector of size {len(axes)}"
        )
    for axis in axes:
        if not 0 <= axis < rank:
            raise invalid(f"{axis} is out of range [0 .. {rank})")
    for axis in range(rank):
        if axis not in axes:
            raise invalid(f"{axis} is missing from {{{','.join(map(str, axes))}}}.")
    return axes


for _transpose in (transpose, conjugate_transpose):
    _transpose.shape(transpose_shape)


@transpose.kernel
def transpose_kernel(xp, x, perm):
    return xp.transpose(x, permutation(x, perm))


@transpose.gradient
def transpose_gradient(g, d_y, perm):
    return {"x": g.transpose(d_y, g.invert_permutation(perm))}


@conjugate_transpose.kernel
def conjugate_transpose_kernel(xp, x, perm):
    return xp.conj(xp.transpose(x, permutation(x, perm)))


@conjugate_transpose.gradient
def conjugate_transpose_gradient(g, d_y, perm):
    return {"x": g.transpose(d_y, g.invert_permutation(perm), conjugate=True)}


# -- InvertPermutation ------------------------------------------------------------

invert_permutation = op("InvertPermutation", sizes=["x"])


@invert_permutation.shape
def invert_permutation_shape(x):
    return (None if x is None else len(x),)


@invert_permutation.kernel
def invert_permutation_kernel(xp, x):
    # Always with NumPy: permutations are the axes of a Transpose, which must be known.
    if ((x < 0) | (x >= x.size)).any():
        bad = x[(x < 0) | (x >= x.size)][0]
        raise invalid(f"{bad} is not between 0 and {x.size}")
    result = np.full(x.shape, -1, x.dtype)
    result[x] = np.arange(x.size, dtype=x.dtype)
    if (result < 0).any():
        values, counts = np.unique(x, return_counts=True)
        raise invalid(f"{values[counts > 1][0]} is duplicated in the input.")
    return result


invert_permutation.not_differentiable("it works on indices")

# -- Reverse, ReverseV2 -----------------------------------------------------------

reverse = op("Reverse", static=["dims"], ranks={"dims": 1})


@reverse.shape
def reverse_shape(tensor, dims):
    if dims is None:
        return tensor
    return with_rank(tensor, dims.size)


@reverse.kernel
def reverse_kernel(xp, tensor, dims):
    if dims.shape != (tensor.ndim,):
        raise invalid(
            "'dims' must have one value for each axis of 'tensor': "
            f"{format_shape(dims.shape)} for rank {tensor.ndim}"
        )
    return xp.flip(tensor, tuple(np.flatnonzero(dims).tolist()))


@reverse.gradient
def reverse_gradient(g, d_output, tensor, dims):
    return {"tensor": g.raw.reverse(d_output, dims)}


reverse_v2 = op("ReverseV2", static=["axis"], ranks={"axis": 1})


def reversed_axes(axis, rank):
    """The axes to reverse, counted from the front; ValueError if one is outside or named twice."""
    axes = []
    for i, value in enumerate(axis.tolist()):
        positive = value + rank if value < 0 else value
        if not 0 <= positive < rank:
            raise ValueError(f"'axis'[{i}] = {value} is out of valid range [0, {rank - 1}")
        if positive in axes:
            raise ValueError(f"axis {positive} specified more than once.")
        axes.append(positive)
    return tuple(axes)


@reverse_v2.shape
def reverse_v2_shape(tensor, axis):
    if axis is not None:
        with_rank(axis.shape, 1)
        if tensor is not None:
            reversed_axes(axis, len(tensor))
    return tensor


@reverse_v2.kernel
def reverse_v2_kernel(xp, tensor, axis):
    if axis.ndim != 1:
        raise invalid(f"'dims' must be 1-dimension, not {axis.ndim}")
    try:
        return xp.flip(tensor, reversed_axes(axis, tensor.ndim))
    except ValueError as error:
        raise invalid(str(error)) from None


@reverse_v2.gradient
def reverse_v2_gradient(g, d_output, axis):
    return {"tensor": g.reverse(d_output, axis)}


# -- ReverseSequence --------------------------------------------------------------

reverse_sequence = op("ReverseSequence")


@reverse_sequence.shape
def reverse_sequence_shape(input, seq_lengths, *, seq_dim, batch_dim):
    lengths = with_rank(seq_lengths, 1)
    if input is None:
        return None
    for axis, name in ((batch_dim, "batch_dim"), (seq_dim, "seq_dim")):
        if axis >= len(input):
            raise ValueError(f"{name} must be < input rank: {axis} vs. {len(input)}")
    size = merge_size(input[batch_dim], lengths[0])
    return input[:batch_dim] + (size,) + input[batch_dim + 1 :]


@reverse_sequence.kernel
def reverse_sequence_kernel(xp, input, seq_lengths, *, seq_dim, batch_dim):
    shape = np.shape(input)
    if batch_dim == seq_dim:
        raise invalid(f"batch_dim == seq_dim == {seq_dim}")
    if seq_dim >= len(shape) or batch_dim >= len(shape):
        raise invalid(f"seq_dim and batch_dim must be < input rank: {seq_dim}, {batch_dim} vs. {len(shape)}")
    batch, length = shape[batch_dim], shape[seq_dim]
    if len(seq_lengths) != batch:
        raise invalid(f"len(seq_lens) != input.dims({batch_dim}), ({len(seq_lengths)} vs. {batch})")

    def refusal(fits, what):
        number = int(np.argmax(~np.asarray(fits)))
        return f"seq_lens({number}) {what}"

    long = seq_lengths <= length
    xp.require(xp.all(long), lambda: refusal(long, f"> input.dims({seq_dim})"))
    positive = seq_lengths >= 0
    xp.require(xp.all(positive), lambda: refusal(positive, "< 0"))
    position = np.arange(length).reshape([-1 if axis == seq_dim else 1 for axis in range(len(shape))])
    limit = xp.reshape(seq_lengths, [-1 if axis == batch_dim else 1 for axis in range(len(shape))])
    source = xp.where(position < limit, limit - 1 - position, position)
    return xp.take_along_axis(input, xp.broadcast_to(source, shape), axis=seq_dim)


@reverse_sequence.gradient
def reverse_sequence_gradient(g, d_output, input, seq_lengths, *, seq_dim, batch_dim):
    # A permutation: the gradient is permuted back.
    return {
        "input": g.reverse_sequence(d_output, batch_axis=batch_dim, seq_axis=seq_dim, seq_lengths=seq_lengths)
    }


# -- Roll -------------------------------------------------------------------------

roll = op("Roll", static=["shift", "axis"])


@roll.shape
def roll_shape(input, shift, axis):
    if shift is not None and axis is not None and shift.shape != axis.shape:
        raise ValueError("shift and axis must have the same size")
    return with_rank_at_least(input, 1)


@roll.kernel
def roll_kernel(xp, input, shift, axis):
    rank = input.ndim
    if rank < 1:
        raise invalid("input must be 1-D or higher")
    if shift.shape != axis.shape:
        raise invalid("shift and axis must have the same size")
    totals = {}
    for amount, one in zip(shift.ravel().tolist(), axis.ravel().tolist(), strict=True):
        if not -rank <= one < rank:
            raise invalid(f"axis {one} is out of range")
        totals[one % rank] = totals.get(one % rank, 0) + amount
    return xp.roll(input, tuple(totals.values()), tuple(totals))


@roll.gradient
def roll_gradient(g, d_output, shift, axis):
    return {"input": g.roll(d_output, -shift, axis)}


# -- Tile -------------------------------------------------------------------------

tile = op("Tile", sizes=["multiples"])


@tile.shape
def tile_shape(input, multiples):
    if multiples is None:
        return None if input is None else unknown(len(input))
    input = with_rank(input, len(multiples))
    return tuple(
        0 if 0 in (size, times) else None if None in (size, times) else size * times
        for size, times in zip(input, multiples, strict=True)
    )


@tile.kernel
def tile_kernel(xp, input, multiples):
    if multiples.shape != (input.ndim,):
        raise invalid(
            f"Expected multiples argument to be a vector of length {input.ndim} "
            f"but got length {multiples.size}"
        )
    for i, times in enumerate(multiples.tolist()):
        if times < 0:
            raise invalid(f"Expected multiples[{i}] >= 0, but got {times}")
    return xp.tile(input, multiples.tolist())


@tile.gradient
def tile_gradient(g, d_output, input, multiples):
    # With every axis split into (copies, size), the copies are summed:
    # (2*20, 3*30) becomes (2, 20, 3, 30), summed over axes 0 and 2.
    input_shape = g.shape(input, out_type=multiples.dtype)
    split_shape = g.reshape(g.transpose(g.stack([multiples, input_shape])), [-1])
    axes = g.range(0, g.size(split_shape), 2)
    if isinstance(d_output, IndexedSlices):
        rows = g.cast(input_shape[0], d_output.indices.dtype)
        d_output = g.unsorted_segment_sum(d_output.values, g.floor_mod(d_output.indices, rows), rows)
        split_shape = g.concat([[1], split_shape[1:]], axis=0)
    d_input = g.reduce_sum(g.reshape(d_output, split_shape), axes)
    d_input.set_shape(input.get_shape())
    return {"input": d_input}


tile_grad = op("TileGrad", static=["multiples"])


@tile_grad.shape
def tile_grad_shape(input, multiples):
    if multiples is None:
        return None if input is None else unknown(len(input))
    input = with_rank(input, multiples.size)
    return tuple(
        None if size is None else size // times for size, times in zip(input, multiples.tolist(), strict=True)
    )


@tile_grad.kernel
def tile_grad_kernel(xp, input, multiples):
    split = []
    for size, times in zip(input.shape, multiples.tolist(), strict=True):
        split += [times, size // times]
    return xp.sum(xp.reshape(input, split), axis=tuple(range(0, len(split), 2)), dtype=input.dtype)


tile_grad.refuse_gradient()


# -- BroadcastTo ------------------------------------------------------------------

broadcast_to = op("BroadcastTo", sizes=["shape"])


@broadcast_to.shape
def broadcast_to_shape(input, shape):
    if shape is None:
        return None
    if input is None:
        return tuple(shape)
    if len(input) > len(shape):
        raise ValueError(f"Shape must be at most rank {len(shape)} but is rank {len(input)}")
    for size, wanted in zip(input[::-1], shape[::-1], strict=False):
        if size not in (1, None) and wanted not in (size, None):
            raise ValueError(f"Dimensions must be equal, but are {size} and {wanted}")
    known = (None,) * (len(shape) - len(input)) + input
    return tuple(
        size if wanted is None and size != 1 else wanted for size, wanted in zip(known, shape, strict=True)
    )


@broadcast_to.kernel
def broadcast_to_kernel(xp, input, shape):
    wanted = tuple(shape.tolist())
    if input.ndim > len(wanted):
        raise invalid(
            f"Rank of input ({input.ndim}) must be no greater than rank of output shape ({len(wanted)})."
        )
    for size, target in zip(input.shape[::-1], wanted[::-1], strict=False):
        if size not in (1, target):
            raise invalid(f"Incompatible shapes: {format_shape(input.shape)} vs. {format_shape(wanted)}")
    return xp.broadcast_to(input, wanted)


@broadcast_to.gradient
def broadcast_to_gradient(g, d_output, input, shape):
    input_shape = g.shape(input)
    _, axes = g.broadcast_gradient_args(shape, input_shape)
    summed = g.reduce_sum(d_output, axis=axes, keepdims=True)
    return {"input": g.reshape(summed, input_shape)}


# -- BroadcastArgs ----------------------------------------------------------------

broadcast_args = op("BroadcastArgs", sizes=["s0", "s1"])


@broadcast_args.shape
def broadcast_args_shape(s0, s1):
    return (None if s0 is None or s1 is None else max(len(s0), len(s1)),)


@broadcast_args.kernel
def broadcast_args_kernel(xp, s0, s1):
    try:
        result = broadcast(tuple(s0.tolist()), tuple(s1.tolist()))
    except ValueError:
        raise invalid(
            f"Incompatible shapes: {format_shape(s0.tolist())} vs. {format_shape(s1.tolist())}"
        ) from None
    return np.array(result, s0.dtype)


broadcast_args.not_differentiable("it works on shapes")
