"""What is in event files."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any

from perdure.cli.inspect.report import Report, Table
from perdure.filesystem.files import FILES
from perdure.formats.events.files import parsed
from perdure.formats.records.reading import read_records

_CURVE = "▁▂▃▄▅▆▇█"
_CURVE_LENGTH = 40


class _Series:
    """What one tag has had in the course of a run."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.steps: list[int] = []
        self.values: list[float] = []


def read(path: str, values: bool) -> Report:
    """The tags of the summaries in an event file, or in all of a folder, with scalars as curves.

    Args:
        path: a file, or a folder; those below it are other runs.
        values: whether to give every scalar, too.
    """
    files = [path]
    if FILES.is_directory(path):
        found = FILES.list_directory(path)
        files = sorted(str(PurePath(path) / name) for name in found if "tfevents" in name)
    series: dict[str, _Series] = {}
    events, other = 0, {"graph": 0, "meta graph": 0, "run metadata": 0, "session log": 0}
    times: list[float] = []
    for file in files:
        for event in _events(file):
            events += 1
            times.append(event.wall_time)
            what = event.WhichOneof("what")
            if what == "summary":
                for value in event.summary.value:
                    _note(series, value, event.step)
            elif what in ("graph_def", "meta_graph_def", "tagged_run_metadata", "session_log"):
                name = {"graph_def": "graph", "meta_graph_def": "meta graph"}.get(
                    what, what.replace("_", " ")
                )
                other[name.removeprefix("tagged ")] += 1
    report = Report(
        "event files" if len(files) > 1 else "event file", path, {"files": len(files), "events": events}
    )
    if times:
        report.facts["from"], report.facts["to"] = _time(min(times)), _time(max(times))
    report.facts.update({name: count for name, count in other.items() if count})
    scalars = {tag: each for tag, each in sorted(series.items()) if each.values}
    if scalars:
        columns = ("tag", "points", "first step", "last step", "minimum", "last", "maximum", "curve")
        rows = [
            (
                tag,
                len(s.values),
                s.steps[0],
                s.steps[-1],
                min(s.values),
                s.values[-1],
                max(s.values),
                curve(s.values),
            )
            for tag, s in scalars.items()
        ]
        report.tables.append(Table("scalars", columns, rows))
    rest = [
        (tag, s.kind, len(s.steps), s.steps[0], s.steps[-1])
        for tag, s in sorted(series.items())
        if not s.values
    ]
    if rest:
        report.tables.append(Table("others", ("tag", "kind", "points", "first step", "last step"), rest))
    if values:
        for tag, s in scalars.items():
            report.tables.append(Table(tag, ("step", "value"), list(zip(s.steps, s.values, strict=True))))
    return report


def _events(path: str) -> Iterator[Any]:
    with FILES.open(path) as file:
        yield from parsed(read_records(file))


def _time(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds).isoformat(" ", "seconds")
    except (OverflowError, ValueError, OSError):  # no time that a calendar has
        return f"{seconds} s"


def _note(series: dict[str, _Series], value: Any, step: int) -> None:
    kind = value.WhichOneof("value") or "nothing"
    if kind == "tensor" and value.metadata.plugin_data.plugin_name:
        kind = value.metadata.plugin_data.plugin_name
    each = series.setdefault(
        value.tag, _Series({"simple_value": "scalar", "histo": "histogram"}.get(kind, kind))
    )
    each.steps.append(step)
    if kind == "simple_value":
        each.values.append(value.simple_value)


def curve(values: list[float]) -> str:
    """Values as a curve of one line, the mean of several where there are too many."""
    length = min(len(values), _CURVE_LENGTH)
    cuts = [i * len(values) // length for i in range(length + 1)]
    points = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        finite = [value for value in values[start:end] if math.isfinite(value)]
        points.append(sum(finite) / len(finite) if finite else math.nan)
    known = [point for point in points if math.isfinite(point)]
    if not known:
        return "?" * length
    low, high = min(known), max(known)
    scale = (len(_CURVE) - 1) / (high - low) if high > low else 0.0
    return "".join(_CURVE[round((p - low) * scale)] if math.isfinite(p) else "?" for p in points)
