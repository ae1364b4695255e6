"""tf.gradients: reverse-mode differentiation of a graph.

Operations between ys and xs are visited in the order in which their output gradients are complete, each
inside the name scope `<its name>_grad`.  Order and names are TensorFlow 1.15's, node for node: the seeds of
random ops are node counts, so any other order would change the numbers of seeded programs.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from perdure.functional.array.array import fill, identity, shape, zeros, zeros_like
from perdure.functional.array.joining import concat
from perdure.functional.builder import g
from perdure.functional.control.control import tuple as gate_tuple
from perdure.functional.math.cast import cast
from perdure.functional.math.products import accumulate_n, add_n
from perdure.gradients.loops import ControlFlowState, states_between, zeros_outside_loops
from perdure.gradients.registry import gradient_function
from perdure.graph import dtypes
from perdure.graph.composite import IndexedSlices, convert_to_tensor_or_indexed_slices
from perdure.graph.constants import constant
from perdure.graph.control_flow import is_loop_exit, is_loop_switch, is_switch
from perdure.graph.conversion import internal_convert_to_tensor
from perdure.graph.defaults import colocate_with, device, get_default_graph, name_scope
from perdure.graph.func_graph import FuncGraph, maybe_captured
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

_TRAINABLE = {
    dtypes.float16,
    dtypes.float32,
    dtypes.float64,
    dtypes.complex64,
    dtypes.complex128,
    dtypes.resource,
    dtypes.variant,
}


class AggregationMethod:
    """How several gradients of one tensor are added up."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


class UnconnectedGradients(enum.Enum):
    """What the gradient of an x is that no y depends on."""

    NONE = "none"
    ZERO = "zero"


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
    stop_gradients: Any = None,
    unconnected_gradients: UnconnectedGradients = UnconnectedGradients.NONE,
) -> list[Any]:
    """The derivatives of the sum of ys with respect to each of xs.

    Args:
        ys: a tensor or a list of tensors.
        xs: a tensor or a list of tensors or variables.
        grad_ys: the gradients that come into ys; ones when None.
        name: the name scope of the new operations.
        colocate_gradients_with_ops: whether they are put on the devices of the operations they belong to.
        gate_gradients: whether the gradients of an operation's inputs wait for each other.
        aggregation_method: one of `AggregationMethod`.
        stop_gradients: tensors or variables that count as constants.
        unconnected_gradients: what to return for xs that ys do not depend on.

    Returns:
        A Tensor, IndexedSlices or None for each of xs.

    Raises:
        LookupError: an operation on the way has no gradient.
        TypeError, ValueError: arguments of the wrong kind or number.
    """
    return gradients_through(
        get_default_graph(),
        ys,
        xs,
        grad_ys,
        name,
        colocate_gradients_with_ops,
        gate_gradients,
        aggregation_method,
        stop_gradients,
        unconnected_gradients,
    )


def gradients_through(
    src_graph: Any,
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
    stop_gradients: Any = None,
    unconnected_gradients: UnconnectedGradients = UnconnectedGradients.NONE,
) -> list[Any]:
    """As `gradients`, of ys that a function makes, which need not be the one that is being made.

    Args:
        src_graph: the graph of ys: what it has captured is looked for outside of it.
        ys, xs, grad_ys, name, colocate_gradients_with_ops, gate_gradients, aggregation_method,
            stop_gradients, unconnected_gradients: see `gradients`.
    """
    unconnected_gradients = UnconnectedGradients(unconnected_gradients)
    if aggregation_method not in (None, 0, 1, 2):
        raise ValueError(f"Invalid aggregation_method specified {aggregation_method}.")
    ys, xs = _as_list(ys), _as_list(xs)
    stops = [] if stop_gradients is None else _as_list(stop_gradients)
    incoming = [None] * len(ys) if grad_ys is None else _as_list(grad_ys)
    if len(incoming) != len(ys):
        raise ValueError(f"Passed {len(incoming)} grad_ys for {len(ys)} ys")
    with name_scope(name, "gradients", [*ys, *xs, *stops, *incoming]):
        # TensorFlow takes this name for its own purposes; a program may see that it is taken.
        get_default_graph().unique_name("uid")
        ys = [convert_to_tensor_or_indexed_slices(y, name=f"y_{i}") for i, y in enumerate(ys)]
        sources = [_source(x, i) for i, x in enumerate(xs)]
        incoming = [
            None if given is None else convert_to_tensor_or_indexed_slices(given, name=f"grad_y_{i}")
            for i, given in enumerate(incoming)
        ]
        walk = _BackwardWalk(
            sources,
            # A variable stops what comes to itself, which is behind its reads.
            {stop.op for stop in stops},
            bool(colocate_gradients_with_ops),
            bool(gate_gradients),
            aggregation_method or AggregationMethod.DEFAULT,
            src_graph,
        )
        walk.run(ys, incoming)
    # TensorFlow makes the rest outside of the scope.
    if walk.loops is not None:
        walk.loops.complete()
    return [walk.result(source, unconnected_gradients) for source in sources]


