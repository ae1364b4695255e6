"""tensorflow.python.framework.common_shapes: rules of static shapes that several ops share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph.tensor_shape import (
    Dimension,
    TensorShape,
    as_dimension,
)
from perdure.graph.tensor_shape import (
    unknown_shape as shape_of_unknown_rank,
)

ShapeFunction = Callable[[Any], list[TensorShape]]


def has_fully_defined_shape(tensor: Any) -> bool:
    """Whether all sizes of a tensor are known."""
    return tensor.shape.is_fully_defined()


def rank(tensor: Any) -> int | None:
    """The rank of a tensor (anything with a `shape`), or None if it is not known."""
    return tensor.shape.ndims


def scalar_shape(unused_op: Any) -> list[TensorShape]:
    """The shape of ops whose result is a scalar."""
    return [TensorShape([])]


def no_outputs(unused_op: Any) -> list[TensorShape]:
    """The shapes of ops without results."""
    return []


def unknown_shape(op: Any) -> list[TensorShape]:
    """The shapes of ops that say nothing about them."""
    return [shape_of_unknown_rank() for _ in op.outputs]


def unchanged_shape(op: Any) -> list[TensorShape]:
    """The shape of ops whose result has the shape of their first input."""
    return [op.inputs[0].shape]


def unchanged_shape_with_rank(rank: int) -> ShapeFunction:
    """`unchanged_shape` for inputs of a certain rank."""
    return lambda op: [op.inputs[0].shape.with_rank(rank)]


def unchanged_shape_with_rank_at_least(rank: int) -> ShapeFunction:
    """`unchanged_shape` for inputs of at least a certain rank."""
    return lambda op: [op.inputs[0].shape.with_rank_at_least(rank)]


def unchanged_shape_with_rank_at_most(rank: int) -> ShapeFunction:
    """`unchanged_shape` for inputs of at most a certain rank."""
    return lambda op: [op.inputs[0].shape.with_rank_at_most(rank)]


def call_cpp_shape_fn(op: Any, require_shape_fn: bool = True) -> dict[str, list[Any]]:
    """The static shapes of an operation's results, under the name that TensorFlow has for them.

    Args:
        op: the operation.
        require_shape_fn: whether an op without a rule is an error; each op here has one.
    """
    return {
        "shapes": [output.shape for output in op.outputs],
        "handle_data": [None for _ in op.outputs],
    }


def is_broadcast_compatible(shape_x: TensorShape, shape_y: TensorShape) -> bool:
    """Whether two shapes, as far as they are known, can be broadcast to each other."""
    if shape_x.ndims is None or shape_y.ndims is None:
        return False
    return _broadcast(shape_x, shape_y) is not None


def broadcast_shape(shape_x: TensorShape, shape_y: TensorShape) -> TensorShape:
    """The shape that two shapes are broadcast to, as far as it is known.

    Raises:
        ValueError: they cannot be.
    """
    if shape_x.ndims is None or shape_y.ndims is None:
        return shape_of_unknown_rank()
    sizes = _broadcast(shape_x, shape_y)
    if sizes is None:
        raise ValueError(f"Incompatible shapes for broadcasting: {shape_x} and {shape_y}")
    return TensorShape(sizes)


def _broadcast(shape_x: TensorShape, shape_y: TensorShape) -> list[Dimension] | None:
    longer = max(shape_x.ndims or 0, shape_y.ndims or 0)
    padded = (
        [Dimension(1)] * (longer - len(shape.dims or ())) + list(shape.dims or ())
        for shape in (shape_x, shape_y)
    )
    sizes = [_common_size(x, y) for x, y in zip(*padded, strict=True)]
    return None if None in sizes else sizes  # type: ignore[return-value]


def _common_size(x: Dimension, y: Dimension) -> Dimension | None:
    if x.value is None or y.value is None:
        # A size above one wins over an unknown one, which must then be the same or one.
        known = x if y.value is None else y
        return known if known.value is not None and known.value > 1 else Dimension(None)
    if x.value == 1:
        return y
    return x if y.value in (1, x.value) else None


def get_conv_output_size(
    input_size: Any, filter_size: Any, strides: Any, padding_type: Any
) -> tuple[int | None, ...]:
    """The sizes of a convolution's or pooling's result.

    Args:
        input_size: the sizes of the image.
        filter_size: the sizes of the window.
        strides: its steps.
        padding_type: b"VALID" or b"SAME".

    Raises:
        ValueError: the window is larger than the image, or there is no such padding.
    """
    images, windows, steps = (
        [as_dimension(size).value for size in sizes] for sizes in (input_size, filter_size, strides)
    )
    for window, image in zip(windows, images, strict=True):
        if window is not None and image is not None and window > image:
            raise ValueError(f"Filter must not be larger than the input: Filter: {windows} Input: {images}")
    return tuple(
        _windows(image, window, step, padding_type)
        for image, window, step in zip(images, windows, steps, strict=True)
    )


def _windows(image: int | None, window: int | None, step: int | None, padding_type: Any) -> int | None:
    if padding_type not in (b"VALID", b"SAME"):
        raise ValueError(f"Invalid padding: {padding_type!r}")
    if image is None or step is None:
        return None
    if padding_type == b"SAME":
        return (image + step - 1) // step
    return None if window is None else (image - window + step) // step


def get2d_conv_output_size(
    input_height: Any,
    input_width: Any,
    filter_height: Any,
    filter_width: Any,
    row_stride: Any,
    col_stride: Any,
    padding_type: Any,
) -> tuple[int | None, ...]:
    """`get_conv_output_size` of images with two axes."""
    return get_conv_output_size(
        (input_height, input_width),
        (filter_height, filter_width),
        (row_stride, col_stride),
        padding_type,
    )
