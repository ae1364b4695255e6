"""What is in a graph that was written to a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from perdure.cli.inspect.report import Report, Table, shape_text
from perdure.filesystem.files import FILES
from perdure.formats import messages
from perdure.formats.text import ParseError, from_text
from perdure.graph.dtypes import as_dtype
from perdure.ops.registry import lookup

_INPUTS = ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault")
_VARIABLES = ("VariableV2", "Variable", "VarHandleOp")


def read(path: str, values: bool) -> Report:
    """The nodes of a GraphDef or MetaGraphDef, as bytes or text.

    Args:
        path: the file.
        values: whether to list every node.

    Raises:
        ValueError: it is neither.
    """
    content = FILES.read(path)
    if path.endswith((".meta", ".meta.txt")):
        return of_meta_graph(path, _parsed(messages.MetaGraphDef, content, path), values)
    try:
        graph_def = _parsed(messages.GraphDef, content, path)
        if not graph_def.node and content:
            raise ValueError(f"{path} is no GraphDef")
    except ValueError:
        meta_graph = _parsed(messages.MetaGraphDef, content, path)
        return of_meta_graph(path, meta_graph, values)
    return of_graph(path, graph_def, values)


def _parsed(kind: Any, content: bytes, path: str) -> Any:
    message = kind()
    try:
        message.ParseFromString(content)
        return message
    except Exception as error:
        if b"\0" in content[:4096]:
            raise ValueError(f"{path} is no {kind.__name__}: {error}") from error
    try:
        return from_text(content.decode(), kind())
    except (ParseError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is no {kind.__name__}: {error}") from error


def of_graph(path: str, graph_def: Any, values: bool) -> Report:
    """The report on a GraphDef message; see `read`."""
    report = Report("graph", path)
    add_graph(report, graph_def, values)
    return report


def of_meta_graph(path: str, meta_graph: Any, values: bool) -> Report:
    """The report on a MetaGraphDef message; see `read`."""
    report = Report("meta graph", path)
    add_meta_graph(report, meta_graph, values)
    return report


def add_meta_graph(report: Report, meta_graph: Any, values: bool) -> None:
    """Say what is in a MetaGraphDef message."""
    info = meta_graph.meta_info_def
    report.facts["tags"] = list(info.tags) or None
    report.facts["TensorFlow"] = info.tensorflow_version or None
    if meta_graph.HasField("saver_def"):
        saver = meta_graph.saver_def
        report.facts["saver"] = (
            f"{saver.save_tensor_name}, {saver.restore_op_name}, {saver.filename_tensor_name}"
        )
    report.facts = {name: value for name, value in report.facts.items() if value is not None}
    add_signatures(report, meta_graph.signature_def)
    add_graph(report, meta_graph.graph_def, values)
    rows = []
    for name, collection in sorted(meta_graph.collection_def.items()):
        kind = collection.WhichOneof("kind") or "nothing"
        length = len(getattr(collection, kind).value) if kind != "nothing" else 0
        rows.append((name, kind.removesuffix("_list"), length))
    if rows:
        report.tables.append(Table("collections", ("name", "kind", "items"), rows))


def add_signatures(report: Report, signatures: Any) -> None:
    """A table of what a server may feed and fetch."""
    rows = []
    for key, signature in sorted(signatures.items()):
        for role, infos in ("input", signature.inputs), ("output", signature.outputs):
            for name, info in sorted(infos.items()):
                rows.append((key, signature.method_name, role, name, *_info(info)))
    if rows:
        columns = ("signature", "method", "role", "name", "tensor", "type", "shape")
        report.tables.append(Table("signatures", columns, rows))


def _info(info: Any) -> tuple[str, str, str]:
    name = info.name
    if info.WhichOneof("encoding") == "coo_sparse":
        name = f"sparse: {info.coo_sparse.values_tensor_name}"
    sizes = None if info.tensor_shape.unknown_rank else [size.size for size in info.tensor_shape.dim]
    return name, as_dtype(info.dtype).name if info.dtype else "operation", shape_text(sizes)


def add_graph(report: Report, graph_def: Any, values: bool) -> None:
    """Say what is in a GraphDef message."""
    nodes = [*graph_def.node, *(n for function in graph_def.library.function for n in function.node_def)]
    report.facts["nodes"] = len(graph_def.node)
    if graph_def.library.function:
        report.facts["functions"] = [function.signature.name for function in graph_def.library.function]
    report.facts["producer"] = graph_def.versions.producer
    report.facts["bytes"] = graph_def.ByteSize()
    known = {function.signature.name for function in graph_def.library.function}
    lacking = Counter(node.op for node in nodes if node.op not in known and not _has_kernel(node.op))
    report.facts["ops without a kernel"] = [
        f"{op} ({count})" for op, count in sorted(lacking.items())
    ] or "none"
    _add_nodes(report, "inputs", (node for node in graph_def.node if node.op in _INPUTS))
    _add_nodes(report, "variables", (node for node in graph_def.node if node.op in _VARIABLES))
    counts = Counter(node.op for node in nodes).most_common()
    report.tables.append(Table("ops", ("op", "nodes"), [*counts]))
    if values:
        rows = [(node.name, node.op, ", ".join(node.input), node.device) for node in graph_def.node]
        report.tables.append(Table("nodes", ("name", "op", "inputs", "device"), rows))
    report.drawing = lambda: _drawn(graph_def)


def _add_nodes(report: Report, title: str, nodes: Iterable[Any]) -> None:
    rows = []
    for node in nodes:
        dtype, shape = node.attr["dtype"].type, node.attr["shape"].shape
        sizes = None if shape.unknown_rank else [size.size for size in shape.dim]
        rows.append((node.name, as_dtype(dtype).name if dtype else "?", shape_text(sizes)))
    if rows:
        report.tables.append(Table(title, ("name", "type", "shape"), rows))


def _has_kernel(op: str) -> bool:
    definition = lookup(op)
    return definition is not None and definition.kernel_rule is not None


def _drawn(graph_def: Any) -> str:
    from perdure import tf
    from perdure.drawing.graph import graph_html

    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
    return graph_html(graph)
