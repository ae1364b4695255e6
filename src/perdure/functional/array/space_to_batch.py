"""Blocks of pixels moved into the batch or the channels: `tf.space_to_batch`, `tf.space_to_depth`."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array.array import zeros
from perdure.functional.array.joining import stack
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor, is_tensor_like


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """The paddings that make an image divide into blocks, and the crops that undo them.

    Args:
        input_shape: the sizes of the image.
        block_shape: the sizes of a block.
        base_paddings: paddings that must be there in any case, one (before, after) an axis.
        name: a scope for the nodes.

    Returns:
        (paddings, crops), each of shape (axes, 2).
    """
    with name_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        sizes = convert_to_tensor(input_shape, dtype=dtypes.int32, name="input_shape")
        block = convert_to_tensor(block_shape, dtype=dtypes.int32, name="block_shape")
        block.get_shape().assert_is_fully_defined()
        block.get_shape().assert_has_rank(1)
        count: Any = block.get_shape().as_list()[0]
        if count == 0:
            return zeros([0, 2], dtypes.int32), zeros([0, 2], dtypes.int32)
        sizes.get_shape().assert_is_compatible_with([count])
        if base_paddings is not None:
            base = convert_to_tensor(base_paddings, dtype=dtypes.int32, name="base_paddings")
            base.get_shape().assert_is_compatible_with([count, 2])
        else:
            base = zeros([count, 2], dtypes.int32)
        known = [constant_value(block), constant_value(sizes), constant_value(base)]
        if all(value is not None for value in known):
            block, sizes, base = known
        start, base_end = base[:, 0], base[:, 1]
        whole = sizes + start + base_end
        extra = (block - whole % block) % block
        end = base_end + extra
        paddings = stack([[start[i], end[i]] for i in range(count)], name="paddings")
        crops = stack([[0, extra[i]] for i in range(count)], name="crops")
        return paddings, crops


def space_to_batch(
    input: Any,
    paddings: Any,
    block_size: Any = None,
    name: str | None = None,
    block_shape: Any = None,
) -> Tensor:
    """The pixels of square blocks of an image, moved into the batch.

    Args:
        input: (batch, height, width, depth).
        paddings: (2, 2): zeros added first.
        block_size: the side of a block.
        name: the name of the node.
        block_shape: the newer name of `block_size`.

    Raises:
        ValueError: the size is given by both names.
    """
    side = renamed("block_shape", block_shape, "block_size", block_size)
    result = space_to_batch_nd(input, _square(side), paddings, name=name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def batch_to_space(
    input: Any, crops: Any, block_size: Any, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """The opposite of `space_to_batch`.

    Args:
        input: (batch * block_size ** 2, height, width, depth).
        crops: (2, 2): what is cut off at the end.
        block_size: the side of a block.
        name: the name of the node.
        block_shape: the newer name of `block_size`.

    Raises:
        ValueError: the size is given by both names.
    """
    side = renamed("block_shape", block_shape, "block_size", block_size)
    result = batch_to_space_nd(input, _square(side), crops, name=name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def _square(side: Any) -> np.ndarray:
    if is_tensor_like(side):
        raise ValueError(f"The size of a block must be a number, not a tensor: {side}")
    return np.array([side, side], np.int64)


def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Tensor:
    """The positions within blocks of the axes after the first, moved into the first.

    Args:
        input: (batch, *space, ...).
        block_shape: the sizes of a block, one for each axis of space.
        paddings: (axes of space, 2): zeros added first.
        name: the name of the node.
    """
    return g.space_to_batch_nd(input, block_shape, paddings, name=name)


def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Tensor:
    """The opposite of `space_to_batch_nd`.

    Args:
        input: (batch * product of block_shape, *space, ...).
        block_shape: the sizes of a block, one for each axis of space.
        crops: (axes of space, 2): what is cut off at the end.
        name: the name of the node.
    """
    return g.batch_to_space_nd(input, block_shape, crops, name=name)


def space_to_depth(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """The pixels of square blocks of an image, moved into its depth.

    Args:
        input: an image batch in `data_format`.
        block_size: the side of a block.
        name: the name of the node.
        data_format: "NHWC" or "NCHW".
    """
    return g.space_to_depth(input, block_size=block_size, data_format=data_format, name=name)


def depth_to_space(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """The opposite of `space_to_depth`.

    Args:
        input: an image batch in `data_format`.
        block_size: the side of a block.
        name: the name of the node.
        data_format: "NHWC" or "NCHW".
    """
    return g.depth_to_space(input, block_size=block_size, data_format=data_format, name=name)


def extract_image_patches(
    images: Any,
    ksizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: str | None = None,
    name: str | None = None,
    sizes: Any = None,
) -> Tensor:
    """Windows of an image, each laid out in the depth of the result.

    Args:
        images: (batch, height, width, depth).
        ksizes: the older name of `sizes`.
        strides: [1, rows, columns, 1] between windows.
        rates: [1, rows, columns, 1] between the pixels of a window.
        padding: "VALID" or "SAME".
        name: the name of the node.
        sizes: [1, rows, columns, 1] of a window.

    Raises:
        ValueError: the sizes are given by both names.
    """
    sizes = renamed("sizes", sizes, "ksizes", ksizes)
    return g.extract_image_patches(
        images, ksizes=sizes, strides=strides, rates=rates, padding=padding, name=name
    )


def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Tensor:
    """Windows of an image, each laid out in the depth of the result; see `extract_image_patches`."""
    return g.extract_image_patches(
        images, ksizes=sizes, strides=strides, rates=rates, padding=padding, name=name
    )
