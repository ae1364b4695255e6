"""What a watched step reports: RunMetadata with the times of its operations, its graph and its costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from perdure.formats.graph.graph_def import operation_to_proto
from perdure.formats.messages import module
from perdure.graph.dtypes import as_dtype
from perdure.graph.graph import PRODUCER
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.observe import Observation, ObservedStep
from perdure.runtime.planning.place import Placer

_CPU_MEMORY = "cpu"  # TensorFlow's name of the allocator


def fill_metadata(
    metadata: Any,
    seen: ObservedStep,
    needed: Sequence[Operation],
    fed: dict[Tensor, Any],
    fetched: Sequence[Tensor],
    placer: Placer,
    resources: Resources,
    *,
    trace: bool,
    graphs: bool,
    costs: bool,
) -> None:
    """Fill a RunMetadata.

    Args:
        metadata: the message; what it held is dropped.
        seen: what was seen of the step.
        needed: the operations of the step, in the order they were made.
        fed: the values that were fed.
        fetched: the tensors that were fetched.
        placer: knows the devices.
        resources: what the session owns.
        trace: whether the times are wanted.
        graphs: whether the graph of each device is wanted.
        costs: whether the costs are wanted.
    """
    metadata.Clear()
    if trace:
        metadata.step_stats.CopyFrom(step_stats(seen, needed, fed, fetched, placer, resources))
    if graphs:
        for device in placer.devices:
            here = [op for op in needed if placer.device_of(op) == device]
            if here:
                _add_graph(metadata.partition_graphs.add(), here, device)
    if costs:
        _fill_costs(metadata.cost_graph, seen, needed, placer)


def step_stats(
    seen: ObservedStep,
    needed: Sequence[Operation],
    fed: dict[Tensor, Any],
    fetched: Sequence[Tensor],
    placer: Placer,
    resources: Resources,
) -> Any:
    """A StepStats message: for each device a NodeExecStats for each operation, in the order they ran.

    A compiled cluster is one node, whose label lists its operations.  Constants and variables, which take
    no time, come first, as in TensorFlow; so do feeds, named `_arg_<tensor>_<index>`.
    """
    stats = module("step_stats").StepStats()
    devices: dict[str, Any] = {}

    def on(device: str) -> Any:
        if device not in devices:
            devices[device] = made = stats.dev_stats.add(device=device)
            made.thread_names[0] = "perdure"
            source = made.node_stats.add(node_name="_SOURCE", timeline_label="_SOURCE = NoOp()")
            _set_times(source, seen.start_ns, seen.start_ns)
        return devices[device]

    names = {tensor: _argument_name(tensor, index) for index, tensor in enumerate(fed)}
    for tensor, name in names.items():
        argument = on(placer.device_of(tensor.op) if tensor.op in needed else placer.devices[0])
        node = argument.node_stats.add(node_name=name, timeline_label=f"{name} = _Arg()")
        _set_times(node, seen.start_ns, seen.start_ns)
        _add_outputs(node, [fed[tensor]])
    ran = {id(op) for o in seen.observations for op in (o.op, *o.members) if op is not None}
    for op in needed:
        if id(op) not in ran and op.outputs and not op.inputs:
            node = on(placer.device_of(op)).node_stats.add(
                node_name=op.name, timeline_label=f"{op.name} = {op.type}()"
            )
            _set_times(node, seen.start_ns, seen.start_ns)
            _add_outputs(node, [_kept_value(op, resources)])
    for observation in seen.observations:
        for index, tensor in enumerate(observation.made):
            names[tensor] = f"{observation.name}:{index}" if index else observation.name
        first = observation.op or (observation.members[0] if observation.members else None)
        device = placer.devices[0] if first is None else placer.device_of(first)
        node = on(device).node_stats.add(
            node_name=observation.name, timeline_label=_label(observation, names)
        )
        _set_times(node, observation.start_ns, observation.end_ns)
        _add_outputs(node, observation.outputs)
    for index, tensor in enumerate(fetched):
        name = f"_retval_{tensor.op.name}_{tensor.value_index}_{index}"
        device = placer.device_of(tensor.op) if tensor.op in needed else placer.devices[0]
        node = on(device).node_stats.add(
            node_name=name, timeline_label=f"{name} = _Retval({_input(tensor, names)})"
        )
        _set_times(node, seen.end_ns, seen.end_ns)
    return stats


def _kept_value(op: Operation, resources: Resources) -> Any:
    """The value of a constant or variable, which no step computes; None of anything else."""
    if op.type == "Const":
        return op.attrs["value"]
    if traits_of(op.type).setup and op.outputs[0].dtype.is_ref_dtype:
        key = (op.attrs["container"], op.attrs["shared_name"] or op.name)
        variable = resources.variables.get(key)
        return None if variable is None else variable.present()
    return None


def _argument_name(tensor: Tensor, index: int) -> str:
    return f"_arg_{tensor.op.name}_{tensor.value_index}_{index}"


def _input(tensor: Tensor, names: dict[Tensor, str]) -> str:
    if tensor in names:
        return names[tensor]
    return f"{tensor.op.name}:{tensor.value_index}" if tensor.value_index else tensor.op.name


def _label(observation: Observation, names: dict[Tensor, str]) -> str:
    inputs = ", ".join(_input(tensor, names) for tensor in observation.inputs)
    if observation.members:
        listed = " ".join(op.name for op in observation.members)
        return f"{observation.name} = Cluster[{listed}]({inputs})"
    kind = "Fetch" if observation.op is None else observation.op.type
    return f"{observation.name} = {kind}({inputs})"


def _set_times(node: Any, start_ns: int, end_ns: int) -> None:
    node.scheduled_micros = node.all_start_micros = start_ns // 1000
    node.scheduled_nanos = node.all_start_nanos = start_ns
    node.op_end_rel_nanos = node.all_end_rel_nanos = end_ns - start_ns
    # Rounded up: a viewer draws nothing for what takes no time.
    node.op_end_rel_micros = node.all_end_rel_micros = -(-(end_ns - start_ns) // 1000)


def _add_outputs(node: Any, outputs: Iterable[Any]) -> None:
    total = 0
    for slot, value in enumerate(outputs):
        if isinstance(value, Variable):  # a reference: it is described by what it refers to
            value = value.present()
        if not hasattr(value, "dtype") or not hasattr(value, "shape") or not hasattr(value, "nbytes"):
            continue
        description = node.output.add(slot=slot).tensor_description
        dtype = value.dtype
        description.dtype = as_dtype("string" if dtype.kind == "O" else dtype).as_datatype_enum
        for size in value.shape or ():
            description.shape.dim.add(size=size)
        description.shape.SetInParent()
        allocation = description.allocation_description
        allocation.requested_bytes = allocation.allocated_bytes = int(value.nbytes)
        allocation.allocator_name = _CPU_MEMORY
        if isinstance(value, np.ndarray):
            allocation.ptr = value.ctypes.data
        total += int(value.nbytes)
    if total:
        node.memory.add(allocator_name=_CPU_MEMORY, total_bytes=total, peak_bytes=total, live_bytes=total)


def _add_graph(graph_def: Any, operations: Iterable[Operation], device: str) -> None:
    graph_def.versions.producer = PRODUCER
    for op in operations:
        node = graph_def.node.add()
        node.CopyFrom(operation_to_proto(op))
        node.device = device


def _fill_costs(graph: Any, seen: ObservedStep, needed: Sequence[Operation], placer: Placer) -> None:
    numbers = {op: number for number, op in enumerate(needed)}
    spent = {o.op: o for o in seen.observations if o.op is not None}
    for op, number in numbers.items():
        node = graph.node.add(name=op.name, id=number, device=placer.device_of(op))
        for tensor in op.inputs:
            if tensor.op in numbers:
                node.input_info.add(preceding_node=numbers[tensor.op], preceding_port=tensor.value_index)
        node.control_input.extend(numbers[c] for c in op.control_inputs if c in numbers)
        for tensor in op.outputs:
            output = node.output_info.add(alias_input_port=-1)
            output.dtype = tensor.dtype.base_dtype.as_datatype_enum
            for size in tensor._shape or ():
                output.shape.dim.add(size=-1 if size is None else size)
        if op in spent:
            node.compute_cost = -(-(spent[op].end_ns - spent[op].start_ns) // 1000)
