"""Variables of both kinds from `VariableDef`, as collections of meta graphs hold them."""

from __future__ import annotations

from typing import Any

from perdure.variables.base import Variable
from perdure.variables.resource_variable import ResourceVariable


def variable_from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
    """The variable of the default graph whose nodes a message names.

    Args:
        variable_def: the `VariableDef`.
        import_scope: a name scope to put before its names.

    Raises:
        KeyError: the graph has no such nodes.
    """
    kind: Any = ResourceVariable if variable_def.is_resource else Variable
    return kind.from_proto(variable_def, import_scope=import_scope)
