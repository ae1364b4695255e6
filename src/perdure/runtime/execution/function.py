"""Bodies of functions (branches, loops) planned for a session, and run by the kernel that calls them.

A body is interpreted inside the step of the operation that calls it: it reads and writes the session's
variables as that step sees them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from perdure.arrays import numpy_arrays
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation
from perdure.ops.registry import traits_of
from perdure.resources.resources import Resources
from perdure.resources.streams import Calls, RandomStream
from perdure.runtime.execution.bind import Planned, bind
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.failure import failure_of
from perdure.runtime.execution.frame import Frame
from perdure.runtime.execution.generated import Generated
from perdure.runtime.execution.interpret import STEP, Failure, interpret, with_releases
from perdure.runtime.execution.step import Step
from perdure.runtime.execution.terms import Terms
from perdure.runtime.execution.waiting import SideBySide
from perdure.runtime.options import current_options
from perdure.runtime.planning.bodies import body_of, structured
from perdure.runtime.planning.cost import COMPILED_CALL, cost_of_body
from perdure.runtime.planning.cut import is_setup
from perdure.runtime.planning.effects import calls_program, functions_of

# A body that has been called so many times becomes a function of Python's.
_OFTEN = 8


# Microseconds that a function must take for another thread to be worth it.
_WORTH_A_THREAD = 200.0


class OwnStreams:
    """What a session owns, but for random streams and counters, which are made anew for each node.

    Args:
        resources: what the session owns.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def get(self, cls: Any, node_name: str = "", *place: str, **details: Any) -> Any:
        """See `Resources.get`."""
        if cls in (RandomStream, Calls):
            return cls(node_name, **details)
        return self._resources.get(cls, node_name, *place, **details)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._resources, name)


def _draws(node: Operation) -> bool:
    """Whether a node takes random numbers, itself or in a function that it calls."""
    return traits_of(node.type).draws or any(
        _draws(op) for function in functions_of(node) for op in function.graph.get_operations()
    )


def _stateful(function: Function) -> str | None:
    for op in function.graph.get_operations():
        if op.signature.is_stateful and not op.type.endswith("Dataset"):
            return op.type
        for each in functions_of(op):
            found = _stateful(each)
            if found is not None:
                return found
    return None


