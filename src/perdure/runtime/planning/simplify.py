"""Simplifying a step: what need not be computed in every run, or not twice, leaves the plan.

Identities leave, and so does what something waits for though nobody uses it; operations on small constants
are computed now, and of equal operations the first is run.  The user's graph stays as it is; what changes is
which tensors a step computes.  Feeds, fetches and targets are left alone, and what leaves hands on what it
waits for, so that the order of effects never changes.  TensorFlow does the same before it runs a graph, and
`graph_options` switch it off alike.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from perdure.arrays.denormals import flushed
from perdure.arrays.frozen import frozen
from perdure.graph.operation import Operation, is_snapshot
from perdure.graph.tensor import Tensor
from perdure.inference.values import evaluate
from perdure.ops.registry import OpDefinition, lookup
from perdure.runtime.planning.effects import may_wait
from perdure.runtime.planning.legality import reason_for_host
from perdure.runtime.planning.order import Node

# Larger values (bytes) are computed in each run: the executable keeps what is folded.
_MAX_FOLDED = 16_384
_MAX_FOLDED_FROM = 65_536
# Constants up to this size (bytes) are compared by value.
_MAX_COMPARED = 256


class Simplifications(NamedTuple):
    """Which simplifications are made.

    Attributes:
        identities: identities leave, and what only others wait for.
        folding: operations on constants are computed while planning.
        merging: of equal operations one is run.
    """

    identities: bool = True
    folding: bool = True
    merging: bool = True


NONE = Simplifications(False, False, False)


@dataclass(slots=True)
class Simplified:
    """A step with less to run.

    Attributes:
        order: its nodes, in the order they run.
        silent: nodes that do not run any more, but hand on what they wait for to those that wait for them.
        whole_order: `order` and `silent` together.
        stands_for: from the tensors of nodes that left to those that have the same value.
        waits_for: from tensors of nodes that left to the silent ones that their consumers must wait for.
        folded: the values that were computed while planning.
    """

    order: list[Node]
    silent: set[Node] = field(default_factory=set)
    whole_order: list[Node] = field(default_factory=list)
    stands_for: dict[Tensor, Tensor] = field(default_factory=dict)
    waits_for: dict[Tensor, Operation] = field(default_factory=dict)
    folded: dict[Tensor, np.ndarray] = field(default_factory=dict)

    def inputs(self, node: Node) -> Sequence[Tensor]:
        """What a node takes its inputs from."""
        if not self.stands_for:
            return node.inputs
        return [self.stands_for.get(tensor, tensor) for tensor in node.inputs]

    def with_own_inputs(self, op: Operation) -> Operation:
        """`op` as the plan sees it: itself, or a double that takes its inputs from what has their values."""
        stands_for = self.stands_for
        if not any(tensor in stands_for for tensor in op.inputs):
            return op
        double = Operation.__new__(Operation)
        double.graph, double.name, double.node_id = op.graph, op.name, op.node_id
        double.signature, double.attrs, double.outputs = op.signature, op.attrs, op.outputs
        double._control_inputs, double._device, double._site = op._control_inputs, op._device, op._site
        double.inputs = tuple(self.inputs(op))
        double._original_op = op
        return double


def simplify(
    order: list[Node],
    fed: Collection[Tensor],
    wanted: Collection[Operation],
    renewed: Collection[Operation] = (),
    which: Simplifications | None = None,
) -> Simplified:
    """Take out of a step what need not run.

    Args:
        order: the nodes of the step, each behind what it depends on.
        fed: tensors whose values are given.
        wanted: operations that are run, or some output of which is fetched, because the program says so.
        renewed: snapshots of variables whose value changes within the step.
        which: the simplifications to make; all when None.
    """
    which = which or Simplifications()
    if not any(which):
        return Simplified(order, whole_order=order)
    kept: set[Node] = {tensor.op for tensor in fed}
    kept.update(wanted)
    with_control_edges: set[Node] = set()
    for node in order:
        if node._control_inputs:
            with_control_edges.add(node)
            with_control_edges.update(node._control_inputs)
    simplifier = _Simplifier(fed, kept | with_control_edges, renewed, which)
    result = simplifier.result
    result.order = [node for node in order if not simplifier.leaves(node)]
    result.whole_order = result.order
    # Operations that wait are run around each other (`waiting.py`), by the edges of the graph.
    if which.identities and with_control_edges and not any(map(may_wait, order)):
        simplifier.silence(kept)
    check_simplified(result, order, fed, kept)
    return result


def check_simplified(
    result: Simplified, order: Sequence[Node], fed: Collection[Tensor], kept: Collection[Node]
) -> None:
    """What must hold afterwards: every input is there when it is wanted, and the right nodes have left.

    Raises:
        AssertionError: it does not; a bug of perdure.
    """
    stands_for, folded = result.stands_for, result.folded
    runs = set(result.order)
    for node in order:
        if node in kept and node not in runs and isinstance(node, Operation) and node.type != "Const":
            raise AssertionError(f"{node} has left, though the program asks for it")
    for tensor, source in stands_for.items():
        if source in stands_for or source.dtype.base_dtype is not tensor.dtype.base_dtype:
            raise AssertionError(f"{source} cannot stand for {tensor}")
    computed: set[Node] = set()
    for node in result.order:
        computed.add(node)
        for tensor in node.inputs:
            tensor = stands_for.get(tensor, tensor)
            if tensor.op not in computed and tensor not in folded and tensor not in fed:
                raise AssertionError(f"{node} runs before its input {tensor}")


class _Simplifier:
    def __init__(
        self,
        fed: Collection[Tensor],
        untouched: Collection[Node],
        renewed: Collection[Operation],
        which: Simplifications,
    ) -> None:
        self.fed = fed
        self.untouched = untouched
        self.renewed = renewed
        self.identities, self.folding, self.merging = which
        self.result = Simplified([])
        self._stands_for = self.result.stands_for
        self._folded = self.result.folded
        self._constants: dict[Tensor, np.ndarray] = {}
        self._by_value: dict[Any, Tensor] = {}
        # By type, device and inputs, whose identity is enough: equal tensors stand for each other.
        self._made: dict[Any, list[Operation]] = {}

    def leaves(self, node: Node) -> bool:
        """Whether a node need not run; what has its values is noted."""
        if not isinstance(node, Operation) or node.signature.is_stateful:
            return False
        if node in self.untouched:
            if node.type == "Const" and not node._control_inputs and node.outputs[0] not in self.fed:
                self._note_constant(node)
            return False
        if node.type == "Const":
            return self._note_constant(node) and self._is_known_constant(node)
        definition = lookup(node.type)
        if definition is None or not definition.is_pure or not node.inputs:
            return False
        stands_for = self._stands_for
        inputs = [stands_for.get(tensor, tensor) for tensor in node.inputs]
        for tensor in inputs:
            if tensor.dtype.is_ref_dtype or tensor.op in self.renewed:
                return False
        if self.folding and definition.may_be_folded and self._fold(node, inputs, definition):
            return True
        if definition.traits.identity and self.identities and _is_plain_identity(node):
            stands_for.update(zip(node.outputs, inputs, strict=True))
            return True
        return self.merging and self._merge(node, inputs)

    def silence(self, kept: Collection[Node]) -> None:
        """Let the identities with control edges leave, and what others only wait for."""
        result, stands_for = self.result, self._stands_for
        silent = result.silent
        used: set[Tensor] = set()
        identities: set[Node] = set()
        for node in reversed(result.order):
            definition = None if node in kept else _plain(node)
            if definition is not None:
                assert isinstance(node, Operation)
                is_unused = used.isdisjoint(node.outputs) and not definition.traits.is_check
                is_identity = definition.traits.identity
                if is_unused or is_identity and _is_plain_identity(node) and not self._is_renewed(node):
                    silent.add(node)
                    if is_identity:
                        identities.add(node)
                if is_unused:
                    continue
            for tensor in node.inputs:
                used.add(stands_for.get(tensor, tensor))
        result.order = [node for node in result.order if node not in silent]
        sources: dict[Tensor, Tensor] = {}
        for node in result.whole_order:
            if node in identities:
                assert isinstance(node, Operation)
                for source, tensor in zip(node.inputs, node.outputs, strict=True):
                    source = stands_for.get(source, source)
                    sources[tensor] = sources.get(source, source)
                    result.waits_for[tensor] = node
        for tensor, source in stands_for.items():
            if source in sources:
                stands_for[tensor] = sources[source]
                result.waits_for[tensor] = source.op
        stands_for.update(sources)

    def _is_renewed(self, node: Node) -> bool:
        """Whether a node takes a variable as it is at this point of the step."""
        return any(tensor.op in self.renewed for tensor in node.inputs)

    def _note_constant(self, op: Operation) -> bool:
        """Note the value of a constant; returns whether it is small enough to be compared."""
        value = op.attrs["value"]
        if value.nbytes > _MAX_FOLDED_FROM or value.dtype == object:
            return False
        self._constants[op.outputs[0]] = value
        return self.merging and value.nbytes <= _MAX_COMPARED

    def _is_known_constant(self, op: Operation) -> bool:
        (tensor,) = op.outputs
        value = op.attrs["value"]
        same = self._by_value.setdefault((value.dtype.num, value.shape, value.tobytes()), tensor)
        if same is tensor or same.dtype is not tensor.dtype:
            return False
        self._stands_for[tensor] = same
        return True

    def _fold(self, op: Operation, inputs: Sequence[Tensor], definition: OpDefinition) -> bool:
        constants = self._constants
        values = []
        for tensor in inputs:
            value = constants.get(tensor)
            if value is None:
                return False
            values.append(value)
        if not all(map(_is_small, op.outputs)) or reason_for_host(op) is not None:
            return False
        try:
            with np.errstate(all="ignore"), flushed():
                results = [np.asarray(value) for value in evaluate(definition, op, values)]
        except Exception:
            return False  # it fails when it runs, and says so then
        if [value.dtype for value in results] != [tensor.dtype.as_numpy_dtype for tensor in op.outputs]:
            return False
        for tensor, value in zip(op.outputs, results, strict=True):
            constants[tensor] = self._folded[tensor] = frozen(value)
        return True

    def _merge(self, op: Operation, inputs: Sequence[Tensor]) -> bool:
        same_inputs = self._made.setdefault((op.type, op._device, *map(id, inputs)), [])
        for other in same_inputs:
            if _have_equal_attrs(op, other):
                self._stands_for.update(zip(op.outputs, other.outputs, strict=True))
                return True
        same_inputs.append(op)
        return False


def _is_plain_identity(op: Operation) -> bool:
    """Whether nothing is known of the outputs of an identity that is not known of its inputs."""
    for source, tensor in zip(op.inputs, op.outputs, strict=True):
        if source._shape != tensor._shape:
            return False
    return not is_snapshot(op)


def _is_small(tensor: Tensor) -> bool:
    shape = tensor._shape
    if shape is None or None in shape:
        return False
    count = 1
    for size in shape:
        count *= size  # type: ignore[operator]
    return count * (tensor.dtype.base_dtype.size or 1) <= _MAX_FOLDED


def _plain(node: Node) -> OpDefinition | None:
    """The definition of a node that need not run as long as nobody uses its outputs; None of any other."""
    if not isinstance(node, Operation) or not node.inputs:
        return None
    definition = lookup(node.type)
    if definition is None or not definition.is_pure or any(t.dtype.is_ref_dtype for t in node.inputs):
        return None
    return definition


def _have_equal_attrs(one: Operation, other: Operation) -> bool:
    for attr in one.signature.attrs:
        a, b = one.attrs.get(attr.name), other.attrs.get(attr.name)
        if a is not b and (type(a) is not type(b) or isinstance(a, np.ndarray) or a != b):
            return False
    return True
