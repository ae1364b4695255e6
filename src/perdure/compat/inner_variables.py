"""Variables as bare nodes, and what TensorFlow keeps beside its variables."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from perdure.functional.state.state import assign
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import unknown_shape
from perdure.variables.base import checked_distribution
from perdure.variables.variable_store import VariableStore, with_variable_store


def variable_op(
    shape: Any,
    dtype: Any,
    name: str = "Variable",
    set_shape: bool = True,
    container: str = "",
    shared_name: str = "",
) -> Tensor:
    """A node that holds a variable, of the older op type.

    Args:
        shape: the shape of its values.
        dtype: their type.
        name: the node's name.
        set_shape: whether the shape is promised; otherwise any value can be assigned.
        container, shared_name: attributes of the node.
    """
    return g.variable(
        shape=shape if set_shape else unknown_shape(),
        dtype=dtype,
        name=name,
        container=container,
        shared_name=shared_name,
    )


def variable_op_v2(
    shape: Any, dtype: Any, name: str = "Variable", container: str = "", shared_name: str = ""
) -> Tensor:
    """A node that holds a variable.

    Args:
        shape: the shape of its values.
        dtype: their type.
        name: the node's name.
        container, shared_name: attributes of the node.
    """
    return g.variable_v2(shape=shape, dtype=dtype, name=name, container=container, shared_name=shared_name)


def init_variable(v: Any, init: Any, name: str = "init") -> Any:
    """Assign a variable's initial value.

    Args:
        v: the variable, or the node that holds it.
        init: the value, or a function from shape and type to the value.
        name: the name of the assignment, within a scope of the variable's name.
    """
    with name_scope(None, v.op.name + "/", [v, init]), name_scope(name) as scope:
        with v.graph.colocate_with(v.op):
            if callable(init):
                if not v.shape.is_fully_defined():
                    raise AssertionError("Variable shape is not fully defined.")
                init = init(v.shape.as_list(), v.dtype.base_dtype)
            else:
                init = convert_to_tensor(init, name="init")
            return assign(v, init, name=scope)


def validate_synchronization_aggregation_trainable(
    synchronization: Any, aggregation: Any, trainable: bool | None, name: str | None
) -> tuple[Any, Any, bool]:
    """Three arguments of a variable with their defaults.

    Raises:
        ValueError: not one of the modes.
    """
    return checked_distribution(synchronization, aggregation, trainable, name)


def shape_safe_assign_variable_handle(handle: Tensor, shape: Any, value: Any, name: str | None = None) -> Any:
    """Assign through a handle, if the value is of a shape that is compatible with the variable's.

    Args:
        handle: the handle.
        shape: the shape of the variable.
        value: the new value.
        name: the name of the node.

    Raises:
        ValueError: the shapes are incompatible.
    """
    value = convert_to_tensor(value)
    shape.assert_is_compatible_with(value.shape)
    return g.assign_variable_op(handle, value, name=name)


def _to_proto_fn(v: Any, export_scope: str | None = None) -> Any:
    """A variable as a `VariableDef`."""
    return v.to_proto(export_scope=export_scope)


class EagerVariableStore:
    """Variables of `tf.get_variable` that are kept apart from those of the graph.

    TensorFlow has it for eager execution; in a graph its variables are in the graph's collections, too.

    Args:
        store: the store to keep them in, if there is one.
    """

    def __init__(self, store: VariableStore | None = None) -> None:
        self._store = VariableStore() if store is None else store

    def as_default(self) -> AbstractContextManager[None]:
        """A block in which `tf.get_variable` makes and shares variables of this store."""
        return with_variable_store(self._store)

    def variables(self) -> list[Any]:
        """Its variables by name."""
        return sorted(self._store._vars.values(), key=lambda variable: variable.name)

    def trainable_variables(self) -> list[Any]:
        """Its trainable variables by name."""
        return [variable for variable in self.variables() if variable.trainable]

    def non_trainable_variables(self) -> list[Any]:
        """Its other variables by name."""
        return [variable for variable in self.variables() if not variable.trainable]