def _bodies_around(graph: Any) -> Iterator[Any]:
    while graph.outer is not None:
        yield graph
        graph = graph.outer


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _source(x: Any, index: int) -> Any:
    """What stands for `x` in the graph: the handle of a resource variable, the reference of a ref one."""
    handle = getattr(x, "handle", None)
    if isinstance(handle, Tensor) and handle.dtype is dtypes.resource:
        return handle
    if isinstance(x, IndexedSlices):
        return x
    return internal_convert_to_tensor(x, name=f"x_{index}", as_ref=True)


def is_trainable(tensor: Tensor) -> bool:
    """Whether gradients flow into a tensor of this type."""
    return tensor.dtype.base_dtype in _TRAINABLE


class _BackwardWalk:
    """The state of one `gradients` call."""

    def __init__(
        self,
        sources: list[Any],
        stops: set[Operation],
        colocate: bool,
        gate: bool,
        aggregation: int,
        src_graph: Any,
    ) -> None:
        self.sources = sources
        self.stops = stops
        self.colocate = colocate
        self.gate = gate
        self.aggregation = aggregation
        self.pending: dict[Operation, int] = {}
        # For each operation the gradients that have reached each of its outputs; once the operation was
        # visited, each output's list holds their sum, alone.
        self.arrived: dict[Operation, list[list[Any]]] = {}
        # The operations that were visited; Switches of loops are twice.
        self.visited: set[Operation] = set()
        self.loops: ControlFlowState | None = None
        self.scope = get_default_graph().get_name_scope().replace("/", "_")
        # The functions that make ys: xs may lie outside of them.
        self.bodies = list(_bodies_around(src_graph))
        self.of_sources = {source for source in sources if isinstance(source, Tensor)}

    def run(self, ys: list[Any], incoming: Sequence[Any]) -> None:
        """Bring the incoming gradients of ys to every source that they reach."""
        starts = [
            self._incoming_gradient(y, given, i)
            for i, (y, given) in enumerate(zip(ys, incoming, strict=True))
        ]
        to_ops = [y.op for y in ys]
        reachable = self._count_pending(to_ops)
        for y, start in zip(ys, starts, strict=True):
            self._arrive(y, start)
        ready = dict.fromkeys(op for op in to_ops if not self.pending.get(op) and op in reachable)
        queue = deque(ready)
        if self.loops is not None:
            for tensor in self.loops.unused_exits(self.pending, set(ready)):
                if is_trainable(tensor):
                    self._arrive(tensor, self.loops.zeros_for_exit(tensor))
                    queue.append(tensor.op)
        stop_ops = self._stop_operations()
        while queue:
            op = queue.popleft()
            with self._colocated(op):
                with self._where_gradient_is(op, before=True):
                    summed = self._sum_arrived(op)
                self._pass_on(op, summed, op in stop_ops)
            for tensor in self._inputs(op):
                self._count_down(tensor, queue)

    def _where_gradient_is(self, op: Operation, before: bool) -> AbstractContextManager[Any]:
        return nullcontext() if self.loops is None else self.loops.gradient_of(op, before)

    def _pass_on(self, op: Operation, summed: list[Any], is_stop: bool) -> None:
        """Bring the gradients of the outputs of an operation to its inputs."""
        function = None
        if not is_stop and any(gradient is not None for gradient in summed):
            function = gradient_function(op)
        with self._where_gradient_is(op, before=False):
            self._refuse_initial_value(op)
            gradients_of_inputs = self._input_gradients(op, summed, function)
            for tensor, gradient in zip(self._inputs(op), gradients_of_inputs, strict=False):
                if gradient is not None:
                    _check_shape(op, tensor, gradient)
                    self._arrive(tensor, gradient)

    def _count_down(self, tensor: Tensor, queue: deque[Operation]) -> None:
        """Note that one gradient less is waited for at `tensor`; its operation is next if none is left."""
        op = tensor.op
        # An operation that no x can reach counts down as well, but was never waited for.
        left = self.pending[op] = self.pending.get(op, 0) - 1
        if left == 0 or self.loops is not None and left > 0 and is_loop_switch(op):
            if self.loops is not None and is_loop_exit(op):
                self._reach_exit(tensor, queue)
            else:
                queue.append(op)

    def _reach_exit(self, tensor: Tensor, queue: deque[Operation]) -> None:
        """The results of a loop are visited together, those without a gradient last."""
        assert self.loops is not None
        state = self.loops.state_of(tensor.op, before=False)
        assert state is not None
        state.deferred_exits.append(tensor)
        state.pending_exits_count -= 1
        if state.pending_exits_count:
            return
        used: list[Tensor] = []
        for reached in state.deferred_exits:
            has_gradient = any(items and items[0] is not None for items in self._lists(reached.op))
            (used if has_gradient else state.unused_exits).append(reached)
        queue.extend(reached.op for reached in used)
        for unused in state.unused_exits:
            if used and is_trainable(unused):
                self._arrive(unused, self.loops.zeros_for_exit(unused))
            queue.append(unused.op)

    def _refuse_initial_value(self, op: Operation) -> None:
        """Inside of a loop there is no way from one iteration to the one before."""
        context = op._control_flow_context
        if (
            context is not None
            and context is get_default_graph()._get_control_flow_context()
            and is_switch(op)
            and context.IsWhileContext()
        ):
            raise ValueError(
                "Cannot compute gradient inside while loop with respect to op "
                f"'{self._source_behind(op).name}'. We do not support taking the gradient wrt or through the "
                "initial value of a loop variable. Gradients can be computed through loop invariants or wrt "
                "the input parameters to the loop body."
            )

    def _source_behind(self, op: Operation) -> Operation:
        """The nearest x that an operation depends on."""
        from_ops = {source.op for source in self.sources}
        queue, seen = deque([op]), {op}
        while queue:
            op = queue.popleft()
            if op in from_ops:
                break
            for tensor in self._inputs(op):
                if tensor.op not in seen:
                    seen.add(tensor.op)
                    queue.append(tensor.op)
        return op

    def _colocated(self, op: Operation) -> AbstractContextManager[Any]:
        return colocate_with(op) if self.colocate else nullcontext()

    # -- which operations matter ---------------------------------------------------------

    def _inputs(self, op: Operation) -> Sequence[Tensor]:
        """What `op` takes; in a function, in the place of what it has captured the tensors outside."""
        if not self.bodies or not isinstance(op.graph, FuncGraph):
            return op.inputs
        return [tensor if tensor in self.of_sources else maybe_captured(tensor) for tensor in op.inputs]

    def _consumers(self, tensor: Tensor) -> list[Operation]:
        """What takes `tensor`, in its graph and in the functions that have captured it."""
        found = list(dict.fromkeys(tensor.consumers()))
        for body in self.bodies:
            placeholder = body.placeholder_of(tensor)
            if placeholder is not None:
                found += self._consumers(placeholder)
        return found

    def _count_pending(self, to_ops: list[Operation]) -> set[Operation]:
        """Count, for each operation between xs and ys, the gradients that will reach it.

        Returns:
            The operations of ys that depend on xs.
        """
        reached = self._reached_from_sources()
        reachable = {op for op in to_ops if op in reached}
        between: dict[Operation, None] = {}
        queue = deque(to_ops)
        while queue:
            op = queue.popleft()
            if op in reached and op not in between:
                between[op] = None
                queue.extend(tensor.op for tensor in self._inputs(op))
        on_the_way = list(between)
        self.loops = states_between(on_the_way, colocate_with if self.colocate else None)
        between = dict.fromkeys(on_the_way)
        for op in between:
            for tensor in self._inputs(op):
                if tensor.op in between:
                    self.pending[tensor.op] = self.pending.get(tensor.op, 0) + 1
        return reachable

    def _reached_from_sources(self) -> set[Operation]:
        reached: set[Operation] = set()
        queue = deque(source.op for source in self.sources)
        while queue:
            op = queue.popleft()
            if op not in reached:
                reached.add(op)
                for tensor in op.outputs:
                    if is_trainable(tensor) or tensor.dtype.base_dtype is dtypes.bfloat16:
                        queue.extend(self._consumers(tensor))
        return reached

    def _stop_operations(self) -> set[Operation]:
        """Operations that gradients reach but do not pass: xs that no other x feeds, and `stop_gradients`."""
        stop = {
            source.op
            for source in self.sources
            if all(self.pending.get(tensor.op, 0) <= 0 for tensor in self._inputs(source.op))
        }
        return stop | self.stops

    # -- gradients of one operation ------------------------------------------------------

    def _incoming_gradient(self, y: Any, given: Any, index: int) -> Any:
        with self._colocated(y.op):
            if given is None:
                if y.dtype.is_complex:
                    raise TypeError(f"Gradients of complex tensors must set grad_ys (y.dtype = {y.dtype!r})")
                one = f"grad_ys_{index}"
                # The order of evaluation is the order of the nodes.
                sizes = shape(y)
                return fill(sizes, constant(1, dtype=y.dtype.base_dtype, name=one))
            _check_incoming(y, given)
            if isinstance(given, IndexedSlices):
                return IndexedSlices(
                    identity(given.values, name=f"grad_ys_{index}_values"),
                    identity(given.indices, name=f"grad_ys_{index}_indices"),
                    None
                    if given.dense_shape is None
                    else identity(given.dense_shape, name=f"grad_ys_{index}_shape"),
                )
            return identity(given, name=f"grad_ys_{index}")

    def _input_gradients(self, op: Operation, d_outputs: list[Any], function: Any) -> list[Any]:
        if function is None:
            return []
        for i, tensor in enumerate(op.outputs):
            if d_outputs[i] is None and is_trainable(tensor):
                make = zeros_outside_loops if self.loops is None else self.loops.zeros_like
                d_outputs[i] = make(op, i)
        graph = get_default_graph()
        with name_scope(op.name + "_grad"), graph.scopes.replaced(original_op=op):
            with self._marked_for_xla(op):
                made = _as_list(function(op, *d_outputs))
            if len(made) != len(op.inputs):
                raise ValueError(
                    f"Num gradients {len(made)} generated for op {op.type} '{op.name}' do not match num "
                    f"inputs {len(op.inputs)}"
                )
            if self.gate and sum(gradient is not None for gradient in made) > 1:
                with device(None), colocate_with(None, ignore_existing=True):
                    made = gate_tuple(made)
        return made

    def _marked_for_xla(self, op: Operation) -> AbstractContextManager[Any]:
        """The gradient has the marks of an operation that is to be compiled."""
        attrs = op.attrs
        if not attrs.get("_XlaCompile") or "_XlaScope" not in attrs:
            return nullcontext()
        scope = attrs["_XlaScope"]
        if attrs.get("_XlaSeparateCompiledGradients") and self.scope:
            scope = scope + f"_grad_{self.scope}".encode()
        return get_default_graph()._attr_scope({"_XlaCompile": True, "_XlaScope": scope})

    def _arrive(self, tensor: Any, gradient: Any) -> None:
        index = tensor.value_index if isinstance(tensor, Tensor) else tensor.values.value_index
        items = self._lists(tensor.op)[index]
        if tensor.op in self.visited:  # a loop's Switch, which comes again for this one
            items.clear()
        items.append(gradient)

    def _lists(self, op: Operation) -> list[list[Any]]:
        return self.arrived.setdefault(op, [[] for _ in op.outputs])

    def _sum_arrived(self, op: Operation) -> list[Any]:
        lists = self._lists(op)
        self.visited.add(op)
        for gradients_of_output in lists:
            if len(gradients_of_output) > 1:
                gradients_of_output[:] = [self._sum(op, gradients_of_output)]
        return [items[0] if items else None for items in lists]

    def _sum(self, op: Operation, items: list[Any]) -> Any:
        if not all(isinstance(item, Tensor) for item in items):
            return sum_of_indexed_slices(items)
        if self.aggregation == AggregationMethod.EXPERIMENTAL_TREE:
            with name_scope(op.name + "_gradient_sum"):
                total = items[0]
                for item in items[1:]:
                    total = add_n([total, item])
                return total
        if self.aggregation == AggregationMethod.EXPERIMENTAL_ACCUMULATE_N:
            return accumulate_n(items)
        by_device: dict[str, list[Tensor]] = {}
        for item in items:
            by_device.setdefault(item.device or "", []).append(item)
        partial = []
        for name in sorted(by_device):
            with colocate_with(by_device[name][0].op, ignore_existing=True):
                partial.append(add_n(by_device[name]))
        return add_n(partial)

    def result(self, source: Any, unconnected: UnconnectedGradients) -> Any:
        """What arrived at a source."""
        lists = self.arrived.get(source.op)
        index = source.value_index if isinstance(source, Tensor) else source.values.value_index
        found = lists[index] if lists else []
        if found:
            return found[0]
        if unconnected is UnconnectedGradients.ZERO:
            if source.dtype is dtypes.resource:
                return zeros(g.variable_shape(source))
            return zeros_like(source)
        return None


