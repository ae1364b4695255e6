"""Random programs, and the comparison of planned execution with the naive evaluator.

    python -m tests.runtime.random_graphs --count 5000 --seed 0

A seed is a graph, a few feeds and a few steps (`random_programs.py`).  Each step runs naively, interpreted,
compiled, and with tiers that change from one step to the next; results, errors, variables and random streams
must agree.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import numpy as np

from perdure import tf
from perdure.formats.messages import ConfigProto
from perdure.graph.func_graph import Function
from perdure.resources.streams import RandomStream
from perdure.runtime.execution.cluster import Cluster
from perdure.runtime.execution.interpret import STEP
from perdure.runtime.options import options
from tests.runtime.naive import Failed, NaiveSession, needed, read_only
from tests.runtime.random_networks import NETWORKS
from tests.runtime.random_programs import Program
from tests.runtime.random_recipes import RECIPES


@contextmanager
def hot_after_one_run() -> Iterator[None]:
    """Clusters run interpreted once, then are compiled."""
    with mock.patch.object(Cluster, "_pays", lambda self, chosen, values: chosen.runs >= 1):
        with options(tier="auto"):
            yield


TIERS: dict[str, Callable[[], Any]] = {
    "interpret": lambda: options(tier="interpret"),
    "compile": lambda: options(tier="compile"),
    "auto": hot_after_one_run,
}


class Different(AssertionError):
    """Planned execution did something else than the naive evaluator."""


def steps_of(p: Program) -> list[tuple[list[Any], dict[Any, Any]]]:
    """Fetches and feeds of some steps."""
    rng = p.rng
    tensors = [v.tensor for v in p.values]
    some = rng.sample(tensors, min(len(tensors), rng.randint(4, 12)))
    some += rng.sample(p.gradients, min(len(p.gradients), 4))
    some += rng.sample(p.writers, min(len(p.writers), rng.randint(1, 4)))
    initialized = [variable for variable, _, _ in p.variables if variable not in p.uninitialized]
    some += [variable for variable in initialized if rng.random() < 0.3]
    steps = [(some, p.feeds[0]), (some, p.feeds[1]), (some, p.feeds[2]), (some, p.feeds[0])]
    if p.bad:
        feeds = dict(p.feeds[1])
        for bad in rng.sample(p.bad, min(len(p.bad), rng.choice((1, 1, 2)))):
            feeds.update(bad)
        # What fails, beside what writes.
        steps.insert(rng.randint(1, 3), (some, feeds))
        steps.append((tensors + p.writers, feeds))
    others = rng.sample(tensors, min(len(tensors), 6)) + rng.sample(p.writers, min(len(p.writers), 2))
    feeds = dict(p.feeds[1])
    for value in rng.sample(p.values, min(len(p.values), 3)):
        example = value.examples[1]  # type: ignore[index]
        if value.dtype == "bool":
            feeds[value.tensor] = p.numbers.rand(*example.shape) < 0.5
        elif value.tensor.op.type != "Placeholder":
            feeds[value.tensor] = p.numbers.randint(0, 2, example.shape).astype(example.dtype)
    steps += [(others, feeds), (others, feeds)]
    if p.uninitialized:
        steps.append((others + list(p.uninitialized), p.feeds[0]))
    if p.failing and rng.random() < 0.5:
        steps.append(([rng.choice(p.failing), *others], p.feeds[0]))
    return steps


def check(
    seed: int,
    tiers: tuple[str, ...] = ("interpret", "compile", "auto"),
    operations: int = 22,
    networks: bool = False,
) -> int:
    """Compare all ways to run the program of a seed.

    Args:
        seed: what the program is made from.
        tiers: the ways to run it, keys of `TIERS`.
        operations: how many recipes to try.
        networks: whether layers, branches, loops and optimizers are among them.

    Returns:
        How many steps succeeded.

    Raises:
        Different: two of them differ.
    """
    with tf.Graph().as_default(), ExitStack() as sessions:
        program = Program(seed, operations, RECIPES + NETWORKS if networks else RECIPES)
        steps = steps_of(program)
        initialized = [v for v, _, _ in program.variables if v not in program.uninitialized]
        initializer = tf.variables_initializer(initialized)
        naive = NaiveSession()
        naive.run([], [initializer], {})
        planned = {}
        for tier in tiers:
            planned[tier] = sessions.enter_context(tf.Session(config=ConfigProto(device_count={"CPU": 2})))
            with TIERS[tier]():
                planned[tier].run(initializer)
        good = 0
        for number, (fetches, feeds) in enumerate(steps):
            where = f"seed {seed} step {number}"
            succeeded = one_step(where, program, naive, planned, fetches, feeds)
            good += succeeded
            if not succeeded and calls_python(fetches, feeds):
                break  # a step has what it wrote before a function of the program's was called
        for session in planned.values():
            for executable in session._executables.values():
                check_frame(f"seed {seed}", executable)
        return good


def calls_python(fetches: Any, feeds: Any) -> bool:
    """Whether a function of the program's is called in a step."""
    wanted = [getattr(fetch, "op", fetch) for fetch in fetches]
    return any(map(_calls_python, needed(wanted, set(feeds))))


