"""`perdure inspect PATH`: what is in a checkpoint, graph, saved model, event file or file of records."""

from __future__ import annotations

import sys
from pathlib import Path

from perdure.cli.inspect.kinds import kind_of, reader_of
from perdure.cli.inspect.report import as_html, as_json, print_text
from perdure.formats.text import DecodeError
from perdure.graph.errors import OpError


def inspect(path: str, values: bool = False, json: bool = False, html: str | None = None) -> int:
    """Print what is in a file or folder; nothing of it is run.

    Args:
        path: a file or folder, or the prefix of a checkpoint.
        values: whether to read the values of tensors, too, for statistics.
        json: whether to print JSON instead of tables.
        html: a file to write a page to, with the graph drawn, if there is one.

    Returns:
        The exit status: 1 if the file is not there, not readable or of no known kind.
    """
    try:
        kind = kind_of(path)
        report = reader_of(kind)(path, values)
    except (OSError, ValueError, OpError, DecodeError) as error:
        print(f"perdure inspect: {getattr(error, 'message', error)}", file=sys.stderr)
        return 1
    if html is not None:
        Path(html).write_text(as_html(report), encoding="utf-8")
        print(f"written to {html}", file=sys.stderr)
    if json:
        print(as_json(report))
    elif html is None:
        print_text(report)
    return 0
