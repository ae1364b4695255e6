"""Operations that initialize a loaded model."""

from __future__ import annotations

from perdure.functional.control.control import group
from perdure.functional.state.resources import tables_initializer
from perdure.graph.defaults import control_dependencies
from perdure.graph.operation import Operation
from perdure.variables.collections import global_variables_initializer, local_variables_initializer


def main_op() -> Operation:
    """An operation that initializes all variables and tables of the default graph."""
    return group(global_variables_initializer(), local_variables_initializer(), tables_initializer())


def main_op_with_restore(restore_op_name: Operation) -> Operation:
    """As `main_op`, followed by an operation that restores variables.

    Args:
        restore_op_name: that operation.
    """
    with control_dependencies([main_op()]):
        return group(restore_op_name)
