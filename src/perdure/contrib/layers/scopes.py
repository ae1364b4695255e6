"""The scopes of layers: layers of tf.layers in them make model variables, under names of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perdure.contrib.framework.variables import model_variable
from perdure.contrib.layers.utils import get_variable_collections
from perdure.graph.defaults import add_to_collection, get_collection
from perdure.variables.partitioned_variable import PartitionedVariable
from perdure.variables.variable_scope import variable_scope


def layer_scope(
    scope: Any, default_name: str, inputs: Any, reuse: Any = None, names: Mapping[str, str] | None = None
) -> Any:
    """A variable scope in which `tf.get_variable` makes model variables.

    Args:
        scope, default_name, reuse: see `tf.variable_scope`.
        inputs: a tensor of the layer's graph.
        names: other names of variables, by the last part of their names.
    """

    def renamed(getter: Any, name: str, **arguments: Any) -> Any:
        start, slash, last = name.rpartition("/")
        taken = {key: value for key, value in arguments.items() if key in _TAKEN}
        return model_variable(f"{start}{slash}{(names or {}).get(last, last)}", custom_getter=getter, **taken)

    return variable_scope(scope, default_name, [inputs], reuse=reuse, custom_getter=renamed)


_TAKEN = {
    "shape", "dtype", "initializer", "regularizer", "trainable", "collections", "caching_device",
    "partitioner", "use_resource", "synchronization", "aggregation",
}  # fmt: skip


def collect(variable: Any, variables_collections: Any, name: str) -> None:
    """Add a variable to the collections that a layer has for those of that name.

    Args:
        variable: the variable; None for none. Of a partitioned one the parts are added.
        variables_collections: see `get_variable_collections`.
        name: the name.
    """
    if variable is None:
        return
    parts = list(variable) if isinstance(variable, PartitionedVariable) else [variable]
    for collection in get_variable_collections(variables_collections, name) or []:
        for part in parts:
            if not any(part is other for other in get_collection(collection)):
                add_to_collection(collection, part)
