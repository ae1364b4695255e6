"""Lists of tensors as values; `variants.py` has them.

Shape functions are given, for a list, the shape of its elements (`lists` in `ops/traits.py`).
"""

from typing import Any

import numpy as np

from perdure.graph import shapes
from perdure.ops.checks import invalid
from perdure.ops.control.variants import (
    ListValue,
    as_element_shape,
    blank,
    checked,
    format_partial,
    merged,
    shape_of,
)
from perdure.ops.registry import op

_LIST: dict[str, Any] = {"host": True, "lists": True, "foldable": False}


def list_shape():
    return ()


def _both(one, other):
    """What the shape of a list's elements and the one that an op is given say together."""
    if isinstance(other, np.ndarray):
        other = as_element_shape(other)
    return shapes.merge(one, other)


def _scalar(value, name):
    if np.ndim(value):
        raise invalid(f"{name} must be a scalar")
    return int(value)


# -- making them -----------------------------------------------------------------------------

empty = op("EmptyTensorList", static=["element_shape"], **_LIST)
empty.shape(list_shape)


@empty.kernel
def empty_kernel(xp, element_shape, max_num_elements, *, element_dtype):
    if np.ndim(max_num_elements):
        raise invalid(
            "max_num_elements expected to be a scalar but got shape: "
            f"{shapes.format_shape(np.shape(max_num_elements))}"
        )
    return ListValue(element_dtype, as_element_shape(element_shape), [], int(max_num_elements))


empty.not_differentiable("it makes a list of nothing")

reserve = op("TensorListReserve", static=["element_shape"], **_LIST)
reserve.shape(list_shape)


@reserve.kernel
def reserve_kernel(xp, element_shape, num_elements, *, element_dtype):
    count = _scalar(num_elements, "num_elements")
    if count < 0:
        raise invalid(f"The num_elements to reserve must be a non negative number, but got {count}")
    return ListValue(element_dtype, as_element_shape(element_shape), [None] * count)


reserve.not_differentiable("it makes a list of nothing")

from_tensor = op("TensorListFromTensor", static=["element_shape"], **_LIST)
from_tensor.shape(list_shape)


@from_tensor.kernel
def from_tensor_kernel(xp, tensor, element_shape, *, element_dtype):
    if not np.ndim(tensor):
        raise invalid(
            f"Tensor must be at least a vector, but saw shape: {shapes.format_shape(np.shape(tensor))}"
        )
    wanted = as_element_shape(element_shape)
    rows = np.shape(tensor)[1:]
    if not shapes.is_compatible(wanted, rows):
        raise invalid(
            f"Specified a list with shape {shapes.format_shape(wanted)} from a tensor with shape "
            f"{shapes.format_shape(rows)}"
        )
    return ListValue(element_dtype, merged(wanted, rows), list(tensor))


@from_tensor.gradient
def from_tensor_gradient(g, d_output_handle, tensor):
    count = tensor.shape.dims[0].value if tensor.shape.dims else None
    made = g.tensor_list_stack(
        d_output_handle,
        g.slice(g.shape(tensor), [1], [-1]),
        element_dtype=tensor.dtype,
        num_elements=-1 if count is None else count,
    )
    return {"tensor": made}


split = op("TensorListSplit", static=["element_shape"], **_LIST)
split.shape(list_shape)


