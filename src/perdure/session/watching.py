"""Steps that are watched: with RunOptions, with a time limit, under `perdure run --trace`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from perdure.graph.errors import InvalidArgumentError, ResourceExhaustedError, UnimplementedError
from perdure.graph.tensor import Tensor
from perdure.runtime.executable import Executable
from perdure.runtime.observe import ObservedStep, run_observed
from perdure.runtime.prune import needed_operations
from perdure.session.fetches import FetchMapping

if TYPE_CHECKING:
    from perdure.session.session import BaseSession

_LISTED_UPON_OOM = 20


def run_with_options(
    session: BaseSession,
    executable: Any,
    mapping: FetchMapping,
    feeds: tuple[Tensor, ...],
    values: list[Any],
    options: Any,
    run_metadata: Any,
) -> list[Any]:
    """Run a step that was given RunOptions or RunMetadata.

    Args:
        session: the session.
        executable: the planned step, as `session._plan` returns it.
        mapping: what is fetched.
        feeds: what is fed.
        values: the fed values.
        options: a RunOptions, or None.
        run_metadata: a RunMetadata to fill, or None.

    Raises:
        InvalidArgumentError: there is no such pool of threads.
        UnimplementedError: the options ask for the debugger.
        AttributeError: `options` or `run_metadata` is no such message.
        DeadlineExceededError: the step took too long.
        tf.errors.OpError: an operation failed.
    """
    settings = session._settings
    timeout, trace, graphs, tell_upon_oom = settings.timeout_seconds, False, False, False
    if options is not None:
        trace, graphs = options.trace_level > 0, options.output_partition_graphs
        tell_upon_oom = options.report_tensor_allocations_upon_oom
        if options.timeout_in_ms > 0:
            timeout = options.timeout_in_ms / 1000
        if options.inter_op_thread_pool < -1 or options.inter_op_thread_pool >= max(1, settings.pools):
            raise InvalidArgumentError(
                None, None, f"Invalid inter_op_thread_pool: {options.inter_op_thread_pool}"
            )
        if options.debug_options.debug_tensor_watch_opts:
            raise UnimplementedError(
                None, None, "RunOptions.debug_options: the debugger is not supported yet"
            )
    if run_metadata is not None:
        run_metadata.Clear()
    plain = executable.inner if isinstance(executable, EchoingExecutable) else executable
    plain = plain.inner if isinstance(plain, WatchedExecutable) else plain
    costs = settings.cost_model and run_metadata is not None
    seen = ObservedStep() if run_metadata is not None and (trace or graphs or costs) else None
    try:
        results = run_observed(plain, values, seen, timeout)
    except ResourceExhaustedError as error:
        if tell_upon_oom:
            error._message += _largest_variables(session)
        raise
    if seen is not None:
        from perdure.session.metadata import fill_metadata

        needed = needed_operations(mapping.targets, mapping.tensors, set(feeds))
        fill_metadata(
            run_metadata, seen, sorted(needed, key=lambda op: op.node_id),
            dict(zip(feeds, values, strict=True)), mapping.tensors, session._placer, session._resources,
            trace=trace, graphs=graphs, costs=costs,
        )  # fmt: skip
    if isinstance(executable, EchoingExecutable):
        executable.echo(values, results)
    return results


def _largest_variables(session: BaseSession) -> str:
    variables = sorted(session._resources.variables.values(), key=lambda v: -v.nbytes)
    lines = [f"\n  {v.nbytes:>14,} bytes  {v.name}" for v in variables[:_LISTED_UPON_OOM]]
    total = sum(v.nbytes for v in variables)
    return f"\n\nThe session's variables take {total:,} bytes; the largest are" + "".join(lines)


class EchoingExecutable:
    """A step that fetches what it is fed: such a value comes back as an array, also one without axes.

    Args:
        inner: the executable.
        echoes: positions among the fetches, with those among the feeds.
    """

    __slots__ = ("inner", "_echoes")

    def __init__(self, inner: Any, echoes: Sequence[tuple[int, int]]) -> None:
        self.inner = inner
        self._echoes = echoes

    @property
    def units(self) -> Any:
        """The units of the step."""
        return self.inner.units

    def run(self, feeds: Iterable[Any]) -> list[Any]:
        """Run the step; see `Executable.run`."""
        values = list(feeds)
        results = self.inner.run(values)
        self.echo(values, results)
        return results

    def echo(self, feeds: Sequence[Any], results: list[Any]) -> None:
        """Put copies of the fed values in the place of the fetched ones."""
        for fetch, feed in self._echoes:
            results[fetch] = np.array(feeds[feed])


class WatchedExecutable:
    """A step with a time limit, or of a program that is traced.

    Args:
        inner: the executable.
        timeout_seconds: how long it may take, or None.
        trace: where what is seen goes, or None.
        made_at: where the session was made.
    """

    __slots__ = ("inner", "_timeout_seconds", "_trace", "_made_at")

    def __init__(
        self, inner: Executable, timeout_seconds: float | None, trace: TraceFile | None, made_at: str
    ) -> None:
        self.inner = inner
        self._timeout_seconds = timeout_seconds
        self._trace = trace
        self._made_at = made_at

    @property
    def units(self) -> Any:
        """The units of the step."""
        return self.inner.units

    def run(self, feeds: Iterable[Any]) -> list[Any]:
        """Run the step; see `Executable.run`."""
        seen = None if self._trace is None else ObservedStep()
        try:
            return run_observed(self.inner, list(feeds), seen, self._timeout_seconds)
        finally:
            if self._trace is not None and seen is not None:
                self._trace.add(seen, self._made_at)


class TraceFile:
    """The steps of a program as events for Perfetto or chrome://tracing; written when it is closed.

    A session is a process of the picture; what a step did lies below it in the row of its thread.

    Args:
        path: where to write.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._events: list[dict[str, Any]] = []
        self._processes: dict[str, int] = {}
        self._steps = 0
        self._file = open(path, "w")  # noqa: SIM115 - a path that cannot be written to fails at once

    def add(self, seen: ObservedStep, made_at: str) -> None:
        """Add the events of a step."""
        with self._lock:
            process = self._processes.get(made_at)
            if process is None:
                process = self._processes[made_at] = len(self._processes) + 1
                self._events.append(
                    {"ph": "M", "name": "process_name", "pid": process,
                     "args": {"name": f"session made at {made_at}"}}
                )  # fmt: skip
            thread = threading.get_ident() % 1_000_000
            self._steps += 1
            self._events.append(
                _event(f"step {self._steps}", "step", seen.start_ns, seen.end_ns, process, thread)
            )
            for o in seen.observations:
                arguments: dict[str, Any] = {"inputs": [tensor.name for tensor in o.inputs]}
                if o.members:
                    arguments["operations"] = [f"{op.name} ({op.type})" for op in o.members]
                else:
                    arguments["op"] = "read" if o.op is None else o.op.type
                category = "compiled" if o.members else "interpreted"
                self._events.append(
                    _event(o.name, category, o.start_ns, o.end_ns, process, thread, arguments)
                )

    def close(self) -> None:
        """Write the file; closing twice is allowed."""
        with self._lock:
            if not self._file.closed:
                with self._file:
                    json.dump({"traceEvents": self._events, "displayTimeUnit": "ms"}, self._file)


def _event(
    name: str, category: str, start_ns: int, end_ns: int, process: int, thread: int, arguments: Any = None
) -> dict[str, Any]:
    return {
        "ph": "X", "name": name, "cat": category, "pid": process, "tid": thread,
        "ts": start_ns / 1000, "dur": (end_ns - start_ns) / 1000, "args": arguments or {},
    }  # fmt: skip


# Where steps that are planned from now on report what they did; None, and then it costs nothing.
trace_file: TraceFile | None = None
