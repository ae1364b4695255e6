"""The effects of a traced body happen in the order of the program, and all of them happen.

TensorFlow's `AutomaticControlDependencies` (framework/auto_control_deps.py): operations that use one resource
wait for each other, so do other operations with a state, and what the function returns waits for all of them.
"""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import identity
from perdure.functional.control.control_flow import merge
from perdure.functional.control.tensor_arrays import TensorArray, flow_of, with_flows
from perdure.graph import dtypes
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.control_flow import while_context
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor

# Stateful ops that wait for nothing: what communicates, and random ops, whose order never counted.
ASYNC_STATEFUL_OPS = (
    "CollectiveGather CollectiveReduce CollectiveBcastSend CollectiveBcastRecv NcclAllReduce"
).split()
LEGACY_RANDOM_OPS = (
    "RandomUniform RandomUniformInt RandomStandardNormal ParameterizedTruncatedNormal TruncatedNormal "
    "RandomShuffle Multinomial RandomGamma RandomGammaGrad RandomPoisson RandomPoissonV2"
).split()
_FREE = {*ASYNC_STATEFUL_OPS, *LEGACY_RANDOM_OPS}


def op_is_stateful(op: Operation) -> bool:
    """Whether the place of an operation among others counts."""
    return op.signature.is_stateful and op.type not in _FREE


class AutomaticControlDependencies:
    """Adds control inputs to the operations that are made in the block.

    Attributes:
        ops_which_must_run: afterwards, the operations that must run whatever is asked for.
    """

    def __init__(self) -> None:
        self._returned: dict[Tensor, None] = {}
        self._must_run: dict[Operation, None] = {}

    @property
    def ops_which_must_run(self) -> set[Operation]:
        """The operations that must run whatever is asked for."""
        return set(self._must_run)

    def mark_as_return(self, tensor: Any) -> Any:
        """What a function returns in place of `tensor`: a copy, which waits for all effects."""
        if isinstance(tensor, IndexedSlices):
            values, indices = self._copy(tensor.values), self._copy(tensor.indices)
            return IndexedSlices(values, indices, dense_shape=tensor.dense_shape)
        if isinstance(tensor, SparseTensor):
            values, indices = self._copy(tensor.values), self._copy(tensor.indices)
            return SparseTensor(indices, values, tensor.dense_shape)
        if isinstance(tensor, TensorArray):
            return with_flows([tensor], [self._copy(flow_of(tensor))])[0]
        return self._copy(tensor)

    def _copy(self, tensor: Any) -> Tensor:
        copy: Tensor = identity(tensor)
        self._returned[copy] = None
        return copy

    def __enter__(self) -> AutomaticControlDependencies:
        self._graph = get_default_graph()
        self._graph._add_control_dependencies = True
        self._first = len(self._graph.get_operations())
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is not None:
            return
        if self._graph is not get_default_graph():
            raise RuntimeError("Graph changed while trying to add control dependencies.")
        outer = self._graph.outer
        self._graph._add_control_dependencies = outer is not None and outer._add_control_dependencies
        last_using: dict[Tensor | None, Operation] = {}
        merges: dict[Tensor, Operation] = {}
        must_run: dict[Operation, None] = {}
        for op in self._graph.get_operations()[self._first :]:
            if while_context(op) is not None:
                continue
            if op.type in self._graph.functions or op_is_stateful(op):
                must_run[op] = None
            if op.type == "Switch" and op.inputs[0].dtype is dtypes.resource:
                continue
            if op.type == "Merge":
                for earlier in must_run:
                    op._add_control_input(earlier)
                    last_using.update((t, op) for t in earlier.inputs if t in last_using)
                must_run = {op: None}
                continue
            awaited: dict[Operation, None] = {}
            resources = dict.fromkeys(t for t in op.inputs if t.dtype is dtypes.resource)
            for tensor in resources:
                if tensor.op.type == "Switch":
                    self._merge_behind(tensor.op, must_run, last_using, merges)
                earlier_user = last_using.get(tensor)
                if earlier_user is not None and _same_context(earlier_user, op):
                    awaited[earlier_user] = None
                if tensor in merges:
                    merges[tensor]._add_control_input(op)
                last_using[tensor] = op
            if op_is_stateful(op) and not resources and op._control_flow_context is None:
                if None in last_using:
                    op._add_control_input(last_using[None])
                last_using[None] = op
            if awaited:
                op._add_control_inputs(list(awaited))
        self._must_run.update(must_run)
        for copy in self._returned:
            waits = [op for op in self._must_run if _same_context(op, copy.op)]
            if waits:
                copy.op._add_control_inputs(waits)

    def _merge_behind(
        self,
        switch: Operation,
        must_run: dict[Operation, None],
        last_using: dict[Tensor | None, Operation],
        merges: dict[Tensor, Operation],
    ) -> None:
        """Join the two sides of a resource that a conditional hands out, behind what uses them."""
        resource = switch.inputs[0]
        if resource.dtype is dtypes.resource and resource.op.type == "Switch":
            self._merge_behind(resource.op, must_run, last_using, merges)
        if switch.outputs[0] in merges:
            return
        joined = merge(switch.outputs, name="artificial_merge")[0].op
        context = switch._control_flow_context
        joined._control_flow_context = None if context is None else context.outer_context
        must_run[joined] = None
        if resource in last_using:
            switch._add_control_input(last_using[resource])
        last_using[resource] = joined
        if resource in merges:
            merges[resource]._add_control_input(joined)
        merges.update((side, joined) for side in switch.outputs)


def _same_context(one: Operation, other: Operation) -> bool:
    return one._control_flow_context is other._control_flow_context


def automatic_control_dependencies(f: Any) -> Any:
    """A function like `f` whose results wait for the effects of what it makes."""
    from functools import wraps

    from perdure.functional.structure import leaves_of, pack

    @wraps(f)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with AutomaticControlDependencies() as control:
            result = f(*args, **kwargs)
            return pack(result, [control.mark_as_return(tensor) for tensor in leaves_of(result)])

    return wrapper
