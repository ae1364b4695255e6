"""A cluster: nodes of a step that run in one go, interpreted until compiling them pays."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from perdure.arrays.denormals import kept
from perdure.graph.errors import FailedPreconditionError
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.interpret import Failure, Instruction
from perdure.runtime.execution.step import Step
from perdure.runtime.options import current_options
from perdure.runtime.planning import cost
from perdure.runtime.planning.effects import is_writer
from perdure.runtime.planning.legality import (
    CannotCompile,
    KernelFailed,
    is_loop,
    static_inputs,
)

# Each kind of shapes and static values that a cluster meets is remembered, up to this many: values that
# change more often than this are no shapes, and whatever comes after them is interpreted.
_MOST_SPECIALISATIONS = 800
# A static value larger than this is never a reason to compile once more.
_MAX_STATIC_ELEMENTS = 64


class Specialisation:
    """A cluster with given input shapes and static values: how often it ran, and its program if any."""

    __slots__ = (
        "runs", "pays_not_before", "interpreted_us", "compiled_us", "program", "refused", "compile_seconds",
        "parts",
    )  # fmt: skip

    def __init__(self) -> None:
        self.runs = 0
        self.pays_not_before = 0.0  # in runs
        self.interpreted_us = 0.0
        self.compiled_us = 0.0
        self.program: Any = None
        self.refused: str | None = None
        self.parts: list[Any] = []  # what runs in its place, when it is refused
        self.compile_seconds = 0.0  # told to those who ask; decides nothing


class Cluster:
    """Nodes of a step that can be compiled together.

    Args:
        instructions: their kernel calls, for the interpreted tier.
        nodes: the nodes, in the order they run.
        slots: the slot of each tensor of the step.
        inputs: tensors that come from outside, whose slots are filled before the cluster runs.
        outputs: tensors that are needed afterwards.
        variables: from a tensor that refers to a variable to the variable.
        constants: the values of the constants of the step.
        resources: what the session owns.
        is_last: whether nothing that may fail runs after it in the step.
        compiler: gives what compiles clusters, when one is to be compiled.
        split: gives units that do what it does, with an operation on the host that a program refuses.
    """

    def __init__(
        self,
        instructions: list[Instruction],
        nodes: Sequence[Operation],
        slots: dict[Tensor, int],
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        variables: dict[Tensor, Variable],
        constants: dict[Tensor, np.ndarray],
        resources: Resources,
        is_last: bool,
        compiler: Callable[[], Callable[..., Any]],
        split: Callable[[Cluster, Operation], list[Any]] | None = None,
    ) -> None:
        self.instructions = instructions
        self.nodes = nodes
        self.slots = slots
        self.inputs = inputs
        self.outputs = outputs
        self.variables = variables
        self.constants = constants
        self.resources = resources
        self.is_last = is_last
        self._compiler = compiler
        self._split = split
        self._parts: dict[Operation, list[Any]] = {}
        self.static = _inputs_known_by_value(nodes, set(inputs), constants)
        self._static_slots = [slots[tensor] for tensor in self.static]
        varying = [t for t in inputs if t._shape is None or None in t._shape]
        self._varying_slots = [slots[tensor] for tensor in varying if tensor not in self.static]
        self._varying_variables = list(
            dict.fromkeys(
                v for v in variables.values() if v.declared_shape is None or None in v.declared_shape
            )
        )
        self.specialisations: dict[Any, Specialisation] = {}
        self.is_compiled = False  # for some specialisation
        self._is_fixed = not (self._static_slots or self._varying_slots or self._varying_variables)
        self._only: Specialisation | None = Specialisation() if self._is_fixed else None
        if self._only is not None:
            self.specialisations[()] = self._only
        self.compile_us = cost.COMPILE_PROGRAM + sum(cost.compile_cost_of(op) for op in nodes)

    def run(self, values: list[Any], step: Step) -> None:
        """Run it on a frame, in the tier it has earned."""
        chosen = self._only or self._specialisation(values)
        if chosen is None or chosen.refused is not None:
            if chosen is not None and chosen.parts:
                for part in chosen.parts:
                    part.run(values, step)
            else:
                step.interpret(self.instructions, values)
            return
        program = chosen.program
        if program is None:
            if chosen.runs < chosen.pays_not_before and current_options().tier == "auto":
                chosen.runs += 1
                step.interpret(self.instructions, values)
                return
            program = self._maybe_compile(chosen, values, step)
            if program is None:
                return
        if not program.run(values, step):
            # It found an error; the interpreted tier finds it again and says exactly what it is.
            step.interpret(self.instructions, values)

    def run_program(self, values: list[Any], step: Step) -> bool:
        """Run it compiled if there is a program for what is in the frame.

        Returns:
            Whether there is one and all its checks held; if not, nothing was changed.
        """
        chosen = self._only or self._specialisation(values)
        program = None if chosen is None else chosen.program
        return program is not None and program.run(values, step)

    @property
    def runs_before_it_may_pay(self) -> float:
        """How often it will be interpreted, whatever comes, before it is asked whether compiling pays.

        Zero if that is not known, or if it has a program.
        """
        only = self._only
        if only is None or only.program is not None or only.parts:
            return 0
        return math.inf if only.refused is not None else only.pays_not_before - only.runs

    def count_runs(self, times: int) -> None:
        """Note that what it does was interpreted so many times without it."""
        if self._only is not None:
            self._only.runs += times

    def _specialisation(self, values: list[Any]) -> Specialisation | None:
        """That of the shapes and static values in the frame; None if there are too many already."""
        key: list[Any] = [values[slot].shape for slot in self._varying_slots]
        for slot in self._static_slots:
            value = np.asarray(values[slot])
            if value.size > _MAX_STATIC_ELEMENTS:
                return None
            key.append((value.shape, value.tobytes()))
        key += [variable.shape for variable in self._varying_variables]
        found = self.specialisations.get(tuple(key))
        if found is None:
            if len(self.specialisations) >= _MOST_SPECIALISATIONS:
                return None
            found = self.specialisations[tuple(key)] = Specialisation()
        return found

    def _maybe_compile(self, chosen: Specialisation, values: list[Any], step: Step) -> Any:
        """The program to run if compiling pays now; else run interpreted and return None."""
        tier = current_options().tier
        if tier == "interpret":
            step.interpret(self.instructions, values)
            return None
        if tier == "compile" or self._pays(chosen, values):
            return self._compile(chosen, values, step)
        chosen.runs += 1
        if chosen.interpreted_us == 0.0:
            self._interpret_and_estimate(chosen, values, step)
        else:
            step.interpret(self.instructions, values)
        return None

    def _pays(self, chosen: Specialisation, values: list[Any]) -> bool:
        if not chosen.runs:
            self._estimate_from_static_shapes(chosen)
        saved = chosen.interpreted_us - chosen.compiled_us
        compiled = sum(s.program is not None for s in self.specialisations.values())
        # Each program of the same cluster has to earn more than the one before: a text model that is fed a
        # new length every step must not compile for ever.
        cost_us = self.compile_us * (1 + compiled)
        if saved > 0 and (chosen.runs + 1) * saved > cost_us:
            return True
        if chosen.interpreted_us:  # it has been estimated
            chosen.pays_not_before = cost_us / saved - 1 if saved > 0 else math.inf
        return False

    def _estimate_from_static_shapes(self, chosen: Specialisation) -> None:
        """What is known before the first run: enough for an initialiser of a large variable."""
        interpreted = compiled = 0.0
        for op in self.nodes:
            tensors = [*op.inputs, *op.outputs]
            if is_loop(op) or any(t._shape is None or None in t._shape for t in tensors):
                return
            inputs, outputs = [_Sized(t) for t in op.inputs], [_Sized(t) for t in op.outputs]
            interpreted += cost.INTERPRETED_CALL + cost.cost_of(op, inputs, outputs, False)
            compiled += cost.cost_of(op, inputs, outputs, True)
        self._set_estimates(chosen, interpreted, compiled)

    def _interpret_and_estimate(self, chosen: Specialisation, values: list[Any], step: Step) -> None:
        """Run interpreted, and add up what the shapes that occur cost in either tier."""
        interpreted, compiled = -step.interpreted_us, -step.compiled_us
        for instruction in self.instructions:
            node = instruction.node
            arguments = [values[slot] for slot in instruction.inputs]
            step.interpret([instruction._replace(dead=())], values)
            output = instruction.output
            results = values[output] if isinstance(output, slice) else [values[output]]
            if isinstance(node, Operation):
                arguments = [a for a in arguments if not isinstance(a, Step)]
                interpreted += cost.INTERPRETED_CALL + cost.cost_of(node, arguments, results, False)
                compiled += cost.cost_of(node, arguments, results, True)
            for slot in instruction.dead:
                values[slot] = None
        # How often the bodies of loops ran is known now.
        self._set_estimates(chosen, interpreted + step.interpreted_us, compiled + step.compiled_us)

    def _set_estimates(self, chosen: Specialisation, interpreted: float, compiled: float) -> None:
        per_variable = cost.COMPILED_WRITE if any(map(is_writer, self.nodes)) else cost.COMPILED_READ
        chosen.interpreted_us = interpreted
        chosen.compiled_us = (
            compiled
            + cost.COMPILED_CALL
            + cost.COMPILED_INPUT * len(self.inputs)
            + cost.COMPILED_OUTPUT * len(self.outputs)
            + per_variable * len(set(self.variables.values()))
        )

    def _compile(self, chosen: Specialisation, values: list[Any], step: Step) -> Any:
        started = time.perf_counter()
        try:
            with kept():  # whoever computes with small numbers while jax is imported, say
                compile_cluster = self._compiler()
                chosen.program = compile_cluster(self, values, step, self.resources)
            self.is_compiled = True
            chosen.compile_seconds = time.perf_counter() - started
        except Failure:
            raise
        except FailedPreconditionError:
            # Perhaps only a branch that is not taken reads the variable; compile when it has a value.
            step.interpret(self.instructions, values)
            return None
        except Exception as error:
            chosen.compile_seconds = time.perf_counter() - started
            refused = getattr(error, "refused", None)
            if isinstance(error, KernelFailed):
                error = error.error
            # A kernel that cannot be traced costs speed, never the program.  What it had against the shapes
            # and known values it will have the next time: tracing it again would leave more behind in JAX.
            chosen.refused = f"{type(error).__name__}: {error}"
            chosen.parts = self._parts_without(refused)
            # Whatever a kernel had against the values, the interpreted tier says what and where.
            step.interpret(self.instructions, values)
            if current_options().tier == "compile" and not isinstance(error, CannotCompile):
                raise error
            return None
        return chosen.program

    def _parts_without(self, refused: Operation | None) -> list[Any]:
        """Units that do what it does, without a conditional, loop or array that no program can have."""
        if refused is None or self._split is None:
            return []
        traits = traits_of(refused.type)
        if traits.calls is None and not traits.of_step:
            return []
        if refused not in self._parts:
            self._parts[refused] = self._split(self, refused)
        return self._parts[refused]


class _Sized:
    """Shape and size of a tensor whose shape is known, as the cost estimates want them."""

    __slots__ = ("shape", "nbytes")

    def __init__(self, tensor: Tensor) -> None:
        self.shape = tensor._shape
        count = 1
        for size in self.shape or ():
            count *= size or 0
        self.nbytes = count * (tensor.dtype.base_dtype.size or 1)


def _inputs_known_by_value(
    nodes: Sequence[Operation], inputs: Collection[Tensor], constants: dict[Tensor, Any]
) -> list[Tensor]:
    """The cluster inputs that static inputs of its nodes are computed from."""
    found: dict[Tensor, None] = {}
    seen: set[Tensor] = set()
    makers = {tensor: op for op in nodes for tensor in op.outputs}
    waiting = [tensor for op in nodes for tensor in static_inputs(op)]
    while waiting:
        tensor = waiting.pop()
        if tensor in seen or tensor in constants:
            continue
        seen.add(tensor)
        if tensor in inputs:
            found[tensor] = None
        elif tensor in makers and traits_of(tensor.op.type).reads_only is None:
            waiting.extend(makers[tensor].inputs)
    return list(found)
