"""The compiled tier: a cluster as one XLA program.

Imported, and jax with it, when the first cluster is compiled.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import starmap
from threading import get_ident
from typing import Any

import jax
import numpy as np

from perdure.arrays.philox import Stream
from perdure.graph.errors import InternalError, ResourceExhaustedError
from perdure.graph.operation import Operation
from perdure.graph.signatures import spans
from perdure.graph.tensor import Tensor
from perdure.ops.capabilities import CAPABILITIES
from perdure.ops.registry import lookup, traits_of
from perdure.resources import memory
from perdure.resources.resource import Resource
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.callers import seen_by
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.step import Step, frozen
from perdure.runtime.options import current_options
from perdure.runtime.planning.effects import functions_of
from perdure.runtime.planning.legality import CannotCompile, operations_of
from perdure.runtime.xla import program_cache
from perdure.runtime.xla.device import device
from perdure.runtime.xla.options import compiler_options
from perdure.runtime.xla.program_keys import key_of, key_of_traced
from perdure.runtime.xla.residence import Mover, on_device, packed
from perdure.runtime.xla.sharing import Compiled, shared
from perdure.runtime.xla.trace import trace_nodes

# Constants above this size (bytes) are arguments of the program: XLA would embed them, and fold them.
_LARGE_CONSTANT = 16_384
# Programs that compile faster than this (seconds) are not worth a file.
_WORTH_KEEPING = 0.1


class Layout:
    """Which arguments the program of a cluster takes, in this order.

    Attributes:
        read_written: variables it reads and writes (donated if nothing that may fail comes after it).
        only_read: variables it only reads, each an argument.
        packs: small ones among those, many of which are one argument.
        written: variables it writes.
        inputs: tensors from outside.
        large: large constants.
        streams: names and streams of its random operations; key and counter of each are arguments.
        known: the values that are built into the program.
    """

    def __init__(self, cluster: Cluster, values: list[Any], resources: Resources) -> None:
        read, self.written = _variables_used(cluster)
        self.read_written = [v for v in read if v in self.written]
        self.packs, self.only_read = packed([v for v in read if v not in self.written])
        # Those that are arguments by themselves, which come first.
        self.variables = [*self.read_written, *self.only_read]
        static = set(cluster.static)
        slots = cluster.slots
        self.inputs = [
            tensor
            for tensor in cluster.inputs
            if tensor not in static and not isinstance(values[slots[tensor]], Variable)
        ]
        self.known: dict[Tensor, Any] = {t: np.asarray(values[slots[t]]) for t in static}
        self.large: list[Tensor] = []
        for tensor, value in _constants_used(cluster).items():
            if value.nbytes > _LARGE_CONSTANT and value.dtype != object:
                self.large.append(tensor)
            else:
                self.known[tensor] = value
        self.streams = _streams_of(cluster, resources)
        self._input_slots = [slots[tensor] for tensor in self.inputs]
        self._takes_only_inputs = not (self.variables or self.packs or self.large or self.streams)
        self._large_values = [
            resources.on_device(cluster.constants[tensor], on_device) for tensor in self.large
        ]

    def arguments(self, values: list[Any], step: Step, taken: list[int]) -> list[Any]:
        """The arguments of a run.

        Args:
            values: the frame.
            step: the run.
            taken: how much the program takes of each stream.

        Raises:
            tf.errors.FailedPreconditionError: a variable has no value.
        """
        inputs = [values[slot] for slot in self._input_slots]
        if self._takes_only_inputs:
            return inputs
        arguments = step.read_all(self.variables)
        for pack in self.packs:
            arguments.append(pack.array(step))
        arguments += inputs
        arguments += self._large_values
        for (_, stream), samples in zip(self.streams, taken, strict=True):
            arguments += step.draw(stream, samples)
        return arguments


@dataclass
class Outcome:
    """What is known of a program when it has been traced.

    Its results are the new values of the variables it writes, then outputs, then whether its checks held.

    Attributes:
        taken: how much it takes of each random stream.
        has_checks: whether it has checks.
        outputs: which of the cluster's outputs it computes, by position.
        constants: the outputs that are always the same, by position.
        has_wide_arguments: whether some have 64 bits, which JAX takes in 64-bit mode alone.
        used: the random streams, by position, of which it takes `taken` at most, and says how much.
    """

    taken: list[int]
    has_checks: bool
    outputs: list[int]
    constants: dict[int, Any]
    has_wide_arguments: bool
    used: list[int] = field(default_factory=list)


class _InsideItself(Exception):
    """JAX cannot call a program for the first time inside such a call of it."""


class Program:
    """A compiled specialisation of a cluster; made by `compile_cluster`.

    Attributes:
        from_cache: whether it was compiled by an earlier process.
    """

    def __init__(self, cluster: Cluster, layout: Layout, compiled: Compiled) -> None:
        self.from_cache = compiled.from_cache
        self._layout = layout
        self._shared = compiled  # alive as long as a program is made of it
        self._compiled = compiled.executable
        self._call: Callable[..., Any] = compiled.executable
        outcome: Outcome = compiled.outcome
        self._read_written = len(layout.read_written)
        self._taken_over = self._read_written if cluster.is_last else 0
        # The kinds of arguments that it was called with: of NumPy, of a device; if it takes over variables,
        # also what JAX asks besides.
        self._known_kinds: set[tuple[type, ...]] = set()
        self._interrupts = Step.interrupts  # those before its calls became known
        self._first_called_by = 0
        self._mover = Mover(layout.only_read)
        self._taken = outcome.taken
        self._used = outcome.used
        self._has_wide_arguments = outcome.has_wide_arguments
        self._has_checks = outcome.has_checks
        slots = [cluster.slots[tensor] for tensor in cluster.outputs]
        self._output_slots = [slots[i] for i in outcome.outputs]
        self._constants = [(slots[i], value) for i, value in outcome.constants.items()]

    def run(self, values: list[Any], step: Step) -> bool:
        """Run it on a frame.

        Args:
            values: the frame; the slots of the cluster's outputs are filled.
            step: the run, which gets the new values of variables.

        Returns:
            Whether all checks held; if not, nothing was changed.

        Raises:
            tf.errors.FailedPreconditionError: a variable has no value.
            tf.errors.ResourceExhaustedError: there is not enough memory.
            tf.errors.InternalError: XLA or the device failed.
        """
        written = self._layout.written
        if written:
            step.begin_writing()
        returned: deque[Any] = deque()
        draws = step.draws
        try:
            self._call_into(returned, values, step)
            (results,) = returned
            if self._has_checks and not np.asarray(results[-1]):
                self._restore(results, step)
                step.undo_draws(draws)
                return False
            if written:
                step.put_all(written, results)
                if self._taken_over:
                    step.is_irrevocable = True
                results = results[len(written) :]
            for slot, value in zip(self._output_slots, results, strict=False):
                values[slot] = np.asarray(value)
            if not self._output_slots and returned[0] and step.value is None:
                # A step has run when `run` returns; the arrays it was fed may be changed by then.
                returned[0][0].block_until_ready()
            for slot, value in self._constants:
                values[slot] = value
            for position, i in enumerate(self._used, len(self._output_slots)):
                step.settle_draw(draws + i, int(results[position]))
        except _InsideItself:
            step.undo_draws(draws)
            return False
        except BaseException:
            self.settle(returned, step)
            raise
        return True

    def _call_into(self, returned: deque[Any], values: list[Any], step: Step) -> None:
        """Call the program and put its results into `returned`, where they are in spite of any interrupt."""
        draws = step.draws
        while True:
            try:
                if self._has_wide_arguments:
                    _with_64_bits(self._call_once, returned, values, step)
                else:
                    self._call_once(returned, values, step)
                return
            except (RuntimeError, ValueError) as error:
                if jax.config.jax_disable_jit:  # the program's own JAX code is being debugged, not this
                    step.undo_draws(draws)
                    with jax.disable_jit(False):
                        return self._call_into(returned, values, step)
                if not self._layout.written and "deleted" in str(error):
                    # Another step took over (donated) a variable between reading it and the call.
                    step.undo_draws(draws)
                    step.retry_after(error)
                    continue
                if isinstance(error, jax.errors.JaxRuntimeError):
                    raise _in_words_of_tensorflow(error) from error
                raise

    def _call_once(self, returned: deque[Any], values: list[Any], step: Step) -> None:
        layout = self._layout
        arguments = layout.arguments(values, step, self._taken)
        if layout.written:
            step.program_call = self, arguments, returned
            step.check_place()  # from here on, one that goes first withdraws the call
        kinds: tuple[type, ...] = ()
        is_inside = False
        if layout.variables:
            count = len(layout.variables)
            kinds = tuple(map(type, arguments if self._taken_over else arguments[:count]))
            if np.ndarray in kinds[self._read_written : count]:
                self._mover.move(step)
            if not layout.written:
                _check_not_deleted(arguments, kinds)
            elif self._taken_over:
                if self._interrupts != Step.interrupts:
                    # An interrupt may have left JAX in another state, in which it knows no call.
                    self._known_kinds.clear()
                    self._interrupts = Step.interrupts
                # A step of a signal handler may be inside another's tracing.
                is_inside = bool(_tracing) and get_ident() in _tracing
        if kinds in self._known_kinds and not is_inside:
            # One call of C code: an interrupt comes before or after it.
            returned.extend(starmap(self._call, (arguments,)))
        else:
            returned.append(self._first_call(arguments, kinds, is_inside))

    def _first_call(self, arguments: list[Any], kinds: tuple[type, ...], is_inside: bool) -> Any:
        """A call for which JAX goes through functions of Python's, which an interrupt may leave.

        Raises:
            _InsideItself: a step of a signal handler is in the midst of another's first call.
        """
        thread = get_ident()
        if self._first_called_by == thread:
            raise _InsideItself
        try:
            self._first_called_by = thread
            results = self._called_with_copies(arguments, kinds)
            if not is_inside:
                self._known_kinds.add(kinds)
            return results
        finally:
            self._first_called_by = 0

    def _called_with_copies(self, arguments: list[Any], kinds: tuple[type, ...]) -> Any:
        # An interrupt may lose the results, so what is taken over are copies.
        for i in range(self._taken_over):
            if kinds[i] is not np.ndarray:
                arguments[i] = on_device(np.array(arguments[i]))  # `copy` would compile a program
        results = self._compiled(*arguments)
        # What is called from now on is a function of C.
        self._call = getattr(self._compiled, "_call", None) or self._compiled
        return results

    def _restore(self, results: Any, step: Step) -> None:
        """Give back what was taken over but, since a check failed, not changed."""
        layout = self._layout
        for variable, value in zip(layout.written, results, strict=False):
            if variable in layout.read_written:
                step.restore(variable, value)

    def settle(self, returned: Sequence[Any], step: Step) -> bool:
        """After an interrupt: variables that were taken over have no value but that in the results.

        Args:
            returned: the results; empty if the program was not called yet.
            step: the run, which gets the new values.

        Returns:
            Whether the step can only be committed now.
        """
        if not returned or not self._taken_over:
            return False
        results = returned[0]
        if self._has_checks and not results[-1]:
            self._restore(results, step)
            return False
        step.put_all(self._layout.written, results)
        step.is_irrevocable = True
        return True


# The threads that trace or compile now.
_tracing: set[int] = set()


@contextmanager
def _traced_here() -> Iterator[None]:
    """Note that this thread is tracing; a step inside that, of a signal handler, is called by another way."""
    thread = get_ident()
    is_inner = thread in _tracing
    try:
        _tracing.add(thread)
        yield
    finally:
        if not is_inner:
            _tracing.discard(thread)


def _with_64_bits(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function while JAX takes 64 bits; an interrupt leaves the user's setting as it was."""
    before = jax.config.jax_enable_x64
    try:
        with jax.enable_x64(True):
            return function(*arguments)
    except BaseException:
        if jax.config.jax_enable_x64 != before:
            # It was interrupted at the start or end of the block.
            jax.enable_x64(before).__enter__()
        raise


