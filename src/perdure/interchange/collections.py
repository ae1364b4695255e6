"""Collections of a graph as part of a MetaGraphDef, and back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from perdure.formats.graph.meta_graphs import collection_kind
from perdure.graph.collection_protos import (
    get_collection_proto_type,
    get_from_proto_function,
    get_to_proto_function,
)
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.scopes import prepend_name_scope, strip_name_scope
from perdure.graph.stacks import get_default_graph
from perdure.interchange.scoped_nodes import is_included
from perdure.platform import logging
from perdure.platform.text import as_bytes

# Collections that old releases wrote as names of nodes.
_WRITTEN_OTHERWISE_ONCE = (
    GraphKeys.LOCAL_VARIABLES,
    GraphKeys.MODEL_VARIABLES,
    GraphKeys.METRIC_VARIABLES,
)


def add_collection_def(
    meta_graph_def: Any,
    key: Any,
    graph: Graph | None = None,
    export_scope: str | None = None,
    exclude_nodes: Collection[str] | None = None,
    override_contents: Sequence[Any] | None = None,
) -> None:
    """Write a collection into a MetaGraphDef; one that cannot be written is left out with a warning.

    Args:
        meta_graph_def: the MetaGraphDef.
        key: the name of the collection; others than text are left out with a warning.
        graph: the graph; the default graph when None.
        export_scope: a name scope: what lies outside is left out, and it is taken away from the names.
        exclude_nodes: names of things to leave out.
        override_contents: things to write instead of the collection's.

    Raises:
        TypeError: `graph` is no Graph.
    """
    if graph and not isinstance(graph, Graph):
        raise TypeError("graph must be of type Graph, not %s", type(graph))
    if not isinstance(key, (str, bytes)):
        logging.warning(
            "Only collections with string type keys will be serialized. This key has %s", type(key)
        )
        return
    graph = graph or get_default_graph()
    contents = override_contents or graph.get_collection(key)
    contents = [item for item in contents if is_included(item, export_scope, exclude_nodes)]
    if not contents:
        return
    try:
        _write(meta_graph_def.collection_def[key], key, contents, export_scope)
    except Exception as error:
        logging.warning(
            "Issue encountered when serializing %s.\nType is unsupported, or the types of the items "
            "don't match "
            "field type in CollectionDef. Note this is a warning and probably safe to ignore.\n%s",
            key,
            str(error),
        )
        meta_graph_def.collection_def.pop(key, None)


def _write(made: Any, key: Any, contents: list[Any], export_scope: str | None) -> None:
    to_proto = get_to_proto_function(key)
    if to_proto:
        proto_type = get_collection_proto_type(key)
        for item in contents:
            message = item if isinstance(item, bytes) else to_proto(item, export_scope=export_scope)
            if isinstance(message, bytes):  # of another program, which nothing here could read
                made.bytes_list.value.append(message)
            elif message:
                if not isinstance(message, proto_type):
                    raise TypeError(f"{item} became a {type(message).__name__}, not a {proto_type.__name__}")
                made.bytes_list.value.append(message.SerializeToString())
        return
    kind = collection_kind(contents[0])
    values = getattr(made, kind).value
    if kind == "node_list":
        values.extend(
            strip_name_scope(item.name, export_scope)
            for item in contents
            if not export_scope or item.name.startswith(export_scope)
        )
    elif kind == "bytes_list":
        values.extend(as_bytes(item) for item in contents)
    else:
        values.extend(contents)


def restore_collection(
    graph: Graph, key: str, made: Any, scope: str, has_trainable: bool, variables: dict[bytes, Any]
) -> None:
    """Add what a CollectionDef describes to the collection of a graph.

    Args:
        graph: the graph, which is the default one.
        key: the collection.
        made: the CollectionDef.
        scope: the name scope that the nodes were imported into.
        has_trainable: whether variables say if they are trainable, as they do since TensorFlow 1.9.
        variables: those that were made before, by message; gets the new ones.

    Raises:
        KeyError: the graph has no node of some name.
        DecodeError: a message is not of the collection's kind.
    """
    kind = made.WhichOneof("kind")
    if kind is None:
        logging.error("Cannot identify data type for collection %s. Skipping.", key)
        return
    from_proto = get_from_proto_function(key)
    if from_proto and kind == "bytes_list":
        proto_type = get_collection_proto_type(key)
        for value in made.bytes_list.value:
            if key not in GraphKeys._VARIABLE_COLLECTIONS:
                graph.add_to_collection(key, from_proto(_read(proto_type, value), import_scope=scope))
                continue
            if value not in variables:
                message = _read(proto_type, value)
                if not has_trainable:
                    message.trainable = key == GraphKeys.TRAINABLE_VARIABLES
                variables[value] = from_proto(message, import_scope=scope)
            graph.add_to_collection(key, variables[value])
        return
    if key in _WRITTEN_OTHERWISE_ONCE:
        logging.warning(
            "The saved meta_graph is possibly from an older release:\n'%s' collection should be of type "
            "'byte_list', but instead is of type '%s'.",
            key,
            kind,
        )
    for value in getattr(made, kind).value:
        if kind == "node_list":
            value = graph.as_graph_element(prepend_name_scope(value, scope))
        elif kind == "int64_list":
            value = int(value)
        elif scope and isinstance(value, (str, bytes)):
            value = _prepended(value, scope)
        graph.add_to_collection(key, value)


def _prepended(value: str | bytes, scope: str) -> str | bytes:
    """A name in the scope; what is no text, such as the messages of another program, stays as it is."""
    try:
        text = value.decode() if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return value
    return prepend_name_scope(text, scope)


def _read(proto_type: Any, value: bytes) -> Any:
    message = proto_type()
    message.ParseFromString(value)
    return message
