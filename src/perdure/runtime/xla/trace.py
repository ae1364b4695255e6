"""Tracing a cluster: its kernels run on jax.numpy's traced values instead of arrays.

Imported, and jax with it, when the first cluster is compiled.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from perdure.arrays import jax_arrays, numpy_arrays
from perdure.arrays.checks_jax import Checks, collected_checks
from perdure.arrays.denormals import flushed
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.capabilities import CAPABILITIES
from perdure.ops.registry import traits_of
from perdure.ops.traits import Algebra, Calls, Work
from perdure.resources.resource import Resource
from perdure.resources.resources import Resources, Variable
from perdure.resources.stacks import Stack
from perdure.resources.streams import RandomStream
from perdure.resources.tensor_arrays import TensorArray
from perdure.runtime.execution.bind import bind
from perdure.runtime.execution.callers import seen_by
from perdure.runtime.execution.function import PlannedFunction
from perdure.runtime.planning.bodies import body_of
from perdure.runtime.planning.legality import (
    CannotCompile,
    KernelFailed,
    is_pure,
)
from perdure.runtime.xla.step_objects import TracedStack, TracedTensorArray
from perdure.runtime.xla.trace_control import traced_call, traced_conditional, traced_loop
from perdure.runtime.xla.trace_products import Products

# Raised where a kernel asks a traced value for its elements: it cannot be compiled, whatever they are.
_UNTRACEABLE = (jax.errors.JAXTypeError, jax.errors.JAXIndexError, CannotCompile)

_TRACED_CALLS = {
    Calls.CONDITIONAL: traced_conditional,
    Calls.LOOP: traced_loop,
    Calls.ONCE: traced_call,
}

# More elements than this are not built into a program.
_LARGE = 1 << 20
# The largest number of elements that are added one by one.
_FEW = 16
_EXACT_TYPES = (np.dtype(np.float32), np.dtype(np.float64))  # others are summed as a wider type


# What stands in a program for what a step makes for itself.
_TRACED_CLASSES: dict[Any, Any] = {Stack: TracedStack, TensorArray: TracedTensorArray}


class TracedStream:
    """Stands for a random stream while a program is traced: the counter is an argument of the program.

    Attributes:
        most: how much is taken at most.
        is_carried: whether a conditional or loop decides over how much is taken.
    """

    def __init__(self, key: Any, counter: Any) -> None:
        self.key = key
        self.start = counter
        self._counter = counter
        self._reserved = 0
        self.most = 0
        self.is_carried = False

    def reserve(self, samples: int) -> tuple[Any, Any]:
        """As `Stream.reserve`; how much is taken in all is known when tracing ends."""
        first = self.position
        self._reserved += samples
        self.most += samples
        return self.key, first

    @property
    def position(self) -> Any:
        """The counter of the next block."""
        return _advanced(self._counter, self._reserved)

    @position.setter
    def position(self, counter: Any) -> None:
        self._counter, self._reserved, self.is_carried = counter, 0, True

    @property
    def used(self) -> Any:
        """How much has been taken, where a conditional or loop decides over that."""
        words = [counter[:2].astype(jnp.uint64) for counter in (self.start, self.position)]
        first, last = (low | high << 32 for low, high in words)
        return last - first

    @property
    def saved(self) -> tuple[Any, ...]:
        """How it is, for `restore`."""
        return self._counter, self._reserved, self.most, self.is_carried

    def has_moved_since(self, saved: tuple[Any, ...]) -> bool:
        """Whether anything has been taken."""
        return self._counter is not saved[0] or self._reserved != saved[1]

    def restore(self, saved: tuple[Any, ...]) -> None:
        """Let it be as it was."""
        self._counter, self._reserved, self.most, self.is_carried = saved


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


class TracedStep:
    """Stands for the Step while a program is traced: variables have traced values.

    Attributes:
        state: what stacks and arrays of tensors hold.
        survey: set while what the body of a conditional or loop does is only looked at.
        handles: the variables behind handles that bodies have of their own.
        guards: of variables that keep their old values if a check fails, how many checks guarded every
            change.
    """

    def __init__(
        self, values: dict[Variable, Any], checks: Checks, handles: Mapping[Tensor, Any] | None = None
    ) -> None:
        self._values = values
        self.state: dict[Any, Any] = {}
        self.survey: Any = None
        self.handles = handles or {}
        self.streams: list[TracedStream] = []
        self._written: dict[Variable, Any] = {}
        self._checks = checks
        self._lent: set[Variable] = set()
        self.guards: dict[Variable, int] = {}

    def read(self, variable: Variable) -> Any:
        """The traced value of a variable at this point of the program."""
        if variable in self._written:
            return self._written[variable]
        # One that is only written is no argument of the program; at most its shape is asked for.
        return self._values.get(variable, variable.value)

    def lend(self, variable: Variable, rows: Any) -> Any:
        """As `read`, for a kernel that changes rows only and guards that by the checks so far."""
        if variable not in self._written or variable in self.guards:
            self._lent.add(variable)
        return self.read(variable)

    def draw(self, stream: TracedStream, samples: int) -> tuple[Any, Any]:
        """As `TracedStream.reserve`."""
        if self.survey is not None:
            self.survey.draw(stream, samples)
        return stream.reserve(samples)

    def begin_writing(self) -> None:
        """The program as a whole is run under the write lock."""

    def write(self, variable: Variable, value: Any) -> None:
        """Give a variable a new traced value."""
        if variable in self._lent:
            self._lent.remove(variable)
            # The first change was guarded by the fewest checks.
            self.guards.setdefault(variable, len(self._checks))
        elif id(value) in self._checks.stepped and (variable not in self._written or variable in self.guards):
            self.guards.setdefault(variable, self._checks.stepped[id(value)][1])
        else:
            self.guards.pop(variable, None)
        self._written[variable] = value

    # -- for conditionals and loops --------------------------------------------------------

    def saved(self) -> tuple[Any, ...]:
        """How it is, for `restore`."""
        streams = {stream: stream.saved for stream in self.streams}
        return dict(self._written), dict(self.state), dict(self.guards), set(self._lent), streams

    def restore(self, saved: tuple[Any, ...]) -> None:
        """Let it be as it was."""
        written, state, guards, lent, streams = saved
        for stream, position in streams.items():
            stream.restore(position)
        self._written, self.state = dict(written), dict(state)
        self.guards, self._lent = dict(guards), set(lent)

    def changed_since(self, saved: tuple[Any, ...]) -> list[Any]:
        """The variables, stacks and arrays that hold something else than they did."""
        changed: list[Any] = [
            key
            for now, before in ((self._written, saved[0]), (self.state, saved[1]))
            for key, value in now.items()
            if before.get(key) is not value
        ]
        return changed + [stream for stream, before in saved[4].items() if stream.has_moved_since(before)]

    def held_by(self, key: Any) -> list[Any]:
        """What a variable, a stack or an array holds, as arrays."""
        if isinstance(key, Variable):
            return [jnp.asarray(self.read(key))]
        if isinstance(key, TracedStream):
            return [key.position]
        return list(self.state[key])

    def hold(self, key: Any, values: Sequence[Any]) -> None:
        """Let a variable, a stack or an array hold something else."""
        if isinstance(key, Variable):
            self._lent.discard(key)
            self.guards.pop(key, None)
            (self._written[key],) = values
        elif isinstance(key, TracedStream):
            (key.position,) = values
        else:
            self.state[key] = tuple(values)


class _TracedResources(Resources):
    """Stands for the session's resources: random streams are traced, and what a step makes for itself."""

    def __init__(self, streams: dict[str, TracedStream]) -> None:
        super().__init__()
        self._traced = streams

    def get(
        self, cls: type[Any], node_name: str = "", container: str = "", shared_name: str = "", **details: Any
    ) -> Any:
        """The traced stream of a node; see `Resources.get`."""
        if cls is RandomStream:
            return self._traced[node_name]
        if cls in _TRACED_CLASSES:
            return _TRACED_CLASSES[cls](node_name, **details)
        return super().get(cls, node_name, container, shared_name, **details)


