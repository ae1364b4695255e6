"""Variables as bare nodes, and what TensorFlow keeps beside its variables."""

from __future__ import annotations

from typing import Any

from perdure.functional.state.state import assign
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import unknown_shape
from perdure.variables.base import checked_distribution


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
