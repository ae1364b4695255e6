"""`tf.train.Optimizer`: gradients of a loss, slots, and the updates of the variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from perdure.functional.array.array import shape
from perdure.functional.array.searching import unique
from perdure.functional.control.control import group
from perdure.functional.control.control import tuple as gate_tuple
from perdure.functional.math.segments import unsorted_segment_sum
from perdure.functional.state.state import assign_add
from perdure.gradients import gradients
from perdure.graph import defaults, dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, convert_to_tensor_or_indexed_slices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import (
    colocate_with,
    control_dependencies,
    get_collection,
    get_collection_ref,
    get_default_graph,
    init_scope,
    name_scope,
)
from perdure.graph.keys import GraphKeys
from perdure.graph.nest import flatten
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.recorded_loss import gradients_of_function
from perdure.optimizers.slot_creator import create_slot, create_slot_with_initializer, create_zeros_slot
from perdure.tracking.trackable import Trackable, TrackableReference
from perdure.variables.base import Variable
from perdure.variables.collections import trainable_variables
from perdure.variables.resource_variable import BaseResourceVariable

GradientAndVariable = tuple[Any, Any]


class Optimizer(Trackable):
    """What all optimizers have in common; use one of its subclasses, or write one.

    A subclass implements `_apply_dense` and `_apply_sparse` for variables of the ref kind,
    `_resource_apply_dense` and `_resource_apply_sparse` for the resource kind, and, as it needs,
    `_create_slots`, `_prepare` and `_finish`.

    Args:
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.

    Raises:
        ValueError: no name is given.
    """

    # What the gradients of an operation or of the whole graph wait for; see `compute_gradients`.
    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        # Slot name -> (graph, variable name) -> slot; and (name, graph) -> other variables.
        self._slots: dict[str, dict[Any, Any]] = {}
        self._non_slot_dict: dict[tuple[str, Any], Any] = {}
        # Slot name -> (graph, variable name) -> where the slot is in checkpoints that wait for it.
        self._deferred_slot_restorations: dict[str, dict[Any, list[Any]]] = {}

    def get_name(self) -> str:
        """The name given to the constructor."""
        return self._name

    # -- minimizing --------------------------------------------------------------------

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Operation:
        """An operation that changes variables so that `loss` becomes smaller.

        Args:
            loss: the tensor to minimize.
            global_step: a variable that each run adds one to.
            var_list: the variables to change; all trainable ones if None.
            gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH.
            aggregation_method: a constant of `tf.AggregationMethod`.
            colocate_gradients_with_ops: whether gradients are put on the devices of their operations.
            name: the name of the operation.
            grad_loss: the gradient of `loss` itself, if it is not ones.

        Raises:
            ValueError: no variable has a gradient.
        """
        grads_and_vars = self.compute_gradients(
            loss,
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss,
        )
        if all(gradient is None for gradient, _ in grads_and_vars):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not support "
                f"gradients, between variables {[str(v) for _, v in grads_and_vars]} and loss {loss}."
            )
        return self.apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[GradientAndVariable]:
        """The gradients of `loss`, to be changed and given to `apply_gradients`.

        Args:
            loss: the tensor to minimize, or a function without arguments that returns it; a function's
                gradients go to resource variables only, by default to those that it reads.
            var_list: the variables; all trainable ones if None.
            gate_gradients: what gradients wait for: nothing (GATE_NONE), the other gradients of the same
                operation (GATE_OP), or all others (GATE_GRAPH).
            aggregation_method: a constant of `tf.AggregationMethod`.
            colocate_gradients_with_ops: whether gradients are put on the devices of their operations.
            grad_loss: the gradient of `loss` itself, if it is not ones.

        Returns:
            A (gradient, variable) pair for each variable; the gradient is a Tensor, IndexedSlices or None.

        Raises:
            ValueError: there is no variable, or one whose type has no gradients.
        """
        if callable(loss):
            return gradients_of_function(loss, var_list, grad_loss)
        if gate_gradients not in (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH):
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
                f"Optimizer.GATE_GRAPH.  Not {gate_gradients}"
            )
        self._assert_valid_dtypes([loss] if grad_loss is None else [loss, grad_loss])
        if var_list is None:
            var_list = trainable_variables() + get_collection(GraphKeys.TRAINABLE_RESOURCE_VARIABLES)
        else:
            var_list = flatten(var_list)
        var_list = var_list + get_collection(GraphKeys._STREAMING_MODEL_PORTS)
        sources = [_kind_of(variable).source(variable) for variable in var_list]
        if not var_list:
            raise ValueError("No variables to optimize.")
        found = gradients(
            loss,
            sources,
            grad_ys=grad_loss,
            gate_gradients=gate_gradients == Optimizer.GATE_OP,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gate_gradients == Optimizer.GATE_GRAPH:
            found = gate_tuple(found)
        pairs = list(zip(found, var_list, strict=True))
        self._assert_valid_dtypes([v for d, v in pairs if d is not None and v.dtype != dtypes.resource])
        return pairs

    def apply_gradients(
        self,
        grads_and_vars: Iterable[GradientAndVariable],
        global_step: Any = None,
        name: str | None = None,
    ) -> Operation:
        """An operation that changes the variables by their gradients.

        Args:
            grads_and_vars: what `compute_gradients` returned, or pairs like it.
            global_step: a variable that each run adds one to.
            name: the name of the operation.

        Raises:
            TypeError: a gradient is no tensor.
            ValueError: no variable has a gradient.
        """
        pairs = [(_checked_gradient(d), v, _kind_of(v)) for d, v in grads_and_vars]
        if not pairs:
            raise ValueError("No variables provided.")
        changed = [v for d, v, _ in pairs if d is not None]
        if not changed:
            raise ValueError(f"No gradients provided for any variable: {[str(v) for _, v, _ in pairs]}.")
        with init_scope():
            self._create_slots(changed)
        with name_scope(name, self._name) as scope:
            self._prepare()
            updates = []
            for gradient, variable, kind in pairs:
                if gradient is None:
                    continue
                with name_scope("update_" + variable.op.name), colocate_with(variable):
                    updates.append(kind.update(self, gradient, variable))
            if global_step is None:
                train_op = self._finish(updates, scope)
            else:
                with (
                    control_dependencies([self._finish(updates, "update")]),
                    colocate_with(global_step),
                ):
                    train_op = _plus_one(global_step, scope)
        if isinstance(train_op, Tensor):
            train_op = train_op.op
        known = get_collection_ref(GraphKeys.TRAIN_OP)
        if train_op not in known:
            known.append(train_op)
        return train_op

    # -- slots -------------------------------------------------------------------------

    def get_slot(self, var: Any, name: str) -> Any:
        """The slot of a variable, or None.

        Args:
            var: a variable that was given to `minimize` or `apply_gradients`.
            name: one of `get_slot_names()`.
        """
        return self._slots.get(name, {}).get(_key(var))

    def get_slot_names(self) -> list[str]:
        """The names of the slots this optimizer has made."""
        return sorted(self._slots)

    def variables(self) -> list[Any]:
        """The variables this optimizer has made in the default graph, by name."""
        made = list(self._non_slot_variables())
        for slots in self._slots.values():
            made += slots.values()
        graph = get_default_graph()
        return sorted((v for v in made if v.op.graph is graph), key=lambda v: v.name)

    def _slot_dict(self, slot_name: str) -> dict[Any, Any]:
        return self._slots.setdefault(slot_name, {})

    def _get_or_make_slot(self, var: Any, val: Any, slot_name: str, op_name: str) -> Any:
        """The slot of `var`, made with the initial value `val` if there is none."""
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slots[_key(var)] = self._restored(create_slot(var, val, op_name), slot_name, var)
        return slots[_key(var)]

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: Any, dtype: Any, slot_name: str, op_name: str
    ) -> Any:
        """The slot of `var`, made with an initializer if there is none."""
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slot = create_slot_with_initializer(var, initializer, shape, dtype, op_name)
            slots[_key(var)] = self._restored(slot, slot_name, var)
        return slots[_key(var)]

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Any:
        """The slot of `var`, made with zeros if there is none."""
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slots[_key(var)] = self._restored(create_zeros_slot(var, op_name), slot_name, var)
        return slots[_key(var)]

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Any:
        """A variable of the optimizer as a whole, one in each graph."""
        key = (name, colocate_with.graph)
        if key not in self._non_slot_dict:
            with defaults.colocate_with(colocate_with):
                self._non_slot_dict[key] = Variable(
                    initial_value,
                    name=name,
                    trainable=False,
                    use_resource=isinstance(colocate_with, BaseResourceVariable),
                )
            self._handle_deferred_dependencies(name, self._non_slot_dict[key])
        return self._non_slot_dict[key]

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        return self._non_slot_dict.get((name, graph))

    def _non_slot_variables(self) -> Iterable[Any]:
        return self._non_slot_dict.values()

    # -- being saved by the objects that hold it -----------------------------------------

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        graph = get_default_graph()
        names = sorted(name for name, of_graph in self._non_slot_dict if of_graph is graph)
        own = [TrackableReference(name, self._non_slot_dict[name, graph]) for name in names]
        return super()._checkpoint_dependencies + own

    def _lookup_dependency(self, name: str) -> Any:
        found = super()._lookup_dependency(name)
        return self._get_non_slot_variable(name, get_default_graph()) if found is None else found

    def _restored(self, slot: Any, slot_name: str, variable: Any) -> Any:
        """A new slot, which is restored from the checkpoints that wait for it."""
        waiting = self._deferred_slot_restorations.get(slot_name, {}).pop(_key(variable), [])
        for position in sorted(waiting, key=lambda position: position.restore_uid, reverse=True):
            position.restore(slot)
        return slot

    def _create_or_restore_slot_variable(
        self, slot_variable_position: Any, slot_name: str, variable: Any
    ) -> None:
        """Restore a slot, now or when it is made.

        Args:
            slot_variable_position: where it is in a checkpoint.
            slot_name: its name.
            variable: the variable it belongs to.
        """
        slot = self.get_slot(variable, slot_name)
        if slot is not None:
            slot_variable_position.restore(slot)
            return
        waiting = self._deferred_slot_restorations.setdefault(slot_name, {})
        waiting.setdefault(_key(variable), []).append(slot_variable_position)

    # -- what subclasses implement -------------------------------------------------------

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        """Make the slots of the variables."""

    def _prepare(self) -> None:
        """Make the tensors that all updates share, inside the name scope of the updates."""

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        """Update a ref variable."""
        raise NotImplementedError(f"{type(self).__name__} has no _apply_dense for {var}")

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Any:
        """Update a resource variable (which is what `handle` is)."""
        raise NotImplementedError(f"{type(self).__name__} has no _resource_apply_dense for {handle}")

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        """Update rows of a ref variable, some perhaps named twice; by default their gradients are added."""
        values, indices = _deduplicate_indexed_slices(values=grad.values, indices=grad.indices)
        return self._apply_sparse(IndexedSlices(values, indices, grad.dense_shape), var)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        """Update rows of a ref variable, all different."""
        raise NotImplementedError(f"{type(self).__name__} has no _apply_sparse for {var}")

    def _resource_apply_sparse_duplicate_indices(self, grad: Tensor, handle: Any, indices: Tensor) -> Any:
        """Update rows of a resource variable, some perhaps named twice."""
        values, unique_indices = _deduplicate_indexed_slices(values=grad, indices=indices)
        return self._resource_apply_sparse(values, handle, unique_indices)

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Any:
        """Update rows of a resource variable, all different."""
        raise NotImplementedError(f"{type(self).__name__} has no _resource_apply_sparse for {handle}")

    def _finish(self, update_ops: list[Any], name_scope: str) -> Operation:
        """The operation that `apply_gradients` returns: all updates."""
        return group(*update_ops, name=name_scope)

    def _valid_dtypes(self) -> set[dtypes.DType]:
        """The types that losses and variables may have."""
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _assert_valid_dtypes(self, tensors: Iterable[Any]) -> None:
        valid = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in valid:
                raise ValueError(f"Invalid type {dtype!r} for {tensor.name}, expected: {list(valid)}.")

    def _call_if_callable(self, param: Any) -> Any:
        return param() if callable(param) else param


# -- the kinds of variables ------------------------------------------------------------------


class _RefKind:
    """How variables of the ref kind are differentiated and updated."""

    @staticmethod
    def source(variable: Any) -> Any:
        return variable._ref()

    @staticmethod
    def update(optimizer: Optimizer, gradient: Any, variable: Any) -> Any:
        if isinstance(gradient, IndexedSlices):
            _refuse_constraint(variable)
            return optimizer._apply_sparse_duplicate_indices(gradient, variable)
        return _constrained(optimizer._apply_dense(gradient, variable), variable)


class _ResourceKind:
    """How variables of the resource kind are differentiated and updated."""

    @staticmethod
    def source(variable: Any) -> Any:
        return variable

    @staticmethod
    def update(optimizer: Optimizer, gradient: Any, variable: Any) -> Any:
        if isinstance(gradient, IndexedSlices):
            _refuse_constraint(variable)
            return optimizer._resource_apply_sparse_duplicate_indices(
                gradient.values, variable, gradient.indices
            )
        return _constrained(optimizer._resource_apply_dense(gradient, variable), variable)


class _TensorKind:
    """Gradients by tensors can be computed, but a tensor cannot be updated."""

    @staticmethod
    def source(variable: Any) -> Any:
        return variable

    @staticmethod
    def update(optimizer: Optimizer, gradient: Any, variable: Any) -> Any:
        raise NotImplementedError(f"Trying to update a Tensor: {variable}")


def _kind_of(variable: Any) -> Any:
    if isinstance(variable, BaseResourceVariable):
        return _ResourceKind
    if isinstance(variable, Variable):
        return _RefKind
    if isinstance(variable, Tensor):
        return _TensorKind
    raise NotImplementedError(f"Trying to optimize unsupported type {type(variable)}: {variable}")


def _constrained(update: Any, variable: Any) -> Any:
    if variable.constraint is None:
        return update
    with control_dependencies([update]):
        return variable.assign(variable.constraint(variable))


def _refuse_constraint(variable: Any) -> None:
    if variable.constraint is not None:
        raise RuntimeError(f"Cannot use a constraint function on a sparse variable: {variable.name}")


def _plus_one(global_step: Any, name: str) -> Any:
    if isinstance(global_step, BaseResourceVariable):
        return g.assign_add_variable_op(
            global_step.handle, convert_to_tensor(1, dtype=global_step.dtype), name=name
        )
    return assign_add(global_step, 1, name=name)


def _checked_gradient(gradient: Any) -> Any:
    if gradient is None:
        return None
    try:
        gradient = convert_to_tensor_or_indexed_slices(gradient)
    except TypeError as error:
        raise TypeError(
            f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {gradient}"
        ) from error
    if not isinstance(gradient, (Tensor, IndexedSlices)):
        raise TypeError(f"Gradient must be a Tensor, IndexedSlices, or None: {gradient}")
    return gradient


def _key(variable: Any) -> tuple[Any, str]:
    return variable.op.graph, variable.op.name


def _deduplicate_indexed_slices(values: Any, indices: Any) -> tuple[Tensor, Tensor]:
    """Rows that are named twice added up: (sums, distinct indices)."""
    unique_indices, positions = unique(indices)
    summed = unsorted_segment_sum(values, positions, shape(unique_indices)[0])
    return summed, unique_indices
