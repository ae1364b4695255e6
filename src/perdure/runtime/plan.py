"""Planning: from fetches and feeds to an executable.

The passes, each in its module: prune, place, order, simplify, cut.  Then each value gets a slot of one list
(the frame), each kernel is bound to its node, and each unit of the cut becomes a cluster or a list of calls.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.resources.resources import Resources
from perdure.runtime.execution.bind import check_kernels
from perdure.runtime.execution.executable import Executable
from perdure.runtime.execution.frame import Frame
from perdure.runtime.execution.waiting import SideBySide, shared_slots, tasks_of
from perdure.runtime.planning.cut import cut, is_setup
from perdure.runtime.planning.effects import (
    handles_inside,
    is_writer,
    shares_memory,
    variable_behind,
    written_by,
)
from perdure.runtime.planning.lifting.frames import has_control_flow
from perdure.runtime.planning.order import FetchOfReference, ordered, with_snapshots_renewed
from perdure.runtime.planning.place import Placer
from perdure.runtime.planning.prune import needed_operations
from perdure.runtime.planning.simplify import Simplifications, simplify
from perdure.runtime.units import made_units, plan_body


def plan(
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    feeds: Sequence[Tensor],
    resources: Resources,
    placer: Placer,
    simplifications: Simplifications | None = None,
) -> Executable:
    """Plan a step.

    Args:
        fetches: tensors whose values are wanted.
        targets: operations to run for their effects.
        feeds: tensors whose values will be given.
        resources: what the session owns; handles of it are bound into the plan.
        placer: says where operations run, and refuses devices that do not exist.
        simplifications: what may be left out of the step; all that can be when None.

    Raises:
        tf.errors.OpError: an op has no kernel, or asks for a device that is not there.
    """
    fed = set(feeds)
    needed = needed_operations(targets, fetches, fed)
    placer.place(needed)
    if has_control_flow(needed):
        # Imported when they are needed: a small program starts two hundredths faster without them.
        from perdure.runtime.planning.lifting.lift import lift
        from perdure.runtime.planning.lifting.liveness import NotLiftable

        try:
            lifted = lift(needed, fetches, targets, fed)
        except NotLiftable:
            return _dataflow(needed, fetches, feeds, resources)
        needed, fetches, targets = lifted.operations, lifted.fetches, lifted.targets
    written = {variable for op in needed for variable in written_by(op)}
    references, behind_writers = _fetches_of_references(fetches, fed, written)
    unordered = [fetch for fetch in references.values() if fetch not in behind_writers]
    order = ordered([*needed, *unordered], fed, is_writer)
    order, renewed = with_snapshots_renewed(order, fed, written_by, variable_behind)
    order += behind_writers
    wanted = {*targets, *(tensor.op for tensor in fetches)}
    simplified = simplify(order, fed, wanted, renewed, simplifications)
    check_kernels(node for node in simplified.order if isinstance(node, Operation))
    units = cut(simplified, fed, variable_behind, renewed)
    frame = Frame(resources, simplified, plan_body)
    feed_slots = [frame.new_slot(tensor) for tensor in feeds]
    for node in simplified.order:
        if isinstance(node, Operation) and (node.type == "Const" or is_setup(node)):
            frame.preset(node)
    for unit in units:
        for tensor in (tensor for node in unit.nodes for tensor in handles_inside(node)):
            if tensor not in frame.slots:
                frame.preset(tensor.op)
    instructions = [[frame.instruction(node) for node in unit.nodes] for unit in units]
    fetch_slots = [
        frame.read_slots[references[tensor]] if tensor in references else frame.slots[tensor]
        for tensor in fetches
    ]
    before = {node: nodes for unit in units for node, nodes in zip(unit.nodes, unit.before, strict=True)}
    tasks = tasks_of(
        [(unit.compilable, part) for unit, part in zip(units, instructions, strict=True)], before
    )
    keep = {*fetch_slots, *shared_slots(tasks)}
    made = made_units(units, instructions, frame, fetches, fed, keep)
    side_by_side = SideBySide(made, tasks) if tasks else None
    return Executable(made, frame.template, feed_slots, fetch_slots, resources, side_by_side)


def _dataflow(
    needed: Collection[Operation], fetches: Sequence[Tensor], feeds: Sequence[Tensor], resources: Resources
) -> Executable:
    """A step that no conditionals and loops express, to be run with dead values and frames."""
    from perdure.runtime.execution.dataflow import Dataflow, DataflowUnit

    dataflow = Dataflow(needed, feeds, fetches, resources, plan_body)
    feed_slots = list(range(2, 2 + len(feeds)))
    fetch_slots = list(range(2 + len(feeds), 2 + len(feeds) + len(fetches)))
    unit = DataflowUnit(dataflow, feed_slots, fetch_slots)
    return Executable([unit], [None] * (2 + len(feeds) + len(fetches)), feed_slots, fetch_slots, resources)


def _fetches_of_references(
    fetches: Sequence[Tensor], fed: set[Tensor], written: set[Operation]
) -> tuple[dict[Tensor, FetchOfReference], list[FetchOfReference]]:
    """How references, and identities of variables that change, are fetched.

    TensorFlow hands out the variable's memory, and the program gets it when the step is over: with
    `session.run([train, w])` it sees what `train` made of `w`, whatever the order.

    Args:
        fetches: what is fetched.
        fed: tensors whose values are given.
        written: the ref variables that the step changes.

    Returns:
        The node that reads the value of each such tensor, and those of them that run last.
    """
    nodes: dict[Tensor, FetchOfReference] = {}
    behind_writers: list[FetchOfReference] = []
    for tensor in fetches:
        if tensor in fed or tensor in nodes:
            continue
        reference = tensor
        while not reference.dtype.is_ref_dtype and shares_memory(reference.op) and reference not in fed:
            reference = reference.op.inputs[reference.value_index]
        if not reference.dtype.is_ref_dtype or reference in fed:
            continue
        changes = variable_behind(reference) in written
        if changes or tensor is reference:
            nodes[tensor] = FetchOfReference(reference)
        if changes:
            behind_writers.append(nodes[tensor])
    return nodes, behind_writers
