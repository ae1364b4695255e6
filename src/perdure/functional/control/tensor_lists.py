"""Lists of tensors as values: what `tensorflow.python.ops.list_ops` has."""

from __future__ import annotations

from typing import Any

from perdure.functional.control.conditionals import cond
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import Dimension, TensorShape


def empty_tensor_list(
    element_shape: Any, element_dtype: Any, max_num_elements: Any = None, name: str | None = None
) -> Tensor:
    """A list without elements.

    Args:
        element_shape: the shape of its elements, as far as it is known.
        element_dtype: their type.
        max_num_elements: how many there may be; any number when None.
        name: the name of the node.
    """
    return g.empty_tensor_list(
        element_shape=_element_shape(element_shape),
        max_num_elements=-1 if max_num_elements is None else max_num_elements,
        element_dtype=element_dtype,
        name=name,
    )


def tensor_list_reserve(
    element_shape: Any, num_elements: Any, element_dtype: Any, name: str | None = None
) -> Tensor:
    """A list of elements that are not set yet."""
    return g.tensor_list_reserve(
        element_shape=_element_shape(element_shape),
        num_elements=num_elements,
        element_dtype=element_dtype,
        name=name,
    )


def tensor_list_from_tensor(tensor: Any, element_shape: Any, name: str | None = None) -> Tensor:
    """The rows of a tensor as a list."""
    return g.tensor_list_from_tensor(tensor, _element_shape(element_shape), name=name)


def tensor_list_get_item(
    input_handle: Tensor, index: Any, element_dtype: Any, element_shape: Any = None, name: str | None = None
) -> Tensor:
    """The element of a list at a place."""
    return g.tensor_list_get_item(
        input_handle, index, _element_shape(element_shape), element_dtype=element_dtype, name=name
    )


def tensor_list_pop_back(input_handle: Tensor, element_dtype: Any, name: str | None = None) -> Any:
    """A list without its last element, and that."""
    return g.tensor_list_pop_back(input_handle, -1, element_dtype=element_dtype, name=name)


def tensor_list_push_back(input_handle: Tensor, tensor: Any, name: str | None = None) -> Tensor:
    """A list with one more element."""
    return g.tensor_list_push_back(input_handle, tensor, name=name)


def tensor_list_length(input_handle: Tensor, name: str | None = None) -> Tensor:
    """How many elements a list has."""
    return g.tensor_list_length(input_handle, name=name)


def tensor_list_gather(
    input_handle: Tensor, indices: Any, element_dtype: Any, element_shape: Any = None, name: str | None = None
) -> Tensor:
    """The elements of a list at some places, stacked."""
    return g.tensor_list_gather(
        input_handle, indices, _element_shape(element_shape), element_dtype=element_dtype, name=name
    )


def tensor_list_scatter(
    tensor: Any, indices: Any, element_shape: Any = None, input_handle: Any = None, name: str | None = None
) -> Tensor:
    """A list with the rows of a tensor at some places: a new one, or another list with them."""
    if input_handle is not None:
        return g.tensor_list_scatter_into_existing_list(input_handle, tensor, indices, name=name)
    return g.tensor_list_scatter_v2(tensor, indices, _element_shape(element_shape), -1, name=name)


def tensor_list_stack(
    input_handle: Tensor,
    element_dtype: Any,
    num_elements: Any = -1,
    element_shape: Any = None,
    name: str | None = None,
) -> Tensor:
    """All elements of a list, stacked."""
    return g.tensor_list_stack(
        input_handle,
        _element_shape(element_shape),
        element_dtype=element_dtype,
        num_elements=num_elements,
        name=name,
    )


def tensor_list_concat(
    input_handle: Tensor, element_dtype: Any, element_shape: Any = None, name: str | None = None
) -> Tensor:
    """All elements of a list, one behind the other along their first axis."""
    made = g.tensor_list_concat_v2(
        input_handle,
        _element_shape(element_shape),
        convert_to_tensor([], dtype=dtypes.int64),
        element_dtype=element_dtype,
        name=name,
    )
    result: Tensor = made[0]
    return result


def tensor_list_split(tensor: Any, element_shape: Any, lengths: Any, name: str | None = None) -> Tensor:
    """A list of stretches of a tensor's rows."""
    return g.tensor_list_split(tensor, _element_shape(element_shape), lengths, name=name)


def tensor_list_set_item(
    input_handle: Tensor,
    index: Any,
    item: Any,
    resize_if_index_out_of_bounds: bool = False,
    name: str | None = None,
) -> Tensor:
    """A list with another element at a place.

    Args:
        input_handle: the list.
        index: the place.
        item: the element.
        resize_if_index_out_of_bounds: whether the list is made longer where it is too short.
        name: the name of the node.
    """
    if resize_if_index_out_of_bounds:
        size = g.tensor_list_length(input_handle)
        given = input_handle
        input_handle = cond(index >= size, lambda: g.tensor_list_resize(given, index + 1), lambda: given)
    return g.tensor_list_set_item(input_handle, index, item, name=name)


def _element_shape(shape: Any) -> Any:
    """A shape as the ops take it: -1 for what is unknown."""
    if isinstance(shape, Tensor):
        return shape
    if isinstance(shape, TensorShape):
        shape = shape.as_list() if shape else None
    if shape is None:
        return -1
    if not shape:
        return convert_to_tensor(shape, dtype=dtypes.int32)
    sizes = [size.value if isinstance(size, Dimension) else size for size in shape]
    return [-1 if size is None else size for size in sizes]
