"""What is in a SavedModel."""

from __future__ import annotations

from pathlib import PurePath

from perdure.cli.inspect import checkpoints
from perdure.cli.inspect.graphs import add_meta_graph
from perdure.cli.inspect.report import Report
from perdure.filesystem.files import FILES
from perdure.saved_model.folders import get_variables_path
from perdure.saved_model.parsing import parse_saved_model


def read(path: str, values: bool) -> Report:
    """The graphs, signatures and variables of a SavedModel.

    Args:
        path: its folder, or its `saved_model.pb`.
        values: whether to list every node, and statistics of the variables.

    Raises:
        OSError: it cannot be read.
    """
    folder = path if FILES.is_directory(path) else str(PurePath(path).parent)
    model = parse_saved_model(folder)
    report = Report("saved model", folder, {"graphs": len(model.meta_graphs)})
    for meta_graph in model.meta_graphs:
        add_meta_graph(report, meta_graph, values)
        if len(model.meta_graphs) > 1:
            _rename(report, " ".join(meta_graph.meta_info_def.tags))
    prefix = get_variables_path(folder)
    if FILES.exists(prefix + ".index"):
        report.tables += checkpoints.read(prefix, values).tables
    return report


def _rename(report: Report, tags: str) -> None:
    """Let what was said of one graph be told from what will be said of the next."""
    for table in report.tables:
        if not table.title.startswith("["):
            table.title = f"[{tags}] {table.title}"
    own = ("tags", "TensorFlow", "saver", "nodes", "functions", "producer", "bytes", "ops without a kernel")
    for name in own:
        if name in report.facts:
            report.facts[f"[{tags}] {name}"] = report.facts.pop(name)
