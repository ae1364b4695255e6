"""tf.TensorArray as a list of tensors, which is a value, where conditionals and loops are functions.

Its flow is the list, and it has no handle.
"""

from __future__ import annotations

from typing import Any, NoReturn

from perdure.functional.array.array import identity
from perdure.functional.control.control import no_op
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.control.tensor_lists import (
    tensor_list_concat,
    tensor_list_from_tensor,
    tensor_list_gather,
    tensor_list_get_item,
    tensor_list_length,
    tensor_list_reserve,
    tensor_list_scatter,
    tensor_list_set_item,
    tensor_list_split,
    tensor_list_stack,
)
from perdure.functional.math.cast import cast
from perdure.graph import dtypes
from perdure.graph.defaults import name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import as_shape


class ListArray(TensorArray):
    """A TensorArray that is a list of tensors.

    What says where and for how long its elements are kept has no effect, as in TensorFlow: they are values.

    Args:
        dtype, size, dynamic_size, flow, infer_shape, element_shape, name: see `TensorArray`.
        clear_after_read, tensor_array_name, colocate_with_first_write_call: have no effect.
        handle: there is none.
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Tensor | None = None,
        flow: Tensor | None = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        assert handle is None
        if flow is not None and (not isinstance(flow, Tensor) or flow.dtype is not dtypes.variant):
            raise TypeError("flow must be a variant tensor")
        if flow is None and size is None:
            raise ValueError("Size must be provided if flow is not provided")
        for what, given in (("size", size), ("element_shape", element_shape)):
            if flow is not None and given is not None:
                raise ValueError(f"Cannot provide both a flow and {what} at the same time")
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._dynamic_size = bool(dynamic_size)
        self._infer_shape = infer_shape
        self._element_shape = [as_shape(element_shape)]
        self._first_written = None
        with name_scope(name, "TensorArrayV2", [size, flow]) as scope:
            if flow is None:
                flow = tensor_list_reserve(element_shape, size, dtype, name=scope)
            self._flow: Tensor = flow

    @property
    def handle(self) -> Tensor:
        """None."""
        return None  # type: ignore[return-value]  # as in TensorFlow

    def with_flow(self, flow: Tensor) -> ListArray:
        """The array that another list is."""
        array = ListArray(self._dtype, flow=flow, infer_shape=self._infer_shape)
        array._dynamic_size = self._dynamic_size
        array._element_shape = self._element_shape
        return array

    def identity(self) -> ListArray:
        """The same array, behind what the open scopes say."""
        return self.with_flow(identity(self._flow))

    def grad(self, source: str, flow: Tensor | None = None, name: str | None = None) -> NoReturn:
        """Refuse: the gradient of a list is a list.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError()

    # -- reading -------------------------------------------------------------------------

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """See `TensorArray.read`."""
        with name_scope(name, "TensorArrayV2Read", [self._flow, index]):
            return tensor_list_get_item(self._flow, index, self._dtype, self.element_shape, name=name)

    def stack(self, name: str | None = None) -> Tensor:
        """See `TensorArray.stack`."""
        with name_scope(name, "TensorArrayV2Stack", [self._flow]):
            return tensor_list_stack(self._flow, self._dtype, element_shape=self.element_shape)

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """See `TensorArray.gather`."""
        return tensor_list_gather(self._flow, indices, self._dtype, self.element_shape, name=name)

    def concat(self, name: str | None = None) -> Tensor:
        """See `TensorArray.concat`."""
        dims = self.element_shape.dims
        rows = None if dims is None else [None, *dims[1:]]
        return tensor_list_concat(self._flow, self._dtype, rows, name=name)

    def size(self, name: str | None = None) -> Tensor:
        """See `TensorArray.size`."""
        return tensor_list_length(self._flow, name=name)

    def close(self, name: str | None = None) -> Operation:
        """Do nothing: a list is a value."""
        return no_op(name=name)

    # -- writing -------------------------------------------------------------------------

    def write(self, index: Any, value: Any, name: str | None = None) -> ListArray:
        """See `TensorArray.write`."""
        with name_scope(name, "TensorArrayV2Write", [self._flow, index, value]):
            value = self._element(value)
            self._check_element_shape(value.shape)
            flow = tensor_list_set_item(
                self._flow, index, value, resize_if_index_out_of_bounds=self._dynamic_size, name=name
            )
            return self.with_flow(flow)

    def unstack(self, value: Any, name: str | None = None) -> ListArray:
        """See `TensorArray.unstack`."""
        with name_scope(name, "TensorArrayUnstack", [self._flow, value]):
            value = self._element(value)
            self._check_element_shape(value.shape[1:])
            return self.with_flow(tensor_list_from_tensor(value, value.shape[1:]))

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> ListArray:
        """See `TensorArray.scatter`."""
        with name_scope(name, "TensorArrayScatter", [self._flow, value, indices]):
            value = self._element(value)
            self._check_element_shape(value.shape[1:])
            flow = tensor_list_scatter(value, indices, self.element_shape, input_handle=self._flow)
            return self.with_flow(flow)

    def split(self, value: Any, lengths: Any, name: str | None = None) -> ListArray:
        """See `TensorArray.split`."""
        with name_scope(name, "TensorArraySplit", [self._flow, value, lengths]):
            value = self._element(value)
            lengths = cast(lengths, dtypes.int64)
            self._check_equal_lengths(value, lengths)
            return self.with_flow(tensor_list_split(value, self.element_shape, lengths, name=name))