def _check_not_deleted(variables: Iterable[Any], kinds: Iterable[type]) -> None:
    """Refuse the memory of variables that another step took over; XLA would write to the log about it.

    Raises:
        RuntimeError: there is such a variable.
    """
    for value, kind in zip(variables, kinds, strict=False):
        if kind is not np.ndarray and value.is_deleted():
            raise RuntimeError("an argument has been deleted")


def _in_words_of_tensorflow(error: Exception) -> Exception:
    """The error a step raises when XLA or the device failed."""
    message = str(error)
    kind = ResourceExhaustedError if "RESOURCE_EXHAUSTED" in message else InternalError
    return kind(None, None, f"a compiled program failed: {message}")


def compile_cluster(cluster: Cluster, values: list[Any], step: Step, resources: Resources) -> Program:
    """Compile a cluster for the shapes and static values that are in a frame now.

    Args:
        cluster: the cluster.
        values: the frame.
        step: the run it is compiled in.
        resources: what the session owns.

    Raises:
        Exception: a kernel cannot be traced, or takes a resource; the cluster then stays interpreted.
    """
    layout = Layout(cluster, values, resources)
    arguments = layout.arguments(values, step, [0] * len(layout.streams))
    for argument in arguments:
        if isinstance(argument, Resource):
            # An array of tensors, say, that was filled outside of the cluster.
            raise CannotCompile(f"a {type(argument).__name__} comes into the program")
    shapes = [jax.ShapeDtypeStruct(np.shape(a), a.dtype) for a in arguments]
    key = key_of(cluster, layout, shapes)
    if key is None:
        compiled = _compiled(cluster, layout, shapes, None)
    else:
        compiled = shared(key, lambda: _loaded(key) or _compiled(cluster, layout, shapes, key))
    return Program(cluster, layout, compiled)


