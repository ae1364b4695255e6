"""ResourceVariable: variables of the resource kind (`use_resource=True`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perdure.functional.state.scatter import batch_scatter_update
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor, register_tensor_conversion_function
from perdure.graph.defaults import (
    add_to_collections,
    colocate_with,
    control_dependencies,
    device,
    init_scope,
    name_scope,
)
from perdure.graph.dtypes import DType
from perdure.graph.func_graph import FuncGraph
from perdure.graph.operation import Operation
from perdure.graph.stacks import building_graph, get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.variables.base import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
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
from perdure.variables.variable import as_if_colocated


class BaseResourceVariable(Variable):
    """What a variable and its later values (`v.assign(...)`) have in common: a handle."""

    _handle: Tensor
    _dtype: DType
    _shape: TensorShape
    _graph_element: Tensor
    _cached_value: Tensor | None = None

    @property
    def name(self) -> str:
        return self._handle.name

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        return self._shape

    @property
    def op(self) -> Operation:
        return self._handle.op

    @property
    def device(self) -> str:
        return self._handle.device

    @property
    def graph(self) -> Any:
        return self._handle.graph

    @property
    def handle(self) -> Tensor:
        """The handle that ops read and assign through."""
        return self._handle

    @property
    def create(self) -> Operation:
        """The operation that gives it its initial value."""
        return self._initializer_op

    def _as_graph_element(self) -> Tensor:
        return self._graph_element

    def set_shape(self, shape: Any) -> None:
        """Not possible for this kind of variable.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("ResourceVariable does not implement set_shape()")

    def numpy(self) -> Any:
        """Not possible while a graph is built.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("numpy() is only available when eager execution is enabled.")

    def __bool__(self) -> bool:
        return bool(self.read_value())

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        raise NotImplementedError("__deepcopy__() is only available when eager execution is enabled.")

    def to_proto(self, export_scope: str | None = None) -> Any:
        snapshot = self._graph_element if self._cached_value is None else self._cached_value
        message = variable_to_proto(self, self._handle, snapshot, export_scope)
        if message is not None:
            message.is_resource = True
        return message

    # -- its value -------------------------------------------------------------------

    def _read(self) -> Tensor:
        graph = get_default_graph()
        if isinstance(graph, FuncGraph):
            graph.watch_variable(self)
        return g.read_variable_op(self._handle, dtype=self._dtype)

    def value(self) -> Tensor:
        if self._cached_value is not None:
            return self._cached_value
        with colocate_with(None, ignore_existing=True), device(self._handle.device):
            return self._read()

    def read_value(self) -> Tensor:
        with name_scope("Read"), device(self._handle.device):
            value = self._read()
        return g.identity(value)

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """The rows `indices` of it, without reading all of it."""
        with name_scope("Gather" if name is None else name) as scope:
            value = g.resource_gather(self._handle, indices, dtype=self._dtype, name=scope)
        return g.identity(value)

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """What `indices`, whose last axis is an index into the leading axes, select."""
        with name_scope("GatherNd" if name is None else name) as scope:
            value = g.resource_gather_nd(self._handle, indices, dtype=self._dtype, name=scope)
        return g.identity(value)

    def is_initialized(self, name: str | None = None) -> Tensor:
        """Whether it has a value."""
        return g.var_is_initialized_op(self._handle, name=name)

    # -- changing it -----------------------------------------------------------------

    @contextmanager
    def _graph_and_cache(self) -> Iterator[None]:
        """Where updates are made: after the cached value was read, if there is one."""
        cached = [] if self._cached_value is None else [self._cached_value]
        with building_graph(self.graph).as_default(), control_dependencies(cached):
            yield

    def _lazy_read(self, op: Operation) -> UnreadVariable:
        return UnreadVariable(self, op)

    def assign(
        self,
        value: Any,
        use_locking: bool | None = None,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Give it a new value.

        Args:
            value: the new value, of a compatible shape.
            use_locking: ignored, as by TensorFlow 1.15: updates of a session are always serialised.
            name: the name of the node.
            read_value: whether to return the variable after the change and not only the operation.

        Raises:
            ValueError: the shapes are incompatible.
        """
        with building_graph(self.graph).as_default():
            tensor = convert_to_tensor(value, dtype=self._dtype)
            self._shape.assert_is_compatible_with(tensor.shape)
            op = g.assign_variable_op(self._handle, tensor, name=name)
            return self._lazy_read(op) if read_value else op

    def assign_add(
        self,
        delta: Any,
        use_locking: bool | None = None,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Add `delta` to it; see `assign`."""
        with self._graph_and_cache():
            delta = convert_to_tensor(delta, dtype=self._dtype)
            op = g.assign_add_variable_op(self._handle, delta, name=name)
        return self._lazy_read(op) if read_value else op

    def assign_sub(
        self,
        delta: Any,
        use_locking: bool | None = None,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Subtract `delta` from it; see `assign`."""
        with self._graph_and_cache():
            delta = convert_to_tensor(delta, dtype=self._dtype)
            op = g.assign_sub_variable_op(self._handle, delta, name=name)
        return self._lazy_read(op) if read_value else op

    def _scatter(self, op: str, sparse_delta: Any, name: str | None) -> UnreadVariable:
        slices = checked_slices(sparse_delta)
        values = convert_to_tensor(slices.values, self._dtype)
        scatter = getattr(g, f"resource_scatter_{op}")
        return self._lazy_read(scatter(self._handle, slices.indices, values, name=name))

    def scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> UnreadVariable:
        """Put the rows of a `tf.IndexedSlices` into it.

        Args:
            sparse_delta: which rows, and their values.
            use_locking: ignored, as by TensorFlow 1.15: updates of a session are always serialised.
            name: the name of the node.

        Returns:
            The variable after the change.

        Raises:
            TypeError: `sparse_delta` is not `tf.IndexedSlices`.
        """
        return self._scatter("update", sparse_delta, name)

    def scatter_add(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> UnreadVariable:
        """Add the rows of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("add", sparse_delta, name)

    def scatter_sub(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> UnreadVariable:
        """Subtract the rows of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("sub", sparse_delta, name)

    def scatter_mul(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> UnreadVariable:
        """Multiply by the rows of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("mul", sparse_delta, name)

    def scatter_div(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> UnreadVariable:
        """Divide by the rows of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("div", sparse_delta, name)

    def scatter_max(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> UnreadVariable:
        """Raise rows to those of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("max", sparse_delta, name)

    def scatter_min(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> UnreadVariable:
        """Lower rows to those of a `tf.IndexedSlices`; see `scatter_update`."""
        return self._scatter("min", sparse_delta, name)

    def batch_scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Any:
        """Put slices into it, batch by batch: all axes of the indices but the last are batch axes."""
        slices = checked_slices(sparse_delta)
        return batch_scatter_update(self, slices.indices, slices.values, use_locking=use_locking, name=name)

    def _scatter_nd(self, op: str, indices: Any, updates: Any, name: str | None) -> UnreadVariable:
        updates = convert_to_tensor(updates, self._dtype)
        scatter = getattr(g, f"resource_scatter_nd_{op}")
        return self._lazy_read(scatter(self._handle, indices, updates, name=name))

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> UnreadVariable:
        """Put `updates` at `indices`, whose last axis is an index into the leading axes."""
        return self._scatter_nd("update", indices, updates, name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> UnreadVariable:
        """Add `updates` at `indices`; see `scatter_nd_update`."""
        return self._scatter_nd("add", indices, updates, name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> UnreadVariable:
        """Subtract `updates` at `indices`; see `scatter_nd_update`."""
        return self._scatter_nd("sub", indices, updates, name)

    def _strided_slice_assign(
        self, begin: Any, end: Any, strides: Any, value: Any, name: str, **masks: int
    ) -> UnreadVariable:
        with self._graph_and_cache():
            value = convert_to_tensor(value, dtype=self._dtype)
            return self._lazy_read(
                g.resource_strided_slice_assign(self._handle, begin, end, strides, value, name=name, **masks)
            )

    def count_up_to(self, limit: int) -> Tensor:
        """Add one to it and return the value before, or fail with OutOfRangeError at `limit`."""
        return g.resource_count_up_to(self._handle, limit=limit, T=self._dtype)


def _refuse_in_place(operator: str, remedy: str) -> Any:
    def refuse(variable: BaseResourceVariable, other: Any) -> Any:
        raise RuntimeError(
            f"Variable {operator} value not supported. Use {remedy} to get a new Tensor object."
        )

    return refuse


for _name, _symbol, _method in (("add", "+", "assign_add"), ("sub", "-", "assign_sub")):
    setattr(
        BaseResourceVariable,
        f"__i{_name}__",
        _refuse_in_place(
            f"{_symbol}=",
            f"variable.{_method}(value) to modify the variable value and variable = variable {_symbol} value",
        ),
    )
for _name, _symbol in (("mul", "*"), ("truediv", "/"), ("pow", "**")):
    setattr(
        BaseResourceVariable,
        f"__i{_name}__",
        _refuse_in_place(
            f"{_symbol}=",
            f"`var.assign(var {_symbol} value)` to modify the variable or `var = var {_symbol} value`",
        ),
    )


class ResourceVariable(BaseResourceVariable):
    """A variable that is reached through a handle; see `Variable`."""

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        dtype: Any = None,
        variable_def: Any = None,
        import_scope: str | None = None,
        constraint: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
    ) -> None:
        if variable_def:
            checked_definition(variable_def, initial_value)
            self._init_from_proto(variable_def, import_scope)
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
            with as_if_colocated(scope):
                with name_scope("Initializer"), device(None):
                    self._initial_value = convert_to_tensor(
                        initial_value() if from_function else initial_value,
                        name="initial_value",
                        dtype=dtype,
                    )
                self._shape = self._checked_shape(shape)
                self._dtype = self._initial_value.dtype.base_dtype
                self._handle = g.var_handle_op(
                    dtype=self._dtype, shape=self._shape, shared_name=scope.rstrip("/"), name=scope
                )
            refuse_value_from_inside(scope, self._initial_value)
            with name_scope("IsInitialized"):
                self._is_initialized_op = g.var_is_initialized_op(self._handle)
            with (
                name_scope("Assign") as assign_scope,
                colocate_with(None, ignore_existing=True),
                device(self._handle.device),
            ):
                self._initializer_op = g.assign_variable_op(
                    self._handle,
                    guarded_initial_value(scope, self._initial_value),
                    name=assign_scope,
                )
            with name_scope("Read"):
                with device(self._handle.device):
                    self._graph_element = self._read()
                if caching_device is not None:
                    with colocate_with(None, ignore_existing=True), device(caching_device):
                        self._cached_value = g.identity(self._graph_element)
        add_to_collections(collections, self)

    def _init_from_proto(self, variable_def: Any, import_scope: str | None) -> None:
        if not variable_def.is_resource:
            raise ValueError("Trying to restore Variable as ResourceVariable.")
        self._handle = graph_element(variable_def.variable_name, import_scope)
        self._shape = as_shape(self._handle.op.get_attr("shape"))
        self._dtype = self._handle.op.get_attr("dtype")
        # Messages of the first versions of TensorFlow do not name it.
        name = variable_def.snapshot_name or f"{variable_def.variable_name[:-2]}/Read/ReadVariableOp:0"
        snapshot = graph_element(name, import_scope)
        if snapshot.op.type != "ReadVariableOp":
            self._cached_value = snapshot
        while snapshot.op.type != "ReadVariableOp":
            snapshot = snapshot.op.inputs[0]
        self._graph_element = snapshot
        read_definition(self, variable_def, import_scope)

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> ResourceVariable:
        """The variable whose nodes, in the default graph, a `VariableDef` names; see `Variable`.

        Raises:
            ValueError: it describes a variable of the ref kind.
        """
        return ResourceVariable(variable_def=variable_def, import_scope=import_scope)

    def _checked_shape(self, shape: Any) -> TensorShape:
        if shape is None:
            return self._initial_value.shape
        if not self._initial_value.shape.is_compatible_with(shape):
            raise ValueError(
                f"The initial value's shape ({self._initial_value.shape}) is not compatible with the "
                f"explicitly supplied `shape` argument ({shape})."
            )
        return as_shape(shape)


class UnreadVariable(BaseResourceVariable):
    """A variable as it is after an update; it is read only when it is used."""

    # It is not one that a program made: it has no initializer.
    _initial_value = _initializer_op = None  # type: ignore[assignment]
    _trainable = True
    _synchronization = VariableSynchronization.AUTO
    _aggregation = VariableAggregation.NONE
    _constraint = None

    def __init__(self, variable: BaseResourceVariable, update: Operation) -> None:
        self._handle = variable._handle
        self._dtype = variable._dtype
        self._shape = variable._shape
        self._update = update
        # Sessions are given this tensor; in a function nobody can run it.
        self._read_at_once = None if get_default_graph().building_function else self._read()

    @property
    def _graph_element(self) -> Tensor:  # type: ignore[override]
        return self._read() if self._read_at_once is None else self._read_at_once

    @property
    def name(self) -> str:
        return self._update.name

    @property
    def op(self) -> Operation:
        return self._update

    def _read(self) -> Tensor:
        with control_dependencies([self._update]):
            return super()._read()

    def value(self) -> Tensor:
        return self._read()

    def read_value(self) -> Tensor:
        return self._read()


def is_resource_variable(variable: Any) -> bool:
    """Whether `variable` is of the resource kind."""
    return isinstance(variable, BaseResourceVariable) or hasattr(variable, "_should_act_as_resource_variable")


def _to_tensor(
    variable: BaseResourceVariable,
    dtype: DType | None = None,
    name: str | None = None,
    as_ref: bool = False,
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtypes.as_dtype(dtype).name}' for "
            f"variable of type '{variable.dtype.name}'"
        )
    if as_ref:
        return variable.read_value().op.inputs[0]
    return variable.value()


register_tensor_conversion_function(BaseResourceVariable, _to_tensor)