@split.kernel
def list_split_kernel(xp, tensor, element_shape, lengths, *, element_dtype):
    if not np.ndim(tensor):
        raise invalid(
            f"Tensor must be at least a vector, but saw shape: {shapes.format_shape(np.shape(tensor))}"
        )
    if np.ndim(lengths) != 1:
        raise invalid(f"Expected lengths to be a vector, received shape: {list(np.shape(lengths))}")
    ends = np.cumsum(lengths)
    count = np.shape(tensor)[0]
    if np.any(np.asarray(lengths) < 0):
        raise invalid(f"Invalid value in lengths: {min(lengths)}")
    for end, length in zip(ends, lengths, strict=True):
        if end > count:
            raise invalid(f"Attempting to slice [{end - length}, {end}] from tensor with length {count}")
    total = ends[-1] if len(ends) else 0
    if total != count:
        raise invalid(f"Unused values in tensor. Length of tensor: {count} Values used: {total}")
    wanted = as_element_shape(element_shape)
    parts = [tensor[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    made = ListValue(element_dtype, wanted, parts)
    for part in parts:
        made.check_element(part)
    return made


@split.gradient
def split_gradient(g, d_output_handle, tensor, lengths):
    rows = g.slice(g.shape(tensor), [1], [-1])
    made = g.tensor_list_concat_v2(
        d_output_handle, g.concat([[-1], rows], 0), lengths, element_dtype=tensor.dtype
    )
    return {"tensor": made[0]}


def _scattered(tensor, indices, wanted, dtype, count):
    indices = [int(i) for i in np.asarray(indices).reshape(-1)]
    if len(indices) != len(tensor):
        raise invalid(
            f"Specified {len(indices)} indices for a tensor with {len(tensor)} rows in a scatter into a list"
        )
    if any(i < 0 for i in indices):
        raise invalid("Indices in TensorListScatter must all be non-negative.")
    size = max(indices, default=-1) + 1
    if count >= 0 and size > count:
        raise invalid(f"TensorListScatter: Trying to scatter at index {size - 1} in list with size {count}")
    elements = [None] * max(size, count)
    for row, index in zip(tensor, indices, strict=True):
        elements[index] = row
    return ListValue(dtype, merged(wanted, np.shape(tensor)[1:]), elements)


scatter = op("TensorListScatter", static=["element_shape"], **_LIST)
scatter.shape(list_shape)


@scatter.kernel
def scatter_kernel(xp, tensor, indices, element_shape, *, element_dtype):
    return _scattered(tensor, indices, as_element_shape(element_shape), element_dtype, -1)


def scatter_gradient(g, d_output_handle, tensor, indices):
    rows = g.slice(g.shape(tensor), [1], [-1])
    return {"tensor": g.tensor_list_gather(d_output_handle, indices, rows, element_dtype=tensor.dtype)}


scatter.gradient(scatter_gradient)
scatter_v2 = op("TensorListScatterV2", static=["element_shape"], **_LIST)
scatter_v2.shape(list_shape)


@scatter_v2.kernel
def scatter_v2_kernel(xp, tensor, indices, element_shape, num_elements, *, element_dtype):
    count = _scalar(num_elements, "num_elements")
    if count < -1:
        raise invalid(f"TensorListScatter expects num_elements >= -1, found: {count}")
    return _scattered(tensor, indices, as_element_shape(element_shape), element_dtype, count)


scatter_v2.gradient(scatter_gradient)
into_existing = op("TensorListScatterIntoExistingList", **_LIST)
into_existing.shape(list_shape)


@into_existing.kernel
def into_existing_kernel(xp, input_handle, tensor, indices, *, element_dtype):
    input_handle = checked(input_handle, element_dtype)
    elements = input_handle.elements
    places = [int(i) for i in np.asarray(indices).reshape(-1)]
    if any(i < 0 for i in places):
        raise invalid("Indices in TensorListScatter must all be non-negative.")
    elements += [None] * (max(places, default=-1) + 1 - len(elements))
    for row, index in zip(tensor, places, strict=True):
        input_handle.check_element(row)
        elements[index] = row
    return input_handle.of(elements)


@into_existing.gradient
def into_existing_gradient(g, d_output_handle, tensor, indices):
    rows = g.slice(g.shape(tensor), [1], [-1])
    found = g.tensor_list_gather(d_output_handle, indices, rows, element_dtype=tensor.dtype)
    rest = g.tensor_list_scatter_into_existing_list(d_output_handle, g.zeros_like(tensor), indices)
    return {"input_handle": rest, "tensor": found}


# -- elements --------------------------------------------------------------------------------

push_back = op("TensorListPushBack", **_LIST)


@push_back.shape
def push_back_shape(input_handle, tensor):
    if not shapes.is_compatible(input_handle, tensor):
        raise ValueError(
            f"Shapes must be compatible, but are {shapes.format_shape(input_handle)} and "
            f"{shapes.format_shape(tensor)}"
        )
    return ()


@push_back.kernel
def push_back_kernel(xp, input_handle, tensor, *, element_dtype):
    input_handle = checked(input_handle, element_dtype)
    return input_handle.push(tensor)


@push_back.gradient
def push_back_gradient(g, d_output_handle, tensor, *, element_dtype):
    rest, element = g.tensor_list_pop_back(d_output_handle, g.shape(tensor), element_dtype=element_dtype)
    return {"input_handle": rest, "tensor": element}


pop_back = op("TensorListPopBack", static=["element_shape"], **_LIST)


@pop_back.shape
def pop_back_shape(input_handle, element_shape):
    return [(), _both(input_handle, element_shape)]


@pop_back.kernel
def pop_back_kernel(xp, input_handle, element_shape, *, element_dtype):
    input_handle = checked(input_handle, element_dtype)
    return input_handle.pop(as_element_shape(element_shape))


@pop_back.gradient
def pop_back_gradient(g, d_output_handle, d_tensor, output_handle):
    if d_output_handle is None:
        shape = g.tensor_list_element_shape(output_handle, shape_type="int32")
        d_output_handle = g.empty_tensor_list(shape, -1, element_dtype=d_tensor.dtype)
    return {"input_handle": g.tensor_list_push_back(d_output_handle, d_tensor)}


get_item = op("TensorListGetItem", static=["element_shape"], **_LIST)


@get_item.shape
def get_item_shape(input_handle, element_shape):
    return _both(input_handle, element_shape)


@get_item.kernel
def get_item_kernel(xp, input_handle, index, element_shape, *, element_dtype):
    input_handle = checked(input_handle, element_dtype)
    place = int(index)
    if not 0 <= place < input_handle.count:
        raise invalid(f"Trying to access element {place} in a list with {input_handle.count} elements.")
    return input_handle.at(place, as_element_shape(element_shape))


@get_item.gradient
def get_item_gradient(g, d_item, input_handle, index):
    size = g.tensor_list_length(input_handle)
    shape = g.tensor_list_element_shape(input_handle, shape_type="int32")
    blanks = g.tensor_list_reserve(shape, size, element_dtype=d_item.dtype)
    return {"input_handle": g.tensor_list_set_item(blanks, index, d_item)}


set_item = op("TensorListSetItem", **_LIST)


@set_item.shape
def set_item_shape(input_handle, item):
    return push_back_shape(input_handle, item)


@set_item.kernel
def set_item_kernel(xp, input_handle, index, item, *, element_dtype):
    input_handle = checked(input_handle, element_dtype)
    place = int(index)
    if not 0 <= place < input_handle.count:
        raise invalid(f"Trying to modify element {place} in a list with {input_handle.count} elements.")
    input_handle.check_element(item)
    elements = input_handle.elements
    elements[place] = item
    return input_handle.of(elements)


@set_item.gradient
def set_item_gradient(g, d_output_handle, index, item):
    rest = g.tensor_list_set_item(d_output_handle, index, g.zeros_like(item))
    element = g.tensor_list_get_item(d_output_handle, index, g.shape(item), element_dtype=item.dtype)
    return {"input_handle": rest, "item": element}


resize = op("TensorListResize", **_LIST)
resize.shape(list_shape)


@resize.kernel
def resize_kernel(xp, input_handle, size):
    count = _scalar(size, "size")
    if count < 0:
        raise invalid(f"TensorListSlice expects size to be non-negative. Got: {count}")
    elements = input_handle.elements[:count]
    return input_handle.of(elements + [None] * (count - len(elements)))


@resize.gradient
def resize_gradient(g, d_output_handle, input_handle):
    return {"input_handle": g.tensor_list_resize(d_output_handle, g.tensor_list_length(input_handle))}


push_back_batch = op("TensorListPushBackBatch", host=True, foldable=False)


@push_back_batch.shape
def push_back_batch_shape(input_handles):
    return input_handles


@push_back_batch.kernel
def push_back_batch_kernel(xp, input_handles, tensor, *, element_dtype):
    lists = np.asarray(input_handles, object)
    if np.shape(tensor)[:1] != lists.shape:
        raise invalid(
            f"Expected tensor.shape[0] == input_handles.size, but saw {np.shape(tensor)[:1]} vs. "
            f"{lists.shape}"
        )
    made = np.empty(lists.shape, object)
    for i, one in enumerate(lists):
        made[i] = checked(one, element_dtype).push(tensor[i])
    return made


push_back_batch.not_differentiable("TensorFlow has no gradient of it")

# -- what is in them -------------------------------------------------------------------------

length = op("TensorListLength", **_LIST)
length.shape(list_shape)


@length.kernel
def length_kernel(xp, input_handle):
    return np.int32(input_handle.count)


length.not_differentiable("it is a number of elements")

element_shape_of = op("TensorListElementShape", **_LIST)


@element_shape_of.shape
def element_shape_shape(input_handle):
    return None if input_handle is None else (len(input_handle),)


@element_shape_of.kernel
def element_shape_kernel(xp, input_handle, *, shape_type):
    shape = input_handle.shape
    dtype = shape_type.as_numpy_dtype
    if shape is None:
        return np.asarray(-1, dtype)
    return np.asarray([-1 if size is None else size for size in shape], dtype)


element_shape_of.not_differentiable("it is a shape")


def _stacked(elements, dtype, shape):
    for element in elements:
        if element is not None:
            shape = merged(shape, shape_of(element))
    if shape is None or None in shape:
        what = (
            "elements of an empty list with"
            if not elements
            else ("list which only contains uninitialized tensors and has a")
        )
        raise invalid(f"Tried to stack {what} non-fully-defined element_shape: {format_partial(shape)}")
    if not elements:
        return blank(dtype, (0, *shape))
    return np.stack([blank(dtype, shape) if element is None else element for element in elements])


stack = op("TensorListStack", static=["element_shape"], **_LIST)


@stack.shape
def stack_shape(input_handle, element_shape, *, num_elements):
    rows = _both(input_handle, element_shape)
    return None if rows is None else (None if num_elements < 0 else num_elements, *rows)


@stack.kernel
def list_stack_kernel(xp, input_handle, element_shape, *, element_dtype, num_elements):
    input_handle = checked(input_handle, element_dtype)
    if num_elements != -1 and input_handle.count != num_elements:
        raise invalid(
            f"Operation expected a list with {num_elements} elements but got a list with "
            f"{input_handle.count} elements."
        )
    shape = merged(input_handle.shape, as_element_shape(element_shape))
    return _stacked(input_handle.elements, element_dtype, shape)


@stack.gradient
def stack_gradient(g, d_tensor):
    rows = d_tensor.shape[1:] if d_tensor.shape.ndims is not None else None
    sizes = -1 if rows is None else [-1 if size is None else size for size in rows.as_list()]
    given = g.const(value=np.zeros(0, np.int32), dtype="int32") if sizes == [] else sizes
    return {"input_handle": g.tensor_list_from_tensor(d_tensor, given)}


gather = op("TensorListGather", static=["element_shape"], **_LIST)


@gather.shape
def gather_shape(input_handle, indices, element_shape):
    rows = _both(input_handle, element_shape)
    return None if rows is None or indices is None else (*indices, *rows)


@gather.kernel
def list_gather_kernel(xp, input_handle, indices, element_shape, *, element_dtype):
    input_handle = checked(input_handle, element_dtype)
    known = input_handle.elements
    for i in np.asarray(indices).reshape(-1):
        if not 0 <= i < len(known):
            raise invalid(f"Index {i} out o range; list only has {len(known)} elements.")
    shape = merged(input_handle.shape, as_element_shape(element_shape))
    return _stacked([known[int(i)] for i in indices], element_dtype, shape)


@gather.gradient
def gather_gradient(g, d_values, input_handle, indices):
    shape = g.tensor_list_element_shape(input_handle, shape_type="int32")
    blanks = g.tensor_list_reserve(shape, g.tensor_list_length(input_handle), element_dtype=d_values.dtype)
    return {"input_handle": g.tensor_list_scatter_into_existing_list(blanks, d_values, indices)}


def _concatenated(lists, wanted, leading, dtype):
    rows = merged(lists.shape, wanted)
    tail = None if rows is None else rows[1:]
    elements = lists.elements
    if any(element is None for element in elements):
        sizes = [int(size) for size in leading]
        if tail is None or None in tail or not sizes:
            raise invalid(
                f"Concat requires the shape of elements that are not set: {shapes.format_shape(rows)}"
            )
        filled = [blank(dtype, (sizes[i], *tail)) if e is None else e for i, e in enumerate(elements)]
        elements = filled
    if not elements:
        if tail is None or None in tail:
            raise invalid(
                "All except the first dimension must be fully defined when concating an empty tensor list. "
                f"element_shape: {shapes.format_shape(rows)}"
            )
        return blank(dtype, (0, *tail)), np.zeros(0, np.int64)
    for element in elements:
        if not np.ndim(element):
            raise invalid("Concat saw a scalar shape at index 0 but requires at least vectors.")
    return np.concatenate(elements), np.asarray([len(element) for element in elements], np.int64)


concat = op("TensorListConcat", **_LIST)


@concat.shape
def concat_shape(input_handle, *, element_shape):
    rows = _both(input_handle, element_shape)
    return [None if not rows else (None, *rows[1:]), (None,)]


@concat.kernel
def list_concat_kernel(xp, input_handle, *, element_dtype, element_shape):
    input_handle = checked(input_handle, element_dtype)
    return _concatenated(input_handle, element_shape, (), element_dtype)


@concat.gradient
def concat_gradient(g, d_tensor, input_handle, lengths):
    shape = g.tensor_list_element_shape(input_handle, shape_type="int32")
    return {"input_handle": g.tensor_list_split(d_tensor, shape, lengths)}


concat_v2 = op("TensorListConcatV2", static=["element_shape"], **_LIST)


@concat_v2.shape
def concat_v2_shape(input_handle, element_shape):
    rows = _both(input_handle, element_shape)
    return [None if not rows else (None, *rows[1:]), (None,)]


@concat_v2.kernel
def list_concat_v2_kernel(xp, input_handle, element_shape, leading_dims, *, element_dtype):
    input_handle = checked(input_handle, element_dtype)
    return _concatenated(input_handle, as_element_shape(element_shape), leading_dims, element_dtype)


concat_v2.gradient(concat_gradient)

concat_lists = op("TensorListConcatLists", host=True, foldable=False)


@concat_lists.shape
def concat_lists_shape(input_a, input_b):
    return shapes.merge(input_a, input_b)


@concat_lists.kernel
def concat_lists_kernel(xp, input_a, input_b, *, element_dtype):
    if isinstance(input_a, ListValue):
        return _joined(input_a, input_b, element_dtype)
    made = np.empty(np.shape(input_a), object)
    for place in np.ndindex(made.shape):
        made[place] = _joined(input_a[place], input_b[place], element_dtype)
    return made


def _joined(one, other, dtype):
    one, other = checked(one, dtype), checked(other, dtype)
    return ListValue(dtype, merged(one.shape, other.shape), one.elements + other.elements, one.most)


concat_lists.not_differentiable("TensorFlow has no gradient of it")
