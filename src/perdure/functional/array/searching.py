"""Where values are: `tf.unique`, `tf.setdiff1d`, `tf.searchsorted`, `tf.one_hot`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.array.array import (
    reshape,
    shape_internal,
)
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def unique(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """The distinct elements of a vector in order of appearance, and the number of each element's.

    Args:
        x: a vector.
        out_idx: the type of the numbers.
        name: the name of the node.

    Returns:
        A named tuple (y, idx).
    """
    return g.unique(x, out_idx=out_idx, name=name)


def unique_with_counts(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """`unique`, and how often each distinct element appears.

    Args:
        x: a vector.
        out_idx: the type of the numbers and counts.
        name: the name of the node.

    Returns:
        A named tuple (y, idx, count).
    """
    return g.unique_with_counts(x, out_idx=out_idx, name=name)


def setdiff1d(x: Any, y: Any, index_dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """The elements of one vector that are not in another, and where they are.

    Args:
        x: a vector.
        y: the vector of what is left out.
        index_dtype: the type of the positions.
        name: the name of the node.

    Returns:
        A named tuple (out, idx).
    """
    return g.list_diff(x, y, out_idx=index_dtype, name=name)


listdiff = setdiff1d


def searchsorted(
    sorted_sequence: Any,
    values: Any,
    side: str = "left",
    out_type: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Where values would be inserted into sorted rows.

    Args:
        sorted_sequence: (..., n), each row sorted.
        values: (..., m).
        side: "left" for the first place that keeps the order, "right" for the last.
        out_type: tf.int32 or tf.int64.
        name: the name of the node that searches.

    Raises:
        ValueError: `side` is neither.
    """
    sequence_size = shape_internal(sorted_sequence)[-1]
    values_size = shape_internal(values)[-1]
    rows = reshape(sorted_sequence, [-1, sequence_size])
    wanted = reshape(values, [-1, values_size])
    if side == "right":
        found = g.upper_bound(rows, wanted, out_type=out_type, name=name)
    elif side == "left":
        found = g.lower_bound(rows, wanted, out_type=out_type, name=name)
    else:
        raise ValueError(f"side must be either 'right' or 'left'.  Saw: {side}.")
    return reshape(found, shape_internal(values))


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """A new axis with `on_value` at each index and `off_value` elsewhere.

    Args:
        indices: which entry is on; one outside [0, depth) switches none on.
        depth: the size of the new axis.
        on_value: 1 if None.
        off_value: 0 if None.
        axis: where the new axis will be; last if None.
        dtype: the type of the result; of the values if those are given, else tf.float32.
        name: the name of the node.

    Raises:
        TypeError: the types of the values differ from each other or from `dtype`.
    """
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value, axis, dtype]) as name:
        if dtype is not None:
            dtype = dtypes.as_dtype(dtype)
        on_dtype = None if on_value is None else convert_to_tensor(on_value).dtype.base_dtype
        off_dtype = None if off_value is None else convert_to_tensor(off_value).dtype.base_dtype
        if dtype is not None:
            for word, given in (("on_value", on_dtype), ("off_value", off_dtype)):
                if given is not None and given != dtype:
                    raise TypeError(f"dtype {given} of {word} does not match dtype parameter {dtype}")
        else:
            dtype = on_dtype or off_dtype or dtypes.float32
        if on_value is None:
            on_value, on_dtype = convert_to_tensor(1, dtype, name="on_value"), dtype
        if off_value is None:
            off_value, off_dtype = convert_to_tensor(0, dtype, name="off_value"), dtype
        if on_dtype != off_dtype:
            raise TypeError(f"dtype {on_dtype} of on_value does not match dtype {off_dtype} of off_value")
        return g.one_hot(indices, depth, on_value, off_value, axis=axis, name=name)


def bucketize(input: Any, boundaries: Sequence[float], name: str | None = None) -> Tensor:
    """Which of the ranges between boundaries each number is in.

    Args:
        input: numbers.
        boundaries: sorted; a number that is equal to one is in the range above it.
        name: the name of the op.

    Returns:
        The numbers of the ranges, from 0 on, int32, of the shape of `input`.

    Raises:
        InvalidArgumentError: when run, if boundaries are not sorted.
    """
    return g.bucketize(input, boundaries=boundaries, name=name)
