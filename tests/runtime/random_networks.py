"""Recipes of networks that train: layers, operations with several outputs, branches, loops, optimizers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure import tf
from tests.runtime.functional_nodes import cond, while_loop
from tests.runtime.random_programs import (
    Program,
    Recipe,
    Refused,
    Value,
    is_never_empty,
    shapes_of,
)

# Keeps normalisation from making much of small differences.
_EPSILON = 0.1


def switch(p: Program, kinds: tuple[str, ...] = ("known", "fed", "default", "computed")) -> Any:
    """Whether to train, as programs say it: known, fed, or fed if the program cares."""
    kind = p.rng.choice(kinds)
    if kind == "known":
        return p.rng.random() < 0.7
    if kind == "fed":
        return p.placeholder("bool", ()).tensor
    if kind == "default":
        return tf.placeholder_with_default(p.rng.random() < 0.7, [])
    return tf.reduce_any(p.pick(lambda v: v.dtype == "bool").tensor)


def matrix(p: Program) -> Value:
    """A float32 matrix with a known number of columns."""
    return p.pick(
        lambda v: (
            v.dtype == "float32"
            and v.rank == 2
            and is_never_empty(v)
            and v.tensor.shape.ndims == 2
            and v.tensor.shape[1].value is not None
        )
    )


# -- layers ------------------------------------------------------------------------------------


def normalised(p: Program) -> Value:
    """Batch normalisation as a layer, fused or not; what it updates becomes a writer."""
    a = matrix(p)
    x = tf.expand_dims(tf.expand_dims(a.tensor, 1), 1) if p.rng.random() < 0.6 else a.tensor
    collected = len(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    y = tf.layers.batch_normalization(
        x, training=switch(p), momentum=p.rng.choice((0.5, 0.9)), epsilon=_EPSILON,
        center=p.rng.random() < 0.8, scale=p.rng.random() < 0.8,
    )  # fmt: skip
    p.adopt_variables()
    p.writers += tf.get_collection(tf.GraphKeys.UPDATE_OPS)[collected:]
    if p.rng.random() < 0.5:
        y = tf.layers.flatten(y)
    bound = 8 * a.bound + 8
    return p.examined(y, bound, 20 * a.error + 20 * p.rounding(a, bound), a.smooth)


def dense(p: Program) -> Value:
    a = matrix(p)
    width = a.tensor.shape[1].value
    activation = p.rng.choice((None, tf.tanh, tf.sigmoid))
    y = tf.layers.dense(a.tensor, p.rng.randint(1, 3), activation)
    p.adopt_variables()
    bound = a.bound * 3 * width + 3
    return p.examined(y, bound, 3 * width * a.error + 20 * width * p.rounding(a, bound) + 0.01, a.smooth)


def switched_dropout(p: Program) -> Value:
    a = p.pick(lambda v: v.dtype == "float32")
    seed = p.rng.randint(1, 99) if p.rng.random() < 0.5 else None
    y = tf.layers.dropout(a.tensor, p.rng.choice((0.3, 0.5)), seed=seed, training=switch(p))
    return p.examined(y, 2 * a.bound, 2 * a.error + p.rounding(a, 2 * a.bound), a.smooth)


def recurrent(p: Program) -> Any:
    """A step of a cell: several outputs of one Split each."""
    a = matrix(p)
    cell = p.rng.choice((tf.nn.rnn_cell.LSTMCell, tf.nn.rnn_cell.GRUCell))(2)
    state = cell.zero_state(tf.shape(a.tensor)[0], tf.float32)
    with tf.variable_scope(None, "recurrent"):
        y, state = cell(a.tensor, state)
    p.adopt_variables()
    error = 6 * a.error + 0.01
    states = state if isinstance(state, tuple) else [state]
    return [p.examined(part, 20.0, error, a.smooth) for part in (y, *states)]


# -- operations with several outputs -----------------------------------------------------------


def several_outputs(p: Program) -> Any:
    """Some of the outputs of an operation; the others are nobody's."""
    made = p.rng.choice(_SEVERAL)(p)
    return p.rng.sample(made, p.rng.randint(1, len(made)))


