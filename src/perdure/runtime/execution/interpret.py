"""The interpreted tier: kernel calls one after another, over the slots of a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from perdure.arrays import numpy_arrays
from perdure.graph.operation import Operation
from perdure.ops.registry import OpDefinition, lookup
from perdure.runtime.planning.order import Node

# The first two slots of a frame: the step itself, and the results that nobody wants.
STEP, UNWANTED = 0, 1


class Instruction(NamedTuple):
    """A kernel call.

    Attributes:
        call: the bound kernel.
        inputs: the slots of its arguments.
        output: the slot of its result, or the slice of slots of its results.
        dead: the slots whose values nobody needs after it.
        node: whose kernel it is.
    """

    call: Callable[..., Any]
    inputs: tuple[int, ...]
    output: int | slice
    dead: tuple[int, ...]
    node: Node


class Failure(Exception):
    """What a kernel raised, with its node; turned into the user's error by the executable."""

    def __init__(self, node: Node, error: Exception) -> None:
        super().__init__(str(error))
        self.node = node
        self.error = error


def interpret(instructions: Sequence[Instruction], values: list[Any]) -> None:
    """Run `instructions` on a frame.

    Args:
        instructions: kernel calls, in order.
        values: the frame: the value of each slot; changed in place.

    Raises:
        Failure: a kernel raised an exception.
    """
    node: Any = None
    call: Any = None
    inputs: tuple[int, ...] = ()
    try:
        for call, inputs, output, dead, node in instructions:  # noqa: B007 - the last one failed
            values[output] = call(*[values[slot] for slot in inputs])
            for slot in dead:
                values[slot] = None
    except Exception as error:
        instruction = Instruction(call, inputs, UNWANTED, (), node)
        raise Failure(node, refusal(instruction, [values[slot] for slot in inputs], error)) from error


def refusal(instruction: Instruction, arguments: list[Any], error: Exception) -> Exception:
    """What is wrong with the arguments of a kernel call that raised `error`."""
    node = instruction.node
    definition = lookup(node.type) if isinstance(node, Operation) else None
    if definition is not None and definition.direct is instruction.call:
        return _in_words_of_the_kernel(definition, arguments, error)
    return error


def _in_words_of_the_kernel(definition: OpDefinition, arguments: list[Any], error: Exception) -> Exception:
    """What the kernel says of arguments on which the function called in its place failed."""
    assert definition.kernel_rule is not None
    try:
        definition.kernel_rule.function(numpy_arrays(), *arguments)
    except Exception as better:
        return better
    return error


def with_releases(instructions: list[Instruction], keep: set[int]) -> list[Instruction]:
    """Let each instruction drop the values that it is the last to use.

    Args:
        instructions: kernel calls, in order.
        keep: slots that are needed afterwards.
    """
    keep = keep | {STEP, UNWANTED}
    released: list[Instruction] = []
    for instruction in reversed(instructions):
        output = instruction.output
        made = range(output.start, output.stop) if isinstance(output, slice) else (output,)
        dead = tuple({slot for slot in (*instruction.inputs, *made) if slot not in keep})
        keep.update(dead)
        released.append(instruction._replace(dead=dead))
    released.reverse()
    return released