def trace_nodes(
    nodes: Sequence[Operation],
    known: dict[Tensor, Any],
    variables: dict[Variable, Any],
    streams: dict[str, tuple[Any, Any]],
) -> tuple[dict[Tensor, Any], dict[Variable, Any], Any, dict[str, TracedStream]]:
    """Trace the nodes of a cluster.

    Args:
        nodes: the nodes, in the order they run.
        known: the traced, constant or variable behind each tensor from outside.
        variables: the traced values of the variables at the start.
        streams: key and traced counter of each random stream.

    Returns:
        What stands for each tensor; the new values of variables that were written, the old ones where a
        check fails; whether all checks held (None without checks); the streams, as they are left.
    """
    environment, step, checks, taken = _run(nodes, known, variables, streams, None)
    held = checks.all_held()
    if held is not None and any(count != len(checks) for count in step.guards.values()):
        # Rows were changed before all checks were known.  Once more, with the outcome of the first time
        # as the guard; XLA keeps one copy of what both times have in common.
        environment, step, checks, taken = _run(nodes, known, variables, streams, held)
    written: dict[Variable, Any] = {}
    for variable, value in step._written.items():
        value = jnp.asarray(value)
        if held is not None and variable in variables and variable not in step.guards:
            value = jnp.where(held, value, variables[variable])
        written[variable] = value
    return environment, written, held, taken


