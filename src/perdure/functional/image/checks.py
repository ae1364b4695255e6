"""What functions of pictures ask of their shapes: at once where they are known, else when the graph runs."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, rank, shape, squeeze
from perdure.functional.array.joining import unstack
from perdure.functional.array.values import is_tensor
from perdure.functional.control.assertions import Assert
from perdure.functional.control.check_ops import assert_equal, assert_greater_equal, assert_positive
from perdure.functional.control.control import with_dependencies
from perdure.graph.tensor import Tensor

_RANKS = "'image' must have either 3 or 4 dimensions."


def required(condition: Any, message: str) -> list[Any]:
    """The checks that a condition needs: an assertion for a tensor, none for what holds now.

    Raises:
        ValueError: it is no tensor and does not hold.
    """
    if is_tensor(condition):
        return [Assert(condition, [message])]
    if not condition:
        raise ValueError(message)
    return []


def sizes_of(image: Tensor, number: int) -> list[Any]:
    """The sizes of a picture of rank `number`: ints where they are known, else scalars."""
    if image.get_shape().is_fully_defined():
        return image.get_shape().as_list()
    static = image.get_shape().with_rank(number).as_list()
    dynamic = unstack(shape(image), number)
    return [found if size is None else size for size, found in zip(static, dynamic, strict=True)]


def image_checks(image: Tensor) -> list[Any]:
    """Checks that a tensor has three dimensions or more, none of them 0.

    Raises:
        ValueError: it is known not to.
    """
    try:
        static = image.get_shape()
        static = static.with_rank(3) if static.ndims is None else static.with_rank_at_least(3)
    except ValueError:
        raise ValueError("'image' must be at least three-dimensional.") from None
    if any(size == 0 for size in static):
        raise ValueError(f"all dims of 'image.shape' must be > 0: {static}")
    if static.is_fully_defined():
        return []
    return [
        assert_positive(shape(image), ["all dims of 'image.shape' must be > 0."]),
        assert_greater_equal(rank(image), 3, message="'image' must be at least three-dimensional."),
    ]


def checked_image(image: Tensor) -> Tensor:
    """The same tensor behind `image_checks`."""
    return with_dependencies(image_checks(image), image)


def checked_grayscale(image: Any) -> Any:
    """The same tensor behind checks that its last dimension is 1.

    Raises:
        ValueError: it is known not to be.
    """
    return with_dependencies(_grayscale_checks(image), image)


def _grayscale_checks(image: Any) -> list[Any]:
    try:
        static = image.get_shape()
        static = static.with_rank(2) if static.ndims is None else static.with_rank_at_least(2)
    except ValueError:
        raise ValueError("A grayscale image must be at least two-dimensional.") from None
    said = "Last dimension of a grayscale image should be size 1."
    if static.is_fully_defined():
        if static[-1] != 1:
            raise ValueError(said)
        return []
    return [
        assert_equal(shape(image)[-1], 1, message=said),
        assert_greater_equal(rank(image), 3, message="A grayscale image must be at least two-dimensional."),
    ]


def is_single(image: Tensor) -> bool:
    """Whether a tensor is one picture (also if its rank is not known), rather than a batch of them.

    Raises:
        ValueError: it has neither three nor four dimensions.
    """
    number = image.get_shape().ndims
    if number == 4:
        return False
    if number not in (3, None):
        raise ValueError(_RANKS)
    return True


def as_batch(image: Tensor) -> tuple[Tensor, bool]:
    """A picture as a batch of one, and a batch as it is, with whether it was one before.

    Raises:
        ValueError: it has neither three nor four dimensions.
    """
    number = image.get_shape().ndims
    if number == 4:
        return image, True
    if number == 3:
        return expand_dims(image, 0), False
    if number is not None:
        raise ValueError(_RANKS)
    image = expand_dims(image, 0)
    image.set_shape([None] * 4)
    return image, False


def as_before(image: Tensor, is_batch: bool) -> Tensor:
    """A batch, or the one picture in it."""
    return image if is_batch else squeeze(image, axis=[0])