def sum_of_indexed_slices(items: list[Any]) -> Any:
    """The sum of gradients of which at least one is an IndexedSlices.

    Returns:
        A Tensor if any of them is one, else an IndexedSlices with all their rows.
    """
    if any(isinstance(item, Tensor) for item in items):
        return add_n(items)
    if len({item.indices.dtype for item in items}) > 1:
        items = [
            IndexedSlices(item.values, cast(item.indices, dtypes.int64), item.dense_shape) for item in items
        ]
    values = concat([item.values for item in items], axis=0)
    indices = concat([item.indices for item in items], axis=0)
    return IndexedSlices(values, indices, items[0].dense_shape)


def _check_shape(op: Operation, tensor: Tensor, gradient: Any) -> None:
    if isinstance(gradient, Tensor) and tensor.dtype is not dtypes.resource:
        try:
            gradient.set_shape(tensor.get_shape())
        except ValueError:
            raise ValueError(
                "Incompatible shapes between op input and calculated input gradient. Forward operation: "
                f"{op.name}. Original input shape: {tensor.get_shape()}. Calculated input gradient shape: "
                f"{gradient.get_shape()}"
            ) from None


def _check_incoming(y: Any, given: Any) -> None:
    want, got = y.dtype.base_dtype, given.dtype.base_dtype
    if want is dtypes.variant or want is dtypes.resource:
        # What comes into a handle is the gradient of the variable behind it.
        if (got is want) != (want is dtypes.variant):
            must = "be variant" if want is dtypes.variant else "not be resource"
            raise TypeError(
                f"Gradient type {got.name} generated for {want.name} tensor {y} with type {want.name} "
                f"must {must}"
            )
        return
    for kind, accepted, word in (
        ("real or integer", want.is_floating or want.is_integer, "real or integer"),
        ("complex", want.is_complex, "real"),  # TensorFlow's word; it means complex
    ):
        if accepted:
            fits = got.is_complex if want.is_complex else got.is_floating or got.is_integer
            if not fits:
                raise TypeError(
                    f"Gradient type {got.name} generated for {kind}-valued tensor {y} with type {want.name} "
                    f"must be {word}"
                )
            return
    raise TypeError(f"Tensor {y} with type {want.name} must be numeric to obtain a default gradient")
