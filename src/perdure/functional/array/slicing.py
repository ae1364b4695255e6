"""tf.slice, tf.strided_slice and tensor[...]."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import numpy as np

from perdure.functional.array.array import ones_like
from perdure.functional.array.joining import stack
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import Dimension

newaxis = None


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """A block of a tensor.

    Args:
        input_: a tensor.
        begin: where the block starts, one number for each axis.
        size: its sizes; -1 is everything up to the end.
        name: the name of the node.
    """
    return g.slice(input_, begin, size, name=name)


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """What Python's slices select: `tensor[begin[0]:end[0]:strides[0], ...]`.

    Args:
        input_: a tensor.
        begin, end, strides: vectors of one length; strides are 1 if None.
        begin_mask, end_mask: bit i: ignore begin[i] or end[i], that is, from the first or to the
            last element.
        ellipsis_mask: bit i: entry i stands for all axes that have no entry.
        new_axis_mask: bit i: entry i adds an axis of size 1.
        shrink_axis_mask: bit i: entry i is the index begin[i], and its axis goes away.
        var: the variable that `input_` is the value of, for `assign` of the result.
        name: the name of the node.

    Returns:
        A tensor with a method `assign(value, name=None)` that writes to that part of `var`.
    """
    if strides is None:
        strides = ones_like(begin)
    masks = {
        "begin_mask": begin_mask,
        "end_mask": end_mask,
        "ellipsis_mask": ellipsis_mask,
        "new_axis_mask": new_axis_mask,
        "shrink_axis_mask": shrink_axis_mask,
    }
    result = g.strided_slice(input_, begin, end, strides, name=name, **masks)
    parent = name

    def assign(val: Any, name: str | None = None) -> Any:
        """Write `val` to this part of the variable; `ValueError` if it is not one of a variable."""
        if var is None:
            raise ValueError("Sliced assignment is only supported for variables")
        if name is None:
            name = f"{parent}_assign"
        return var._strided_slice_assign(begin=begin, end=end, strides=strides, value=val, name=name, **masks)

    result.assign = assign
    return result


def slice_helper(tensor: Any, slice_spec: Any, var: Any = None) -> Tensor:
    """`tensor[slice_spec]`.

    Args:
        tensor: a tensor.
        slice_spec: integers, scalar tensors, slices, `...` and None, as NumPy takes them; or one
            boolean mask.
        var: the variable that `tensor` is the value of, if any.

    Raises:
        TypeError: an index is none of these.
    """
    if _is_mask(slice_spec):
        from perdure.functional.array.gathering import boolean_mask

        return boolean_mask(tensor=tensor, mask=slice_spec)
    if not isinstance(slice_spec, (list, tuple)):
        slice_spec = [slice_spec]
    begin: list[Any] = []
    end: list[Any] = []
    strides: list[Any] = []
    masks = dict.fromkeys(("begin_mask", "end_mask", "shrink_axis_mask", "new_axis_mask", "ellipsis_mask"), 0)
    for i, entry in enumerate(slice_spec):
        bit = 1 << i
        if isinstance(entry, builtins.slice):
            begin.append(_bound(entry.start, "begin_mask", masks, bit))
            end.append(_bound(entry.stop, "end_mask", masks, bit))
            if entry.step is not None:
                _check_index(entry.step)
            strides.append(1 if entry.step is None else entry.step)
            continue
        if entry is Ellipsis:
            masks["ellipsis_mask"] |= bit
            first, last = 0, 0
        elif entry is newaxis:
            masks["new_axis_mask"] |= bit
            first, last = 0, 0
        else:
            _check_index(entry)
            masks["shrink_axis_mask"] |= bit
            first, last = entry, entry + 1
        begin.append(first)
        end.append(last)
        strides.append(1)
    with name_scope(None, "strided_slice", [tensor, *begin, *end, *strides]) as name:
        if begin:
            parts: list[Any] = [stack(begin), stack(end), stack(strides)]
            if any(part.dtype == dtypes.int64 for part in parts):
                parts = [
                    part if part.dtype == dtypes.int64 else g.cast(part, DstT=dtypes.int64) for part in parts
                ]
        else:
            parts = [constant([], dtype=dtypes.int32)] * 3
        first, last, step = parts
        return strided_slice(tensor, first, last, step, var=var, name=name, **masks)


def _is_mask(spec: Any) -> bool:
    if isinstance(spec, bool):
        return True
    return isinstance(spec, (Tensor, np.ndarray)) and spec.dtype == (
        dtypes.bool if isinstance(spec, Tensor) else np.bool_
    )


def _bound(value: Any, mask: str, masks: dict[str, int], bit: int) -> Any:
    if value is None or (
        not isinstance(value, Tensor)
        and value is not None
        and isinstance(value, int)
        and value == sys.maxsize
    ):
        masks[mask] |= bit
        return 0
    _check_index(value)
    return value


def _check_index(index: Any) -> None:
    if isinstance(index, (int, Dimension)):
        return
    dtype = getattr(index, "dtype", None)
    if dtype is not None and not (index.shape and len(index.shape) == 1):
        try:
            if dtypes.as_dtype(dtype).base_dtype in (dtypes.int32, dtypes.int64):
                return
        except TypeError:
            pass  # a dtype that tensors do not have
    raise TypeError(
        "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
        f"tf.int32/tf.int64 tensors are valid indices, got {index!r}"
    )


def slice_variable(var: Any, slice_spec: Any) -> Tensor:
    """`variable[slice_spec]`; the result has a method `assign`."""
    return slice_helper(var.value(), slice_spec, var)
