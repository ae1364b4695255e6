"""Blocks of pixels moved into the batch or the channels and back: SpaceToBatch(ND), SpaceToDepth,
their opposites, and ExtractImagePatches.
"""

import math

import numpy as np

from perdure.graph.shapes import format_shape, merge, with_rank, with_rank_at_least
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- SpaceToBatchND, BatchToSpaceND -----------------------------------------------


def spread_over_batch(xp, input, block, paddings):
    """Pad the axes after the first, then move each position within a block into the batch."""
    block, count = [int(size) for size in block], len(block)
    shape = np.shape(input)
    if len(shape) < count + 1:
        raise invalid(f"input rank should be >= {count + 1} instead of {len(shape)}")
    if paddings.shape != (count, 2):
        raise invalid(f"paddings should have shape [{count}, 2] instead of {format_shape(paddings.shape)}")
    if (paddings < 0).any():
        raise invalid("paddings must be non-negative")
    pairs = [(0, 0), *map(tuple, paddings.tolist())] + [(0, 0)] * (len(shape) - count - 1)
    padded = xp.padded(input, pairs, 0) if paddings.any() else input
    batch, *space = padded.shape[: count + 1]
    rest = list(padded.shape[count + 1 :])
    split = [batch]
    for i, (size, step) in enumerate(zip(space, block, strict=True)):
        if size % step:
            raise invalid(f"padded_shape[{i}]={size} is not divisible by block_shape[{i}]={step}")
        split += [size // step, step]
    inner = [2 + 2 * i for i in range(count)]
    outer = [1 + 2 * i for i in range(count)]
    last = list(range(1 + 2 * count, 1 + 2 * count + len(rest)))
    moved = xp.transpose(xp.reshape(padded, split + rest), [*inner, 0, *outer, *last])
    return xp.reshape(
        moved,
        [batch * math.prod(block), *(size // step for size, step in zip(space, block, strict=True)), *rest],
    )


def gather_from_batch(xp, input, block, crops):
    """The opposite: move blocks from the batch into space, then crop."""
    block, count = [int(size) for size in block], len(block)
    shape = np.shape(input)
    if len(shape) < count + 1:
        raise invalid(f"input rank should be >= {count + 1} instead of {len(shape)}")
    if crops.shape != (count, 2):
        raise invalid(f"crops should have shape [{count}, 2] instead of {format_shape(crops.shape)}")
    if (crops < 0).any():
        raise invalid("crops must be non-negative")
    if shape[0] % math.prod(block):
        raise invalid(
            f"Input batch dimension ({shape[0]}) is not divisible by product of "
            f"block sizes ({math.prod(block)})"
        )
    batch, space, rest = shape[0] // math.prod(block), shape[1 : count + 1], shape[count + 1 :]
    split = xp.reshape(input, [*block, batch, *space, *rest])
    order = [count]
    for i in range(count):
        order += [count + 1 + i, i]
    order += range(2 * count + 1, 2 * count + 1 + len(rest))
    sizes = [size * step for size, step in zip(space, block, strict=True)]
    whole = xp.reshape(xp.transpose(split, order), [batch, *sizes, *rest])
    for i, (size, (start, end)) in enumerate(zip(sizes, crops.tolist(), strict=True)):
        if start + end > size:
            raise invalid(f"cropped_shape[{i}]={size - start - end} must be non-negative")
    return whole[
        (
            slice(None),
            *(slice(start, size - end) for size, (start, end) in zip(sizes, crops.tolist(), strict=True)),
        )
    ]


def check_block(block, given, pairs):
    """Refuse a `block_shape` that is no vector of known length, or does not go with paddings or crops."""
    if given is None or len(given) != 1:
        raise ValueError("block_shape must have rank 1.")
    if given[0] is None:
        raise ValueError("block_shape must have known size.")
    merge(pairs, (given[0], 2))
    if any(size is not None and size < 1 for size in block):
        raise ValueError("block_shape must be positive")


def over_batch_shape(input, block, paddings):
    with_rank_at_least(input, len(block) + 1)
    if input is None:
        return None
    count = len(block)
    batch = None if None in (input[0], *block) else input[0] * math.prod(block)
    if paddings is None or None in block:
        return (batch, *(None,) * count, *input[count + 1 :])
    if (paddings < 0).any():
        raise ValueError("paddings cannot be negative")
    space = []
    for size, step, pair in zip(input[1:], block, paddings.tolist(), strict=False):
        padded = None if size is None else size + sum(pair)
        if padded is not None and padded % step:
            raise ValueError(f"Dimension size must be evenly divisible by {step} but is {padded}")
        space.append(None if padded is None else padded // int(step))
    return (batch, *space, *input[count + 1 :])


def from_batch_shape(input, block, crops):
    with_rank_at_least(input, len(block) + 1)
    if input is None:
        return None
    count = len(block)
    if None in block:
        return (None,) * (count + 1) + input[count + 1 :]
    volume = math.prod(block)
    if input[0] is not None and input[0] % volume:
        raise ValueError(f"Dimension size must be evenly divisible by {volume} but is {input[0]}")
    batch = None if input[0] is None else input[0] // volume
    if crops is None:
        return (batch, *(None,) * count, *input[count + 1 :])
    if (crops < 0).any():
        raise ValueError("crops cannot be negative")
    space = [
        None if size is None else size * int(step) - sum(pair)
        for size, step, pair in zip(input[1:], block, crops.tolist(), strict=False)
    ]
    if any(size is not None and size < 0 for size in space):
        raise ValueError("Negative dimension size caused by cropping")
    return (batch, *space, *input[count + 1 :])


space_to_batch_nd = op("SpaceToBatchND", static=["block_shape", "paddings"], sizes=["block_shape"])


@space_to_batch_nd.shape
def space_to_batch_nd_shape(input, block_shape, paddings, shape_of_block_shape, shape_of_paddings):
    check_block(block_shape, shape_of_block_shape, shape_of_paddings)
    return over_batch_shape(input, block_shape, paddings)


@space_to_batch_nd.kernel
def space_to_batch_nd_kernel(xp, input, block_shape, paddings):
    return spread_over_batch(xp, input, block_shape, paddings)


@space_to_batch_nd.gradient
def space_to_batch_nd_gradient(g, d_output, block_shape, paddings):
    return {"input": g.batch_to_space_nd(d_output, block_shape, paddings)}


batch_to_space_nd = op("BatchToSpaceND", static=["block_shape", "crops"], sizes=["block_shape"])


@batch_to_space_nd.shape
def batch_to_space_nd_shape(input, block_shape, crops, shape_of_block_shape, shape_of_crops):
    check_block(block_shape, shape_of_block_shape, shape_of_crops)
    return from_batch_shape(input, block_shape, crops)


@batch_to_space_nd.kernel
def batch_to_space_nd_kernel(xp, input, block_shape, crops):
    return gather_from_batch(xp, input, block_shape, crops)


@batch_to_space_nd.gradient
def batch_to_space_nd_gradient(g, d_output, block_shape, crops):
    return {"input": g.space_to_batch_nd(d_output, block_shape, crops)}


# -- SpaceToBatch, BatchToSpace ---------------------------------------------------

space_to_batch = op("SpaceToBatch", static=["paddings"])


@space_to_batch.shape
def space_to_batch_shape(input, paddings, shape_of_paddings, *, block_size):
    merge(shape_of_paddings, (2, 2))
    return over_batch_shape(with_rank(input, 4), (block_size, block_size), paddings)


@space_to_batch.kernel
def space_to_batch_kernel(xp, input, paddings, *, block_size):
    return spread_over_batch(xp, input, (block_size, block_size), paddings)


@space_to_batch.gradient
def space_to_batch_gradient(g, d_output, paddings, *, block_size):
    return {"input": g.batch_to_space(d_output, paddings, block_size=block_size)}


batch_to_space = op("BatchToSpace", static=["crops"])


@batch_to_space.shape
def batch_to_space_shape(input, crops, shape_of_crops, *, block_size):
    merge(shape_of_crops, (2, 2))
    return from_batch_shape(with_rank(input, 4), (block_size, block_size), crops)


@batch_to_space.kernel
def batch_to_space_kernel(xp, input, crops, *, block_size):
    return gather_from_batch(xp, input, (block_size, block_size), crops)


@batch_to_space.gradient
def batch_to_space_gradient(g, d_output, crops, *, block_size):
    return {"input": g.space_to_batch(d_output, crops, block_size=block_size)}


# -- SpaceToDepth, DepthToSpace ---------------------------------------------------


def check_image(type, input, data_format):
    if np.ndim(input) != 4:
        raise invalid(f"Input rank should be: 4 instead of: {np.ndim(input)}")
    if data_format not in ("NHWC", "NCHW"):
        raise invalid(f"{type} handles data_format NHWC and NCHW, not {data_format}")


space_to_depth = op("SpaceToDepth")


@space_to_depth.shape
def space_to_depth_shape(input, *, block_size, data_format):
    batch, height, width, depth = channels_last(with_rank(input, 4), data_format)
    for size in (height, width):
        if size is not None and size % block_size:
            raise ValueError(f"Dimension size must be evenly divisible by {block_size} but is {size}")
    return as_format(
        (
            batch,
            divided(height, block_size),
            divided(width, block_size),
            None if depth is None else depth * block_size**2,
        ),
        data_format,
    )


def channels_last(shape, data_format):
    return shape if data_format == "NHWC" else (shape[0], *shape[2:4], shape[1])


def as_format(shape, data_format):
    return tuple(shape) if data_format == "NHWC" else (shape[0], shape[3], *shape[1:3])


def divided(size, by):
    return None if size is None else size // by


@space_to_depth.kernel
def space_to_depth_kernel(xp, input, *, block_size, data_format):
    check_image("SpaceToDepth", input, data_format)
    batch, height, width, depth = channels_last(input.shape, data_format)
    if height % block_size or width % block_size:
        raise invalid(
            f"Image width {width} and height {height} should be divisible by block_size: {block_size}"
        )
    rows, columns = height // block_size, width // block_size
    if data_format == "NCHW":
        split = xp.reshape(input, [batch, depth, rows, block_size, columns, block_size])
        moved = xp.transpose(split, [0, 3, 5, 1, 2, 4])
    else:
        split = xp.reshape(input, [batch, rows, block_size, columns, block_size, depth])
        moved = xp.transpose(split, [0, 1, 3, 2, 4, 5])
    return xp.reshape(moved, as_format((batch, rows, columns, depth * block_size**2), data_format))


@space_to_depth.gradient
def space_to_depth_gradient(g, d_output, input, *, block_size, data_format):
    return {"input": g.depth_to_space(d_output, block_size, data_format=data_format)}


depth_to_space = op("DepthToSpace")


@depth_to_space.shape
def depth_to_space_shape(input, *, block_size, data_format):
    batch, height, width, depth = channels_last(with_rank(input, 4), data_format)
    if depth is not None and depth % block_size**2:
        raise ValueError(f"Dimension size must be evenly divisible by {block_size**2} but is {depth}")
    return as_format(
        (
            batch,
            None if height is None else height * block_size,
            None if width is None else width * block_size,
            divided(depth, block_size**2),
        ),
        data_format,
    )


@depth_to_space.kernel
def depth_to_space_kernel(xp, input, *, block_size, data_format):
    check_image("DepthToSpace", input, data_format)
    batch, height, width, depth = channels_last(input.shape, data_format)
    if depth % block_size**2:
        raise invalid(f"Input depth dimension {depth} should be divisible by: {block_size**2}")
    depth //= block_size**2
    if data_format == "NCHW":
        split = xp.reshape(input, [batch, block_size, block_size, depth, height, width])
        moved = xp.transpose(split, [0, 3, 4, 1, 5, 2])
    else:
        split = xp.reshape(input, [batch, height, width, block_size, block_size, depth])
        moved = xp.transpose(split, [0, 1, 3, 2, 4, 5])
    return xp.reshape(moved, as_format((batch, height * block_size, width * block_size, depth), data_format))


@depth_to_space.gradient
def depth_to_space_gradient(g, d_output, input, *, block_size, data_format):
    return {"input": g.space_to_depth(d_output, block_size, data_format=data_format)}


# -- ExtractImagePatches ----------------------------------------------------------

extract_image_patches = op("ExtractImagePatches")


def patch_positions(size, window, stride, rate, padding):
    """How many patches fit one axis, and the padding before the first pixel."""
    extent = (window - 1) * rate + 1
    if padding == "VALID":
        return max(0, -(-(size - extent + 1) // stride)), 0
    count = -(-size // stride)
    return count, max(0, (count - 1) * stride + extent - size) // 2


@extract_image_patches.shape
def extract_image_patches_shape(images, *, ksizes, strides, rates, padding):
    batch, *space, depth = with_rank(images, 4)
    sizes = [
        None if size is None else patch_positions(size, *numbers, padding)[0]
        for size, *numbers in zip(space, ksizes[1:3], strides[1:3], rates[1:3], strict=True)
    ]
    return (batch, *sizes, None if depth is None else depth * ksizes[1] * ksizes[2])


@extract_image_patches.kernel
def extract_image_patches_kernel(xp, images, *, ksizes, strides, rates, padding):
    if images.ndim != 4:
        raise invalid(f"input must be 4-dimensional{format_shape(images.shape)}")
    # Pixels are gathered by row and column; positions outside the image read an added zero.
    batch, height, width, depth = images.shape
    places = []
    for size, window, stride, rate in zip(
        (height, width), ksizes[1:3], strides[1:3], rates[1:3], strict=True
    ):
        count, before = patch_positions(size, window, stride, rate, padding)
        at = np.arange(count)[:, None] * stride - before + np.arange(window) * rate
        places.append(np.where((at < 0) | (at >= size), size, at))
    rows, columns = places
    padded = xp.padded(images, [(0, 0), (0, 1), (0, 1), (0, 0)], 0)
    patches = padded[:, rows[:, None, :, None], columns[None, :, None, :], :]
    return xp.reshape(patches, [batch, len(rows), len(columns), ksizes[1] * ksizes[2] * depth])


extract_image_patches.refuse_gradient("it is made of sparse matrices, which are not supported yet")
