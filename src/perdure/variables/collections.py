"""The variables of a graph by collection, initializing them, and checking that they are initialized."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.array.array import rank_internal
from perdure.functional.array.gathering import boolean_mask
from perdure.functional.array.joining import stack
from perdure.functional.control.control import group, no_op
from perdure.functional.state import state
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.defaults import (
    colocate_with,
    device,
    get_collection,
    get_default_graph,
    name_scope,
)
from perdure.graph.dtypes import string
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

_REF_TYPES = ("Variable", "VariableV2", "AutoReloadVariable")


def global_variables(scope: str | None = None) -> list[Any]:
    """The variables that are saved and shared: those of `tf.Variable` and `tf.get_variable`.

    Args:
        scope: keep only those whose name matches this regular expression at its start.
    """
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


def all_variables() -> list[Any]:
    """The older name of `global_variables`."""
    return global_variables()


def local_variables(scope: str | None = None) -> list[Any]:
    """The variables that are not saved, such as counters of metrics; see `global_variables`."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list[Any]:
    """The variables that inference needs, as some libraries mark them; see `global_variables`."""
    return get_collection(GraphKeys.MODEL_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Any]:
    """The variables that optimizers change by default; see `global_variables`."""
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def moving_average_variables(scope: str | None = None) -> list[Any]:
    """The variables that moving averages are kept of; see `global_variables`."""
    return get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def all_saveable_objects(scope: str | None = None) -> list[Any]:
    """What a Saver saves by default: global variables and saveable objects; see `global_variables`."""
    keys = GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS
    return [each for key in keys for each in get_collection(key, scope)]


def variables_initializer(var_list: Sequence[Any], name: str = "init") -> Operation:
    """An operation that gives variables their initial values.

    Args:
        var_list: the variables; the operation does nothing if there are none.
        name: its name.
    """
    if not var_list:
        return no_op(name=name)
    return group(*[variable.initializer for variable in var_list], name=name)


def initialize_variables(var_list: Sequence[Any], name: str = "init") -> Operation:
    """The older name of `variables_initializer`."""
    return variables_initializer(var_list, name=name)


def global_variables_initializer() -> Operation:
    """An operation that gives all global variables made so far their initial values."""
    return variables_initializer(global_variables())


def initialize_all_variables() -> Operation:
    """The older name of `global_variables_initializer`."""
    return global_variables_initializer()


def local_variables_initializer() -> Operation:
    """An operation that gives all local variables made so far their initial values."""
    return variables_initializer(local_variables())


def initialize_local_variables() -> Operation:
    """The older name of `local_variables_initializer`."""
    return local_variables_initializer()


def is_variable_initialized(variable: Any) -> Tensor:
    """Whether a variable has a value."""
    return state.is_variable_initialized(variable)


def assert_variables_initialized(var_list: Sequence[Any] | None = None) -> Tensor | None:
    """A tensor that cannot be computed (FailedPreconditionError) while a variable has no value.

    Args:
        var_list: the variables; all global and local ones if None.

    Returns:
        The tensor, or None if there are no variables.
    """
    var_list = _or_all(var_list)
    if not var_list:
        return None
    ranks = []
    for variable in var_list:
        with colocate_with(variable.op):
            ranks.append(rank_internal(variable, optimize=False))
    return ranks[0] if len(ranks) == 1 else stack(ranks)


def report_uninitialized_variables(
    var_list: Sequence[Any] | None = None, name: str = "report_uninitialized_variables"
) -> Tensor:
    """The names of the variables that have no value.

    Args:
        var_list: the variables; all global and local ones if None.
        name: the scope of the nodes.

    Returns:
        A vector of strings.
    """
    var_list = _or_all(var_list)
    with name_scope(name):
        initialized = [state.is_variable_initialized(variable) for variable in var_list]
        with device("/cpu:0"):
            if not var_list:
                return constant([], dtype=string)
            missing = g.logical_not(stack(initialized))
            names = constant([variable.op.name for variable in var_list])
            return boolean_mask(names, missing)


def _or_all(var_list: Sequence[Any] | None) -> Sequence[Any]:
    if var_list is None:
        var_list = global_variables() + local_variables()
        if not var_list:  # variables that were made as bare nodes
            operations = get_default_graph().get_operations()
            var_list = [op.outputs[0] for op in operations if op.type in _REF_TYPES]
    return var_list
