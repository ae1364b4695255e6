"""A naive evaluator: what a step means, without a plan.

It walks back from the fetches, runs one operation at a time in a legal order, each by its kernel over NumPy,
and keeps values by tensor.  Of the runtime it uses nothing but the arrays; plans, clusters and programs are
compared with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from perdure.arrays import numpy_arrays
from perdure.arrays.denormals import flushed
from perdure.arrays.philox import Stream
from perdure.graph.errors import FailedPreconditionError
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import lookup
from perdure.runtime.execution.failure import failure_of

# Their outputs are their inputs, in TensorFlow the same memory.
_SHARE_MEMORY = frozenset({"Identity", "IdentityN", "StopGradient", "PreventGradient", "GuaranteeConst"})


# The value of what is not computed, since a Switch has led elsewhere.
DEAD = object()


class Failed(Exception):
    """A step that failed.

    Attributes:
        errors: for each operation that any legal order may find failing, the error.
    """

    def __init__(self, errors: dict[str, Exception]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class NaiveVariable:
    """A variable, or a reference to it; `value` is what this point of the step sees."""

    def __init__(self, name: str, dtype: Any, shape: Any) -> None:
        self.name = name
        self.dtype = dtype
        self.declared_shape = shape
        self.value: Any = None

    @property
    def initialized(self) -> bool:
        return self.value is not None

    @property
    def shape(self) -> Any:
        return self.declared_shape if self.value is None else self.value.shape

    def read(self) -> Any:
        if self.value is None:
            raise FailedPreconditionError(None, None, f"Attempting to use uninitialized value {self.name}")
        return self.value


class Snapshot:
    """What `<variable>/read` makes: it shares the variable's memory."""

    def __init__(self, variable: NaiveVariable) -> None:
        self.variable = variable


class NaiveSession:
    """Variables and random streams of one sequence of steps."""

    def __init__(self) -> None:
        self.variables: dict[tuple[str, str], NaiveVariable] = {}
        self.streams: dict[str, Stream] = {}

    # What kernels that make variables get as `obtain`.
    def variable(self, container: str, name: str, dtype: Any, declared_shape: Any) -> NaiveVariable:
        key = (container, name)
        if key not in self.variables:
            self.variables[key] = NaiveVariable(name, dtype, declared_shape)
        return self.variables[key]

    def stream(self, name: str, op: Operation) -> Stream:
        if name not in self.streams:
            self.streams[name] = Stream(op.attrs["seed"], op.attrs["seed2"])
        return self.streams[name]

    def run(
        self, fetches: Sequence[Tensor], targets: Sequence[Operation], feeds: dict[Tensor, Any]
    ) -> list[Any]:
        """Run a step.

        Raises:
            Failed: something failed; no variable has changed.
        """
        before = {key: variable.value for key, variable in self.variables.items()}
        walk = Walk(self, feeds)
        walk.run([*targets, *(t.op for t in fetches if t not in feeds)])
        results = [walk.fetched(tensor) for tensor in fetches]
        if walk.errors:
            for key, variable in self.variables.items():
                variable.value = before.get(key)
            raise Failed(walk.errors)
        return results


