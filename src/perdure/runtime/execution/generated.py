"""The body of a function as one function of Python's: a line for each kernel call.

An interpreted loop spends more on finding the values of a small kernel than in it.  In a generated function
they are local variables; that of a loop's body has the loop in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from traceback import walk_tb
from typing import Any, NoReturn

import numpy as np

from perdure.runtime.execution.interpret import STEP, UNWANTED, Failure, Instruction, refusal

_FILE = "<the body of a function of the graph>"


class Generated:
    """What `instructions` do on a frame, as functions of the step and the arguments.

    Args:
        instructions: kernel calls, in order.
        template: the frame they start from: constants and handles in their slots.
        inputs: the slots of the arguments.
        outputs: the slots of the results.
    """

    def __init__(
        self,
        instructions: Sequence[Instruction],
        template: Sequence[Any],
        inputs: Sequence[int],
        outputs: Sequence[int],
    ) -> None:
        self._instructions = instructions
        self._template = template
        self._inputs = inputs
        self._outputs = outputs
        self._given = {STEP, *inputs}
        self._made = {slot for i in instructions for slot in _made(i)}
        self._names = {STEP: "step", UNWANTED: "_"}
        self._scope: dict[str, Any] = {"true": np.True_, "false": np.False_}
        self._first_lines: dict[Any, int] = {}  # of functions: where the first kernel is called
        self._body: Any = None
        self._loops: dict[int, Any] = {}

    def __call__(self, step: Any, arguments: Sequence[Any]) -> list[Any]:
        """Run the body once.

        Raises:
            Failure: a kernel raised an exception.
        """
        if self._body is None:
            lines = ["def body(step, arguments):", self._taken_from("arguments"), *self._calls(" ")]
            lines.append(f" return [{self._listed(self._outputs)}]")
            self._body = self._compiled("body", lines, 3)
        try:
            return self._body(step, arguments)  # type: ignore[no-any-return]
        except Exception as error:
            self._fail(error)

    def repeated(
        self, step: Any, arguments: Sequence[Any], holds: Callable[[Any], bool], asked: int, most: float
    ) -> tuple[list[Any], int]:
        """Run the body until a condition holds no more; each run takes what the one before has made.

        Args:
            step: the step.
            arguments: those of the first run.
            holds: says whether the value of a condition is true, or refuses it.
            asked: the position of the condition among the arguments.
            most: how often it may run.

        Returns:
            The results of the last run, and how many there were.

        Raises:
            Failure: a kernel raised an exception.
        """
        if asked not in self._loops:
            condition = self._name(self._inputs[asked])
            lines = ["def loop(step, arguments, holds, most):", self._taken_from("arguments"), " times = 0"]
            # What comparisons of scalars make is one of two objects.
            again = f"{condition} is true or {condition} is not false and holds({condition})"
            lines.append(f" while times < most and ({again}):")
            lines += self._calls("  ")
            changed = [pair for pair in zip(self._inputs, self._outputs, strict=True) if pair[0] != pair[1]]
            if changed:
                after = self._listed([slot for _, slot in changed])
                lines.append(f"  {self._listed([slot for slot, _ in changed])}= {after}")
            lines += ["  times += 1", f" return [{self._listed(self._inputs)}], times"]
            self._loops[asked] = self._compiled("loop", lines, 5)
        try:
            return self._loops[asked](step, arguments, holds, most)  # type: ignore[no-any-return]
        except Exception as error:
            self._fail(error)

    def _name(self, slot: int) -> str:
        if slot in self._names:
            return self._names[slot]
        if slot in self._given or slot in self._made:
            found = f"v{slot}"
        else:
            found = f"c{slot}"
            self._scope[found] = self._template[slot]
        self._names[slot] = found
        return found

    def _listed(self, slots: Sequence[int]) -> str:
        return "".join(f"{self._name(slot)}, " for slot in slots)

    def _taken_from(self, arguments: str) -> str:
        return f" {self._listed(self._inputs)}= {arguments}" if self._inputs else " pass"

    def _calls(self, indent: str) -> list[str]:
        """A line for each instruction."""
        lines = []
        name = self._name
        for number, (call, taken, output, dead, _) in enumerate(self._instructions):
            self._scope[f"k{number}"] = call
            called = f"k{number}({', '.join(map(name, taken))})"
            made = output if isinstance(output, int) else None
            targets = self._listed(_made(self._instructions[number])) if made is None else name(made)
            let_go = "".join(
                f"; {name(slot)} = None"
                for slot in dead
                if slot in self._made or slot in self._given and slot != STEP
            )
            lines.append(f"{indent}{targets} = {called}{let_go}" if targets else f"{indent}{called}{let_go}")
        return lines

    def _compiled(self, name: str, lines: Sequence[str], first: int) -> Any:
        scope = dict(self._scope)
        exec(compile("\n".join(lines), _FILE, "exec"), scope)
        self._first_lines[scope[name].__code__] = first
        return scope[name]

    def _fail(self, error: Exception) -> NoReturn:
        """Say which kernel has failed, if one has."""
        frame, line = next(
            (frame, line) for frame, line in walk_tb(error.__traceback__) if frame.f_code in self._first_lines
        )
        number = line - self._first_lines[frame.f_code]
        if not 0 <= number < len(self._instructions):
            raise error
        instruction = self._instructions[number]
        names = self._names
        values = [
            frame.f_locals.get(names[slot], self._scope.get(names[slot])) for slot in instruction.inputs
        ]
        raise Failure(instruction.node, refusal(instruction, values, error)) from error


def _made(instruction: Instruction) -> Sequence[int]:
    output = instruction.output
    return range(output.start, output.stop) if isinstance(output, slice) else (output,)
