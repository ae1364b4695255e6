"""Steps that are watched: with RunOptions, with a time limit, under `perdure run --trace`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from perdure.graph.errors import InvalidArgumentError, ResourceExhaustedError, UnimplementedError
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.runtime.execution.executable import Executable
from perdure.runtime.execution.observe import ObservedStep, run_observed
from perdure.runtime.planning.place import Placer
from perdure.runtime.planning.prune import needed_operations
from perdure.session.feeds import FedStep
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
        executable: the step, as `Steps.step` returns it.
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
    fed = executable if isinstance(executable, FedStep) else None
    plain, taken = (executable, values) if fed is None else (fed.inner, fed.encoded(values))
    kind = None
    if isinstance(plain, WatchedExecutable):
        kind, plain = plain.kind, plain.inner
    costs = settings.cost_model and run_metadata is not None
    fills_metadata = run_metadata is not None and (trace or graphs or costs)
    seen = ObservedStep() if fills_metadata or kind is not None else None
    try:
        with _recorded(seen, kind):
            results = run_observed(plain, taken, seen, timeout)
    except ResourceExhaustedError as error:
        if tell_upon_oom:
            error._message += _largest_variables(session)
        raise
    if seen is not None and fills_metadata:
        from perdure.session.metadata import fill_metadata

        needed = needed_operations(mapping.targets, mapping.tensors, set(feeds))
        fill_metadata(
            run_metadata, seen, sorted(needed, key=lambda op: op.node_id),
            dict(zip(feeds, taken, strict=True)), mapping.tensors, session._placer, session._resources,
            trace=trace, graphs=graphs, costs=costs,
        )  # fmt: skip
    if fed is not None:
        fed.echo(values, results)
    return results


def _largest_variables(session: BaseSession) -> str:
    variables = sorted(session._resources.variables.values(), key=lambda v: -v.nbytes)
    lines = [f"\n  {v.nbytes:>14,} bytes  {v.name}" for v in variables[:_LISTED_UPON_OOM]]
    total = sum(v.nbytes for v in variables)
    return f"\n\nThe session's variables take {total:,} bytes; the largest are" + "".join(lines)


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

    def reordered(self, fetches: Sequence[int], feeds: Sequence[int]) -> WatchedExecutable:
        """The same step with fetches and feeds in another order; see `Executable.reordered`."""
        return WatchedExecutable(self.inner.reordered(fetches, feeds), self._timeout_seconds, self.kind)

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
    executable: Executable,
    fetches: Sequence[Tensor | Operation],
    feeds: Sequence[Tensor],
    made_at: str,
    timeout_seconds: float | None,
    placer: Placer,
) -> Executable | WatchedExecutable:
    """A planned step as it is run if it has a time limit or is recorded; else the step as it is.

    Args:
        executable: the planned step.
        fetches: what it fetches and runs.
        feeds: what it is fed.
        made_at: where its session was made.
        timeout_seconds: how long its runs may take, or None.
        placer: knows the devices.
    """
    if timeout_seconds is None and recording is None:
        return executable
    kind = None
    if recording is not None:
        kind = recording.kind_of_step(made_at, fetches, feeds, executable.units, placer)
    return WatchedExecutable(executable, timeout_seconds, kind)


# Where steps that are planned from now on report what they did; None, and then it costs nothing.
recording: Recording | None = None
