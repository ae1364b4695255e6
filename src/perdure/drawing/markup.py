"""Bits of HTML, escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

# Neutral and half transparent, so that it fits light and dark notebooks.
STYLE = """<style>
.perdure { font: 13px/1.4 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; max-width: 1000px; }
.perdure table { border-collapse: collapse; margin: 4px 0 8px; font-size: 12px; }
.perdure th, .perdure td { text-align: left !important; padding: 2px 14px 2px 0 !important;
  border-bottom: 1px solid rgba(128,128,128,.25); background: none !important; }
.perdure td.number { text-align: right !important; font-variant-numeric: tabular-nums; }
.perdure details { margin: 2px 0; } .perdure details details { margin-left: 18px; }
.perdure summary { cursor: pointer; } .perdure .muted { opacity: .65; }
.perdure ul { list-style: none; margin: 0 0 0 18px; padding: 0; }
.perdure svg { display: block; max-width: 100%; height: auto; margin: 6px 0; }
.perdure svg text { fill: currentColor; }
</style>"""


def escaped(text: object) -> str:
    """Text as HTML."""
    return html.escape(str(text))


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], limit: int = 50) -> str:
    """A table; numbers are set right.

    Args:
        headers: the titles of its columns.
        rows: the cells.
        limit: how many rows are shown; what is left out is counted.
    """
    rows = list(rows)
    head = "".join(f"<th>{escaped(title)}</th>" for title in headers)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows[:limit])
    more = f"<p class='muted'>and {len(rows) - limit:,} more</p>" if len(rows) > limit else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"<td class='number'>{value:,}</td>"
    return f"<td>{escaped(value)}</td>"


def details(summary: str, body: str, is_open: bool = False) -> str:
    """What is unfolded by a click.

    Args:
        summary: text, always shown.
        body: HTML.
        is_open: whether it is unfolded at first.
    """
    return f"<details{' open' if is_open else ''}><summary>{escaped(summary)}</summary>{body}</details>"


def size(nbytes: float) -> str:
    """A number of bytes for people."""
    for unit in ("bytes", "kB", "MB"):
        if nbytes < 1000:
            return f"{nbytes:,.0f} {unit}" if unit == "bytes" or nbytes >= 100 else f"{nbytes:.1f} {unit}"
        nbytes /= 1000
    return f"{nbytes:,.1f} GB"


def counted(count: int, noun: str) -> str:
    """A number with its noun: "1 step", "2 steps"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
