"""Plain shape algebra for shape functions.

A shape is a tuple of sizes, with None for a size that is not known yet; a shape whose rank is
not known is None.  Contradictions raise `ValueError` with the bare fact, worded as by
TensorFlow's C++ shape functions; whoever calls a shape function adds the node and its inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

__all__ = [
    "Shape",
    "broadcast",
    "concat_shapes",
    "format_shape",
    "is_compatible",
    "is_fully_defined",
    "merge",
    "merge_size",
    "normalize_axes",
    "normalize_axis",
    "num_elements",
    "unknown",
    "with_rank",
    "with_rank_at_least",
    "with_rank_at_most",
    "with_size",
]

Size = int | None
Shape = tuple[Size, ...] | None


def format_shape(shape: Shape) -> str:
    """Write a shape as TensorFlow's C++ messages do: `[2,?]`, `?` for an unknown rank."""
    if shape is None:
        return "?"
    return "[" + ",".join("?" if size is None else str(size) for size in shape) + "]"


def unknown(rank: int) -> Shape:
    """A shape of known rank and unknown sizes."""
    return (None,) * rank


def is_fully_defined(shape: Shape) -> bool:
    """Whether the rank and all sizes are known."""
    return shape is not None and None not in shape


def is_compatible(a: Shape, b: Shape) -> bool:
    """Whether some fully known shape fits both."""
    if a is None or b is None:
        return True
    if len(a) != len(b):
        return False
    for x, y in zip(a, b, strict=True):
        if x != y and x is not None and y is not None:
            return False
    return True


def num_elements(shape: Shape) -> int | None:
    """The number of elements, or None if it is not known.

    A size of 0 does not decide the product of unknown sizes, as in TensorFlow.
    """
    if shape is None:
        return None
    count = 1
    for size in shape:
        if size is None:
            return None
        count *= size
    return count


def merge_size(a: Size, b: Size) -> Size:
    """What both sizes say together; `ValueError` if they differ."""
    if a is None:
        return b
    if b is None or a == b:
        return a
    raise ValueError(f"Dimensions must be equal, but are {a} and {b}")


def with_size(size: Size, required: int) -> int:
    """`required`, if `size` is that or unknown; else `ValueError`."""
    if size is not None and size != required:
        raise ValueError(f"Dimension must be {required} but is {size}")
    return required


def merge(a: Shape, b: Shape) -> Shape:
    """What both shapes say together.

    Raises:
        ValueError: if their ranks or known sizes differ.
    """
    if a is None or a == b:
        return b
    if b is None:
        return a
    if len(a) != len(b):
        raise ValueError(f"Shapes must be equal rank, but are {len(a)} and {len(b)}")
    for axis, (x, y) in enumerate(zip(a, b, strict=True)):
        if x != y and x is not None and y is not None:
            raise ValueError(
                f"Dimension {axis} in both shapes must be equal, but are {x} and {y}. "
                f"Shapes are {format_shape(a)} and {format_shape(b)}."
            )
    return tuple([y if x is None else x for x, y in zip(a, b, strict=True)])


def broadcast(*shapes: Shape) -> Shape:
    """The shape of an elementwise result, by NumPy's rule.

    An unknown size against a known one greater than 1 must turn out to be that (or 1), so the
    result is known; against 1 or another unknown size it stays unknown.

    Raises:
        ValueError: if two sizes differ and neither is 1.
    """
    if not shapes:
        return ()
    result = shapes[0]
    for shape in shapes[1:]:
        if result is None or shape is None:
            return None
        result = shape if result == shape and None not in shape else _broadcast_pair(result, shape)
    return result


def _broadcast_pair(a: tuple, b: tuple) -> tuple:
    rank = max(len(a), len(b))
    a_padded = (1,) * (rank - len(a)) + a
    b_padded = (1,) * (rank - len(b)) + b
    sizes = []
    for x, y in zip(a_padded, b_padded, strict=True):
        if x == 1 or x == y:
            sizes.append(y)
        elif y == 1:
            sizes.append(x)
        elif x is None or y is None:
            # Not decided by 0: the unknown size may be 1 or 0, and TensorFlow leaves it open.
            sizes.append((x or y) or None)
        else:
            raise ValueError(f"Dimensions must be equal, but are {x} and {y}")
    return tuple(sizes)


def with_rank(shape: Shape, rank: int) -> tuple[Size, ...]:
    """`shape` with this rank, made known if it was not; `ValueError` for another rank."""
    if shape is None:
        return (None,) * rank
    if len(shape) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(shape)}")
    return shape


def with_rank_at_least(shape: Shape, rank: int) -> Shape:
    """`shape`; `ValueError` if its rank is known and lower."""
    if shape is not None and len(shape) < rank:
        raise ValueError(f"Shape must be at least rank {rank} but is rank {len(shape)}")
    return shape


def with_rank_at_most(shape: Shape, rank: int) -> Shape:
    """`shape`; `ValueError` if its rank is known and higher."""
    if shape is not None and len(shape) > rank:
        raise ValueError(f"Shape must be at most rank {rank} but is rank {len(shape)}")
    return shape


def concat_shapes(*shapes: Shape) -> Shape:
    """The sizes of all shapes one after the other: (2, 3) and (4,) give (2, 3, 4)."""
    sizes: tuple = ()
    for shape in shapes:
        if shape is None:
            return None
        sizes += tuple(shape)
    return sizes


def normalize_axis(axis: Any, rank: int) -> int:
    """`axis` counted from the front.

    Raises:
        ValueError: if it is not in [-rank, rank).
    """
    axis = int(axis)
    if not -rank <= axis < rank:
        raise ValueError(
            f"Dimension ({axis}) must be in the range [{-rank}, {rank}), where {rank} "
            "is the number of dimensions in the input."
        )
    return axis + rank if axis < 0 else axis


def normalize_axes(axes: Any, rank: int) -> tuple[int, ...]:
    """Reduction axes counted from the front, each once, in the order given.

    Args:
        axes: an integer, a sequence or an array of them (also of rank 0).
        rank: the rank of what is reduced.

    Raises:
        ValueError: if one is not in [-rank, rank).
    """
    if hasattr(axes, "tolist"):
        axes = axes.tolist()
    sequence: Iterable = axes if isinstance(axes, Sequence) else [axes]
    result = []
    for axis in sequence:
        if not -rank <= axis < rank:
            raise ValueError(f"Invalid reduction dimension {axis} for input with {rank} dimensions.")
        axis = axis + rank if axis < 0 else axis
        if axis not in result:
            result.append(axis)
    return tuple(result)
