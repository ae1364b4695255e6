"""The compiled tier: a cluster traced with jax.numpy and run as one XLA program.

Imported, and jax with it, when the first cluster is compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.philox import Stream
from perdure.ops.registry import lookup
from perdure.runtime.arrays import jax_arrays, numpy_arrays
from perdure.runtime.arrays.checks_jax import Checks, collected_checks
from perdure.runtime.bind import bind
from perdure.runtime.cluster import Cluster
from perdure.runtime.cut import is_pure
from perdure.runtime.legality import ORDERING_ONLY, READS_SHAPE_ONLY
from perdure.runtime.resources import Resources, Variable
from perdure.runtime.step import Step

# Constants above this size (bytes) are arguments of the program: XLA would embed them, and fold them.
_LARGE_CONSTANT = 16_384
# Ops whose numbers programs scale and shift to what they need.
_DRAWS = frozenset(
    prefix + name
    for prefix in ("", "Stateless")
    for name in ("RandomUniform", "RandomNormal", "RandomStandardNormal", "TruncatedNormal")
)


class TracedStream:
    """Stands for a random stream while a program is traced: the counter is an argument of the program."""

    def __init__(self, key: Any, counter: Any) -> None:
        self.key = key
        self._counter = counter
        self.reserved = 0

    def reserve(self, samples: int) -> tuple[Any, Any]:
        """As `Stream.reserve`; how much is taken in all is known when tracing ends."""
        first = _advanced(self._counter, self.reserved)
        self.reserved += samples
        return self.key, first


def _advanced(counter: Any, samples: int) -> Any:
    """A counter of four uint32 words, lowest first, plus `samples`."""
    if not samples:
        return counter
    words = counter.astype(jnp.uint64)
    carry = jnp.uint64(0)
    result = []
    for i in range(4):
        total = words[i] + jnp.uint64(samples >> 32 * i & 0xFFFFFFFF) + carry
        result.append(total.astype(jnp.uint32))
        carry = total >> jnp.uint64(32)
    return jnp.stack(result)


class _TraceStep:
    """Stands for the Step while a program is traced: variables have traced values."""

    def __init__(self, values: dict[Variable, Any]) -> None:
        self._values = values
        self._written: dict[Variable, Any] = {}
        # Of variables whose rows alone were changed: how many checks guarded the change.
        self.guards: dict[Variable, int] = {}
        self.checks: Checks | None = None

    def read(self, variable: Variable) -> Any:
        """The traced value of a variable at this point of the program."""
        if variable in self._written:
            return self._written[variable]
        # A variable the program only writes is asked for its shape.
        return self._values[variable] if variable in self._values else variable.value

    def lend(self, variable: Variable, rows: Any) -> Any:
        """As `read`, for a kernel that changes rows only and guards that by the checks so far."""
        value = self.read(variable)
        if variable not in self._written or variable in self.guards:
            self.guards[variable] = -1
        return value

    def begin_writing(self) -> None:
        """The program as a whole is run under the write lock."""

    def write(self, variable: Variable, value: Any) -> None:
        """Give a variable a new traced value."""
        if self.guards.get(variable) == -1:
            self.guards[variable] = len(self.checks or ())
        else:
            self.guards.pop(variable, None)
        self._written[variable] = value


class _TraceResources(Resources):
    """Stands for the session's resources: random streams are traced."""

    def __init__(self, streams: dict[str, TracedStream]) -> None:
        super().__init__()
        self._traced = streams

    def stream(self, node_name: str, seed: int, seed2: int) -> Any:
        """The traced stream of a node."""
        return self._traced[node_name]