def _run(
    nodes: Sequence[Operation],
    known: dict[Tensor, Any],
    variables: dict[Variable, Any],
    streams: dict[str, tuple[Any, Any]],
    held: Any,
) -> tuple[dict[Tensor, Any], TracedStep, Checks, dict[str, TracedStream]]:
    environment = dict(known)
    traced = {name: TracedStream(*stream) for name, stream in streams.items()}
    resources = _TracedResources(traced)
    products = Products()
    with collected_checks(held) as checks:
        step = TracedStep(variables, checks, known)
        step.streams = list(traced.values())
        for op in nodes:
            if not traits_of(op.type).orders:
                try:
                    trace_operation(op, environment, step, resources)
                except Exception as error:
                    error.refused = op  # type: ignore[attr-defined]  # see Cluster._compile
                    raise
                total = products.of_sum(op)
                if total is not None:
                    environment[op.outputs[0]] = total
                elif known.keys().isdisjoint(op.outputs):
                    products.note(op, environment)
                # An operation that others wait for runs although what it makes is fed.
                environment.update({tensor: known[tensor] for tensor in op.outputs if tensor in known})
    return environment, step, checks, traced


def _rounded(product: Any, draw: Operation, resources: Resources) -> Any:
    """`product`, kept apart from a sum that it goes into.

    XLA would compute draw * scale + offset with one rounding.  TensorFlow rounds twice, and half of the
    initial weights would differ from its in the last bit.  The barrier is enough for jaxlib 0.12; older
    versions look through it, but not through a zero that only arithmetic knows to be one.
    """
    product = jax.lax.optimization_barrier(product)
    if "seed2" not in draw.attrs or product.dtype != jnp.float32:
        return product
    number = CAPABILITIES["rng"].bind(None, draw, resources).key[0]
    zero = (number * (number + jnp.uint32(1))) & jnp.uint32(1)  # of two neighbours, one is even
    bits = jax.lax.bitcast_convert_type(product, jnp.uint32) ^ zero
    return jax.lax.bitcast_convert_type(bits, jnp.float32)


def _fusible_sum(op: Operation, stored: Any, step: Any, summed: Any) -> Any:
    """`summed`, what a Sum made; of a few stored elements as additions that XLA fuses with what follows.

    Each reduction of XLA's is a kernel of half a microsecond, however small: adding up the sums of 200
    variables took 120 µs and takes 4.  For more elements, or computed ones, it would compile for long.
    """
    if not _is_stored(op.inputs[0].op) or summed.shape or summed.dtype not in _EXACT_TYPES:
        return summed
    values = step.read(stored) if isinstance(stored, Variable) else stored
    if not 1 < values.size <= _FEW:
        return summed
    values, odd = values.reshape(-1), []
    while len(values) > 1:
        half = len(values) // 2
        if len(values) % 2:
            odd.append(values[-1:])
        values = jax.lax.slice(values, [0], [half]) + jax.lax.slice(values, [half], [2 * half])
    return sum(odd, values).reshape(())


