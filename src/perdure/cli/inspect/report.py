"""What is said of a file: facts and tables, as text for a terminal, as JSON, and as a page."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

# Tables that stand below the drawing of a graph.
_PARTS_OF_DRAWINGS = ("inputs", "variables", "ops")
_WIDTH = 160  # of tables, at least
# As long a table as a person reads to the end.
_SHOWN_ON_PAGES = 10_000


@dataclass
class Table:
    """Rows about things of one kind.

    Attributes:
        title: what they are, in the plural.
        columns: what is said of each; a name that ends with "bytes" is a size.
        rows: plain values.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass
class Report:
    """What is in a file or folder.

    Attributes:
        kind: what it is.
        path: where.
        facts: single values, by what they are.
        tables: the rest.
        drawing: draws it as HTML, if it can be drawn.
    """

    kind: str
    path: str
    facts: dict[str, Any] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    drawing: Callable[[], str] | None = None


def as_json(report: Report) -> str:
    """The report as a JSON object; a table is a list of objects."""
    content: dict[str, Any] = {"kind": report.kind, "path": report.path, **report.facts}
    for table in report.tables:
        content[table.title] = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return json.dumps(_finite(content), indent=2, default=str)


def _finite(value: Any) -> Any:
    """`value` without numbers that JSON has no words for."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def print_text(report: Report) -> None:
    """Print the report as tables."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    console.width = max(console.width, _WIDTH)  # names are not to be cut, nor shapes to be folded
    console.print(Text(f"{report.kind}  {report.path}", "bold"))
    for name, value in report.facts.items():
        console.print(Text(f"  {name}: {_cell(name, value)}"))
    for table in report.tables:
        shown = RichTable(
            title=f"{table.title} ({len(table.rows)})",
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE,
        )
        for i, column in enumerate(table.columns):
            numbers = all(isinstance(row[i], (int, float)) for row in table.rows)
            shown.add_column(column, justify="right" if numbers else "left", overflow="fold")
        for row in table.rows:
            cells = zip(table.columns, row, strict=True)
            shown.add_row(*(Text(_cell(column, value)) for column, value in cells))
        console.print(shown)


def as_html(report: Report) -> str:
    """The report as a page of its own."""
    from perdure.drawing.markup import STYLE, details, escaped, table

    facts = "".join(
        f"<div><b>{escaped(name)}</b> {escaped(_cell(name, value))}</div>"
        for name, value in report.facts.items()
    )
    parts = [f"<h2>{escaped(report.kind)} <span class='muted'>{escaped(report.path)}</span></h2>", facts]
    if report.drawing is not None:
        parts.append(report.drawing())
    for each in report.tables:
        if report.drawing is not None and each.title in _PARTS_OF_DRAWINGS:
            continue
        rows = [
            [_cell(column, value) for column, value in zip(each.columns, row, strict=True)]
            for row in each.rows
        ]
        body = table(each.columns, rows, _SHOWN_ON_PAGES)
        parts.append(details(f"{each.title} ({len(each.rows)})", body, is_open=len(rows) < 50))
    title = escaped(f"{report.kind}: {report.path}")
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title></head>"
        f"<body><div class='perdure'>{STYLE}{''.join(parts)}</div></body></html>\n"
    )


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name.endswith("bytes") and isinstance(value, int):
        from perdure.drawing.markup import size

        return size(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell("", item) for item in value)
    return str(value)


def shape_text(sizes: Sequence[int | None] | None) -> str:
    """A shape as text, "[2, ?]"; an unknown one is "?"."""
    if sizes is None:
        return "?"
    return f"[{', '.join('?' if size is None or size < 0 else str(size) for size in sizes)}]"
