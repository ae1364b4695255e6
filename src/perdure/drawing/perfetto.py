"""A recorded program as events for Perfetto and chrome://tracing (Catapult's "Trace Event Format")."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

KINDS = ("interpreted", "compiled", "host", "compiling", "waiting")


def perfetto_trace(data: dict[str, Any]) -> str:
    """The events as JSON.

    A session is a process of the picture.  In the row of a thread a step lies above what its time went to,
    and that above its operations.

    Args:
        data: what `Recording.data` returns.
    """
    left_out = {f"left out: {name}": count for name, count in data["left_out"].items() if count}
    return json.dumps(
        {"traceEvents": list(_events(data)), "displayTimeUnit": "ms", "otherData": left_out},
        separators=(",", ":"),
    )


def _events(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number, made_at in enumerate(data["sessions"], 1):
        yield _named("process_name", number, 0, f"session made at {made_at}")
    kinds = data["kinds"]
    for thread, row in enumerate(data["threads"], 1):
        for session in sorted({kinds[kept[0]]["session"] for kept in row["kept"] if kept[0] >= 0}):
            yield _named("thread_name", session + 1, thread, row["name"])
        process = 1
        for kind, start, took, count, busy, joined, error, pieces, operations in row["kept"]:
            if kind >= 0:
                process = kinds[kind]["session"] + 1
            where = {"pid": process, "tid": thread}
            if joined:
                arguments = {"nanoseconds in steps": busy, "why": "steps that are not drawn one by one"}
                yield _event(f"{count} steps", "steps", start, took, where, arguments)
                continue
            arguments = {"fetches": kinds[kind]["fetches"], "feeds": kinds[kind]["feeds"]}
            if error:
                arguments["error"] = error
            yield _event("step", "step", start, took, where, arguments)
            yield from _pieces(data, kinds[kind]["units"], start, pieces, where)
            yield from _operations(data, start, operations, where)


def _pieces(
    data: dict[str, Any], units: list[Any], step: int, pieces: list[int], where: dict[str, int]
) -> Iterator[dict[str, Any]]:
    for i in range(0, len(pieces), 4):
        tier, ref, start, took = pieces[i : i + 4]
        name = KINDS[tier]
        if name == "waiting":
            yield _event(f"waiting for {data['texts'][ref]}", name, step + start, took, where, {})
        elif ref < len(units):
            members = [_described(data, number) for number in units[ref]["ops"]]
            part = "host operations" if name == "host" else f"cluster {ref + 1}, {name}"
            yield _event(part, name, step + start, took, where, {"operations": members})


def _operations(
    data: dict[str, Any], step: int, operations: list[int], where: dict[str, int]
) -> Iterator[dict[str, Any]]:
    for i in range(0, len(operations), 5):
        number, start, took, shapes, _ = operations[i : i + 5]
        name, op_type, device, line, _, inputs, _ = data["operations"][number]
        arguments = {
            "op": data["texts"][op_type], "inputs": inputs, "outputs": data["shapes"][shapes],
            "device": data["texts"][device], "line": data["texts"][line],
        }  # fmt: skip
        yield _event(name, "operation", step + start, took, where, arguments)


def _described(data: dict[str, Any], number: int) -> str:
    return f"{data['operations'][number][0]} ({data['texts'][data['operations'][number][1]]})"


def _event(
    name: str, category: str, start: int, took: int, where: dict[str, int], arguments: dict[str, Any]
) -> dict[str, Any]:
    return {
        "ph": "X", "name": name, "cat": category, **where, "ts": start / 1000, "dur": took / 1000,
        "args": arguments,
    }  # fmt: skip


def _named(what: str, process: int, thread: int, name: str) -> dict[str, Any]:
    return {"ph": "M", "name": what, "pid": process, "tid": thread, "args": {"name": name}}
