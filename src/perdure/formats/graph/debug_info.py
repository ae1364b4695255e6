"""Where in the program nodes were made, as a GraphDebugInfo message."""

from collections.abc import Iterable
from typing import Any

from perdure.formats.protos import graph_debug_info_pb2
from perdure.graph.operation import Operation


def debug_info(operations: Iterable[Operation]) -> Any:
    """The lines of the program that made operations, by the operations' names."""
    made = graph_debug_info_pb2.GraphDebugInfo()
    files: dict[str, int] = {}
    for op in operations:
        trace = made.traces[op.name]
        for line in op.traceback:
            number = files.setdefault(line.filename, len(files))
            trace.file_line_cols.add(file_index=number, line=line.lineno)
    made.files.extend(files)
    return made