class Walk:
    """One evaluation of (a part of) a graph; `values` are kept by tensor."""

    def __init__(self, session: NaiveSession, feeds: dict[Tensor, Any], caller: str = "") -> None:
        self.session = session
        self.caller = caller  # comes before the names of streams: each call of a function has its own
        self.values: dict[Tensor, Any] = dict(feeds)
        self.fed = set(feeds)
        # What is fed in the place of a computed tensor may have another shape than that was going to have.
        self.shapes_hold = all(tensor.op.type == "Placeholder" for tensor in feeds)
        self.errors: dict[str, Exception] = {}
        self.stuck: set[Operation] = set()
        self.unused: set[Operation] = set()
        self.dead: set[Operation] = set()

    def run(self, wanted: Sequence[Operation]) -> None:
        """Run operations and what they need: readers before writers, as far as they can; of writers the
        oldest first."""
        operations = needed(wanted, self.fed)
        self.unused = unused(operations, wanted, self.fed)
        left = {op: {b for b in self._before(op) if b in operations} for op in operations}
        followers: dict[Operation, list[Operation]] = {}
        for op, before in left.items():
            for earlier in before:
                followers.setdefault(earlier, []).append(op)
        ready = {op for op, before in left.items() if not before}
        while ready:
            readers = sorted((op for op in ready if not writes(op)), key=lambda op: op.node_id)
            for op in readers or [min(ready, key=lambda op: op.node_id)]:
                self._run_one(op)
                ready.remove(op)
                for follower in followers.get(op, ()):
                    left[follower].remove(op)
                    if not left[follower]:
                        ready.add(follower)

    def _before(self, op: Operation) -> Iterable[Operation]:
        yield from (tensor.op for tensor in op.inputs if tensor not in self.fed)
        yield from op._control_inputs

    def _run_one(self, op: Operation) -> None:
        if not self._is_dead(op) and any(before in self.stuck for before in self._before(op)):
            self.stuck.add(op)
            return
        try:
            self.evaluate(op)
        except Failed as inside:
            if op in self.unused:
                return
            self.errors.update(inside.errors)
            self.stuck.add(op)
        except Exception as error:
            if op in self.unused:
                return  # TensorFlow does not run it
            self.errors[op.name] = failure_of(op, error)
            self.stuck.add(op)

    def _is_dead(self, op: Operation) -> bool:
        """Whether an operation is not run, since something it needs is not; Merge needs one input only."""
        values = [self.values.get(tensor) for tensor in op.inputs]
        if op.type in ("Merge", "RefMerge"):
            return all(value is DEAD for value in values)
        return any(value is DEAD for value in values) or not self.dead.isdisjoint(op._control_inputs)

    def evaluate(self, op: Operation) -> None:
        """Call the kernel of `op` on the values of its inputs."""
        if self._is_dead(op):
            self.dead.add(op)
            self.values.update((tensor, DEAD) for tensor in op.outputs if tensor not in self.fed)
            return
        values = [self.values.get(tensor) for tensor in op.inputs]
        if op.type in ("Switch", "RefSwitch"):
            chosen = int(bool(np.asarray(self._given(values[1], False, False))))
            self._set(op, [DEAD if side != chosen else values[0] for side in range(2)])
        elif op.type in ("Merge", "RefMerge"):
            place = next(i for i, value in enumerate(values) if value is not DEAD)
            self._set(op, [values[place], np.int32(place)])
        else:
            self._evaluate(op)

    def _set(self, op: Operation, values: Sequence[Any]) -> None:
        self.values.update((t, v) for t, v in zip(op.outputs, values, strict=True) if t not in self.fed)

    def _evaluate(self, op: Operation) -> None:
        definition = lookup(op.type)
        assert definition is not None and definition.kernel_rule is not None, op.type
        rule = definition.kernel_rule
        arguments: dict[str, Any] = {}
        targets: list[NaiveVariable] = []
        position = 0
        for argument in definition.signature.inputs:
            count = argument.count(op.attrs)
            part = op.inputs[position : position + count]
            position += count
            values = [self.values[tensor] for tensor in part]
            if argument.name in definition.updates:
                targets += values
            if argument.name in rule.arguments:
                is_handle = argument.name in definition.handles
                passed_in = argument.is_list and definition.signature.calls_functions
                given = [self._given(value, is_handle, passed_in) for value in values]
                arguments[argument.name] = given if argument.is_list else given[0]
        outputs = self._call(op, definition, [arguments[name] for name in rule.arguments], targets)
        assert len(outputs) == len(op.outputs), (op, outputs)
        for tensor, value in zip(op.outputs, outputs, strict=True):
            if tensor not in self.fed:
                self.values[tensor] = checked(tensor, value, self.shapes_hold)

    def _given(self, value: Any, is_handle: bool, passed_in: bool) -> Any:
        if isinstance(value, np.ndarray) and value.dtype == object and value.ndim == 0:
            if isinstance(value.item(), NaiveVariable):
                value = value.item()
        if isinstance(value, Snapshot):
            return value.variable.read()
        if isinstance(value, NaiveVariable) and not is_handle and not passed_in:
            return value.read()
        return value

    def _call(self, op: Operation, definition: Any, arguments: list[Any], targets: list[Any]) -> list[Any]:
        if op.type == "RefIdentity":
            return [self.values[op.inputs[0]]]
        if op.type == "Identity" and op.inputs[0].dtype.is_ref_dtype and not op._control_inputs:
            variable = self.values[op.inputs[0]]
            if isinstance(variable, NaiveVariable):
                variable.read()
                return [Snapshot(variable)]
        rule = definition.kernel_rule
        keywords = {name: self._keyword(op, name) for name in rule.attrs}
        with np.errstate(all="ignore"), flushed():
            results = rule.function(numpy_arrays(), *arguments, **keywords)
        single = len(definition.signature.outputs) == 1 and not definition.signature.outputs[0].is_list
        if definition.updates:
            results = list(results) if isinstance(results, (list, tuple)) else [results]
            for variable, value in zip(targets, results, strict=False):
                variable.value = read_only(value)
            references = sum(tensor.dtype.is_ref_dtype for tensor in op.outputs)
            return [*targets[:references], *results[len(targets) :]]
        if single:
            return [results]
        flat: list[Any] = []
        for item in results:
            flat.extend(item) if isinstance(item, (list, tuple)) else flat.append(item)
        return flat

    def _keyword(self, op: Operation, name: str) -> Any:
        if name == "rng":
            return self.session.stream(self.caller + op.name, op)
        if name == "obtain":
            place = op.attrs["container"], op.attrs["shared_name"] or op.name
            return partial(self.session.variable, *place)
        if name == "node_name":
            return op.name
        if name == "step":
            return None
        value = op.attrs[name]
        if isinstance(value, Function):
            return NaiveFunction(value, self.session, f"{self.caller}{op.name}/{value.name}/")
        return value

    def fetched(self, tensor: Tensor) -> Any:
        """The value of a fetch; what shares a variable's memory has what the step left there."""
        source = tensor
        while source.op.type in _SHARE_MEMORY and source not in self.fed:
            source = source.op.inputs[source.value_index]
        if source.dtype.is_ref_dtype and source not in self.fed:
            try:
                return self.values[source].read() if source in self.values else None
            except FailedPreconditionError as error:
                self.errors[source.op.name] = failure_of(source.op, error)
                return None
        value = self.values.get(tensor)
        return value.variable.read() if isinstance(value, Snapshot) else value


