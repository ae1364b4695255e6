"""Padding: Pad, PadV2, MirrorPad, MirrorPadGrad."""

import numpy as np

from perdure.graph.shapes import format_shape, unknown, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- shared by the family ---------------------------------------------------------


def padded_shape(input, paddings):
    """The sizes of `input` with the paddings added."""
    if paddings is None:
        return None if input is None else unknown(len(input))
    with_rank(paddings.shape, 2)
    if paddings.shape[1] != 2:
        raise ValueError(f"Dimension must be 2 but is {paddings.shape[1]}")
    input = with_rank(input, paddings.shape[0])
    if (paddings < 0).any():
        raise ValueError("Paddings must be non-negative")
    return tuple(
        None if size is None else size + int(before) + int(after)
        for size, (before, after) in zip(input, paddings, strict=True)
    )


def checked_pairs(input, paddings, word="Paddings"):
    """`paddings` as pairs of Python ints, one for each axis of `input`."""
    rank = len(np.shape(input))
    if paddings.ndim != 2 or paddings.shape[1] != 2:
        raise invalid(f"paddings must be a matrix with 2 columns: {format_shape(paddings.shape)}")
    if paddings.shape[0] != rank:
        raise invalid(
            "The first dimension of paddings must be the rank of inputs"
            f"{format_shape(paddings.shape)} {format_shape(np.shape(input))}"
        )
    pairs = [tuple(pair) for pair in paddings.tolist()]
    for before, after in pairs:
        if before < 0 or after < 0:
            raise invalid(f"{word} must be non-negative: {before} {after}")
    return pairs


def pad_gradient(g, d_output, input, paddings):
    # The gradient of what was padded is the block of `d_output` where it stands.
    before = g.slice(paddings, [0, 0], g.stack([g.rank(input), 1]))
    begin = g.reshape(before, [-1])
    sizes = g.shape(input)
    return {"input": g.slice(d_output, begin, sizes)}


# -- Pad, PadV2 -------------------------------------------------------------------

pad = op("Pad", static=["paddings"], ranks={"paddings": 2})
pad.shape(padded_shape)
pad.gradient(pad_gradient)


@pad.kernel
def pad_kernel(xp, input, paddings):
    return xp.padded(input, checked_pairs(input, paddings), b"" if input.dtype == object else 0)


pad_v2 = op("PadV2", static=["paddings"], ranks={"paddings": 2})
pad_v2.gradient(pad_gradient)


@pad_v2.shape
def pad_v2_shape(input, paddings):
    return padded_shape(input, paddings)


@pad_v2.kernel
def pad_v2_kernel(xp, input, paddings, constant_values):
    if np.ndim(constant_values):
        raise invalid(f"constant_values must be a scalar. Found: {format_shape(np.shape(constant_values))}")
    return xp.padded(input, checked_pairs(input, paddings), constant_values)


# -- MirrorPad --------------------------------------------------------------------

mirror_pad = op("MirrorPad", static=["paddings"], ranks={"paddings": 2})


@mirror_pad.shape
def mirror_pad_shape(input, paddings):
    return padded_shape(input, paddings)


@mirror_pad.kernel
def mirror_pad_kernel(xp, input, paddings, *, mode):
    pairs = checked_pairs(input, paddings, "paddings")
    for size, (before, after) in zip(np.shape(input), pairs, strict=True):
        if mode == "SYMMETRIC" and max(before, after) > size:
            raise invalid(
                f"paddings must be no greater than the dimension size: {before}, {after} greater than {size}"
            )
        if mode == "REFLECT" and max(before, after) >= size:
            raise invalid(
                f"paddings must be less than the dimension size: {before}, {after} not less than {size}"
            )
    return xp.pad(input, pairs, mode=mode.lower())


@mirror_pad.gradient
def mirror_pad_gradient(g, d_output, input, paddings, *, mode):
    return {"input": g.mirror_pad_grad(d_output, paddings, mode=mode)}


# -- MirrorPadGrad ----------------------------------------------------------------

mirror_pad_grad = op("MirrorPadGrad", static=["paddings"])


@mirror_pad_grad.shape
def mirror_pad_grad_shape(input, paddings):
    if paddings is None:
        return None if input is None else unknown(len(input))
    input = with_rank(input, paddings.shape[0])
    if (paddings < 0).any():
        raise ValueError("Paddings must be non-negative")
    return tuple(
        None if size is None else size - int(before) - int(after)
        for size, (before, after) in zip(input, paddings, strict=True)
    )


def placed(xp, part, axis, start, size):
    """`part` among zeros, from `start` on, in an axis of `size`."""
    widths = [(0, 0)] * part.ndim
    widths[axis] = (start, size - start - part.shape[axis])
    return xp.padded(part, widths, 0)


@mirror_pad_grad.kernel
def mirror_pad_grad_kernel(xp, input, paddings, *, mode):
    # Each padding is folded back onto the elements it mirrored, one axis after the other.
    skip = 1 if mode == "REFLECT" else 0
    for axis, (before, after) in enumerate(checked_pairs(input, paddings, "paddings")):
        if before == after == 0:
            continue
        at = (slice(None),) * axis
        size = input.shape[axis] - before - after
        middle = input[(*at, slice(before, before + size))]
        head = xp.flip(input[(*at, slice(0, before))], axis)
        tail = xp.flip(input[(*at, slice(before + size, None))], axis)
        input = (
            middle + placed(xp, head, axis, skip, size) + placed(xp, tail, axis, size - skip - after, size)
        )
    return input


@mirror_pad_grad.gradient
def mirror_pad_grad_gradient(g, d_output, input, paddings, *, mode):
    return {"input": g.mirror_pad(d_output, paddings, mode=mode)}
