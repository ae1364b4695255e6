"""tf.TensorArray: tensors by number, written and read in loops."""

from __future__ import annotations

import functools
import inspect
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

from perdure.functional.array.array import identity, shape
from perdure.functional.array.shape_arithmetic import range
from perdure.functional.control.version import uses_functions
from perdure.functional.math.cast import cast
from perdure.graph import dtypes, hooks
from perdure.graph.builder import g
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, control_dependencies, device, name_scope
from perdure.graph.dtypes import DType
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.platform import logging


class TensorArray:
    """Tensors of one type by number; each is written once.

    What changes it returns a new TensorArray whose `flow` waits for the change; use that one from then on.

    Args:
        dtype: the type of its elements.
        size: how many there are; needed unless a `handle` is given.
        dynamic_size: whether writing behind the end makes it longer.
        clear_after_read: whether an element is forgotten once it was read; True if None.
        tensor_array_name: a name that the runtime makes unique.
        handle: the handle of an array that exists, instead of making one.
        flow: the flow of that array.
        infer_shape: whether all elements have the same shape, which then becomes known.
        element_shape: what is known of the shape of the elements.
        colocate_with_first_write_call: whether it lies on the device of what is written first.
        name: the name of the node.

    Raises:
        ValueError: neither `size` nor `handle` is given, or arguments that exclude each other.
        TypeError: `handle` is not a tensor.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """An array of the step; a list of tensors where loops are functions (`list_arrays.py`)."""
        if cls is TensorArray:
            handle, flow = (
                args[i] if len(args) > i else kwargs.get(name) for i, name in ((5, "handle"), (6, "flow"))
            )
            is_list = flow is not None and flow.dtype is dtypes.variant
            if is_list or handle is None and uses_functions(get_default_graph()):
                cls = hooks.list_array.resolve()  # type: ignore[assignment]
        return object.__new__(cls)

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
        if handle is not None:
            _check_not_given(
                size=size,
                element_shape=element_shape,
                dynamic_size=dynamic_size,
                clear_after_read=clear_after_read,
                tensor_array_name=tensor_array_name,
                handle=handle,
            )
        elif size is None:
            raise ValueError("Size must be provided if handle is not provided")
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._dynamic_size = bool(dynamic_size)
        self._infer_shape = infer_shape
        # Lists, which are shared with the arrays that follow from this one.
        self._element_shape = [as_shape(element_shape)]
        self._first_written: list[Tensor] | None = [] if colocate_with_first_write_call else None
        with name_scope(name, "TensorArray", [handle, size, flow]) as scope:
            if handle is not None:
                if flow is None:
                    raise ValueError("flow must not be None if handle is not None.")
                self._handle, self._flow = handle, flow
                return
            with ExitStack() as stack:
                if colocate_with_first_write_call:
                    stack.enter_context(device(None))
                    stack.enter_context(colocate_with(None, ignore_existing=True))
                self._handle, self._flow = g.tensor_array_v3(
                    size,
                    dtype=dtype,
                    element_shape=element_shape,
                    identical_element_shapes=infer_shape,
                    dynamic_size=self._dynamic_size,
                    clear_after_read=True if clear_after_read is None else clear_after_read,
                    tensor_array_name=tensor_array_name,
                    name=scope,
                )

    @property
    def flow(self) -> Tensor:
        """A scalar that is there once all changes are made which led to this array."""
        return self._flow

    @property
    def dtype(self) -> DType:
        """The type of its elements."""
        return self._dtype

    @property
    def handle(self) -> Tensor:
        """The handle of the array."""
        return self._handle

    @property
    def element_shape(self) -> TensorShape:
        """What is known of the shape of its elements."""
        return self._element_shape[0]

    @property
    def dynamic_size(self) -> bool:
        """Whether writing behind the end makes it longer."""
        return self._dynamic_size

    def with_flow(self, flow: Tensor) -> TensorArray:
        """The same array behind another flow.

        Raises:
            NotImplementedError: it is an array of the step, and loops are functions here.
        """
        if uses_functions(get_default_graph()):
            raise NotImplementedError(
                "Attempting to build a graph-mode TF2-style TensorArray from either an eager-mode "
                "TensorArray or a TF1-style TensorArray.  This is not currently supported.  You may be "
                "attempting to capture a TensorArray inside a tf.function or tf.data map function. Instead, "
                "construct a new TensorArray inside the function."
            )
        array = TensorArray(
            dtype=self._dtype,
            handle=self._handle,
            flow=flow,
            infer_shape=self._infer_shape,
            colocate_with_first_write_call=self._first_written is not None,
        )
        array._dynamic_size = self._dynamic_size
        array._first_written = self._first_written
        array._element_shape = self._element_shape
        return array

    def identity(self) -> TensorArray:
        """The same array, whose flow waits for what the open scopes say."""
        return self.with_flow(identity(self._flow))

    def grad(self, source: str, flow: Tensor | None = None, name: str | None = None) -> TensorArray:
        """The array of the gradients of its elements.

        Args:
            source: which gradient: each has an array of its own.
            flow: the flow that it waits for; that of this array if None.
            name: the name of the node.
        """
        flow = self._flow if flow is None else flow
        with name_scope(name, "TensorArrayGrad", [self._handle]), colocate_with(self._handle):
            handle, _ = g.tensor_array_grad_v3(self._handle, flow, source=source, name=name)
            with control_dependencies([handle]):
                flow = identity(flow, name="gradient_flow")
            array = TensorArray(
                dtype=self._dtype,
                handle=handle,
                flow=flow,
                infer_shape=self._infer_shape,
                colocate_with_first_write_call=False,
            )
            array._element_shape = self._element_shape
            return array

    # -- reading -------------------------------------------------------------------------

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """The element of a number.

        Args:
            index: an integer scalar.
            name: the name of the node.
        """
        value = g.tensor_array_read_v3(self._handle, index, self._flow, dtype=self._dtype, name=name)
        value.set_shape(self.element_shape)
        return value

    def stack(self, name: str | None = None) -> Tensor:
        """All elements in one tensor, of shape (size, ...).

        Args:
            name: the name of the node.
        """
        with colocate_with(self._handle), name_scope(name, "TensorArrayStack", [self._handle]):
            return self.gather(range(0, self.size()), name=name)

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """Some elements in one tensor, of shape (number of indices, ...).

        Args:
            indices: an integer vector.
            name: the name of the node.
        """
        value = g.tensor_array_gather_v3(
            self._handle,
            indices,
            self._flow,
            dtype=self._dtype,
            name=name,
            element_shape=self.element_shape,
        )
        if self.element_shape.ndims is not None:
            value.set_shape([None, *self.element_shape.as_list()])
        return value

    def concat(self, name: str | None = None) -> Tensor:
        """All elements one behind the other, along their first dimension.

        Args:
            name: the name of the node.
        """
        value, _ = g.tensor_array_concat_v3(
            self._handle,
            self._flow,
            dtype=self._dtype,
            name=name,
            element_shape_except0=self.element_shape[1:],
        )
        if self.element_shape.ndims is not None:
            value.set_shape([None, *self.element_shape.as_list()[1:]])
        return value

    def size(self, name: str | None = None) -> Tensor:
        """How many elements there are, an int32.

        Args:
            name: the name of the node.
        """
        return g.tensor_array_size_v3(self._handle, self._flow, name=name)

    def close(self, name: str | None = None) -> Operation:
        """Give its elements up.

        Args:
            name: the name of the node.
        """
        return g.tensor_array_close_v3(self._handle, name=name)

    # -- writing -------------------------------------------------------------------------

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with an element written.

        Args:
            index: its number, an integer scalar.
            value: the element.
            name: the name of the node.

        Raises:
            ValueError: the shape of `value` contradicts that of the elements.
        """
        with name_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            value = self._element(value)
            self._check_element_shape(value.shape)
            with self._where_written(value):
                flow = g.tensor_array_write_v3(self._handle, index, value, self._flow, name=name)
            return self.with_flow(flow)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array with all elements written, the rows of `value`.

        Args:
            value: a tensor of shape (size, ...).
            name: the name of the node.

        Raises:
            ValueError: the shape of the rows contradicts that of the elements.
        """
        with name_scope(name, "TensorArrayUnstack", [self._handle, value]):
            return self.scatter(range(0, shape(value)[0]), value, name=name)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with some elements written, the rows of `value`.

        Args:
            indices: their numbers, an integer vector.
            value: a tensor of shape (number of indices, ...).
            name: the name of the node.

        Raises:
            ValueError: the shape of the rows contradicts that of the elements.
        """
        with name_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            value = self._element(value)
            self._check_element_shape(value.shape[1:])
            with self._where_written(value):
                flow = g.tensor_array_scatter_v3(self._handle, indices, value, self._flow, name=name)
            return self.with_flow(flow)

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array with all elements written, pieces of `value`.

        Args:
            value: a tensor whose first dimension is cut into pieces.
            lengths: how long each piece is, an integer vector.
            name: the name of the node.

        Raises:
            ValueError: the shape of the pieces contradicts that of the elements.
        """
        with name_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            value = convert_to_tensor(value, dtype=self._dtype, name="value")
            with self._where_written(value):
                lengths = cast(lengths, dtypes.int64)
                self._check_equal_lengths(value, lengths)
                flow = g.tensor_array_split_v3(self._handle, value, lengths, self._flow, name=name)
            return self.with_flow(flow)

    def _element(self, value: Any) -> Tensor:
        value = convert_to_tensor(value, preferred_dtype=self._dtype, name="value")
        if value.dtype != self._dtype:
            logging.error(
                "Error: Input value %s has dtype %s, but expected dtype %s.  This leads to undefined "
                "behavior and will be an error in future versions of TensorFlow.",
                value,
                value.dtype,
                self._dtype,
            )
        return value

    def _check_element_shape(self, found: TensorShape) -> None:
        if not found.is_compatible_with(self.element_shape):
            raise ValueError(f"Inconsistent shapes: saw {found} but expected {self.element_shape} ")
        if self._infer_shape:
            self._element_shape[0] = self.element_shape.merge_with(found)

    def _check_equal_lengths(self, value: Tensor, lengths: Tensor) -> None:
        """Take note of the shape of the pieces of a tensor, if they are known to be of one length."""
        known = constant_value(lengths)
        if value.shape.ndims is not None and known is not None and known.shape:
            if known.max() == known.min():
                self._check_element_shape(TensorShape([known[0]]).concatenate(value.shape[1:]))

    def _where_written(self, value: Tensor) -> AbstractContextManager[None]:
        """Colocation with what was written first, unless the array has a place of its own."""
        if self._first_written is None:
            return nullcontext()
        if not self._first_written:
            self._first_written.append(value)
        return colocate_with(self._first_written[0])


def _check_not_given(*, tensor_array_name: Any, handle: Any, **others: Any) -> None:
    if tensor_array_name:
        raise ValueError("Cannot construct with both handle and tensor_array_name")
    if not isinstance(handle, Tensor):
        raise TypeError("Handle must be a Tensor")
    for name in ("size", "element_shape", "dynamic_size", "clear_after_read"):
        if others[name] is not None:
            raise ValueError(f"Cannot provide both a handle and {name} at the same time")


# `__new__` takes whatever `__init__` does.
TensorArray.__signature__ = inspect.signature(  # type: ignore[attr-defined]
    functools.partial(TensorArray.__init__, None)  # type: ignore[arg-type]
)


def flow_of(value: Any) -> Any:
    """What goes through loops and branches for a value: of a TensorArray its flow."""
    return value.flow if isinstance(value, TensorArray) else value


def with_flows(values: list[Any], flows: list[Any]) -> list[Any]:
    """`flows`, where a value is a TensorArray as that array behind the flow."""
    return [
        value.with_flow(flow) if isinstance(value, TensorArray) else flow
        for value, flow in zip(values, flows, strict=True)
    ]