def _is_stored(op: Operation) -> bool:
    """Whether what `op` makes is a stored value, handed on as it is."""
    traits = traits_of(op.type)
    return traits.setup or traits.identity or traits.placeholder


def _is_large(tensor: Tensor) -> bool:
    """Whether a tensor is better made by the program than built into it: zeros for a large variable, say."""
    shape = tensor._shape
    return shape is not None and None not in shape and math.prod(shape) > _LARGE  # type: ignore[arg-type]


def trace_operation(op: Operation, environment: dict[Tensor, Any], step: Any, resources: Resources) -> None:
    """Run the kernel of `op` on traced and known values, and put its outputs into the environment.

    Args:
        op: the operation.
        environment: from tensors to traced arrays, known NumPy arrays, or variables; extended.
        step: gives and takes the traced values of variables.
        resources: gives the traced random streams.

    Raises:
        KernelFailed: the kernel refused what is known of its inputs.
        TypeError: the kernel returned values of another type than the signature says.
    """
    inputs = [environment.get(tensor) for tensor in op.inputs]  # None where the kernel does not ask for it
    traits = traits_of(op.type)
    known = traits.reads_only is not None or (
        is_pure(op)
        and all(value is None or isinstance(value, (np.ndarray, np.generic)) for value in inputs)
        and not any(map(_is_large, op.outputs))
    )
    if traits.calls is not None:

        def call(function: Function, arguments: Sequence[Any]) -> list[Any]:
            return _trace_function(function, arguments, step, seen_by(function, op, resources))

        results = _TRACED_CALLS[traits.calls](op, inputs, call, step, environment.get)
        environment.update(zip(op.outputs, results, strict=True))
        return
    fed = [t for t in op.inputs if t.dtype.is_ref_dtype and not isinstance(environment.get(t), Variable)]
    kernel = bind(op, numpy_arrays() if known else jax_arrays(), resources, PlannedFunction, fed)
    arguments = [environment[op.inputs[i]] for i in kernel.inputs]
    try:
        with np.errstate(all="ignore"), flushed() if known else nullcontext():
            result = kernel.call(step, *arguments) if kernel.takes_step else kernel.call(*arguments)
    except _UNTRACEABLE:
        raise
    except Exception as error:
        raise KernelFailed(error) from error
    if traits.algebra is Algebra.PRODUCT and not known:
        # Random numbers are scaled and shifted to what programs need.
        draw = next((t.op for t in op.inputs if traits_of(t.op.type).work is Work.RANDOM), None)
        if draw is not None:
            result = _rounded(result, draw, resources)
    elif traits.algebra is Algebra.TOTAL and not known:
        result = _fusible_sum(op, inputs[0], step, result)
    outputs = op.signature.outputs
    single = len(outputs) == 1 and not outputs[0].is_list
    for tensor, value in zip(op.outputs, [result] if single else result, strict=True):
        if not isinstance(value, Resource):
            value = np.asarray(value) if known else value
            wanted = tensor.dtype.base_dtype.as_numpy_dtype
            if value.dtype != wanted:
                raise TypeError(
                    f"{op.type} '{op.name}': its kernel made {value.dtype} instead of {np.dtype(wanted)}"
                )
        environment[tensor] = value


def _trace_function(
    function: Function, arguments: Sequence[Any], step: Any, resources: Resources
) -> list[Any]:
    """Run the body of a conditional or loop on traced and known values, and on variables."""
    body = body_of(function)
    environment: dict[Tensor, Any] = dict(zip(function.inputs, arguments, strict=True))
    environment.update(body.folded)
    for op in body.order:
        assert isinstance(op, Operation)
        if op.type == "Const":
            environment[op.outputs[0]] = op.attrs["value"]
        elif traits_of(op.type).setup:
            environment[op.outputs[0]] = step.handles[op.outputs[0]]
        elif not traits_of(op.type).orders:
            trace_operation(body.with_own_inputs(op), environment, step, resources)
    return [environment[tensor] for tensor in function.outputs]