class PlannedFunction:
    """A function ready to be called within a step.

    Args:
        function: what to plan.
        resources: what the session owns.
        planned: gets functions that are called in it ready; this class when None.

    Attributes:
        returned: the position of the argument that it returns, if that is all it does.
        units: clusters and stretches of host operations that do what it does, if it is cut.
        side_by_side: how it is run if some of its operations wait for others of it.
    """

    __slots__ = (
        "_instructions", "_template", "_input_slots", "_output_slots", "_costs", "_calls", "_generated",
        "_frame", "_function", "_resources", "_planned", "_draws", "_sums", "returned", "units",
        "side_by_side",
    )  # fmt: skip

    def __init__(self, function: Function, resources: Resources, planned: Planned | None = None) -> None:
        self._function = function = structured(function)
        self._resources, self._planned = resources, planned
        inputs = function.inputs
        simplified = body_of(function)
        self._frame = frame = Frame(resources, simplified, planned or PlannedFunction)
        self.units: list[Any] = []
        self.side_by_side: SideBySide | None = None
        self._input_slots = [frame.new_slot(tensor) for tensor in inputs]
        instructions = []
        for node in simplified.order:
            assert isinstance(node, Operation)
            if node.type == "Const" or is_setup(node):
                frame.preset(node)
            elif not traits_of(node.type).orders:
                instructions.append(frame.instruction(node))
        self._output_slots = [frame.slots[tensor] for tensor in function.outputs]
        keep = {*self._output_slots}
        self._instructions = with_releases(instructions, keep)
        self._template = frame.template
        nodes = [instruction.node for instruction in instructions if isinstance(instruction.node, Operation)]
        self._draws = any(map(_draws, nodes))
        self._calls = 0
        self._generated: Generated | None = None
        self._sums = [
            (each, bind(each.op, numpy_arrays(), resources, planned or PlannedFunction).call)
            for each in function.sums
        ]
        alone = not instructions and len(function.outputs) == 1
        self.returned = inputs.index(function.outputs[0]) if alone and function.outputs[0] in inputs else None
        self._costs = cost_of_body(nodes, False), cost_of_body(nodes, True)

    def __call__(self, step: Step, arguments: Sequence[Any]) -> list[Any]:
        """Run the body.

        Args:
            step: the step it is part of.
            arguments: the value of each input; a Variable for a reference or a handle of one.

        Raises:
            tf.errors.OpError: an operation of the body failed.
        """
        step.interpreted_us += self._costs[0]
        step.compiled_us += self._costs[1]
        try:
            self._calls += 1
            if self._calls == _OFTEN and self.side_by_side is None:
                self._generated = Generated(
                    self._instructions, self._template, self._input_slots, self._output_slots
                )
            if self.units or self.side_by_side is not None:
                return self._run_units(step, arguments)
            if self._generated is not None and step.interpret is interpret:
                return self._generated(step, arguments)
            values = self._template.copy()
            values[STEP] = step
            for slot, value in zip(self._input_slots, arguments, strict=True):
                values[slot] = value
            step.interpret(self._instructions, values)
        except Failure as failure:
            self._fail(failure)
        return [values[slot] for slot in self._output_slots]

    def _fail(self, failure: Failure) -> NoReturn:
        error = failure_of(failure.node, failure.error)  # type: ignore[arg-type]
        raise error from (None if error is failure.error else failure.error)

    def repeated(self, step: Step, values: list[Any], holds: Callable[[Any], bool], asked: int) -> list[Any]:
        """Run the body of a loop until its condition holds no more.

        Args:
            step: the step it is part of.
            values: the arguments of the first run; those of each other are the results of the one before.
            holds: says whether the value of a condition is true, or refuses it.
            asked: the position of the condition among the arguments.

        Returns:
            The results of the last run.

        Raises:
            tf.errors.OpError: an operation of the body failed.
        """
        terms = Terms(self._sums) if self._sums else None
        while holds(values[asked]):
            most = self._runs_as_one(step)
            if most <= 0 or self._generated is None:
                values = self(step, values)
            else:
                times = 1
                try:
                    if terms is None:
                        values, times = self._generated.repeated(step, values, holds, asked, most)
                    else:
                        values = self._generated(step, values)
                except Failure as failure:
                    self._fail(failure)
                self._count(step, times)
            if terms is not None:
                values = terms.taken_from(values)
        return values if terms is None else terms.added_to(values)

    def _runs_as_one(self, step: Step) -> float:
        """How often it may run as one function of Python's, before a part of it may be worth compiling."""
        if self._generated is None or step.interpret is not interpret:
            return 0
        clusters = [unit for unit in self.units if isinstance(unit, Cluster)]
        tier = current_options().tier
        if clusters and tier == "compile":
            return 0
        if tier == "interpret":
            return math.inf
        return min((cluster.runs_before_it_may_pay for cluster in clusters), default=math.inf)

    def _count(self, step: Step, times: int) -> None:
        """Note so many runs as one function."""
        step.interpreted_us += times * self._costs[0]
        step.compiled_us += times * self._costs[1]
        for unit in self.units:
            if isinstance(unit, Cluster):
                unit.count_runs(times)

    def alone(self, arguments: Sequence[Any]) -> list[Any]:
        """Run the body in a step of its own, as datasets do.

        Args:
            arguments: as of `__call__`.

        Raises:
            tf.errors.OpError: an operation of the body failed; it has changed nothing.
        """
        step = Step(self._resources)
        results: list[Any] = []
        step.carry_out(self._into, results, step, arguments)
        return results

    def _into(self, results: list[Any], step: Step, arguments: Sequence[Any]) -> None:
        results += self(step, arguments)

    def renewed(self) -> PlannedFunction:
        """The same with random streams of its own, if it draws any numbers; else itself."""
        if not self._draws:
            return self
        own: Any = OwnStreams(self._resources)
        return PlannedFunction(self._function, own, self._planned)

    @property
    def stateful(self) -> str | None:
        """The type of an operation in it that has a state, which saving an iterator would lose."""
        return _stateful(self._function)

    @property
    def is_light(self) -> bool:
        """Whether calling it in another thread costs more than it takes: all of it is quick arithmetic."""
        return self._costs[0] < _WORTH_A_THREAD and not any(
            calls_program(instruction.node) or traits_of(instruction.node.type).host  # type: ignore[union-attr]
            for instruction in self._instructions
            if isinstance(instruction.node, Operation)
        )

    @property
    def saving_us(self) -> float:
        """What a run is estimated to take less if it is compiled, without the call of a program."""
        return self._costs[0] - self._costs[1] - COMPILED_CALL

    def _run_units(self, step: Step, arguments: Sequence[Any]) -> list[Any]:
        values = self._template.copy()
        values[STEP] = step
        for slot, value in zip(self._input_slots, arguments, strict=True):
            values[slot] = value
        if self.side_by_side is not None:
            self.side_by_side.run(values, step)
        for unit in self.units:
            unit.run(values, step)
        return [values[slot] for slot in self._output_slots]
