"""Graphs in files: `tf.io.write_graph`."""

from __future__ import annotations

import os
from typing import Any

from perdure.filesystem import functions as files
from perdure.formats.text import to_text
from perdure.graph.graph import Graph


def write_graph(graph_or_graph_def: Any, logdir: Any, name: Any, as_text: bool = True) -> str:
    """Write a graph to a file, which is there whole or not at all.

    Args:
        graph_or_graph_def: a Graph, or a message such as a GraphDef.
        logdir: the folder, made if there is none.
        name: the file's name.
        as_text: whether the message is written as text.

    Returns:
        The path of the file.
    """
    message = (
        graph_or_graph_def.as_graph_def() if isinstance(graph_or_graph_def, Graph) else graph_or_graph_def
    )
    if not files.file_exists(logdir) and not str(logdir).startswith("gs:"):
        files.recursive_create_dir(logdir)
    path = os.path.join(logdir, name)
    content = to_text(message) if as_text else message.SerializeToString()
    files.atomic_write_string_to_file(path, content)
    return path
