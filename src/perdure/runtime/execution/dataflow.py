"""A step of TensorFlow 1's control flow nodes, run as its executor runs it: with dead values and frames.

Each value belongs to an iteration of a frame and may be dead; an operation runs when all that it takes has
come, and is dead if any of that is.  It is how graphs run that planning cannot lift into conditionals and
loops, and what tests compare those with.  The rules are those of core/common_runtime/executor.cc:

- Switch hands its data on to one output, the other is dead.  Merge runs when the first input has come that is
  alive, and is dead when all are, or when an Enter among them is.
- Enter begins an iteration of a frame, NextIteration the next one; a dead one of these begins none.
- A constant Enter has its value in all iterations.
- Exit leaves a frame; a dead one does so when the frame has ended.
- ControlTrigger is never dead.
- The value of a variable (`<variable>/read`) shares its memory: it goes through Switch and Enter as the
  variable itself, and is read where it is used.
- At most `parallel_iterations` of a frame run at a time.
- What has to wait is put off until nothing else can run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from perdure.arrays import numpy_arrays
from perdure.graph.dtypes import resource
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.operation import Operation, is_snapshot
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.ops.traits import ENTER, EXIT, MERGE, NEXT_ITERATION, SWITCH
from perdure.resources.blocking import Deferred, Deferring
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.bind import BoundKernel, Planned, bind
from perdure.runtime.execution.executable import HostUnit
from perdure.runtime.execution.failure import failure_of
from perdure.runtime.execution.interpret import Failure, Instruction
from perdure.runtime.execution.step import Step
from perdure.runtime.planning.effects import may_wait
from perdure.runtime.planning.lifting.frames import flow_of, frames_of

# Stands for a value that is dead.
DEAD = object()
# What Merge says of the input that it has handed on.
_INDICES = [np.int32(i) for i in range(8)]


class _Node:
    """An operation with its kernel and its edges; made once for a plan.

    Attributes:
        targets: for each output, the nodes that take it and at which place.
        followers: the nodes that wait for it.
        given: the inputs whose values are known before the step begins, by place.
        awaited: how many inputs, and how many operations, it waits for.
    """

    __slots__ = (
        "op",
        "flow",
        "kernel",
        "targets",
        "followers",
        "given",
        "awaited",
        "controls",
        "is_trigger",
        "is_snapshot",
        "reading",
        "waits",
    )

    def __init__(self, op: Operation, kernel: BoundKernel | None) -> None:
        self.op = op
        self.flow = flow_of(op)
        self.kernel = kernel
        self.targets: list[list[tuple[_Node, int]]] = [[] for _ in op.outputs]
        self.followers: list[_Node] = []
        self.given: dict[int, int] = {}
        self.awaited = 0
        self.controls = 0
        self.is_trigger = traits_of(op.type).never_dead
        self.is_snapshot = is_snapshot(op)
        self.waits = may_wait(op)
        # The inputs that a variable may come to, of which the value is wanted.
        self.reading = [not t.dtype.is_ref_dtype and t.dtype is not resource for t in op.inputs]


class _Arrivals:
    """What has come so far of what a node takes in one iteration."""

    __slots__ = ("values", "data", "controls", "dead", "has_run")

    def __init__(self, node: _Node) -> None:
        self.values: list[Any] = [None] * len(node.op.inputs)
        self.data, self.controls = node.awaited, node.controls
        self.dead = 0
        self.has_run = False


class _Iteration:
    """An iteration of a frame that runs.

    Attributes:
        running: how many of its operations are about to run, and how many frames that began in it go on.
    """

    __slots__ = ("frame", "number", "arrivals", "running")

    def __init__(self, frame: _Frame, number: int) -> None:
        self.frame = frame
        self.number = number
        self.arrivals: dict[_Node, _Arrivals] = {}
        self.running = 0


class _Frame:
    """A frame that runs.

    Attributes:
        around: the iteration in which it began; None for the graph's own.
        iterations: those that are not over yet, by number.
        oldest, latest: the first and the last number of those.
        entering: how many Enters have not run yet.
        constants: what constant Enters have brought, for every iteration.
        postponed: values for the iteration after the latest.
        dead_exits: Exits that were dead in the last iteration.
    """

    def __init__(self, around: _Iteration | None, entering: int, parallel: int) -> None:
        self.around = around
        self.entering = entering
        self.parallel = max(1, parallel)
        self.iterations: dict[int, _Iteration] = {0: _Iteration(self, 0)}
        self.oldest = self.latest = 0
        self.constants: list[tuple[_Node, Any]] = []
        self.postponed: list[tuple[_Node, Any]] = []
        self.dead_exits: list[_Node] = []
        self.children: dict[tuple[int, str], _Frame] = {}


class Dataflow:
    """The operations of a step, ready to run.

    Args:
        needed: the operations.
        feeds: tensors whose values will be given, in order.
        fetches: tensors whose values are wanted.
        resources: what the session owns.
        planned: gets the functions that kernels call ready to be called.

    Raises:
        InvalidArgumentError: an operation takes inputs of different frames, or what is fed or fetched is in a
            frame.
    """

    def __init__(
        self,
        needed: Collection[Operation],
        feeds: Sequence[Tensor],
        fetches: Sequence[Tensor],
        resources: Resources,
        planned: Planned,
    ) -> None:
        fed = set(feeds)
        frames = frames_of(needed, fed)
        self._feeds = feeds
        self._fetches = fetches
        # For each Enter, how many lead into its frame.
        self._entering: dict[Operation, int] = {}
        nodes: dict[Operation, _Node] = {}
        self.instructions: list[Instruction] = []
        for op in frames.order:
            nodes[op] = node = _Node(op, None)
            if flow_of(op) is None and not node.is_trigger:
                node.kernel = _bound(op, resources, planned, fed)
                self.instructions.append(Instruction(node.kernel.call, (), 1, (), op))
        for loop in frames.loops:
            self._entering.update((op, len(loop.enters)) for op in loop.enters)
        self._fed_to: list[list[tuple[_Node, int]]] = [[] for _ in feeds]
        places = {tensor: i for i, tensor in enumerate(feeds)}
        for op, node in nodes.items():
            inside = frames.of[op]
            if inside is not None and node.flow is ENTER:
                inside = inside.outer
            for place, tensor in enumerate(op.inputs):
                if tensor in fed:
                    if inside is not None:
                        raise _in_frame(tensor, "fed")
                    self._fed_to[places[tensor]].append((node, place))
                else:
                    nodes[tensor.op].targets[tensor.value_index].append((node, place))
            node.awaited = len(op.inputs)
            present = [control for control in op._control_inputs if control in nodes]
            node.controls = len(present)
            for control in present:
                nodes[control].followers.append(node)
        for tensor in fetches:
            if tensor not in fed and frames.outside(tensor.op) is not None:
                raise _in_frame(tensor, "fetched")
        self._roots = [node for node in nodes.values() if not node.awaited and not node.controls]

    def run(self, step: Step, feeds: Sequence[Any]) -> list[Any]:
        """Run the operations.

        Args:
            step: the step.
            feeds: the value of each tensor that is fed.

        Returns:
            The value of each fetch; of a reference, the variable.

        Raises:
            Failure: a kernel failed, or what is fetched is dead.
        """
        run = _Run(self, step)
        for targets, value in zip(self._fed_to, feeds, strict=True):
            for node, place in targets:
                run.take(run.root, node, place, value)
        for node in self._roots:
            run.ready(run.root, node, _Arrivals(node))
        found = {tensor: value for tensor, value in zip(self._feeds, feeds, strict=True)}
        wanted = set(self._fetches) - found.keys()
        try:
            run.go_on(wanted, found)
        finally:
            run.deferring.withdraw()
        results = []
        for index, tensor in enumerate(self._fetches):
            value = found.get(tensor, DEAD)
            if value is DEAD:
                error = InvalidArgumentError(None, None, f"Retval[{index}] does not have value")
                raise Failure(tensor.op, error) from error
            results.append(value)
        return results


class _Run:
    """One run of the operations of a step."""

    def __init__(self, plan: Dataflow, step: Step) -> None:
        self.plan = plan
        self.step = step
        self.root = _Frame(None, 0, 1).iterations[0]
        self.queue: deque[tuple[_Iteration, _Node, _Arrivals]] = deque()
        self.deferring = Deferring()
        self.put_off: list[tuple[_Iteration, _Node, _Arrivals]] = []

    # -- what comes ------------------------------------------------------------------------

    def take(
        self, iteration: _Iteration, node: _Node, place: int, value: Any, from_enter: bool = False
    ) -> None:
        """An input of a node has come."""
        arrivals = iteration.arrivals.get(node)
        if arrivals is None:
            arrivals = iteration.arrivals[node] = _Arrivals(node)
        if node.flow is MERGE:
            if value is DEAD:
                arrivals.dead += 1
                # A loop of a branch that is not taken has no iteration from which the other input could come.
                if from_enter:
                    arrivals.dead = node.awaited
            elif arrivals.values[0] is None:
                arrivals.values[0] = (value, place)
            if arrivals.values[0] is None and arrivals.dead < node.awaited:
                return
            arrivals.data = 0
        else:
            arrivals.values[place] = value
            arrivals.data -= 1
            arrivals.dead += value is DEAD
        if not arrivals.data and not arrivals.controls:
            self.ready(iteration, node, arrivals)

    def follow(self, iteration: _Iteration, node: _Node, is_dead: bool) -> None:
        """What a node waits for has run."""
        arrivals = iteration.arrivals.get(node)
        if arrivals is None:
            arrivals = iteration.arrivals[node] = _Arrivals(node)
        arrivals.controls -= 1
        if node.flow is not MERGE:
            arrivals.dead += is_dead
        if not arrivals.data and not arrivals.controls:
            self.ready(iteration, node, arrivals)

    def ready(self, iteration: _Iteration, node: _Node, arrivals: _Arrivals) -> None:
        """All has come that a node takes."""
        if not arrivals.has_run:
            arrivals.has_run = True
            iteration.running += 1
            self.queue.append((iteration, node, arrivals))

    # -- what runs -------------------------------------------------------------------------

    def go_on(self, wanted: Collection[Tensor], found: dict[Tensor, Any]) -> None:
        """Run whatever is ready until nothing is; `found` gets the values that are wanted."""
        queue = self.queue
        while queue or self.put_off:
            if not queue:
                self._wait()
                continue
            iteration, node, arrivals = queue.popleft()
            try:
                is_dead, results = self._results(node, arrivals)
            except Deferred:
                self.put_off.append((iteration, node, arrivals))
                continue
            outside = self._outside(iteration, node, is_dead, results)
            if wanted and outside is self.root:
                for tensor, value in zip(node.op.outputs, results, strict=True):
                    if tensor in wanted:
                        found[tensor] = value
            if outside is not None:
                self._hand_on(outside, node, results, is_dead)
            if node.flow is ENTER:
                self._may_be_over(iteration.frame.children[iteration.number, node.op.attrs["frame_name"]])
            self._ran(iteration)

    def _wait(self) -> None:
        """Wait until something that was put off need not be any more."""
        going_on = [part for part in self.put_off if not self.deferring.waits(part[2])]
        if not going_on:
            try:
                self.step.wait(self.deferring.event)
            except Exception as error:
                raise Failure(self.put_off[0][1].op, error) from error
        self.queue.extend(going_on)
        self.put_off = [part for part in self.put_off if part not in going_on]

    def _results(self, node: _Node, arrivals: _Arrivals) -> tuple[bool, list[Any]]:
        """Whether a node is dead, and what it makes."""
        op, flow, values = node.op, node.flow, arrivals.values
        if flow is MERGE:
            if values[0] is None:
                return True, [DEAD, DEAD]
            value, place = values[0]
            return False, [value, _INDICES[place] if place < len(_INDICES) else np.int32(place)]
        if arrivals.dead and not node.is_trigger:
            return True, [DEAD] * len(op.outputs)
        if flow is None and not node.is_snapshot:
            if not node.waits:
                return False, self._called(node, values)
            self.deferring.current = arrivals
            self.step.deferring = self.deferring
            try:
                return False, self._called(node, values)
            finally:
                self.step.deferring = None
        value = values[0]
        if flow is SWITCH:
            pred = np.asarray(self._read(values[1]))
            if pred.ndim:
                message = f"The second input must be a scalar, but it has shape {list(pred.shape)}"
                error = InvalidArgumentError(None, op, message)
                raise Failure(op, error) from error
            index = int(bool(pred))
            return False, [DEAD, value] if index else [value, DEAD]
        return False, [value]

    def _called(self, node: _Node, values: list[Any]) -> list[Any]:
        kernel, op = node.kernel, node.op
        if kernel is None:
            return []
        reading = node.reading
        arguments = [self._read(values[i]) if reading[i] else values[i] for i in kernel.inputs]
        try:
            result = kernel.call(self.step, *arguments) if kernel.takes_step else kernel.call(*arguments)
        except Deferred:
            raise
        except Exception as error:
            raise Failure(op, error) from error
        outputs = op.signature.outputs
        if len(outputs) == 1 and not outputs[0].is_list:
            return [result]
        return list(result)

    def _read(self, value: Any) -> Any:
        return self.step.read(value) if isinstance(value, Variable) else value

    def _outside(
        self, iteration: _Iteration, node: _Node, is_dead: bool, results: list[Any]
    ) -> _Iteration | None:
        """The iteration in which the results of a node are used; None if they are used nowhere, or later."""
        flow, frame = node.flow, iteration.frame
        if flow is ENTER:
            return self._entered(iteration, node, results[0])
        if flow is EXIT:
            if not is_dead:
                return frame.around
            if iteration.number == frame.latest:
                frame.dead_exits.append(node)
            return None
        if flow is NEXT_ITERATION:
            if is_dead:
                return None
            if iteration.number == frame.latest and frame.latest - frame.oldest + 1 >= frame.parallel:
                frame.postponed.append((node, results[0]))
                return None
            return self._next(frame, iteration.number + 1)
        return iteration

    def _hand_on(self, iteration: _Iteration, node: _Node, results: list[Any], is_dead: bool) -> None:
        is_enter = node.flow is ENTER
        for value, targets in zip(results, node.targets, strict=True):
            for target, place in targets:
                self.take(iteration, target, place, value, is_enter)
        for follower in node.followers:
            self.follow(iteration, follower, is_dead)

    # -- frames ----------------------------------------------------------------------------

    def _entered(self, iteration: _Iteration, node: _Node, value: Any) -> _Iteration | None:
        """The iteration into which an Enter leads."""
        children = iteration.frame.children
        attrs = node.op.attrs
        key = iteration.number, attrs["frame_name"]
        frame = children.get(key)
        if frame is None:
            entering = self.plan._entering[node.op]
            frame = children[key] = _Frame(iteration, entering, attrs["parallel_iterations"])
            iteration.running += 1
        frame.entering -= 1
        first = frame.iterations[0] if 0 in frame.iterations else None
        if not attrs["is_constant"]:
            return first
        frame.constants.append((node, value))
        for each in list(frame.iterations.values()):
            self._hand_on(each, node, [value], value is DEAD)
        return None

    def _next(self, frame: _Frame, number: int) -> _Iteration:
        """An iteration, begun if it is not yet."""
        found = frame.iterations.get(number)
        if found is None:
            found = frame.iterations[number] = _Iteration(frame, number)
            frame.latest = number
            frame.dead_exits.clear()
            for node, value in frame.constants:
                self._hand_on(found, node, [value], value is DEAD)
        return found

    def _ran(self, iteration: _Iteration) -> None:
        iteration.running -= 1
        if not iteration.running:
            self._may_be_over(iteration.frame)

    def _may_be_over(self, frame: _Frame) -> None:
        """End iterations of which nothing is about to run, if they cannot get anything any more."""
        if frame.around is None or frame.entering:
            return
        while frame.oldest in frame.iterations and not frame.iterations[frame.oldest].running:
            if frame.postponed:
                postponed, frame.postponed = frame.postponed, []
                following = self._next(frame, frame.latest + 1)
                for node, value in postponed:
                    self._hand_on(following, node, [value], False)
            del frame.iterations[frame.oldest]
            frame.oldest += 1
        if not frame.iterations:
            self._ended(frame)

    def _ended(self, frame: _Frame) -> None:
        around = frame.around
        assert around is not None
        for node in frame.dead_exits:
            self._hand_on(around, node, [DEAD], True)
        key = next(key for key, child in around.frame.children.items() if child is frame)
        del around.frame.children[key]
        self._ran(around)


def _bound(op: Operation, resources: Resources, planned: Planned, fed: Collection[Tensor]) -> BoundKernel:
    references = [tensor for tensor in op.inputs if tensor.dtype.is_ref_dtype and tensor in fed]
    try:
        return bind(op, numpy_arrays(), resources, planned, references)
    except Exception as error:
        failure = failure_of(op, error)
        raise failure from (None if failure is error else error)


def _in_frame(tensor: Tensor, what: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        None, tensor.op, f"Operation '{tensor.op.name}' is in a loop, so that its results cannot be {what}."
    )


class DataflowUnit(HostUnit):
    """A whole step as one unit.

    Args:
        dataflow: its operations.
        feed_slots: where the values are that are fed.
        fetch_slots: where the values go that are fetched.
    """

    __slots__ = ("_dataflow", "_feed_slots", "_fetch_slots")

    def __init__(self, dataflow: Dataflow, feed_slots: Sequence[int], fetch_slots: Sequence[int]) -> None:
        super().__init__(dataflow.instructions)
        self._dataflow = dataflow
        self._feed_slots = feed_slots
        self._fetch_slots = fetch_slots

    def run(self, values: list[Any], step: Step) -> None:
        """Run it on a frame."""
        results = self._dataflow.run(step, [values[slot] for slot in self._feed_slots])
        for slot, value in zip(self._fetch_slots, results, strict=True):
            # A copy, since a program may take over the variable's memory before the step ends.
            values[slot] = np.array(step.read(value)) if isinstance(value, Variable) else value