def _calls_python(op: Any) -> bool:
    bodies = [value.graph for value in op.attrs.values() if isinstance(value, Function)]
    return op.type.startswith("PyFunc") or any(
        _calls_python(inner) for body in bodies for inner in body.get_operations()
    )


def check_frame(where: str, executable: Any) -> None:
    """What a cluster takes from outside is there when it begins, and what it hands on was made in it."""
    filled = {slot for slot, value in enumerate(executable._template) if value is not None}
    filled |= {STEP, *executable._feed_slots}
    for unit in executable.units:
        taken = [unit.slots[tensor] for tensor in unit.inputs] if isinstance(unit, Cluster) else []
        if not filled.issuperset(taken):
            raise Different(f"{where}: {unit.nodes} begin without {sorted({*taken} - filled)}")
        made = set()
        for instruction in unit.instructions:
            if not filled.issuperset(instruction.inputs):
                raise Different(f"{where}: {instruction.node} runs without its inputs")
            output = instruction.output
            made |= set(range(output.start, output.stop)) if isinstance(output, slice) else {output}
            filled = (filled | made) - set(instruction.dead)
        if isinstance(unit, Cluster) and not made.issuperset(unit.slots[t] for t in unit.outputs):
            raise Different(f"{where}: {unit.nodes} do not make all that they hand on")
    if not filled.issuperset(executable._fetch_slots):
        raise Different(f"{where}: what is fetched is not there at the end")


def one_step(where: str, p: Program, naive: NaiveSession, planned: Any, fetches: Any, feeds: Any) -> bool:
    tensors = [f for f in fetches if isinstance(f, tf.Tensor)]
    tensors += [f._ref() if hasattr(f, "_ref") else f.value() for f in fetches if isinstance(f, tf.Variable)]
    targets = [f for f in fetches if isinstance(f, tf.Operation)]
    errors: dict[str, Exception] = {}
    expected: list[Any] = []
    positions = {name: stream.position for name, stream in naive.streams.items()}
    try:
        expected = naive.run(tensors, targets, {t: read_only(v) for t, v in feeds.items()})
    except Failed as failed:
        errors = failed.errors
    moved: dict[str, dict[str, int]] = {}
    for tier, session in planned.items():
        place = f"{where} ({tier})"
        try:
            with TIERS[tier]():
                results = session.run([tensors, targets], feeds)[0]
        except tf.errors.OpError as error:
            compare_error(place, error, errors)
        except Exception as error:
            raise Different(f"{place}: {type(error).__name__}: {error}") from error
        else:
            if errors:
                raise Different(f"{place}: succeeded, but should have failed: {errors}")
            for tensor, found, wanted in zip(tensors, results, expected, strict=True):
                compare(f"{place}: {tensor} ({tensor.op.type})", found, wanted, tolerance(p, tensor))
        if errors and calls_python(fetches, feeds):
            continue
        for key, variable in session._resources.variables.items():
            naive_value = naive.variables[key].value
            if (variable.value is None) != (naive_value is None):
                raise Different(f"{place}: {variable.name} is {variable.value}, not {naive_value}")
            if naive_value is not None:
                error = 1e-2 if naive_value.dtype.kind == "f" else 0.0
                compare(f"{place}: variable {variable.name}", variable.value, naive_value, error)
        streams = session._resources._own[RandomStream.kind]
        moved[tier] = {name: stream.position for (_, name), stream in streams.items()}
    if errors and calls_python(fetches, feeds):
        return False
    first, *others = moved.values()
    for other in others:
        for name in first.keys() & other.keys():
            if first[name] != other[name]:
                raise Different(f"{where}: stream of {name} is at {moved} in different tiers")
    for name, position in first.items():
        if errors:  # which of them were drawn before the failure is open
            if name in naive.streams:
                if not positions.get(name, 0) <= position:
                    raise Different(f"{where}: stream of {name} went back")
                naive.streams[name]._counter = position
        elif name in naive.streams and naive.streams[name].position != position:
            raise Different(f"{where}: stream of {name} is at {position}, not {naive.streams[name].position}")
    return not errors


