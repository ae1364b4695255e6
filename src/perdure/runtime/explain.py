"""How a step was cut, which tier each part runs in, and why: `session.explain`, `perdure explain`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from perdure.graph.operation import Operation
from perdure.ops.registry import traits_of
from perdure.runtime.execution.cluster import Cluster, Specialisation
from perdure.runtime.execution.executable import Executable, HostUnit
from perdure.runtime.planning.legality import reason_for_host


def explain(executable: Executable) -> str:
    """Lines of text that say how a step runs.

    Args:
        executable: the planned step, with the history of its runs.
    """
    lines: list[str] = []
    for number, unit in enumerate(executable.units, 1):
        if isinstance(unit, Cluster):
            lines += _cluster_lines(number, unit)
        else:
            lines += _host_lines(number, unit)
    return "\n".join(lines) if lines else "nothing runs: every fetch is fed or constant"


def _cluster_lines(number: int, cluster: Cluster) -> Iterator[str]:
    counts = Counter(op.type for op in cluster.nodes).most_common()
    shown = ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in counts[:8])
    more = ", ..." if len(counts) > 8 else ""
    yield f"{number}. cluster of {len(cluster.nodes)} operations: {shown}{more}"
    called = [op.name for op in cluster.nodes if traits_of(op.type).calls is not None]
    if called:
        yield f"   conditionals and loops in it: {', '.join(called)}"
    if not any(s.program is not None for s in cluster.specialisations.values()):
        yield f"   compiling it is estimated at {_time(cluster.compile_us)}"
    if cluster.static:
        names = ", ".join(tensor.name for tensor in cluster.static)
        yield f"   compiled for each value of: {names}"
    for key, specialisation in cluster.specialisations.items():
        yield f"   {_tier(specialisation)}{f', for {_shown(key)}' if key else ''}"
        for number, part in enumerate(specialisation.parts, 1):
            lines = _cluster_lines(number, part) if isinstance(part, Cluster) else _host_lines(number, part)
            yield from (f"      {line}" for line in lines)


def _shown(key: tuple[Any, ...]) -> str:
    """The shapes and static values of a specialisation; values are shown by their shape."""
    parts = [part[0] if part and isinstance(part[-1], bytes) else part for part in key]
    return "shapes " + ", ".join("?" if part is None else str(list(part)) for part in parts)


def _tier(specialisation: Specialisation) -> str:
    estimates = (
        f"a run is estimated at {_time(specialisation.interpreted_us)} interpreted, "
        f"{_time(specialisation.compiled_us)} compiled"
    )
    runs = f"{specialisation.runs} interpreted run{'' if specialisation.runs == 1 else 's'}"
    if specialisation.program is not None:
        how = "loaded from the cache in" if specialisation.program.from_cache else "compiled in"
        took = f"{how} {_time(specialisation.compile_seconds * 1e6)}"
        # Without estimates it was compiled because it was asked for.
        return f"{took} after {runs}; {estimates}" if specialisation.interpreted_us else f"{took}, at once"
    if specialisation.refused is not None:
        return f"interpreted, since it cannot be traced: {specialisation.refused}"
    if specialisation.interpreted_us <= specialisation.compiled_us:
        return f"interpreted for good; {estimates}"
    return f"interpreted so far, {runs}; {estimates}"


def _host_lines(number: int, unit: HostUnit) -> Iterator[str]:
    yield f"{number}. host operations: {len(unit.instructions)}"
    for instruction in unit.instructions:
        node = instruction.node
        if isinstance(node, Operation):
            why = reason_for_host(node) or "its inputs are known on the host only"
            yield f"   {node.name} ({node.type}): {why}"
        else:
            yield f"   reading {node.inputs[0].name}, which is fetched"


def _time(microseconds: float) -> str:
    if microseconds >= 1e6:
        return f"{microseconds / 1e6:.1f} s"
    return f"{microseconds / 1e3:.1f} ms" if microseconds >= 1e3 else f"{microseconds:.0f} µs"
