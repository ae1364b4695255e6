"""Which operations must be on one device, and what that device has to be.

Operations belong together because the program says so (`tf.colocate_with`), or because one uses a variable or
queue that another makes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from perdure.graph import dtypes, errors
from perdure.graph.devices import Components, format_components, parse
from perdure.graph.operation import Operation
from perdure.graph.signatures import spans
from perdure.graph.source import source_line
from perdure.graph.tensor import Tensor
from perdure.runtime.planning.effects import functions_of

_FIELDS = ("job", "replica", "task", "type", "id")
_PREFIX = "loc:@"
_ANY = Components()


class DevicesConflict(Exception):
    """Two descriptions that no device fits."""


@dataclass(eq=False, slots=True)
class Group:
    """Operations that are on one device.

    Attributes:
        members: the operations.
        requested: what the program asked of their device.
        resource: what it asked of the device of the variables and queues among them.
        assigned: the device they were given, once one of them was placed.
    """

    members: list[Operation]
    requested: Components
    resource: Components = _ANY
    assigned: str | None = None


@dataclass(slots=True)
class Groups:
    """The groups of some operations.

    Args:
        operations: the operations, in the order they were made.
        soft: whether requests that contradict each other are dropped instead of being an error.

    Raises:
        InvalidArgumentError: operations that belong together are to be on different devices.
    """

    operations: Collection[Operation]
    soft: bool
    _group_of: dict[Operation, Group] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for op in self.operations:
            for source in _makers_of_resources(op):
                self._follow(source, op)
        roots: dict[str, Operation] = {}
        for op in self.operations:
            names = op.attrs.get("_class")
            for name in names or ():
                text = name.decode() if isinstance(name, bytes) else name
                if text.startswith(_PREFIX):
                    self._colocate(op, roots.setdefault(text[len(_PREFIX) :], op))
            root = roots.setdefault(op.name, op)
            if root is not op:
                self._colocate(op, root)

    def of(self, op: Operation) -> Group:
        """The group of an operation."""
        group = self._group_of.get(op)
        if group is None:
            requested = _request(op)
            group = Group([op], requested, requested if _makes_a_resource(op) else _ANY)
            self._group_of[op] = group
        return group

    def _follow(self, source: Operation, op: Operation) -> None:
        """Let `op` be where the variable or queue is that it uses, whatever the program asked for `op`."""
        theirs, ours = self.of(source), self.of(op)
        try:
            _merged(theirs.resource, ours.resource)
        except DevicesConflict:
            raise errors.InvalidArgumentError(
                op.node_def,
                op,
                "Cannot place the graph because a reference or resource edge connects colocation groups with "
                f"incompatible resource devices: {format_components(theirs.resource)} vs "
                f"{format_components(ours.resource)}. The edge src node is {source.name} , and the dst node "
                f"is {op.name}",
            ) from None
        try:
            _merged(theirs.requested, ours.requested)
        except DevicesConflict:
            ours.requested = theirs.requested
        self._colocate(source, op)

    def _colocate(self, first: Operation, second: Operation) -> None:
        one, other = self.of(first), self.of(second)
        if one is other:
            return
        try:
            requested = _merged(one.requested, other.requested, self.soft)
            resource = _merged(one.resource, other.resource)
        except DevicesConflict as conflict:
            if self.soft:
                return
            raise errors.InvalidArgumentError(
                first.node_def,
                first,
                f"Cannot colocate nodes {described(first)} placed on device {_named(one)} and "
                f"{described(second)} placed on device {_named(other)}: {conflict}\n"
                f"\t [[{described(first)} ]]",
            ) from None
        if len(one.members) < len(other.members):
            one, other = other, one
        one.requested, one.resource = requested, resource
        one.members += other.members
        for op in other.members:
            self._group_of[op] = one


def parsed(device: str) -> Components | None:
    """The fields of what an operation asks for, or None if it makes no sense."""
    try:
        return parse(device) if device.startswith("/") or not device else None
    except ValueError:
        return None


def described(op: Operation) -> str:
    """An operation as messages name it, with the line that made it."""
    line = source_line(op._site)
    return f"node {op.name}" if line is None else f"node {op.name} (defined at {line.filename}:{line.lineno})"


def _named(group: Group) -> str:
    return format_components(group.requested) or "''"


def _request(op: Operation) -> Components:
    found = parsed(op._device)
    if found is None:
        raise errors.InvalidArgumentError(
            op.node_def,
            op,
            f"Malformed device specification '{op._device}' in node: {{name: {described(op)}}}",
        )
    return found


def _merged(one: Components, other: Components, soft: bool = False) -> Components:
    """What fits both descriptions.

    Args:
        one: a description.
        other: another.
        soft: whether a type or number on which they differ is dropped.

    Raises:
        DevicesConflict: nothing does.
    """
    if one == other or other == _ANY:
        return one
    made: list[object] = []
    for name, mine, theirs in zip(_FIELDS, one, other, strict=True):
        if mine is None or theirs is None or mine == theirs:
            made.append(theirs if mine is None else mine)
        elif soft and name == "type":
            return Components(*made)  # type: ignore[arg-type]
        elif soft and name == "id":
            made.append(None)
        else:
            raise DevicesConflict(
                f"Cannot merge devices with incompatible {name}s: '{format_components(one)}' and "
                f"'{format_components(other)}'"
            )
    return Components(*made)  # type: ignore[arg-type]


def _makers_of_resources(op: Operation) -> Iterator[Operation]:
    """The operations from which `op` takes references and handles."""
    if not any(_refers(tensor) for tensor in op.inputs) or functions_of(op):
        return
    arguments = op.signature.inputs
    for argument, span in zip(arguments, spans(arguments, op.attrs), strict=True):
        for tensor in op.inputs[span.start : span.stop]:
            if argument.is_ref or tensor.dtype == dtypes.resource:
                yield tensor.op


def _refers(tensor: Tensor) -> bool:
    return tensor.dtype.is_ref_dtype or tensor.dtype == dtypes.resource


def _makes_a_resource(op: Operation) -> bool:
    return not op.inputs and len(op.outputs) == 1 and _refers(op.outputs[0])