def _loaded(key: str | None) -> Compiled | None:
    """The program that an earlier process has compiled, if there is one."""
    found = program_cache.load(key) if key is not None and current_options().cache else None
    return None if found is None else Compiled(*found, from_cache=True)


def _compiled(cluster: Cluster, layout: Layout, shapes: Sequence[Any], key: str | None) -> Compiled:
    """Trace and compile; without a key look first whether what was traced has been compiled before."""
    outcomes: list[Outcome] = []

    def program(*arguments: Any) -> tuple[Any, ...]:
        results, outcome = _trace(cluster, layout, arguments)
        outcomes.append(outcome)
        return results

    donated = tuple(range(len(layout.read_written))) if cluster.is_last else ()
    with _traced_here(), _settings():
        started = time.monotonic()
        lowered = jax.jit(program, donate_argnums=donated).lower(*shapes)
        if key is None:
            key = key_of_traced(lowered, donated)
            found = _loaded(key)
            if found is not None:
                return found
        executable = lowered.compile(compiler_options=compiler_options())
        seconds = time.monotonic() - started
    memory.give_back()  # what compiling took is far more than a step takes
    if key is not None and seconds > _WORTH_KEEPING and current_options().cache:
        program_cache.store(key, executable, outcomes[-1])
    return Compiled(executable, outcomes[-1])


