"""tf.transpose, tf.tile, tf.reverse, tf.roll, tf.broadcast_to and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.functional.arguments import renamed
from perdure.functional.array.array import rank
from perdure.functional.array.joining import concat
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

# -- transposes -------------------------------------------------------------------


def transpose(a: Any, perm: Any = None, name: str | None = "transpose", conjugate: bool = False) -> Tensor:
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
            count: Any = rank(a)
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