def _batch_norm_op(p: Program) -> list[Value]:
    a = matrix(p)
    x = tf.expand_dims(tf.expand_dims(a.tensor, 1), 1)
    channels = a.tensor.shape[1].value
    scale, offset = (tf.constant(p.numbers_for("float32", (channels,))) for _ in range(2))
    if p.rng.random() < 0.6:
        results = tf.nn.fused_batch_norm(x, scale, offset, epsilon=_EPSILON)
    else:
        moments = tf.nn.moments(x, [0, 1, 2])
        results = tf.nn.fused_batch_norm(x, scale, offset, *moments, epsilon=_EPSILON, is_training=False)
    bound = 40 * a.bound + 40
    error = 60 * (1 + a.bound) * a.error + 60 * p.rounding(a, bound * (1 + a.bound))
    return [p.examined(result, bound * (1 + a.bound), error, a.smooth) for result in results]


def _moments(p: Program) -> list[Value]:
    a = p.pick(lambda v: v.dtype == "float32" and v.rank > 0 and is_never_empty(v))
    bound = (a.bound + 1) ** 2
    error = 8 * (a.bound + 1) * a.error + 8 * a.size * p.rounding(a, bound)
    results = tf.nn.moments(a.tensor, [0], keep_dims=p.rng.random() < 0.5)
    return [p.examined(result, bound, error, a.smooth) for result in results]


def _top(p: Program) -> list[Value]:
    a = p.pick(
        lambda v: (
            v.error == 0
            and v.dtype in ("float32", "int32")
            and v.rank > 0
            and all(s[-1] > 1 for s in shapes_of(v))
        )
    )
    values, indices = tf.nn.top_k(a.tensor, 2)
    return [p.examined(values, a.bound), p.examined(indices, 200)]


def _parts(p: Program) -> list[Value]:
    a = p.pick(lambda v: v.rank > 0 and all(e.shape[0] > 0 for e in v.examples or ()))
    x = tf.concat([a.tensor] * 3, 0)
    size = tf.shape(a.tensor)[0]
    made = p.rng.choice((
        lambda: tf.split(x, 3),
        lambda: tf.split(x, tf.stack([size, 2 * size]), num=2),
        lambda: tf.unstack(tf.stack([a.tensor] * 3), 3),
    ))()  # fmt: skip
    return [p.examined(part, a.bound, a.error, a.smooth) for part in made]


def _losses(p: Program) -> list[Value]:
    a = matrix(p)
    width = a.tensor.shape[1].value
    label = int(p.numbers.randint(0, width))
    labels = tf.fill(tf.shape(a.tensor)[:1], label)
    if p.rng.random() < 0.5:
        y = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=a.tensor)
    else:
        y = tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.one_hot(labels, width), logits=a.tensor)
    bound = 2 * a.bound + 6
    return [p.examined(y, bound, 8 * a.error + 40 * p.rounding(a, bound), a.smooth)]


def _found(p: Program) -> list[Value]:
    """What the host finds, as several outputs of sizes that are known to nobody."""
    a = p.pick(lambda v: v.error == 0 and v.rank == 1 and v.dtype in ("int32", "float32"))
    outputs = p.rng.choice((
        lambda: tf.unique_with_counts(a.tensor),
        lambda: tf.setdiff1d(a.tensor, a.tensor[:1]),
        lambda: tf.dynamic_partition(a.tensor, tf.cast(a.tensor > 1, tf.int32), 2),
    ))()  # fmt: skip
    made = [tf.reduce_sum(output) + tf.cast(tf.size(output), output.dtype) for output in outputs]
    return [p.examined(total, (a.bound + 1) * a.size + 200) for total in made]


def _called(p: Program) -> list[Value]:
    a = p.pick(lambda v: v.dtype == "float32")
    outputs = tf.py_func(lambda x: (x * np.float32(2), np.int32(x.size)), [a.tensor], [tf.float32, tf.int32])
    outputs[0].set_shape(a.tensor.shape)
    outputs[1].set_shape([])
    return [p.examined(outputs[0], 2 * a.bound, 2 * a.error, a.smooth), p.examined(outputs[1], 200)]


def _together(p: Program) -> list[Value]:
    a, b = p.pick(), p.pick()
    made = (tf.identity_n if p.rng.random() < 0.6 else tf.tuple)([a.tensor, b.tensor])
    return [p.examined(y, v.bound, v.error, v.smooth) for y, v in zip(made, (a, b), strict=True)]


