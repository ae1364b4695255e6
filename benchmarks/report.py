"""The table of ratios, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.table import TENSORFLOWS, find


def machine() -> str:
    """Processor, cores and system, in a line."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            model = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def ratio(result: Mapping[str, Any]) -> float | None:
    """The better TensorFlow's measure, else perdure's before, divided by perdure's; None without both."""
    values = result["values"]
    theirs = [values[peer] for peer in TENSORFLOWS if peer in values]
    if not theirs and "before" in values:
        theirs = [values["before"]]
    ours = values.get("perdure")
    return min(theirs) / ours if theirs and ours else None


def shown(value: float | None, kind: str) -> str:
    """A measure with its unit."""
    if value is None:
        return "–"
    if kind in ("memory", "peak", "growth"):
        return f"{value / 2**20:.0f} MiB"
    for unit, size in (("µs", 1.0), ("ms", 1e3), ("s", 1e6)):
        if value < 1e3 * size or unit == "s":
            break
    return f"{value / size:.3g} {unit}"


def markdown(results: Sequence[Mapping[str, Any]], peers: Sequence[str]) -> str:
    """The table, and below it what could not be timed."""
    lines = ["| case | " + " | ".join(peers) + " | ratio | goal |"]
    lines.append("| --- |" + " ---: |" * (len(peers) + 2))
    problems = []
    for result in results:
        case = find(result["name"])
        cells = [shown(result["values"].get(peer), case["kind"]) for peer in peers]
        reached = ratio(result)
        cells.append("–" if reached is None else f"{reached:.2f}")
        cells.append("–" if case["goal"] is None else f"{case['goal']:g}")
        lines.append(f"| {case['title']} | " + " | ".join(cells) + " |")
        for peer, problem in result["problems"].items():
            problems.append(f"- {case['title']}, {peer}: {problem}")
    return "\n".join(lines + ([""] + problems if problems else [])) + "\n"


def write(
    folder: Path, results: Sequence[Mapping[str, Any]], versions: Mapping[str, Mapping[str, str]], rounds: int
) -> Path:
    """Write `results.json` and `results.md`; return the latter's path.

    Args:
        folder: where to; made if need be.
        results: what `measure` returned, for each case.
        versions: from peer to the versions of its packages.
        rounds: how often each peer was measured.
    """
    folder.mkdir(parents=True, exist_ok=True)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    data = {"machine": machine(), "when": when, "rounds": rounds, "versions": versions, "results": results}
    (folder / "results.json").write_text(json.dumps(data, indent=1) + "\n")
    head = [f"{machine()}; {when}; best of {rounds} interleaved rounds.", ""]
    for peer, found in versions.items():
        head.append(f"- {peer}: " + ", ".join(f"{name} {version}" for name, version in found.items()))
    path = folder / "results.md"
    path.write_text("\n".join(head) + "\n\n" + markdown(results, list(versions)))
    return path
