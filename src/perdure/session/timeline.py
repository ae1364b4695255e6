"""Timeline: the times of a step as a picture for chrome://tracing and Perfetto.

The format is the "Trace Event Format" of the Catapult project; which events are written, with which
fields, is as in TensorFlow's `tensorflow.python.client.timeline`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_LABEL = re.compile(r"(.*) = (.*)\((.*)\)", re.S)


class AllocationMaximum(NamedTuple):
    """The most memory that was in use at a time.

    Attributes:
        timestamp: when, in microseconds.
        num_bytes: how much.
        tensors: the names of the tensors that were alive then.
    """

    timestamp: int
    num_bytes: int
    tensors: set[str]


class StepStatsAnalysis(NamedTuple):
    """What `Timeline.analyze_step_stats` finds.

    Attributes:
        chrome_trace: the events; `format_to_string()` makes JSON of them.
        allocator_maximums: by allocator.
    """

    chrome_trace: ChromeTrace
    allocator_maximums: dict[str, AllocationMaximum]


class ChromeTrace:
    """Events in the order they are written: those that name things first."""

    def __init__(self) -> None:
        self.names: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def name_process(self, pid: int, name: str) -> None:
        """Name a process, which is one row of the picture."""
        self.names.append({"name": "process_name", "ph": "M", "pid": pid, "args": {"name": name}})

    def add(self, phase: str, category: str, name: str, pid: int, tid: int, time: int, **more: Any) -> None:
        """Add an event of a phase (its kind, a letter of the format)."""
        self.events.append(
            {"ph": phase, "cat": category, "name": name, "pid": pid, "tid": tid, "ts": time, **more}
        )

    def format_to_string(self, pretty: bool = False) -> str:
        """The events as JSON.

        Args:
            pretty: whether a person is going to read it.
        """
        trace = {"traceEvents": self.names + self.events}
        if pretty:
            return json.dumps(trace, indent=4, separators=(",", ": "))
        return json.dumps(trace, separators=(",", ":"))


class _Life:
    """From when to when a tensor is alive, and how large it is."""

    __slots__ = ("number", "pid", "start", "end", "allocator", "nbytes")

    def __init__(self, number: int, pid: int, start: int, end: int, allocator: str, nbytes: int) -> None:
        self.number, self.pid, self.start, self.end = number, pid, start, end
        self.allocator, self.nbytes = allocator, nbytes


class Timeline:
    """A picture of one step.

    Args:
        step_stats: `RunMetadata.step_stats` of a traced step.
        graph: not needed; TensorFlow's class has it.
    """

    def __init__(self, step_stats: Any, graph: Any = None) -> None:
        self._step_stats = step_stats
        self._graph = graph
        self._trace = ChromeTrace()
        self._rows: dict[str, tuple[int, int]] = {}  # of each device: its operations and its tensors
        self._tensors: dict[str, _Life] = {}
        self._made_at: dict[str, tuple[int, int, int]] = {}
        self._flows = 0

    def generate_chrome_trace_format(self, show_dataflow: bool = True, show_memory: bool = False) -> str:
        """The picture as JSON.

        Args:
            show_dataflow: whether arrows lead from where a tensor is made to where it is used.
            show_memory: whether tensors and the memory they take are shown.
        """
        return self.analyze_step_stats(show_dataflow, show_memory).chrome_trace.format_to_string(True)

    def analyze_step_stats(self, show_dataflow: bool = True, show_memory: bool = True) -> StepStatsAnalysis:
        """The picture as events, and how much memory was in use at most; arguments as above."""
        self._name_rows()
        self._assign_lanes()
        for device, node in self._nodes():
            self._add_tensors(device, node, show_memory)
        for device, node in self._nodes():
            self._add_operation(device, node, show_dataflow)
        return StepStatsAnalysis(self._trace, self._memory() if show_memory else {})

    def _nodes(self) -> Iterator[tuple[str, Any]]:
        for device in self._step_stats.dev_stats:
            for node in device.node_stats:
                yield device.device, node

    def _name_rows(self) -> None:
        self._trace.name_process(0, "Allocators")
        for number, device in enumerate(self._step_stats.dev_stats):
            compute, tensors = 2 * number + 1, 2 * number + 2
            self._rows[device.device] = (compute, tensors)
            self._trace.name_process(compute, f"{device.device} Compute")
            self._trace.name_process(tensors, f"{device.device} Tensors")

    def _assign_lanes(self) -> None:
        """Give nodes of a device that overlap in time different threads."""
        for device in self._step_stats.dev_stats:
            free_from = [0]
            for node in device.node_stats:
                start, end = _times(node)
                lane = next((i for i, time in enumerate(free_from) if start > time), len(free_from))
                free_from[lane : lane + 1] = [end]
                node.thread_id = lane

    def _add_tensors(self, device: str, node: Any, show_memory: bool) -> None:
        compute, row = self._rows[device]
        start, end = _times(node)
        for index, output in enumerate(node.output):
            name = f"{node.node_name}:{index}" if index else node.node_name
            memory = output.tensor_description.allocation_description
            life = _Life(len(self._tensors), row, start, end, memory.allocator_name, memory.requested_bytes)
            self._tensors[name] = life
            self._made_at[name] = (end, compute, node.thread_id)
            if show_memory:
                self._trace.add("N", "Tensor", name, row, node.thread_id, start, id=life.number)
                description = str(output.tensor_description).replace('"', "")
                self._trace.add(
                    "O", "Tensor", name, row, node.thread_id, end - 1, id=life.number,
                    args={"snapshot": {"tensor_description": description}},
                )  # fmt: skip

    def _add_operation(self, device: str, node: Any, show_dataflow: bool) -> None:
        row = self._rows[device][0]
        start, end = _times(node)
        op, inputs = _parsed(device, node)
        arguments = {"name": node.node_name.split(":")[0] if _is_gpu(device) else node.node_name, "op": op}
        arguments.update((f"input{index}", name) for index, name in enumerate(inputs))
        self._trace.add(
            "X", "Op", op, row, node.thread_id, start, dur=node.all_end_rel_micros, args=arguments
        )
        for name in inputs:
            # A tensor that came from another device has a number behind its name.
            source = name if name in self._tensors else name[: max(name.rfind("/_"), 0)]
            life = self._tensors.get(source)
            if life is None:
                continue
            life.end = max(life.end, end - 1)
            made, made_row, lane = self._made_at[source]
            if show_dataflow and (made_row, lane) != (row, node.thread_id):
                self._trace.add("s", "DataFlow", source, made_row, lane, made, id=self._flows)
                self._trace.add("t", "DataFlow", source, row, node.thread_id, start, id=self._flows)
                self._flows += 1

    def _memory(self) -> dict[str, AllocationMaximum]:
        """Add a curve for each allocator, and find its highest point."""
        changes: dict[str, list[tuple[int, int, str]]] = {}
        for name, life in self._tensors.items():
            self._trace.add("D", "Tensor", name, life.pid, 0, life.end, id=life.number)
            changes.setdefault(life.allocator, []).extend(
                [(life.start, life.nbytes, name), (life.end, -life.nbytes, name)]
            )
        maximums = {}
        for allocator, changed in changes.items():
            total, alive = 0, set[str]()
            maximums[allocator] = AllocationMaximum(0, 0, set())
            # At the same time, what is taken is counted before what is given back.
            for time, nbytes, name in sorted(changed, key=lambda change: (change[0], change[1] < 0)):
                total += nbytes
                alive.discard(name) if nbytes < 0 else alive.add(name)
                if total > maximums[allocator].num_bytes:
                    maximums[allocator] = AllocationMaximum(time, total, set(alive))
                self._trace.add("C", "Memory", allocator, 0, 0, time, args={allocator: total})
        return maximums


def _times(node: Any) -> tuple[int, int]:
    return node.all_start_micros, node.all_start_micros + node.all_end_rel_micros


def _is_gpu(device: str) -> bool:
    """Whether a device of the StepStats is a part of a GPU that reports for itself."""
    return "/stream:" in device or "/memcpy" in device


def _parsed(device: str, node: Any) -> tuple[str, list[str]]:
    """The op of a node and the names of its inputs, from its label `name = op(input, input)`."""
    if _is_gpu(device):
        return (node.node_name.split(":") + ["unknown"])[1], []
    if node.node_name == "RecvTensor":
        return "RecvTensor", []
    match = _LABEL.match(node.timeline_label)
    if match is None:
        return "unknown", []
    _, op, inputs = match.groups()
    return op, inputs.split(", ") if inputs else []
