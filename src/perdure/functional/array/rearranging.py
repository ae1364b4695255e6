"""tf.transpose, tf.tile, tf.reverse, tf.pad, tf.space_to_batch and their like."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array.array import rank, zeros
from perdure.functional.array.joining import concat, stack
from perdure.graph import dtypes, shapes
from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor, is_tensor_like
from perdure.graph.tensor_shape import TensorShape, as_shape

# -- transposes -------------------------------------------------------------------


def transpose(a: Any, perm: Any = None, name: str = "transpose", conjugate: bool = False) -> Tensor:
    """`a` with its axes in another order.

    Args:
        a: a tensor.
        perm: axis i of the result is axis perm[i] of `a`; reversed if None.
        name: the name of the node.
        conjugate: whether complex elements are conjugated.
    """
    with name_scope(name, "transpose", [a]) as name:
        moved = g.conjugate_transpose if conjugate and a.dtype.is_complex else g.transpose
        if perm is not None:
            return moved(a, perm, name=name)
        a = convert_to_tensor(a, name="a")
        if not a._shape:  # a scalar, or of unknown rank
            count = g.rank(a)
            perm = count - 1 - g.range(0, count, 1)
        else:
            perm = np.arange(len(a._shape))[::-1]
        result = moved(a, perm, name=name)
        if a._shape is not None:
            result.set_shape(a._shape[::-1])
        return result


def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """`a` with its last two axes swapped.

    Args:
        a: a tensor (..., m, n).
        name: a scope for the nodes.
        conjugate: whether complex elements are conjugated.

    Raises:
        ValueError: the rank is known and below 2.
    """
    with name_scope(name, values=[a]):
        a = convert_to_tensor(a, name="a")
        if a._shape is None:
            count = rank(a)
            perm: Any = concat((g.range(0, count - 2, 1), [count - 1, count - 2]), 0)
        else:
            count = len(a._shape)
            if count < 2:
                raise ValueError(
                    f"Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: {a.get_shape()}"
                )
            perm = [*range(count - 2), count - 1, count - 2]
        return transpose(a, perm=perm, conjugate=conjugate)


def invert_permutation(x: Any, name: str | None = None) -> Tensor:
    """The permutation that undoes `x`.

    Args:
        x: a vector with each of 0, 1, ... once.
        name: the name of the node.
    """
    return g.invert_permutation(x, name=name)


# -- reversals and rolls ----------------------------------------------------------


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """`tensor` backwards along some axes.

    Args:
        tensor: a tensor.
        axis: a vector of axes.
        name: the name of the node.
    """
    return g.reverse_v2(tensor, axis, name=name)


reverse_v2 = reverse


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    name: str | None = None,
    seq_dim: int | None = None,
    batch_dim: int | None = None,
) -> Tensor:
    """The first elements of each sequence backwards, as many as its length.

    Args:
        input: a tensor.
        seq_lengths: one length for each batch entry.
        seq_axis: the axis of the sequence.
        batch_axis: the axis of the batch; 0 if None.
        name: the name of the node.
        seq_dim: the older name of `seq_axis`.
        batch_dim: the older name of `batch_axis`.

    Raises:
        ValueError: an axis is given by both names.
    """
    seq_axis = renamed("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch_axis = renamed("batch_axis", batch_axis, "batch_dim", batch_dim)
    return g.reverse_sequence(input, seq_lengths, seq_dim=seq_axis, batch_dim=batch_axis, name=name)


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Tensor:
    """`input` moved along axes; what leaves at the end comes back at the beginning.

    Args:
        input: a tensor.
        shift: by how much, a number or a vector.
        axis: along which axes, one for each shift.
        name: the name of the node.
    """
    return g.roll(input, shift, axis, name=name)


# -- repetition -------------------------------------------------------------------


def tile(input: Any, multiples: Any, name: str | None = None) -> Tensor:
    """`input` repeated along each axis.

    Args:
        input: a tensor.
        multiples: how often, one number for each axis.
        name: the name of the node.
    """
    return g.tile(input, multiples, name=name)


def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """`input` broadcast to a shape.

    Args:
        input: a tensor.
        shape: the shape.
        name: the name of the node.
    """
    return g.broadcast_to(input, shape, name=name)


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """The shape that two shapes are broadcast to, as a tensor.

    Args:
        shape_x, shape_y: integer vectors.
    """
    return g.broadcast_args(shape_x, shape_y)


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape that two static shapes are broadcast to.

    Args:
        shape_x, shape_y: TensorShapes.

    Raises:
        ValueError: they do not go together.
    """
    x, y = as_shape(shape_x), as_shape(shape_y)
    try:
        return TensorShape.from_tuple(shapes.broadcast(x.as_tuple(), y.as_tuple()))
    except ValueError:
        raise ValueError(f"Incompatible shapes for broadcasting: {x} and {y}") from None


# -- padding ----------------------------------------------------------------------


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    name: str | None = None,
    constant_values: Any = 0,
) -> Tensor:
    """`tensor` with elements added around it.

    Args:
        tensor: a tensor.
        paddings: (rank, 2): how many before and after, for each axis.
        mode: "CONSTANT", "REFLECT" (mirrored, without the border element) or "SYMMETRIC"
            (mirrored with it); in any case of letters.
        name: the name of the node.
        constant_values: the value of what is added in mode CONSTANT.

    Raises:
        ValueError: the mode is none of these.
    """
    mode = mode.upper()
    if mode == "CONSTANT":
        if isinstance(constant_values, numbers.Number) and constant_values == 0:
            result = g.pad(tensor, paddings, name=name)
        else:
            result = g.pad_v2(tensor, paddings, constant_values, name=name)
    elif mode in ("REFLECT", "SYMMETRIC"):
        result = g.mirror_pad(tensor, paddings, mode=mode, name=name)
    else:
        raise ValueError(f"Unknown padding mode: {mode}")
    known = result.op.inputs[0]._shape
    if known is not None and not result.shape.is_fully_defined():
        pairs = constant_value(result.op.inputs[1], partial=True)
        if pairs is not None:
            result.set_shape(
                [
                    None
                    if size is None or pair is None or None in tuple(pair)
                    else size + sum(int(one) for one in pair)
                    for size, pair in zip(known, pairs, strict=True)
                ]
            )
    return result


# -- space, batch and depth -------------------------------------------------------


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
        count = block._shape[0]  # type: ignore[index]
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