@contextmanager
def _settings() -> Iterator[None]:
    """What kernels rely on while they are traced, whatever the program's own settings of JAX are."""
    with (
        jax.enable_x64(True),
        jax.default_device(device()),
        jax.numpy_dtype_promotion("standard"),
        jax.numpy_rank_promotion("allow"),
        jax.disable_jit(False),
    ):
        yield


def _trace(cluster: Cluster, layout: Layout, arguments: tuple[Any, ...]) -> tuple[tuple[Any, ...], Outcome]:
    remaining = iter(arguments)
    variables = {v: next(remaining) for v in layout.variables}
    for pack in layout.packs:
        variables.update(pack.taken_apart(next(remaining)))
    known: dict[Tensor, Any] = {**layout.known, **cluster.variables}
    for tensor in (*layout.inputs, *layout.large):
        known[tensor] = next(remaining)
    streams = {name: (next(remaining), next(remaining)) for name, _ in layout.streams}
    environment, written, held, taken = trace_nodes(cluster.nodes, known, variables, streams)
    results = [written[variable] for variable in layout.written]
    is_wide = any(argument.dtype.itemsize >= 8 for argument in arguments)
    traced = [taken[name] for name, _ in layout.streams]
    used = [i for i, stream in enumerate(traced) if stream.is_carried]
    outcome = Outcome([stream.most for stream in traced], held is not None, [], {}, is_wide, used)
    for i, tensor in enumerate(cluster.outputs):
        value = environment[tensor]
        if isinstance(value, jax.core.Tracer):
            results.append(value)
            outcome.outputs.append(i)
        else:
            outcome.constants[i] = frozen(value)  # of all its runs
    results += [traced[i].used for i in used]
    return (*results, held) if held is not None else tuple(results), outcome


def _variables_used(cluster: Cluster) -> tuple[list[Variable], list[Variable]]:
    """The variables whose value a cluster needs at its start, and those that it writes."""
    read: dict[Variable, None] = {}
    written: dict[Variable, None] = {}
    for op in _with_bodies(cluster.nodes):
        definition = lookup(op.type)
        if definition is None or definition.kernel_rule is None:
            continue
        asked = set(definition.kernel_rule.arguments) - set(definition.handles)
        targets: list[Variable] = []
        arguments = definition.signature.inputs
        for argument, span in zip(arguments, spans(arguments, op.attrs), strict=True):
            for tensor in op.inputs[span.start : span.stop]:
                variable = cluster.variables.get(tensor)
                if variable is None:
                    continue
                if argument.name in asked and variable not in written:
                    read[variable] = None
                if argument.name in definition.updates:
                    targets.append(variable)
        written.update((variable, None) for variable in targets)
    return list(read), list(written)


def _with_bodies(nodes: Iterable[Operation]) -> Iterator[Operation]:
    """The operations of a cluster, and those of the bodies of its conditionals and loops."""
    for op in nodes:
        yield op
        for function in functions_of(op):
            yield from _with_bodies(operations_of(function))


def _constants_used(cluster: Cluster) -> dict[Tensor, np.ndarray]:
    return {
        tensor: cluster.constants[tensor]
        for op in cluster.nodes
        for tensor in op.inputs
        if tensor in cluster.constants
    }


def _streams_of(cluster: Cluster, resources: Resources) -> list[tuple[str, Stream]]:
    found: dict[str, Stream] = {}

    def find(nodes: Iterable[Operation], resources: Resources) -> None:
        for op in nodes:
            if traits_of(op.type).draws:
                stream = CAPABILITIES["rng"].bind(None, op, resources)
                found.setdefault(stream.name, stream)
            for function in functions_of(op):
                find(operations_of(function), seen_by(function, op, resources))

    find(cluster.nodes, resources)
    return list(found.items())
