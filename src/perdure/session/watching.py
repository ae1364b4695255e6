"""Steps that are watched: with RunOptions, with a time limit, under `perdure run --trace`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from perdure.graph.errors import InvalidArgumentError, ResourceExhaustedError, UnimplementedError
from perdure.graph.tensor import Tensor
from perdure.runtime.execution.executable import Executable
from perdure.runtime.execution.observe import ObservedStep, run_observed
from perdure.runtime.planning.prune import needed_operations
from perdure.session.fetches import FetchMapping

if TYPE_CHECKING:
    from perdure.session.recording import Recording, StepKind
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
    kind = None
    if isinstance(plain, WatchedExecutable):
        kind, plain = plain.kind, plain.inner
    costs = settings.cost_model and run_metadata is not None
    fills_metadata = run_metadata is not None and (trace or graphs or costs)
    seen = ObservedStep() if fills_metadata or kind is not None else None
    try:
        with _recorded(seen, kind):
            results = run_observed(plain, values, seen, timeout)
    except ResourceExhaustedError as error:
        if tell_upon_oom:
            error._message += _largest_variables(session)
        raise
    if seen is not None and fills_metadata:
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
    """A step with a time limit, or of a program that is recorded.

    Args:
        inner: the executable.
        timeout_seconds: how long it may take, or None.
        kind: what is recorded of its runs belongs to this kind of step; None if nothing is recorded.
    """

    __slots__ = ("inner", "_timeout_seconds", "kind")

    def __init__(
        self, inner: Executable, timeout_seconds: float | None, kind: StepKind | None = None
    ) -> None:
        self.inner = inner
        self._timeout_seconds = timeout_seconds
        self.kind = kind

    @property
    def units(self) -> Any:
        """The units of the step."""
        return self.inner.units

    def run(self, feeds: Iterable[Any]) -> list[Any]:
        """Run the step; see `Executable.run`."""
        seen = ObservedStep() if recording is not None and self.kind is not None else None
        with _recorded(seen, self.kind):
            return run_observed(self.inner, list(feeds), seen, self._timeout_seconds)


@contextmanager
def _recorded(seen: ObservedStep | None, kind: StepKind | None) -> Iterator[None]:
    """Record the step that the block runs, unless nothing is recorded."""
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        if recording is not None and seen is not None and kind is not None:
            recording.add(seen, kind, error)
        error = None


def watched(
    executable: Executable, session: BaseSession, mapping: FetchMapping, feeds: Sequence[Tensor]
) -> Any:
    """A planned step as it is run if it has a time limit or is recorded; else the step as it is.

    Args:
        executable: the planned step.
        session: whose step it is.
        mapping: what is fetched.
        feeds: what is fed.
    """
    timeout = session._settings.timeout_seconds
    if timeout is None and recording is None:
        return executable
    kind = None
    if recording is not None:
        kind = recording.kind_of_step(
            session.made_at, [*mapping.tensors, *mapping.targets], feeds, executable.units, session._placer
        )
    return WatchedExecutable(executable, timeout, kind)


# Where steps that are planned from now on report what they did; None, and then it costs nothing.
recording: Recording | None = None