def _grid(p: Program) -> list[Value]:
    a = p.pick(lambda v: v.rank == 1 and v.dtype == "float32")
    made = tf.meshgrid(a.tensor, tf.ones(tf.shape(a.tensor)[:1]))
    return [p.examined(made[0], a.bound, a.error, a.smooth), p.examined(made[1], 200)]


_SEVERAL: list[Callable[[Program], list[Value]]] = [
    _batch_norm_op, _batch_norm_op, _moments, _top, _parts, _losses, _found, _called, _together, _grid,
]  # fmt: skip


# -- branches and loops ------------------------------------------------------------------------


def like(p: Program, a: Value) -> Value:
    """Another value of the shape of `a`."""
    try:
        return p.pick(lambda v: v is not a and v.dtype == a.dtype and shapes_of(v) == shapes_of(a))
    except Refused:
        return p.examined(-a.tensor, a.bound, a.error, a.smooth)


def _bodies(p: Program, a: Value, b: Value, choose: Any = tf.cond) -> list[Callable[[Any], Any]]:
    """What is done in branches and loops: from a tensor like `a` to one of at most twice its size."""
    variable, _, _ = p.rng.choice(p.variables)
    is_readable = variable not in p.uninitialized and variable.dtype.base_dtype.name == a.dtype
    inner = switch(p, ("fed", "default")) if p.rng.random() < 0.5 else None
    seed = p.rng.randint(1, 99)
    bodies = [
        lambda x: x + b.tensor,
        lambda x: x - tf.reshape(b.tensor, tf.shape(x)),
        tf.identity,
        lambda x: tf.split(tf.concat([x, b.tensor], 0), 2)[1] if a.rank else x + x,
        lambda x: tf.nn.moments(tf.stack([x, b.tensor]), [0])[0] if a.is_float else x,
        lambda x: tf.where(x > b.tensor, b.tensor, x) if a.error == b.error == 0 else x,
    ]
    if inner is not None:
        bodies.append(lambda x: choose(inner, lambda: x + b.tensor, lambda: x))
    if is_readable:
        bodies.append(lambda x: x + tf.cast(tf.size(variable.read_value()), x.dtype))
    if a.dtype == "float32":
        bodies += [
            tf.tanh,
            lambda x: tf.nn.dropout(x, rate=0.5, seed=seed),
            lambda x: x + tf.random_uniform(tf.shape(x), seed=seed),
            lambda x: tf.py_func(lambda v: v * np.float32(2), [x], tf.float32),
        ]
    return bodies


def branches(p: Program) -> Any:
    """A conditional with several results, which may draw, write, fail or hold another."""
    a = p.pick(lambda v: v.dtype in ("float32", "int32", "float64") and v.bound < 1e4)
    b = like(p, a)
    predicate = switch(p, ("fed", "default", "computed"))
    count = p.rng.randint(1, 3)
    chosen = [p.rng.choices(_bodies(p, a, b), k=count) for _ in range(2)]
    written, initial, _ = p.rng.choice(p.variables)
    writes = [p.rng.random() < 0.15 and written not in p.uninitialized for _ in range(2)]
    fails = p.rng.random() < 0.1

    def branch(k: int) -> Callable[[], Any]:
        def make() -> Any:
            before = [tf.assign(written, written.read_value() * 0 + k + 1).op] if writes[k] else []
            if k and fails:
                before.append(tf.Assert(tf.reduce_all(tf.equal(tf.size(a.tensor), -1)), ["the second"]))
            with tf.control_dependencies(before):
                results = [body(a.tensor) for body in chosen[k]]
            for result in results:
                result.set_shape(a.tensor.shape)
            return results if count > 1 else results[0]

        return make

    made = tf.cond(predicate, branch(0), branch(1))
    made = made if isinstance(made, list) else [made]
    bound = 3 * max(a.bound, b.bound) + 20
    error = 4 * max(a.error, b.error) + (4 * p.rounding(a, bound) if a.is_float else 0)
    values = [p.examined(y, bound, error, a.smooth and b.smooth) for y in made]
    if any(writes):
        p.writers += [value.tensor for value in values]
    return p.rng.sample(values, p.rng.randint(1, count))