def tolerance(p: Program, tensor: Any) -> float:
    for value in p.values:
        if value.tensor is tensor:
            return 4 * value.error
    if tensor.dtype.base_dtype.is_floating:
        return -1.0  # a gradient: relative to the largest
    return 0.0


def compare(where: str, found: Any, wanted: Any, error: float) -> None:
    found, wanted = np.asarray(found), np.asarray(wanted)
    if found.dtype != wanted.dtype or found.shape != wanted.shape:
        raise Different(f"{where}: {found.dtype}{found.shape} instead of {wanted.dtype}{wanted.shape}")
    if found.dtype.kind not in "fV" or not error:
        same = np.array_equal(found, wanted, equal_nan=found.dtype.kind == "f")
    else:
        one, other = found.astype(np.float64), wanted.astype(np.float64)
        if error < 0:
            error = 2e-3 * max(1.0, np.max(np.abs(other), initial=0.0, where=np.isfinite(other)))
        same = np.allclose(one, other, 1e-6, error, equal_nan=True)
    if not same:
        raise Different(f"{where}: {found} instead of {wanted} (within {error})")


def compare_error(where: str, error: Any, errors: dict[str, Exception]) -> None:
    if not errors:
        raise Different(f"{where}: {type(error).__name__}: {error}") from error
    name = error.op.name if error.op is not None else None
    wanted: Any = errors.get(name)  # type: ignore[arg-type]
    if wanted is None:
        raise Different(f"{where}: {error} at {name}, not at one of {sorted(errors)}") from error
    if type(wanted) is not type(error):
        raise Different(f"{where}: {type(error).__name__}, not {type(wanted).__name__}: {error}") from error
    if wanted.message != error.message:
        raise Different(f"{where}: says {error.message!r}, not {wanted.message!r}") from error


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--operations", type=int, default=22)
    parser.add_argument("--networks", action="store_true", help="with layers, branches and optimizers")
    parser.add_argument("--tiers", default="interpret,compile,auto")
    parser.add_argument("--stop", action="store_true", help="at the first difference, with its traceback")
    arguments = parser.parse_args()
    tf.logging.set_verbosity(tf.logging.ERROR)
    failed, good = [], 0
    tiers = tuple(arguments.tiers.split(","))
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict("os.environ", {"XDG_CACHE_HOME": folder}):
        for seed in range(arguments.seed, arguments.seed + arguments.count):
            try:
                good += check(seed, tiers, arguments.operations, arguments.networks)
            except Exception as error:
                failed.append(seed)
                print(f"{seed}: {type(error).__name__}: {str(error)[:600]}", flush=True)
                if arguments.stop:
                    traceback.print_exc()
                    break
    print(f"{arguments.count} graphs, {good} steps that succeeded, {len(failed)} failures: {failed}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
