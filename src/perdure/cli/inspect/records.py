"""What is in a file of records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perdure.cli.inspect.report import Report, Table
from perdure.filesystem.files import FILES
from perdure.formats import messages
from perdure.formats.records.reading import read_records

# Of a longer file only the first records are looked into; all are counted.
_LOOKED_INTO = 100


def read(path: str, values: bool) -> Report:
    """How many records there are, and the features of those that are `tf.train.Example`s.

    Args:
        path: the file.
        values: whether to show the features of the first record.

    Raises:
        tf.errors.DataLossError: a record is damaged.
    """
    count = total = longest = 0
    features: dict[str, list[Any]] = {}
    examples = 0
    for record in _records(path):
        if count < _LOOKED_INTO and (example := _example(record)) is not None:
            examples += 1
            _note(features, example)
        count, total, longest = count + 1, total + len(record), max(longest, len(record))
    looked_into = min(count, _LOOKED_INTO)
    report = Report("records", path, {"records": count, "bytes": total, "longest record, in bytes": longest})
    if examples == looked_into and examples:
        report.facts["content"] = "tf.train.Example"
        columns = ["feature", "type", "in", "shortest", "longest", *(["first value"] if values else [])]
        rows = [
            [name, kind, f"{times} of {looked_into}", shortest, most, *([first] if values else [])]
            for name, (kind, times, shortest, most, first) in sorted(features.items())
        ]
        report.tables.append(Table("features", columns, rows))
    return report


def _records(path: str) -> Iterator[bytes]:
    with FILES.open(path) as file:
        yield from read_records(file)


def _example(record: bytes) -> Any:
    """The record as an Example message, or None if it is none."""
    example = messages.Example()
    try:
        example.ParseFromString(record)
    except Exception:  # whatever the parser has against it
        return None
    return example if example.features.feature else None


def _note(features: dict[str, list[Any]], example: Any) -> None:
    for name, feature in example.features.feature.items():
        kind = feature.WhichOneof("kind") or "nothing"
        items = getattr(feature, kind).value if kind != "nothing" else ()
        known = features.setdefault(name, [kind.removesuffix("_list"), 0, len(items), len(items), None])
        known[1] += 1
        known[2], known[3] = min(known[2], len(items)), max(known[3], len(items))
        if known[4] is None and len(items):
            known[4] = _shown(items)


def _shown(items: Any) -> str:
    first = repr(items[0])
    text = first if len(first) < 40 else first[:37] + "..."
    return text if len(items) == 1 else f"{text}, ..."
