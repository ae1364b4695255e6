"""Random programs, and the comparison of planned execution with the naive evaluator.

    python -m tests.runtime.random_graphs --count 5000 --seed 0

A seed is a graph, a few feeds and a few steps.  Each step runs naively, interpreted, compiled, and with tiers
that change from one step to the next; results, errors, variables and random streams must agree.

Programs may compute the same real number with different roundings.  So each value has a bound of its
magnitude and one of its error, and what jumps (comparisons, casts to integers, indices) is only made of
values without error.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np

from perdure import tf
from perdure.formats.messages import ConfigProto
from perdure.runtime.cluster import Cluster
from perdure.runtime.options import options
from tests.runtime.naive import Failed, NaiveSession, Walk, read_only

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


class Program:
    """A graph with its feeds; made from a seed."""

    def __init__(self, seed: int, operations: int) -> None:
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
        if max(example.size for example in examples) > 200:
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
        recipe = self.rng.choices([r for r, _ in RECIPES], [w for _, w in RECIPES])[0]
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
        for value in made if isinstance(made, list) else [made]:
            if value is not None:
                self.values.append(value)


# -- recipes ---------------------------------------------------------------------------


def float_binary(p: Program) -> Value:
    a = p.pick_float()
    b = p.pick_with(a)
    name = p.rng.choice(("add", "subtract", "multiply", "maximum", "minimum", "squared_difference", "divide"))
    errors = a.error + b.error
    bound, smooth = a.bound + b.bound, a.smooth and b.smooth
    if name == "multiply":
        bound = a.bound * b.bound
        errors = a.bound * b.error + b.bound * a.error
    elif name == "squared_difference":
        bound, errors = bound * bound, 2 * bound * errors
    elif name in ("maximum", "minimum"):
        picked = p.examined(getattr(tf, name)(a.tensor, b.tensor), max(a.bound, b.bound), errors)
        picked.smooth = False
        return picked
    elif name == "divide":
        divisor = 1 + tf.abs(b.tensor)
        error = a.error + b.error * a.bound + p.rounding(a, a.bound) * 2
        return p.examined(a.tensor / divisor, a.bound, error, smooth and b.error == 0)
    result = getattr(tf, name)(a.tensor, b.tensor)
    return p.examined(result, bound, errors + p.rounding(a, bound), smooth)


def float_unary(p: Program) -> Value:
    a = p.pick_float()
    x, smooth = a.tensor, a.smooth
    name = p.rng.choice(
        ("tanh", "sigmoid", "abs", "negative", "square", "exp", "log", "sqrt", "relu", "softplus", "sin",
         "cos", "rsqrt", "erf", "leaky_relu", "elu", "relu6", "clip", "stop_gradient", "identity")
    )  # fmt: skip
    bound, error = max(a.bound, 1.0), a.error
    if name == "square":
        bound, error = a.bound**2, 2 * a.bound * a.error
    elif name == "exp":
        x, bound, smooth = -tf.abs(x), 1.0, smooth and a.error == 0
    elif name in ("log", "sqrt", "rsqrt"):
        x, smooth = tf.abs(x) + 1.0, smooth and a.error == 0
    if name in ("abs", "relu", "leaky_relu", "relu6", "elu", "clip"):
        smooth = smooth and a.error == 0
    if name == "clip":
        y = tf.clip_by_value(x, -3.0, 3.0)
    else:
        y = getattr(tf if hasattr(tf, name) else tf.nn, name)(x)
    if name in ("tanh", "sigmoid", "sin", "cos", "erf"):
        bound = 1.0
    if name in ("sin", "cos"):
        error += p.rounding(a, a.bound)  # of the argument, reduced
    if name in ("abs", "negative", "identity", "stop_gradient"):
        return p.examined(y, a.bound, a.error, smooth)
    return p.examined(y, bound, error + 4 * p.rounding(a, bound), smooth)


def exact_unary(p: Program) -> Value:
    a = p.pick(lambda v: v.is_float and v.error == 0)
    name = p.rng.choice(("floor", "ceil", "round", "sign", "rint", "cast"))
    if name == "cast":
        return p.examined(tf.cast(a.tensor, p.rng.choice(("int32", "int64", "bool"))), a.bound)
    return p.examined(getattr(tf, name)(a.tensor), a.bound + 1)


def integer_binary(p: Program) -> Value:
    a = p.pick_integer()
    b = p.pick_with(a)
    name = p.rng.choice(
        ("add", "subtract", "multiply", "maximum", "minimum", "floormod", "floordiv", "truncatediv",
         "bitwise_and", "squared_difference", "mod_constant")
    )  # fmt: skip
    if name == "mod_constant":
        return p.examined(tf.floormod(a.tensor, p.rng.randint(2, 5)), 6)
    if name in ("floormod", "floordiv", "truncatediv"):
        return p.examined(getattr(tf, name)(a.tensor, tf.bitwise.bitwise_and(b.tensor, 7) + 1), 1e9)
    if name == "bitwise_and":
        return p.examined(tf.bitwise.bitwise_and(a.tensor, b.tensor), 1e9)
    bound = a.bound * b.bound if name in ("multiply", "squared_difference") else a.bound + b.bound
    return p.examined(getattr(tf, name)(a.tensor, b.tensor), min(4 * bound, 1e10))


def cast(p: Program) -> Value:
    if p.rng.random() < 0.3:
        a = p.pick_float()
        dtype = p.rng.choice(("float32", "float64", "float16", "bfloat16"))
        rough = max(ROUNDING[dtype], ROUNDING[a.dtype])
        value = p.examined(tf.cast(a.tensor, dtype), a.bound, a.error + rough * a.bound, a.smooth)
        return value
    a = p.pick(lambda v: not v.is_float)
    if a.dtype == "bool":
        return p.examined(tf.cast(a.tensor, p.rng.choice(("float32", "int32", "int64"))), 1)
    if a.bound > 1000 and p.rng.random() < 0.7:
        a = p.examined(tf.floormod(a.tensor, 5), 5)
    dtype = p.rng.choice(("float32", "float64", "int64", "int32", "uint8", "int8", "int16", "bool"))
    result = tf.cast(a.tensor, dtype)
    return p.examined(result, a.bound, 0.0 if dtype not in ROUNDING else a.bound * ROUNDING[dtype])


def comparison(p: Program) -> Value:
    a = p.pick_exact()
    b = p.pick(lambda v: v.error == 0 and v.dtype == a.dtype and broadcasts(v, a))
    name = p.rng.choice(("less", "greater_equal", "equal", "not_equal", "less_equal", "greater"))
    return p.examined(getattr(tf, name)(a.tensor, b.tensor), 1)


def logical(p: Program) -> Value:
    a = p.pick(lambda v: v.dtype == "bool")
    b = p.pick_with(a)
    name = p.rng.choice(("logical_and", "logical_or", "logical_xor", "logical_not"))
    arguments = [a.tensor] if name == "logical_not" else [a.tensor, b.tensor]
    return p.examined(getattr(tf, name)(*arguments), 1)


def select(p: Program) -> Value:
    a = p.pick()
    b = p.pick_like(a)
    condition = p.pick(lambda v: v.dtype == "bool" and shapes_of(v) == shapes_of(a))
    return p.examined(
        tf.where(condition.tensor, a.tensor, b.tensor), max(a.bound, b.bound), max(a.error, b.error),
        a.smooth and b.smooth,
    )  # fmt: skip


def reshaped(p: Program) -> Value:
    a = p.pick()
    kind = p.rng.choice(("flat", "like", "computed", "expand", "squeeze", "transpose", "restored", "fed"))
    x = a.tensor
    if kind == "flat":
        y = tf.reshape(x, [-1])
    elif kind == "like":
        b = p.pick(lambda v: [e.size for e in v.examples or ()] == [e.size for e in a.examples or ()])
        y = tf.reshape(x, tf.shape(b.tensor))
    elif kind == "computed":
        if not a.rank:
            raise Refused("scalar")
        y = tf.reshape(x, [tf.shape(x)[p.rng.randrange(a.rank)], -1])
    elif kind == "expand":
        y = tf.expand_dims(x, p.rng.randint(-a.rank - 1, a.rank))
    elif kind == "squeeze":
        y = tf.squeeze(tf.expand_dims(x, 0), p.rng.choice(([0], None)))
    elif kind == "transpose":
        y = tf.transpose(x, p.rng.sample(range(a.rank), a.rank) if p.rng.random() < 0.7 else None)
    elif kind == "restored":
        y = tf.reshape(tf.reshape(x, [-1]), tf.shape(x))
    else:
        shape = tf.placeholder("int32", p.rng.choice(([None], None)))
        for feeds, walk, example in zip(p.feeds, p.walks, a.examples or (), strict=True):
            feeds[shape] = np.array([1, -1] if p.rng.random() < 0.5 else [example.size], np.int32)
            walk.values[shape] = read_only(feeds[shape])
            walk.fed.add(shape)
        p.bad.append({shape: np.array([7, 11], np.int32)})
        y = tf.reshape(x, shape)
    return p.examined(y, a.bound, a.error, a.smooth)


def sliced(p: Program) -> Value:
    a = p.pick(lambda v: v.rank > 0 and all(e.shape[0] > 0 for e in v.examples or ()))
    x = a.tensor
    kind = p.rng.choice(("first", "stride", "slice", "fed", "reverse", "tail", "new", "mask"))
    if kind == "first":
        y = x[p.rng.choice((0, -1))]
    elif kind == "stride":
        y = x[:: p.rng.choice((1, 2, -1))]
    elif kind == "slice":
        y = tf.slice(x, [0] * a.rank, [1] + [-1] * (a.rank - 1))
    elif kind == "fed":
        begin = p.placeholder("int32", (), 0, 1)
        p.bad.append({begin.tensor: np.array(50, np.int32)})
        y = p.rng.choice((
            lambda: x[begin.tensor],
            lambda: x[begin.tensor :],
            lambda: tf.slice(x, [begin.tensor] + [0] * (a.rank - 1), [1] + [-1] * (a.rank - 1)),
        ))()  # fmt: skip
    elif kind == "reverse":
        y = tf.reverse(x, [p.rng.randrange(a.rank)])
    elif kind == "tail":
        y = x[: tf.shape(x)[0] - 1] if p.rng.random() < 0.5 else x[p.length().tensor :]
    elif kind == "new":
        y = x[tf.newaxis, ..., :1]
    else:
        y = x[..., -1]
    return p.examined(y, a.bound, a.error, a.smooth)


def joined(p: Program) -> Any:
    a = p.pick(lambda v: v.rank > 0)
    b = p.pick_like(a)
    bound, error, smooth = max(a.bound, b.bound), max(a.error, b.error), a.smooth and b.smooth
    kind = p.rng.choice(("concat", "stack", "unstack", "split", "tile", "pad"))
    if kind == "concat":
        return p.examined(tf.concat([a.tensor, b.tensor], p.rng.randrange(a.rank)), bound, error, smooth)
    if kind == "stack":
        return p.examined(tf.stack([a.tensor, b.tensor], p.rng.randint(0, a.rank)), bound, error, smooth)
    if kind == "unstack":
        parts = tf.unstack(tf.stack([a.tensor, b.tensor]))
        return [p.examined(part, bound, error, smooth) for part in parts]
    if kind == "split":
        parts = tf.split(tf.concat([a.tensor, b.tensor], 0), 2)
        return [p.examined(part, bound, error, smooth) for part in parts]
    if kind == "tile":
        multiples = [p.length(0, 3).tensor] + [1] * (a.rank - 1)
        return p.examined(tf.tile(a.tensor, multiples), a.bound, a.error, a.smooth)
    paddings = [[p.rng.randint(0, 2), p.rng.randint(0, 1)] for _ in range(a.rank)]
    return p.examined(tf.pad(a.tensor, paddings), a.bound, a.error, a.smooth)


def filled(p: Program) -> Value:
    kind = p.rng.choice(("fill", "range", "zeros_like", "ones", "broadcast", "shape", "size", "rank", "one_hot"))
    a = p.pick()
    if kind == "fill":
        scalar = p.pick(lambda v: v.rank == 0)
        return p.examined(tf.fill(tf.shape(a.tensor), scalar.tensor), scalar.bound, scalar.error, scalar.smooth)
    if kind == "range":
        return p.examined(tf.range(p.length().tensor), 10)
    if kind == "zeros_like":
        return p.examined(tf.zeros_like(a.tensor), 1)
    if kind == "ones":
        return p.examined(tf.ones([p.length().tensor, 2], p.rng.choice(("float32", "int32"))), 1)
    if kind == "broadcast":
        b = p.pick(lambda v: broadcast_shapes(a, v) == shapes_of(v))
        return p.examined(tf.broadcast_to(a.tensor, tf.shape(b.tensor)), a.bound, a.error, a.smooth)
    if kind == "one_hot":
        index = p.pick_integer()
        return p.examined(tf.one_hot(tf.floormod(index.tensor, 3), 3), 1)
    return p.examined(getattr(tf, kind)(a.tensor), 200)


def reduced(p: Program) -> Value:
    name = p.rng.choice(("sum", "mean", "max", "min", "sum", "logsumexp"))
    a = p.pick(lambda v: v.dtype != "bool" and (v.is_float or name in ("sum", "max", "min")) and v.size > 0)
    if name in ("mean", "max", "min", "logsumexp"):
        a = p.pick(lambda v: v.dtype == a.dtype and all(e.size for e in v.examples or ()))
    axis = p.rng.choice((None, 0, -1)) if a.rank else None
    count = a.size
    y = getattr(tf, f"reduce_{name}")(a.tensor, axis, keepdims=p.rng.random() < 0.3)
    if not a.is_float:
        return p.examined(y, a.bound * count)
    if name == "sum":
        bound = a.bound * count
        return p.examined(y, bound, a.error * count + count * p.rounding(a, bound), a.smooth)
    if name in ("max", "min"):
        return p.examined(y, a.bound, a.error, a.smooth and a.error == 0)
    return p.examined(y, a.bound + 6, a.error + count * p.rounding(a, a.bound + 6), a.smooth)


def logical_reduction(p: Program) -> Value:
    a = p.pick(lambda v: v.dtype == "bool")
    return p.examined(p.rng.choice((tf.reduce_any, tf.reduce_all))(a.tensor), 1)


def positions(p: Program) -> Any:
    a = p.pick(lambda v: v.error == 0 and v.dtype != "bool" and v.rank > 0 and all(e.shape[-1] for e in v.examples))
    kind = p.rng.choice(("argmax", "top_k", "cumsum"))
    if kind == "argmax":
        return p.examined(tf.argmax(a.tensor, -1, output_type="int32"), 200)
    if kind == "top_k":
        if a.dtype not in ("float32", "int32"):
            raise Refused("type")
        values, indices = tf.nn.top_k(a.tensor, 1)
        return [p.examined(values, a.bound), p.examined(indices, 200)]
    bound = a.bound * a.size
    return p.examined(
        tf.cumsum(a.tensor, -1, exclusive=p.rng.random() < 0.5, reverse=p.rng.random() < 0.5), bound,
        p.rounding(a, bound) * a.size if a.is_float else 0.0,
    )  # fmt: skip


def gathered(p: Program) -> Value:
    a = p.pick(lambda v: v.rank > 0 and all(e.shape[0] > 0 for e in v.examples or ()))
    kind = p.rng.random()
    if kind < 0.4:
        index = p.placeholder("int32", p.rng.choice(((), (2,), ("n",))), 0, 1)
        bad = np.array(index.examples[0])  # type: ignore[index]
        bad[...] = p.rng.choice((99, -1))
        p.bad.append({index.tensor: bad})
        return p.examined(tf.gather(a.tensor, index.tensor), a.bound, a.error, a.smooth)
    index = p.pick_integer()
    safe = tf.floormod(index.tensor, tf.cast(tf.shape(a.tensor)[0], index.dtype))
    if kind < 0.8:
        return p.examined(tf.gather(a.tensor, safe), a.bound, a.error, a.smooth)
    return p.examined(tf.gather_nd(a.tensor, safe[..., tf.newaxis]), a.bound, a.error, a.smooth)


def segments(p: Program) -> Value:
    a = p.pick(lambda v: v.dtype in ("float32", "float64", "int32") and v.rank > 0)
    index = p.pick(
        lambda v: v.dtype in ("int32", "int64")
        and v.rank == 1
        and [e.shape for e in v.examples or ()] == [e.shape[:1] for e in a.examples or ()]
    )
    bound = a.bound * a.size
    error = a.error * a.size + (p.rounding(a, bound) * a.size if a.is_float else 0)
    y = tf.unsorted_segment_sum(a.tensor, tf.floormod(index.tensor, 3), 3)
    return p.examined(y, bound, error, a.smooth)


def product(p: Program) -> Value:
    a = p.pick(lambda v: v.is_float and v.rank == 2)
    b = p.pick(
        lambda v: v.dtype == a.dtype
        and v.rank == 2
        and [e.shape[0] for e in v.examples or ()] == [e.shape[1] for e in a.examples or ()]
    )
    count = max(example.shape[1] for example in a.examples or ()) + 1
    bound = a.bound * b.bound * count
    error = count * (a.bound * b.error + b.bound * a.error) + count * p.rounding(a, bound)
    return p.examined(tf.matmul(a.tensor, b.tensor), bound, error, a.smooth and b.smooth)


def network(p: Program) -> Value:
    a = p.pick(lambda v: v.dtype in ("float32", "float64") and v.rank == 2 and all(e.size for e in v.examples))
    kind = p.rng.choice(("softmax", "log_softmax", "cross_entropy", "bias", "l2", "moments"))
    error = (4 * a.error + 20 * p.rounding(a, a.bound + 6)) * 4
    if kind in ("softmax", "log_softmax"):
        return p.examined(getattr(tf.nn, kind)(a.tensor), 2 * a.bound + 6, error, a.smooth)
    if kind == "cross_entropy":
        labels = tf.nn.softmax(tf.zeros_like(a.tensor))
        y = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=a.tensor)
        return p.examined(y, 4 * a.bound + 6, error * 2, a.smooth)
    if kind == "bias":
        widths = [e.shape[1:] for e in a.examples or ()]
        b = p.pick(lambda v: v.dtype == a.dtype and shapes_of(v) == widths)
        bound = a.bound + b.bound
        error = a.error + b.error + p.rounding(a, bound)
        return p.examined(tf.nn.bias_add(a.tensor, b.tensor), bound, error, a.smooth and b.smooth)
    bound = a.bound**2 * a.size
    error = 2 * a.bound * a.error * a.size + p.rounding(a, bound) * a.size
    if kind == "l2":
        return p.examined(tf.nn.l2_loss(a.tensor), bound, error, a.smooth)
    return p.examined(tf.nn.moments(a.tensor, [0])[1], 4 * bound, 4 * error, a.smooth)


def convolution(p: Program) -> Value:
    a = p.pick(lambda v: v.dtype == "float32" and v.rank == 2 and all(min(e.shape) > 0 for e in v.examples or ()))
    image = tf.expand_dims(tf.expand_dims(a.tensor, 0), -1)
    kind = p.rng.choice(("conv", "max_pool", "avg_pool"))
    if kind == "conv":
        filters = p.numbers_for("float32", (2, 2, 1, 2))
        y = tf.nn.conv2d(image, filters, [1, 1, 1, 1], p.rng.choice(("SAME",)))
        bound = a.bound * 24
        return p.examined(y, bound, a.error * 24 + 8 * p.rounding(a, bound), a.smooth)
    y = getattr(tf.nn, kind)(image, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    return p.examined(y, a.bound, a.error + p.rounding(a, a.bound), a.smooth and a.error == 0)


# -- random numbers, state, control --------------------------------------------------------------


def drawn(p: Program) -> Value:
    shape = p.rng.choice((lambda: [3], lambda: [p.length().tensor, 2], lambda: tf.shape(p.pick().tensor)))()
    kind = p.rng.choice(("random_uniform", "random_normal", "truncated_normal", "integers", "shuffle", "dropout"))
    seed = p.rng.randint(1, 99) if p.rng.random() < 0.7 else None
    if kind == "integers":
        y = tf.random_uniform(shape, 0, 9, "int32", seed=seed)
        return p.examined(y, 9)
    if kind == "shuffle":
        a = p.pick(lambda v: v.rank > 0)
        return p.examined(tf.random_shuffle(a.tensor, seed=seed), a.bound, a.error, a.smooth)
    if kind == "dropout":
        a = p.pick(lambda v: v.dtype == "float32")
        y = tf.nn.dropout(a.tensor, rate=0.5, seed=seed)
        return p.examined(y, 2 * a.bound, 2 * a.error + p.rounding(a, 2 * a.bound), a.smooth)
    y = getattr(tf, kind)(shape, dtype="float32", seed=seed)
    return p.examined(y, 7, 1e-5)


def of_computed_length(p: Program) -> Value:
    """A static input that depends on a variable or on random numbers."""
    source = p.pick_integer()
    if source.rank:
        source = p.examined(tf.reduce_sum(source.tensor), 1e9)
    count = tf.cast(tf.floormod(source.tensor, 5), "int32")
    y = p.rng.choice((
        lambda: tf.range(count),
        lambda: tf.fill([count], 3),
        lambda: tf.tile([1, 2], tf.reshape(count, [1])),
        lambda: tf.slice(tf.range(9), [count], [2]),
        lambda: tf.reshape(tf.range(count * 2), [2, count]),
    ))()  # fmt: skip
    return p.examined(tf.reduce_sum(y) + tf.size(y), 1000)


def on_the_host(p: Program) -> Value:
    kind = p.rng.choice(("unique", "where", "mask", "function"))
    if kind == "unique":
        a = p.pick(lambda v: v.error == 0 and v.rank == 1 and v.dtype in ("int32", "float32"))
        values, numbers = tf.unique(a.tensor)
        return p.examined(tf.reduce_sum(numbers) + tf.size(values), 4000)
    if kind == "where":
        a = p.pick(lambda v: v.dtype == "bool" and v.rank > 0)
        return p.examined(tf.reduce_sum(tf.where(a.tensor)), 4000)
    if kind == "mask":
        a = p.pick(lambda v: v.rank == 1 and v.error == 0 and v.dtype == "int32")
        return p.examined(tf.reduce_sum(tf.boolean_mask(a.tensor, a.tensor > 0)), 1e10)
    a = p.pick(lambda v: v.dtype == "float32")
    y = tf.py_func(twice, [a.tensor], tf.float32)
    y.set_shape(a.tensor.shape)
    return p.examined(y, 2 * a.bound, 2 * a.error)


def twice(x: Any) -> Any:
    return x * np.float32(2)


def read(p: Program) -> Value:
    variable, _, value = p.rng.choice(p.variables)
    if variable in p.uninitialized:
        raise Refused("uninitialized")
    kind = p.rng.choice(("identity", "read_value", "snapshot", "direct"))
    if kind == "identity":
        tensor = tf.identity(variable)
    elif kind == "read_value":
        tensor = variable.read_value()
    elif kind == "snapshot":
        tensor = variable.value()
    else:
        tensor = variable + variable
    return p.examined(tensor, 2 * value.bound, 2 * value.error)


def saturated(p: Program, value: Value) -> Any:
    """The value kept small, for a variable."""
    if value.is_float:
        return tf.clip_by_value(value.tensor, -8.0, 8.0)
    return value.tensor


def written(p: Program) -> None:
    variable, initial, value = p.rng.choice(p.variables)
    kind = p.rng.choice(("assign", "add", "sub", "scatter_update", "scatter_add", "scatter_sub"))
    if kind in ("assign", "add", "sub"):
        source = p.pick(
            lambda v: v.dtype == value.dtype and v.error < 1e-3 and all(e.shape == initial.shape for e in v.examples)
        )
        update = {"assign": tf.assign, "add": tf.assign_add, "sub": tf.assign_sub}[kind]
        op = update(variable, saturated(p, source))
    else:
        if not initial.ndim:
            raise Refused("scalar")
        rows = p.rng.randint(1, 3)
        if p.rng.random() < 0.5:
            index = p.placeholder("int32", (rows,), 0, len(initial) - 1)
            bad = np.array(index.examples[0])  # type: ignore[index]
            bad[-1] = 77
            p.bad.append({index.tensor: bad})
            indices = index.tensor
        else:
            indices = tf.constant(p.numbers.randint(0, len(initial), rows), "int32")
        if kind == "scatter_update":
            rows = 1  # of several with the same index, any may win
            indices = indices[:1]
        updates = p.numbers_for(value.dtype, (rows, *initial.shape[1:]))
        op = getattr(tf, kind)(variable, indices, updates)
    p.writers.append(op if isinstance(op, tf.Operation) or p.rng.random() < 0.5 else op.op)


def conditional(p: Program) -> Any:
    condition = p.pick(lambda v: v.dtype == "bool")
    predicate = tf.reduce_any(condition.tensor)
    a = p.pick(lambda v: v.dtype != "bool")
    b = p.pick_like(a)
    bound, error = 2 * max(a.bound, b.bound), 2 * (a.error + b.error)
    if a.is_float:
        error += p.rounding(a, bound)
    writer = p.rng.random() < 0.3 and p.variables[0][0]

    def yes() -> Any:
        if writer is not False:
            with tf.control_dependencies([tf.assign(writer, tf.identity(writer) * 0 + 1).op]):
                return a.tensor + a.tensor
        return a.tensor + a.tensor

    def no() -> Any:
        return b.tensor - a.tensor if p.rng.random() < 0.5 else tf.identity(b.tensor)

    value = p.examined(tf.cond(predicate, yes, no), bound, error, a.smooth and b.smooth)
    if writer is not False:
        p.writers.append(value.tensor)
    return value


def loop(p: Program) -> Value:
    a = p.pick(lambda v: v.dtype in ("float32", "int32", "float64"))
    count = p.length(0, 3)
    _, result = tf.while_loop(
        lambda i, x: i < tf.minimum(count.tensor, 3),
        lambda i, x: (i + 1, x + a.tensor),
        (tf.constant(0), a.tensor),
    )
    error = 4 * a.error + (4 * p.rounding(a, 4 * a.bound) if a.is_float else 0)
    return p.examined(result, 4 * a.bound, error, a.smooth)


def checked_value(p: Program) -> Value:
    kind = p.rng.choice(("divide", "mod", "assert", "numerics", "assert_equal"))
    if kind in ("divide", "mod"):
        a = p.pick_integer()
        d = p.placeholder(a.dtype, (), 1, 4)
        p.bad.append({d.tensor: np.zeros((), a.dtype)})
        if a.bound > 1e8:
            a = p.examined(tf.floormod(a.tensor, 1000), 1000)
        return p.examined((tf.floordiv if kind == "divide" else tf.floormod)(a.tensor, d.tensor), a.bound)
    a = p.pick(lambda v: v.dtype == "float32")
    limit = p.placeholder("float32", (), 1, 5)
    if kind == "numerics":
        p.bad.append({limit.tensor: np.float32(np.nan)})
        return p.examined(tf.check_numerics(a.tensor * (limit.tensor * 0 + 1), "seen"), a.bound * 2, a.error * 2 + p.rounding(a, a.bound))
    p.bad.append({limit.tensor: np.float32(-1)})
    if kind == "assert":
        check = tf.Assert(limit.tensor > 0, [limit.tensor, "too small"])
    else:
        check = tf.assert_positive(limit.tensor, message="must be")
    with tf.control_dependencies([check]):
        return p.examined(tf.identity(a.tensor), a.bound, a.error, a.smooth)


def gradient(p: Program) -> None:
    a = p.pick(lambda v: v.dtype in ("float32", "float64") and v.smooth and v.bound < 1e4)
    sources = [v.tensor for v in p.values if v.dtype == a.dtype and v.tensor.op.type == "Placeholder"]
    sources += [variable for variable, _, value in p.variables if value.dtype == a.dtype]
    if not sources:
        raise Refused("nothing to differentiate by")
    try:
        found = tf.gradients(tf.reduce_sum(a.tensor), sources)
    except LookupError as refused:
        raise Refused(str(refused)) from refused
    for tensor in found:
        if isinstance(tensor, tf.Tensor):
            try:
                p.examined(tensor, 1)
            except Refused:
                continue
            p.gradients.append(tensor)


RECIPES: list[tuple[Callable[[Program], Any], int]] = [
    (float_binary, 8), (float_unary, 6), (exact_unary, 2), (integer_binary, 6), (cast, 4), (comparison, 3),
    (logical, 1), (select, 2), (reshaped, 5), (sliced, 5), (joined, 4), (filled, 5), (reduced, 5),
    (logical_reduction, 1), (positions, 2), (gathered, 4), (segments, 2), (product, 3), (network, 2),
    (convolution, 1), (drawn, 4), (of_computed_length, 3), (on_the_host, 3), (read, 5), (written, 7),
    (conditional, 2), (loop, 1), (checked_value, 3), (gradient, 1),
]  # fmt: skip


# -- helpers -----------------------------------------------------------------------------


def as_numpy(dtype: str) -> Any:
    return tf.as_dtype(dtype).as_numpy_dtype


def evaluated(walk: Walk, tensor: Any) -> Any:
    """The value of a tensor, with all it depends on that has none yet."""
    waiting = [tensor.op]
    while waiting:
        op = waiting[-1]
        missing = [t.op for t in op.inputs if t not in walk.values]
        missing += [c for c in op._control_inputs if c.outputs and any(t not in walk.values for t in c.outputs)]
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


# -- running -------------------------------------------------------------------------------


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
    some += [variable for variable, _, _ in p.variables if rng.random() < 0.3 and variable not in p.uninitialized]
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


def check(seed: int, tiers: tuple[str, ...] = ("interpret", "compile", "auto"), operations: int = 22) -> int:
    """Compare all ways to run the program of a seed.

    Returns:
        How many steps succeeded.

    Raises:
        Different: two of them differ.
    """
    with tf.Graph().as_default(), ExitStack() as sessions:
        program = Program(seed, operations)
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
            good += one_step(f"seed {seed} step {number}", program, naive, planned, fetches, feeds)
        return good


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
        for key, variable in session._resources.variables.items():
            naive_value = naive.variables[key].value
            if (variable.value is None) != (naive_value is None):
                raise Different(f"{place}: {variable.name} is {variable.value}, not {naive_value}")
            if naive_value is not None:
                error = 1e-2 if naive_value.dtype.kind == "f" else 0.0
                compare(f"{place}: variable {variable.name}", variable.value, naive_value, error)
        moved[tier] = {name: stream.position for name, stream in session._resources._streams.items()}
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
        same = np.array_equal(found, wanted) or found.dtype.kind == "f" and np.array_equal(found, wanted, True)
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--operations", type=int, default=22)
    parser.add_argument("--tiers", default="interpret,compile,auto")
    parser.add_argument("--stop", action="store_true", help="at the first difference, with its traceback")
    arguments = parser.parse_args()
    failed, good = [], 0
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict("os.environ", {"XDG_CACHE_HOME": folder}):
        for seed in range(arguments.seed, arguments.seed + arguments.count):
            try:
                good += check(seed, tuple(arguments.tiers.split(",")), arguments.operations)
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
