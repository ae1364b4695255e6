"""Where the microseconds of `session.run(y, {x: value})` go: `python -m benchmarks.run_path`.

The parts of the path are run alone, again and again, with the objects of a real session, for `x * 2 + 1`
fed a vector.  The best of many rounds counts; the parts are interleaved, so that a busy machine is unfair to
all alike.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import Any

import numpy as np

from perdure import tf
from perdure.runtime.execution.executable import Executable
from perdure.runtime.execution.interpret import STEP, interpret
from perdure.runtime.execution.silence import SILENT, current_handling, set_handling
from perdure.runtime.execution.step import Step, fetched
from perdure.session.feeds import map_feeds

ROUNDS, CALLS = 40, 2000


def parts() -> dict[str, Callable[[], Any]]:
    """The parts of the path, and the whole of it."""
    x = tf.placeholder(tf.float32, [None])
    y = x * 2 + 1
    value = np.arange(16, dtype=np.float32)
    session = tf.Session()
    session.run(y, {x: value})
    step_of = session.make_callable(y, [x])
    mapping = session._mappings[y]
    executable: Executable = next(iter(session._executables.values()))
    feeds = map_feeds({x: value}, session.graph)
    key, values = (mapping, *feeds), list(feeds.values())
    (unit,) = executable.units
    frame = executable._template.copy()
    frame[executable._feed_slots[0]] = values[0]
    result = executable.run(values)

    def new_step() -> None:
        Step(executable._resources).carry_out(lambda: None)

    def silent() -> None:
        handling = current_handling()
        set_handling(SILENT)
        set_handling(handling)

    def unit_run() -> None:
        unit.run(frame.copy(), Step(executable._resources))

    def kernels() -> None:
        interpret(unit.instructions, frame.copy())

    def arithmetic() -> None:
        np.add(np.multiply(value, np.float32(2)), np.float32(1))

    assert frame[STEP] is None
    return {
        "the whole `session.run`": lambda: session.run(y, {x: value}),
        "the whole `make_callable` function": lambda: step_of(value),
        "fetches to mapping: one dictionary": lambda: session._mappings.get(y),
        "feeds to arrays": lambda: map_feeds({x: value}, session.graph),
        "executable: one dictionary, a key of feeds": lambda: session._ready.get((mapping, *feeds)),
        "`executable.run`, all of the below": lambda: executable.run(values),
        "frame: a copy of a list": lambda: executable._template.copy(),
        "step: made, committed": new_step,
        "NumPy's warnings: off and on": silent,
        "cluster: which tier, then its kernels": unit_run,
        "kernels by themselves, with the frame's slots": kernels,
        "the same arithmetic in plain NumPy": arithmetic,
        "fetches handed over": lambda: [fetched(array) for array in result],
        "result in the structure of the fetches": lambda: mapping.rebuild(result),
        "an empty call, in each of the above": lambda: key and None,
    }


def main() -> None:
    """Measure and print a Markdown table."""
    measured = parts()
    best = dict.fromkeys(measured, float("inf"))
    for _ in range(ROUNDS):
        for name, part in measured.items():
            best[name] = min(best[name], timeit.timeit(part, number=CALLS) / CALLS)
    print("| part | µs |\n| --- | ---: |")
    for name, seconds in best.items():
        print(f"| {name} | {seconds * 1e6:.2f} |")


if __name__ == "__main__":
    main()
