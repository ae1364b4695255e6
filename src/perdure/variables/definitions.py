"""Variables as `VariableDef`, the message that collections of meta graphs hold: the names of their nodes."""

from __future__ import annotations

from typing import Any

from perdure.graph.scopes import prepend_name_scope, strip_name_scope
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.variables.base import Variable, checked_distribution
from perdure.variables.slice_info import SaveSliceInfo, check_message


def variable_to_proto(variable: Variable, node: Tensor, snapshot: Tensor, export_scope: str | None) -> Any:
    """A variable as a `VariableDef`.

    Args:
        variable: the variable.
        node: the reference or the handle that it is known by.
        snapshot: the tensor that its value is taken from.
        export_scope: a name scope to take away from the names.

    Returns:
        The message, or None if the variable is outside the scope.
    """
    from perdure.formats.messages import VariableDef  # protobuf, which few programs need

    if export_scope is not None and not node.name.startswith(export_scope):
        return None
    message = VariableDef(
        variable_name=strip_name_scope(node.name, export_scope),
        initializer_name=strip_name_scope(variable.initializer.name, export_scope),
        snapshot_name=strip_name_scope(snapshot.name, export_scope),
        trainable=variable.trainable,
        synchronization=variable.synchronization.value,
        aggregation=variable.aggregation.value,
    )
    if variable.initial_value is not None:
        message.initial_value_name = strip_name_scope(variable.initial_value.name, export_scope)
    if variable._save_slice_info:
        message.save_slice_info_def.MergeFrom(variable._save_slice_info.to_proto(export_scope))
    return message


def checked_definition(variable_def: Any, initial_value: Any) -> None:
    """Refuse what no variable can be made from.

    Raises:
        ValueError: there is an initial value besides the message.
        AssertionError: it is no `VariableDef`.
    """
    if initial_value:
        raise ValueError("variable_def and initial_value are mutually exclusive.")
    check_message(variable_def, "VariableDef")


def graph_element(name: str, import_scope: str | None) -> Any:
    """The node or tensor of the default graph that a message names.

    Raises:
        KeyError: there is none.
    """
    return get_default_graph().as_graph_element(prepend_name_scope(name, import_scope))


def read_definition(variable: Variable, variable_def: Any, import_scope: str | None) -> None:
    """Give a variable what both kinds take from a `VariableDef` in the same way.

    Args:
        variable: the variable that is made.
        variable_def: the message.
        import_scope: a name scope to put before its names.
    """
    variable._initializer_op = graph_element(variable_def.initializer_name, import_scope)
    name = variable_def.initial_value_name  # not stored by the first versions of TensorFlow
    variable._initial_value = graph_element(name, import_scope) if name else None
    variable._synchronization, variable._aggregation, variable._trainable = checked_distribution(
        variable_def.synchronization,
        variable_def.aggregation,
        variable_def.trainable,
        variable_def.variable_name,
    )
    if variable_def.HasField("save_slice_info_def"):
        variable._save_slice_info = SaveSliceInfo(
            save_slice_info_def=variable_def.save_slice_info_def, import_scope=import_scope
        )
    variable._constraint = None
