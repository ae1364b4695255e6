"""MetaGraphDef messages: the kinds of collections, and which attributes need not be written."""

from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError

from perdure.formats.graph.op_defs import default_to_proto
from perdure.formats.protos import meta_graph_pb2, op_def_pb2
from perdure.formats.text import ParseError, from_text
from perdure.graph import signatures
from perdure.graph.signatures import REQUIRED

CollectionDef = meta_graph_pb2.CollectionDef
MetaGraphDef = meta_graph_pb2.MetaGraphDef
MetaInfoDef = MetaGraphDef.MetaInfoDef
OpList = op_def_pb2.OpList


def collection_kind(item: Any) -> str:
    """The field of a CollectionDef that holds things like `item`."""
    if isinstance(item, (str, bytes)):
        return "bytes_list"
    if isinstance(item, int):
        return "int64_list"
    if isinstance(item, float):
        return "float_list"
    return "any_list" if isinstance(item, AnyMessage) else "node_list"


def parsed(content: bytes, message: Any) -> Any:
    """Fill a message from what a file has: bytes, or else text.

    Raises:
        ParseError: it is neither.
    """
    try:
        message.ParseFromString(content)
        return message
    except DecodeError:
        message.Clear()
    return from_text(content, message)


def without_defaults(node: Any) -> None:
    """Take the attributes of a node away that have the defaults of its op."""
    signature = signatures.find(node.op)
    for attr in () if signature is None else signature.attrs:
        if attr.default is REQUIRED or attr.name not in node.attr:
            continue
        if node.attr[attr.name] == default_to_proto(attr):
            del node.attr[attr.name]


__all__ = [
    "CollectionDef",
    "MetaGraphDef",
    "MetaInfoDef",
    "OpList",
    "ParseError",
    "collection_kind",
    "parsed",
    "without_defaults",
]