class NaiveFunction:
    """The body of a branch or loop; called by the kernel of If and While."""

    def __init__(self, function: Function, session: NaiveSession, caller: str) -> None:
        self.function = function
        self.session = session
        self.caller = caller

    def __call__(self, step: Any, arguments: Sequence[Any]) -> list[Any]:
        function = self.function
        walk = Walk(self.session, dict(zip(function.inputs, arguments, strict=True)), self.caller)
        walk.run([t.op for t in function.outputs if t not in walk.fed])
        if walk.errors:
            raise Failed(walk.errors)
        values = [walk.values[tensor] for tensor in function.outputs]
        return [v.variable.read() if isinstance(v, Snapshot) else v for v in values]


def needed(operations: Iterable[Operation], fed: Any) -> set[Operation]:
    """What `operations` depend on, themselves included."""
    found: set[Operation] = set()
    waiting = list(operations)
    while waiting:
        op = waiting.pop()
        if op not in found:
            found.add(op)
            waiting += [tensor.op for tensor in op.inputs if tensor not in fed]
            waiting += [c for c in op._control_inputs if not any(t in fed for t in c.outputs) or c.inputs]
    return found


def unused(operations: set[Operation], wanted: Iterable[Operation], fed: Any) -> set[Operation]:
    """Operations without effects that others wait for, though nobody takes their results."""
    found: set[Operation] = set()
    wanted = {*wanted, *(tensor.op for tensor in fed)}
    while True:
        used = {tensor for op in operations - found for tensor in op.inputs}
        more = {
            op
            for op in operations - found
            if op not in wanted and op.inputs and op.type != "CheckNumerics" and not op.signature.is_stateful
            and not any(tensor.dtype.is_ref_dtype for tensor in op.inputs) and used.isdisjoint(op.outputs)
        }  # fmt: skip
        if not more:
            return found
        found |= more


def writes(op: Operation) -> bool:
    """Whether an operation changes a variable, itself or in a function that it calls."""
    definition = lookup(op.type)
    if definition is not None and definition.updates:
        return True
    bodies = [value.graph for value in op.attrs.values() if isinstance(value, Function)]
    return any(writes(inner) for body in bodies for inner in body.get_operations())


def read_only(value: Any) -> np.ndarray:
    """An array of its own that no kernel can change unnoticed."""
    array = np.array(value)
    array.flags.writeable = False
    return array


def checked(tensor: Tensor, value: Any, shapes_hold: bool) -> Any:
    """`value`, which must be of the type and shape that the graph says."""
    if isinstance(value, (NaiveVariable, Snapshot)):
        return value
    array = value if isinstance(value, np.ndarray) else np.asarray(value)
    wanted = tensor.dtype.base_dtype.as_numpy_dtype
    assert array.dtype == wanted, f"{tensor} is {array.dtype}"
    static = tensor._shape if shapes_hold and not _is_unlike_its_shape(tensor) else None
    fits = (
        static is None
        or len(static) == array.ndim
        and all(size is None or size == real for size, real in zip(static, array.shape, strict=True))
    )
    assert fits, f"{tensor} has shape {array.shape}"
    if array.dtype != object and array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array


def _is_unlike_its_shape(tensor: Tensor) -> bool:
    """Whether TensorFlow's kernel and shape function differ: what the gradient of a batch norm keeps."""
    return tensor.op.type.startswith("FusedBatchNormGrad") and tensor.value_index >= 3