class Program:
    """A compiled specialisation of a cluster.

    Its arguments are, in this order: variables it reads and writes (donated if nothing may fail after it),
    variables it only reads, inputs, large constants, and key and counter of each random stream.
    """

    def __init__(self, cluster: Cluster, values: list[Any], resources: Resources) -> None:
        self._cluster = cluster
        read, self._written = _variables_used(cluster)
        self._read_written = [v for v in read if v in self._written]
        self._only_read = [v for v in read if v not in self._written]
        static = set(cluster.static)
        inputs = [
            tensor
            for tensor in cluster.inputs
            if tensor not in static and not isinstance(values[cluster.slots[tensor]], Variable)
        ]
        self._inputs = inputs
        self._input_slots = [cluster.slots[tensor] for tensor in inputs]
        self._known: dict[Tensor, Any] = {t: np.asarray(values[cluster.slots[t]]) for t in static}
        large = []
        for tensor, value in cluster.constants.items():
            if value.nbytes > _LARGE_CONSTANT and value.dtype != object:
                large.append(tensor)
            else:
                self._known[tensor] = value
        self._large = large
        self._large_values = [cluster.constants[tensor] for tensor in large]
        self._streams: list[tuple[str, Stream]] = _streams_of(cluster, resources)
        self._advance: list[int] = []
        self._constant_outputs: list[tuple[int, Any]] = []
        self._output_slots: list[int] = []
        self._has_checks = False
        donated = range(len(self._read_written)) if cluster.is_last else ()
        self._jitted = jax.jit(self._trace, donate_argnums=tuple(donated))

    def run(self, values: list[Any], step: Step) -> bool:
        """Run it on a frame.

        Args:
            values: the frame; the slots of the cluster's outputs are filled.
            step: the run, which gets the new values of variables.

        Returns:
            Whether all checks held; if not, nothing was changed.

        Raises:
            tf.errors.FailedPreconditionError: a variable has no value.
        """
        if self._written:
            step.begin_writing()
        positions = [stream.position for _, stream in self._streams]
        while True:
            try:
                results = self._call(values, step)
                break
            except RuntimeError as error:
                # Another step took over (donated) a variable between reading it and the call.
                if self._written or "deleted" not in str(error):
                    raise
        if self._has_checks and not results[-1]:
            self._put_back(results, step)
            for (_, stream), position in zip(self._streams, positions, strict=True):
                stream.position = position
            return False
        count = len(self._written)
        for variable, value in zip(self._written, results, strict=False):
            step.put(variable, value)
        for slot, value in zip(self._output_slots, results[count:], strict=False):
            values[slot] = np.asarray(value)
        if results and not self._output_slots:
            # A step has run when `run` returns; the arrays it was fed may be changed by then.
            results[0].block_until_ready()
        for slot, value in self._constant_outputs:
            values[slot] = value
        return True

    def _call(self, values: list[Any], step: Step) -> Any:
        raw = step.read_raw
        arguments = [raw(variable) for variable in self._read_written]
        arguments += [raw(variable) for variable in self._only_read]
        arguments += [values[slot] for slot in self._input_slots]
        arguments += self._large_values
        for (_, stream), samples in zip(self._streams, self._advance, strict=True):
            arguments += stream.reserve(samples)
        with jax.enable_x64(True):
            return self._jitted(*arguments)

    def _put_back(self, results: Any, step: Step) -> None:
        """After a failed check the program gave donated variables back as they were."""
        for variable, value in zip(self._written, results, strict=False):
            if variable in self._read_written:
                step.restore(variable, value)

    def prepare(self, values: list[Any], step: Step) -> None:
        """Trace and compile without running.

        Raises:
            Exception: a kernel cannot be traced.
        """
        raw = step.read_raw
        arguments = [raw(v) for v in (*self._read_written, *self._only_read)]
        arguments += [values[slot] for slot in self._input_slots]
        arguments += self._large_values
        for _, stream in self._streams:
            arguments += stream.reserve(0)
        with jax.enable_x64(True):
            shapes = [jax.ShapeDtypeStruct(np.shape(a), a.dtype) for a in arguments]
            self._jitted.lower(*shapes).compile()

    # -- tracing -----------------------------------------------------------------------

    def _trace(self, *arguments: Any) -> tuple[Any, ...]:
        cluster = self._cluster
        remaining = iter(arguments)
        read = [*self._read_written, *self._only_read]
        old = {variable: next(remaining) for variable in read}
        environment: dict[Tensor, Any] = dict(self._known)
        environment.update(cluster.variables)
        for tensor in (*self._inputs, *self._large):
            environment[tensor] = next(remaining)
        streams = {
            name: TracedStream(next(remaining), next(remaining)) for name, _ in self._streams
        }
        step = _TraceStep(old)
        resources = _TraceResources(streams)
        with collected_checks() as checks:
            step.checks = checks
            for op in cluster.nodes:
                if op.type not in ORDERING_ONLY:
                    trace_operation(op, environment, step, resources)
        self._advance = [streams[name].reserved for name, _ in self._streams]
        ok = checks.all_held()
        self._has_checks = ok is not None
        results = [self._new_value(variable, step, old, ok) for variable in self._written]
        self._output_slots, self._constant_outputs = [], []
        for tensor in cluster.outputs:
            value = environment[tensor]
            if isinstance(value, jax.core.Tracer):
                results.append(value)
                self._output_slots.append(cluster.slots[tensor])
            else:
                self._constant_outputs.append((cluster.slots[tensor], value))
        return (*results, ok) if ok is not None else tuple(results)

    def _new_value(
        self, variable: Variable, step: _TraceStep, old: dict[Variable, Any], ok: Any
    ) -> Any:
        value = jnp.asarray(step.read(variable))
        is_guarded = step.guards.get(variable) == len(step.checks or ())
        if ok is not None and variable in old and not is_guarded:
            return jnp.where(ok, value, old[variable])
        return value


