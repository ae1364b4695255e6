"""RefVariable: variables of the ref kind, which TensorFlow 1 makes unless told otherwise."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from perdure.functional.state.scatter import batch_scatter_update
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor, register_tensor_conversion_function
from perdure.graph.defaults import (
    add_to_collections,
    colocate_with,
    device,
    get_default_graph,
    init_scope,
    name_scope,
)
from perdure.graph.dtypes import DType
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.platform import logging
from perdure.variables.base import (
    Variable,
    checked_collections,
    checked_distribution,
    checked_slices,
)
from perdure.variables.definitions import (
    checked_definition,
    graph_element,
    read_definition,
    variable_to_proto,
)
from perdure.variables.initial_values import guarded_initial_value, refuse_value_from_inside


class RefVariable(Variable):
    """A variable whose node hands out a reference that ops assign through; see `Variable`."""

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: str | None = None,
        constraint: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
    ) -> None:
        if variable_def:
            checked_definition(variable_def, initial_value)
            self._variable = graph_element(variable_def.variable_name, import_scope)
            self._snapshot = graph_element(variable_def.snapshot_name, import_scope)
            read_definition(self, variable_def, import_scope)
            return
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        self._synchronization, self._aggregation, self._trainable = checked_distribution(
            synchronization, aggregation, trainable, name
        )
        collections = checked_collections(collections, self._trainable)
        self._constraint = constraint
        from_function = callable(initial_value)
        with init_scope(), name_scope(name, "Variable", [] if from_function else [initial_value]) as scope:
            if from_function:
                with as_if_colocated(scope):
                    with name_scope("Initializer"), device(None):
                        self._initial_value = convert_to_tensor(
                            initial_value(), name="initial_value", dtype=dtype
                        )
                    self._variable = self._make_node(scope, shape, validate_shape)
            else:
                self._initial_value = convert_to_tensor(initial_value, name="initial_value", dtype=dtype)
                refuse_value_from_inside(scope, self._initial_value)
                self._variable = self._make_node(scope, shape, validate_shape)
            if validate_shape and not self._initial_value.shape.is_fully_defined():
                raise ValueError(f"initial_value must have a shape specified: {self._initial_value}")
            self._initializer_op = g.assign(
                self._variable,
                guarded_initial_value(scope, self._initial_value),
                validate_shape=validate_shape,
            ).op
            where = colocate_with(self._variable) if caching_device is None else device(caching_device)
            with where:
                self._snapshot = g.identity(self._variable, name="read")
        add_to_collections(collections, self)

    def _make_node(self, scope: str, shape: Any, validate_shape: bool) -> Tensor:
        if shape is None:
            shape = self._initial_value.shape if validate_shape else TensorShape(None)
        return g.variable_v2(shape=shape, dtype=self._initial_value.dtype.base_dtype, name=scope)

    @property
    def name(self) -> str:
        return self._variable.name

    @property
    def dtype(self) -> DType:
        return self._variable.dtype

    @property
    def op(self) -> Operation:
        return self._variable.op

    @property
    def shape(self) -> TensorShape:
        return self._variable.get_shape()

    def set_shape(self, shape: Any) -> None:
        """Narrow the static shape of the variable and of its value."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    def _as_graph_element(self) -> Tensor:
        return self._variable

    def _ref(self) -> Tensor:
        """The reference that ops assign through."""
        return self._variable

    def value(self) -> Tensor:
        return self._snapshot

    def read_value(self) -> Tensor:
        return g.identity(self._variable, name="read")

    def to_proto(self, export_scope: str | None = None) -> Any:
        return variable_to_proto(self, self._variable, self._snapshot, export_scope)

    # -- changing it -----------------------------------------------------------------

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Give it a new value.

        Args:
            value: the new value, of the same shape.
            use_locking: kept in the node; updates of a session are always serialised.
            name: the name of the node.
            read_value: whether to return the variable after the change and not only the operation.
        """
        changed = g.assign(self._variable, value, use_locking=use_locking, name=name)
        return changed if read_value else changed.op

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Add `delta` to it; see `assign`."""
        changed = g.assign_add(self._variable, delta, use_locking=use_locking, name=name)
        return changed if read_value else changed.op

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtract `delta` from it; see `assign`."""
        changed = g.assign_sub(self._variable, delta, use_locking=use_locking, name=name)
        return changed if read_value else changed.op

    def _scatter(self, op: str, sparse_delta: Any, use_locking: bool, name: str | None) -> Tensor:
        slices = checked_slices(sparse_delta)
        return getattr(g, f"scatter_{op}")(
            self._variable, slices.indices, slices.values, use_locking=use_locking, name=name
        )

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """Put the rows of a `tf.IndexedSlices` into it.

        Args:
            sparse_delta: which rows, and their values.
            use_locking: kept in the node; updates of a session are always serialised.
            name: the name of the node.

        Returns:
            The variable after the change.

        Raises:
            TypeError: `sparse_delta` is not `tf.IndexedSlices`.
        """
        return self._scatter("update", sparse_delta, use_locking, name)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """Add the rows of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("add", sparse_delta, use_locking, name)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """Subtract the rows of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("sub", sparse_delta, use_locking, name)

    def scatter_mul(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """Multiply by the rows of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("mul", sparse_delta, use_locking, name)

    def scatter_div(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """Divide by the rows of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("div", sparse_delta, use_locking, name)

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """Raise rows to those of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("max", sparse_delta, use_locking, name)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """Lower rows to those of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("min", sparse_delta, use_locking, name)

    def batch_scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Put slices into it, batch by batch: all axes of the indices but the last are batch axes."""
        slices = checked_slices(sparse_delta)
        return batch_scatter_update(self, slices.indices, slices.values, use_locking=use_locking, name=name)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Put `updates` at `indices`, whose last axis is an index into the leading axes."""
        return g.scatter_nd_update(self._variable, indices, updates, use_locking=True, name=name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Add `updates` at `indices`; see `scatter_nd_update`."""
        return g.scatter_nd_add(self._variable, indices, updates, use_locking=True, name=name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Subtract `updates` at `indices`; see `scatter_nd_update`."""
        return g.scatter_nd_sub(self._variable, indices, updates, use_locking=True, name=name)

    def _strided_slice_assign(
        self, begin: Any, end: Any, strides: Any, value: Any, name: str, **masks: int
    ) -> Tensor:
        return g.strided_slice_assign(self._variable, begin, end, strides, value, name=name, **masks)

    def count_up_to(self, limit: int) -> Tensor:
        """Add one to it and return the value before, or fail with OutOfRangeError at `limit`."""
        return g.count_up_to(self._variable, limit=limit)

    # TensorFlow 1 warns at `v += x`, which makes a tensor and leaves the variable alone.

    def __iadd__(self, other: Any) -> Any:
        _warn_of_in_place("+=", "variable.assign_add", "x = x + y")
        return self + other

    def __isub__(self, other: Any) -> Any:
        _warn_of_in_place("-=", "variable.assign_sub", "x = x - y")
        return self - other

    def __imul__(self, other: Any) -> Any:
        _warn_of_in_place("*=", "var.assign(var * other)", "x = x * y")
        return self * other

    def __itruediv__(self, other: Any) -> Any:
        _warn_of_in_place("/=", "var.assign(var / other)", "x = x / y")
        return self / other

    def __ipow__(self, other: Any) -> Any:
        _warn_of_in_place("**=", "var.assign(var ** other)", "x = x ** y")
        return self**other


_warned: set[str] = set()


def _warn_of_in_place(operator: str, assignment: str, expression: str) -> None:
    if operator not in _warned:
        _warned.add(operator)
        logging.warning(
            "Variable %s makes a new tensor and does not change the variable: use `%s` to change it, or "
            "`%s` for a new tensor.",
            operator,
            assignment,
            expression,
        )


def as_if_colocated(scope: str) -> AbstractContextManager[None]:
    """Colocate what is made in the block with the variable of this scope, which is yet to be made."""
    return get_default_graph()._attr_scope({"_class": [f"loc:@{scope.rstrip('/')}".encode()]})


def _to_tensor(
    variable: RefVariable, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtypes.as_dtype(dtype).name}' for "
            f"variable of type '{variable.dtype.name}'"
        )
    return variable._ref() if as_ref else variable.value()


register_tensor_conversion_function(RefVariable, _to_tensor)
