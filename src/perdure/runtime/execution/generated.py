"""The body of a function as one function of Python's: a line for each kernel call.

An interpreted loop spends more on finding the values of a small kernel than in it.  In a generated function
they are local variables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from traceback import walk_tb
from typing import Any

from perdure.runtime.execution.interpret import STEP, UNWANTED, Failure, Instruction, refusal

_FILE = "<the body of a function of the graph>"


def generated(
    instructions: Sequence[Instruction],
    template: Sequence[Any],
    inputs: Sequence[int],
    outputs: Sequence[int],
) -> Callable[[Any, Sequence[Any]], list[Any]]:
    """A function of the step and the arguments that does what `instructions` do on a frame.

    Args:
        instructions: kernel calls, in order.
        template: the frame they start from: constants and handles in their slots.
        inputs: the slots of the arguments.
        outputs: the slots of the results.
    """
    given = {STEP, *inputs}
    made = {slot for i in instructions for slot in _made(i)}
    names = {STEP: "step", UNWANTED: "_"}
    scope: dict[str, Any] = {}

    def name(slot: int) -> str:
        if slot in names:
            return names[slot]
        if slot in given or slot in made:
            found = f"v{slot}"
        else:
            found = f"c{slot}"
            scope[found] = template[slot]
        names[slot] = found
        return found

    arguments = "".join(f"{name(slot)}, " for slot in inputs)
    lines = ["def body(step, arguments):", f" {arguments}= arguments" if inputs else " pass"]
    for number, (call, taken, output, dead, _) in enumerate(instructions):
        scope[f"k{number}"] = call
        called = f"k{number}({', '.join(map(name, taken))})"
        targets = (
            "".join(f"{name(slot)}, " for slot in range(output.start, output.stop))
            if isinstance(output, slice)
            else name(output)
        )
        let_go = "".join(
            f"; {name(slot)} = None" for slot in dead if slot in made or slot in given and slot != STEP
        )
        lines.append(f" {targets} = {called}{let_go}" if targets else f" {called}{let_go}")
    lines.append(f" return [{', '.join(map(name, outputs))}]")
    exec(compile("\n".join(lines), _FILE, "exec"), scope)
    body = scope["body"]

    def run(step: Any, arguments: Sequence[Any]) -> list[Any]:
        try:
            return body(step, arguments)
        except Exception as error:
            frame, line = next(
                (frame, line) for frame, line in walk_tb(error.__traceback__) if frame.f_code is body.__code__
            )
            number = line - 3
            if not 0 <= number < len(instructions):
                raise
            instruction = instructions[number]
            values = [frame.f_locals.get(names[slot], scope.get(names[slot])) for slot in instruction.inputs]
            raise Failure(instruction.node, refusal(instruction, values, error)) from error

    return run


def _made(instruction: Instruction) -> Sequence[int]:
    output = instruction.output
    return range(output.start, output.stop) if isinstance(output, slice) else (output,)