def iterations(p: Program) -> Any:
    """A loop with several variables."""
    a = p.pick(lambda v: v.dtype in ("float32", "int32", "float64") and v.bound < 1e3)
    b = like(p, a)
    count = p.length(0, 3).tensor
    first, second = p.rng.choices(_bodies(p, a, b, cond), k=2)
    swaps = p.rng.random() < 0.5

    def body(i: Any, x: Any, y: Any) -> Any:
        x, y = first(x), second(y)
        x.set_shape(a.tensor.shape)
        y.set_shape(a.tensor.shape)
        return (i + 1, y, x) if swaps else (i + 1, x, y)

    try:
        _, x, y = while_loop(
            lambda i, x, y: i < tf.minimum(count, 3), body, (tf.constant(0), a.tensor, b.tensor)
        )
    except ValueError as refused:
        raise Refused(str(refused)) from refused  # more is known of one of them than of the other
    bound = 8 * (max(a.bound, b.bound) + 10)
    error = 16 * max(a.error, b.error) + (16 * p.rounding(a, bound) if a.is_float else 0)
    return [p.examined(tensor, bound, error, a.smooth and b.smooth) for tensor in (x, y)]


# -- training ----------------------------------------------------------------------------------


def deep(p: Program) -> Value:
    """Normalisation, dropout and a layer, one behind the other."""
    a = matrix(p)
    training = switch(p)
    x = tf.expand_dims(tf.expand_dims(a.tensor, 1), 1)
    collected = len(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    x = tf.layers.batch_normalization(x, training=p.rng.choice((True, training)), epsilon=_EPSILON)
    x = tf.layers.dropout(tf.layers.flatten(x), 0.3, training=training)
    y = tf.layers.dense(x, 2, tf.tanh)
    p.adopt_variables()
    p.writers += tf.get_collection(tf.GraphKeys.UPDATE_OPS)[collected:]
    error = 60 * a.tensor.shape[1].value * (a.error + 20 * p.rounding(a, a.bound + 1)) + 0.01
    return p.examined(y, 20.0, error, a.smooth)


def trained(p: Program) -> None:
    """A step of an optimizer, with the updates of moving averages or without."""
    if p.rng.random() < 0.7:
        a = p.rng.choice((dense, deep))(p)
        if not a.smooth:
            raise Refused("its gradients jump")
    else:
        a = p.pick(lambda v: v.dtype in ("float32", "float64") and v.smooth and v.bound < 1e4 and v.size > 0)
    loss = tf.reduce_mean(tf.square(a.tensor - 1.0)) * (1.0 if p.rng.random() < 0.5 else 0.1)
    variables = [
        variable for variable, _, value in p.variables
        if value.is_float and variable not in p.uninitialized and variable in tf.trainable_variables()
    ]  # fmt: skip
    make = p.rng.choice((
        lambda: tf.train.GradientDescentOptimizer(0.1),
        lambda: tf.train.MomentumOptimizer(0.05, 0.9, use_nesterov=p.rng.random() < 0.5),
        lambda: tf.train.AdamOptimizer(0.01, epsilon=0.1),
        lambda: tf.train.RMSPropOptimizer(0.01, epsilon=0.1),
        lambda: tf.train.AdagradOptimizer(0.05),
    ))  # fmt: skip
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS) if p.rng.random() < 0.7 else []
    with tf.control_dependencies(updates):
        optimizer = make()
        try:
            found = optimizer.compute_gradients(loss, variables)
        except (LookupError, ValueError) as refused:
            raise Refused(str(refused)) from refused
        except TypeError as refused:
            if "NoneType" in str(refused):  # as in `gradient`
                raise Refused(str(refused)) from refused
            raise
        pairs = [(gradient, v) for gradient, v in found if gradient is not None]
        if not pairs:
            raise Refused("it depends on no variable")
        gradients, targets = zip(*pairs, strict=True)
        if len({gradient.dtype for gradient in gradients}) > 1:
            raise Refused("there is no norm of several types")
        gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
        train = optimizer.apply_gradients(list(zip(gradients, targets, strict=True)))
    p.adopt_variables()
    p.writers += [train, train]  # twice as often as others
    p.gradients.append(norm)


NETWORKS: list[tuple[Recipe, int]] = [
    (normalised, 4), (dense, 3), (switched_dropout, 4), (recurrent, 1), (several_outputs, 8), (branches, 5),
    (iterations, 2), (trained, 4),
]  # fmt: skip
