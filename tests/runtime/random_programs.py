"""Random programs: graphs with feeds, and what is known of the sizes and roundings of their numbers.

Programs may compute the same real number with different roundings.  So each value has a bound of its
magnitude and one of its error, and what jumps (comparisons, casts to integers, indices) is only made of
values without error.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

from perdure import tf
from tests.runtime.naive import NaiveSession, Walk, read_only

# Three sets of feeds; the first two have the same shapes, the third another.
SIZES = ({"n": 3, "m": 2}, {"n": 3, "m": 2}, {"n": 5, "m": 1})
ROUNDING = {"float64": 4e-16, "float32": 4e-7, "float16": 2e-3, "bfloat16": 1.6e-2}
LARGEST = 1e5


@dataclass
class Value:
    """A tensor of the program.

    Attributes:
        tensor: the tensor.
        examples: a value for each set of feeds; None if even the shape depends on what a step finds.
        bound: how large its numbers are at most.
        error: by how much two ways to compute them may differ.
        smooth: whether its derivative does not jump where there is an error.
    """

    tensor: Any
    examples: list[np.ndarray] | None
    bound: float = 1.0
    error: float = 0.0
    smooth: bool = True

    @property
    def dtype(self) -> str:
        return self.tensor.dtype.base_dtype.name

    @property
    def is_float(self) -> bool:
        return self.tensor.dtype.base_dtype.is_floating

    @property
    def rank(self) -> int:
        assert self.examples is not None
        return self.examples[0].ndim

    @property
    def size(self) -> int:
        assert self.examples is not None
        return max(example.size for example in self.examples)


class Refused(Exception):
    """No such operation can be made of the values there are."""


Recipe = Callable[["Program"], Any]


class Program:
    """A graph with its feeds.

    Args:
        seed: what it is made from.
        operations: how many recipes to try.
        recipes: functions that make values of the program's values, with their frequencies.
    """

    def __init__(self, seed: int, operations: int, recipes: Sequence[tuple[Recipe, int]]) -> None:
        self.recipes = [recipe for recipe, _ in recipes]
        self.frequencies = [frequency for _, frequency in recipes]
        self.rng = random.Random(seed)
        self.numbers = np.random.RandomState(seed % 2**32)
        self.values: list[Value] = []
        self.feeds: list[dict[Any, np.ndarray]] = [{}, {}, {}]
        self.bad: list[dict[Any, np.ndarray]] = []  # feeds with which something fails
        self.failing: list[Any] = []  # tensors that fail
        self.variables: list[tuple[Any, np.ndarray, Value]] = []
        self.writers: list[Any] = []
        self.uninitialized: set[Any] = set()
        self.gradients: list[Any] = []
        self.drawn: set[str] = set()
        tf.set_random_seed(seed % 1000)
        self.sessions = [NaiveSession() for _ in SIZES]
        self.walks = [Walk(session, {}) for session in self.sessions]
        self.make_inputs()
        for _ in range(operations):
            self.make_one()

    # -- building blocks ---------------------------------------------------------------

    def numbers_for(self, dtype: str, shape: Any, low: int = -4, high: int = 5) -> np.ndarray:
        whole = self.numbers.randint(low, high, shape)
        if dtype in ROUNDING and self.rng.random() < 0.5:
            return (whole + self.numbers.rand(*shape)).astype(as_numpy(dtype))
        return np.asarray(whole).astype(as_numpy(dtype))

    def placeholder(self, dtype: str, sizes: tuple[Any, ...], low: int = -4, high: int = 5) -> Value:
        known = self.rng.random()
        static = None if known < 0.15 else [None if isinstance(s, str) else s for s in sizes]
        tensor = tf.placeholder(dtype, static)
        examples = []
        for feeds, walk, lengths in zip(self.feeds, self.walks, SIZES, strict=True):
            shape = tuple(lengths.get(s, s) for s in sizes)
            feeds[tensor] = self.numbers_for(dtype, shape, low, high)
            walk.values[tensor] = read_only(feeds[tensor])
            walk.fed.add(tensor)
            examples.append(feeds[tensor])
        return Value(tensor, examples, max(abs(low), high) + 1.0)

    def make_inputs(self) -> None:
        for dtype in ("float32", "float32", "int32", self.rng.choice(("float64", "int64", "float32"))):
            sizes = self.rng.choice((("n",), ("n", "m"), ("n", 2), (2, "n"), (3,), (), ("m", 3), (2, "m", 2)))
            self.values.append(self.placeholder(dtype, sizes))
        for dtype in ("float32", "int32"):
            shape = self.rng.choice(((), (3,), (2, 3), (4, 2)))
            self.values.append(self.constant(self.numbers_for(dtype, shape)))
        for _ in range(self.rng.randint(1, 3)):
            self.make_variable()

    def constant(self, value: Any) -> Value:
        value = np.asarray(value)
        return self.examined(tf.constant(value), float(np.max(np.abs(value), initial=1.0)) + 1)

    def make_variable(self) -> None:
        dtype = self.rng.choice(("float32", "float32", "int32", "float64", "int64"))
        shape = self.rng.choice(((), (3,), (2, 3), (4, 2), (4,)))
        initial = self.numbers_for(dtype, shape)
        variable = tf.Variable(initial, use_resource=self.rng.random() < 0.4)
        if self.rng.random() < 0.05:
            self.uninitialized.add(variable)
        self.adopt(variable, initial)

    def adopt_variables(self) -> None:
        """Take in the variables that a library has made."""
        known = {variable for variable, _, _ in self.variables}
        for variable in tf.global_variables():
            if variable not in known:
                initial = [np.asarray(evaluated(walk, variable.initial_value)) for walk in self.walks]
                self.adopt(variable, initial[0])

    def adopt(self, variable: Any, initial: np.ndarray) -> None:
        """Take in a variable, which has its initial value from now on."""
        dtype = variable.dtype.base_dtype.name
        for walk, session in zip(self.walks, self.sessions, strict=True):
            handle = variable.op.outputs[0]
            walk.evaluate(handle.op)
            walk.values[handle].value = read_only(initial)
            assert session.variables
        bound = 200.0 if dtype in ROUNDING else 1e9
        error = 200 * ROUNDING[dtype] if dtype in ROUNDING else 0.0
        value = self.examined(variable.value(), bound, error * 100)
        self.variables.append((variable, initial, value))
        if variable not in self.uninitialized:
            self.values.append(value)

    def examined(self, tensor: Any, bound: float, error: float = 0.0, smooth: bool = True) -> Value:
        """A Value with what the tensor is for each set of feeds.

        Raises:
            Refused: it fails, or grows too large.
        """
        examples = []
        for walk, session in zip(self.walks, self.sessions, strict=True):
            kept = {key: variable.value for key, variable in session.variables.items()}
            try:
                examples.append(np.asarray(evaluated(walk, tensor)))
            except Refused:
                raise
            except Exception as failure:
                self.failing.append(tensor)
                raise Refused(str(failure)) from failure
            finally:
                for key, variable in session.variables.items():
                    variable.value = kept.get(key, variable.value)
        if tensor.dtype.base_dtype.is_floating:
            rounding = ROUNDING[tensor.dtype.base_dtype.name]
            if bound > LARGEST or error > 1e-3 * max(bound, 1.0) and rounding < 1e-3 or bound > 1 / rounding:
                raise Refused("too large")
        if max(example.size for example in examples) > 200 or len({e.ndim for e in examples}) > 1:
            raise Refused("too many")
        return Value(tensor, examples, bound, error, smooth)

    def pick(self, accept: Callable[[Value], bool] = lambda value: True) -> Value:
        found = [v for v in self.values if v.examples is not None and accept(v)]
        if not found:
            raise Refused("no such value")
        # Those made last more often, so that graphs grow deep.
        return found[min(int(len(found) * self.rng.random() ** 0.6), len(found) - 1)]

    def pick_float(self, min_rank: int = 0) -> Value:
        return self.pick(lambda v: v.is_float and v.rank >= min_rank)

    def pick_exact(self, min_rank: int = 0) -> Value:
        return self.pick(lambda v: v.error == 0 and v.dtype != "bool" and v.rank >= min_rank)

    def pick_integer(self, min_rank: int = 0) -> Value:
        return self.pick(lambda v: v.dtype in ("int32", "int64") and v.rank >= min_rank)

    def pick_with(self, other: Value) -> Value:
        """A value that broadcasts with another of the same type."""
        return self.pick(lambda v: v.dtype == other.dtype and broadcasts(v, other))

    def pick_like(self, other: Value) -> Value:
        return self.pick(lambda v: v.dtype == other.dtype and shapes_of(v) == shapes_of(other))

    def length(self, low: int = 0, high: int = 4) -> Value:
        """A small integer scalar that only a step knows: fed, of a shape, or constant."""
        kind = self.rng.random()
        if kind < 0.35:
            return self.placeholder("int32", (), max(low, 1), high)
        if kind < 0.75:
            value = self.pick(lambda v: v.rank > 0)
            axis = self.rng.randrange(value.rank)
            return self.examined(tf.shape(value.tensor)[axis], 10)
        return self.constant(np.int32(self.rng.randint(max(low, 1), high)))

    def rounding(self, value: Value, bound: float) -> float:
        """The error of computing a float of up to `bound` from floats; none for whole numbers."""
        return ROUNDING[value.dtype] * bound

    def make_one(self) -> None:
        recipe = self.rng.choices(self.recipes, self.frequencies)[0]
        with ExitStack() as scopes:
            if self.rng.random() < 0.15:
                scopes.enter_context(tf.device(self.rng.choice(("/cpu:0", "/cpu:1", "/device:CPU:1"))))
            if self.writers and self.rng.random() < 0.2:
                scopes.enter_context(tf.control_dependencies(self.rng.sample(self.writers, 1)))
            elif self.rng.random() < 0.05:
                scopes.enter_context(tf.control_dependencies([self.pick().tensor]))
            try:
                made = recipe(self)
            except Refused:
                return
            except TypeError as error:
                if "not in list of allowed values" not in str(error):
                    raise
                return
        for value in made if isinstance(made, list) else [made]:
            if value is not None:
                self.values.append(value)


# -- helpers -----------------------------------------------------------------------------


def as_numpy(dtype: str) -> Any:
    return tf.as_dtype(dtype).as_numpy_dtype


def evaluated(walk: Walk, tensor: Any) -> Any:
    """The value of a tensor, with all it depends on that has none yet."""
    waiting = [tensor.op]
    while waiting:
        op = waiting[-1]
        missing = [t.op for t in op.inputs if t not in walk.values]
        missing += [c for c in op._control_inputs if any(t not in walk.values for t in c.outputs)]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if not op.outputs or any(t not in walk.values for t in op.outputs):
            walk.evaluate(op)
    value = walk.values[tensor]
    return walk._given(value, False, False)


def shapes_of(value: Value) -> list[Any]:
    return [example.shape for example in value.examples or ()]


def broadcast_shapes(a: Value, b: Value) -> list[Any]:
    try:
        return [np.broadcast_shapes(s, t) for s, t in zip(shapes_of(a), shapes_of(b), strict=True)]
    except ValueError:
        return []


def broadcasts(a: Value, b: Value) -> bool:
    return bool(broadcast_shapes(a, b))


def is_never_empty(value: Value) -> bool:
    return all(example.size for example in value.examples or ())