def trace_operation(
    op: Operation, environment: dict[Tensor, Any], step: Any, resources: Resources
) -> None:
    """Run the kernel of `op` on traced and known values, and put its outputs into the environment.

    Args:
        op: the operation.
        environment: from tensors to traced arrays, known NumPy arrays, or variables; extended.
        step: gives and takes the traced values of variables.
        resources: gives the traced random streams.

    Raises:
        TypeError: the kernel returned values of another type than the signature says.
    """
    inputs = [environment[tensor] for tensor in op.inputs]
    known = op.type in READS_SHAPE_ONLY or (
        is_pure(op) and all(isinstance(value, (np.ndarray, np.generic)) for value in inputs)
    )
    kernel = bind(op, numpy_arrays() if known else jax_arrays(), resources)
    arguments = [inputs[i] for i in kernel.inputs]
    with np.errstate(all="ignore"):
        result = kernel.call(step, *arguments) if kernel.takes_step else kernel.call(*arguments)
    if op.type == "Mul" and not known and any(t.op.type in _DRAWS for t in op.inputs):
        # XLA would compute draw * scale + offset with one rounding.  TensorFlow rounds twice, and without
        # the barrier half of the initial weights would differ from its in the last bit.
        result = jax.lax.optimization_barrier(result)
    outputs = op.signature.outputs
    single = len(outputs) == 1 and not outputs[0].is_list
    for tensor, value in zip(op.outputs, [result] if single else result, strict=True):
        if not isinstance(value, Variable):
            value = np.asarray(value) if known else value
            wanted = tensor.dtype.base_dtype.as_numpy_dtype
            if value.dtype != wanted:
                raise TypeError(
                    f"{op.type} '{op.name}': its kernel made {value.dtype} instead of {np.dtype(wanted)}"
                )
        environment[tensor] = value


def _variables_used(cluster: Cluster) -> tuple[list[Variable], list[Variable]]:
    """The variables whose value a cluster needs at its start, and those that it writes."""
    read: dict[Variable, None] = {}
    written: dict[Variable, None] = {}
    for op in cluster.nodes:
        definition = lookup(op.type)
        if definition is None or definition.kernel_rule is None:
            continue
        asked = set(definition.kernel_rule.arguments) - definition.handles
        targets: list[Variable] = []
        position = 0
        for argument in definition.signature.inputs:
            count = _count(argument, op)
            for tensor in op.inputs[position : position + count]:
                variable = cluster.variables.get(tensor)
                if variable is None:
                    continue
                if argument.name in asked and variable not in written:
                    read[variable] = None
                if argument.name in definition.updates:
                    targets.append(variable)
            position += count
        written.update((variable, None) for variable in targets)
    return list(read), list(written)


def _count(argument: Any, op: Operation) -> int:
    if argument.number_attr is not None:
        return op.attrs[argument.number_attr]
    if argument.type_list_attr is not None:
        return len(op.attrs[argument.type_list_attr])
    return 1


def _streams_of(cluster: Cluster, resources: Resources) -> list[tuple[str, Stream]]:
    found: list[tuple[str, Stream]] = []
    for op in cluster.nodes:
        definition = lookup(op.type)
        rule = definition.kernel_rule if definition is not None else None
        if rule is not None and "rng" in rule.attrs:
            found.append((op.name, resources.stream(op.name, op.attrs["seed"], op.attrs["seed2"])))
    return found


def compile_cluster(
    cluster: Cluster, values: list[Any], step: Step, resources: Resources
) -> Program:
    """Compile a cluster for the shapes and static values that are in a frame now.

    Args:
        cluster: the cluster.
        values: the frame.
        step: the run it is compiled in.
        resources: what the session owns.

    Raises:
        Exception: a kernel cannot be traced; the cluster then stays interpreted.
    """
    program = Program(cluster, values, resources)
    program.prepare(values, step)
    return program


__all__: Sequence[str] = ("Program", "compile_cluster", "trace_operation")
