"""Recipes: each makes an operation, or a few, of the values that a random program has."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure import tf
from tests.runtime.functional_nodes import while_loop
from tests.runtime.naive import read_only
from tests.runtime.random_programs import (
    ROUNDING,
    Program,
    Recipe,
    Refused,
    Value,
    broadcast_shapes,
    broadcasts,
    is_never_empty,
    shapes_of,
)


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
        parts = tf.unstack(tf.stack([a.tensor, b.tensor]), 2)
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
    kind = p.rng.choice(
        ("fill", "range", "zeros_like", "ones", "broadcast", "shape", "size", "rank", "one_hot")
    )
    a = p.pick()
    if kind == "fill":
        scalar = p.pick(lambda v: v.rank == 0)
        y = tf.fill(tf.shape(a.tensor), scalar.tensor)
        return p.examined(y, scalar.bound, scalar.error, scalar.smooth)
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
        a = p.pick(lambda v: v.dtype == a.dtype and is_never_empty(v))
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
    a = p.pick(
        lambda v: v.error == 0 and v.dtype != "bool" and v.rank > 0 and all(s[-1] for s in shapes_of(v))
    )
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
        lambda v: (
            v.dtype in ("int32", "int64")
            and v.rank == 1
            and [e.shape for e in v.examples or ()] == [e.shape[:1] for e in a.examples or ()]
        )
    )
    bound = a.bound * a.size
    error = a.error * a.size + (p.rounding(a, bound) * a.size if a.is_float else 0)
    y = tf.unsorted_segment_sum(a.tensor, tf.floormod(index.tensor, 3), 3)
    return p.examined(y, bound, error, a.smooth)


def product(p: Program) -> Value:
    a = p.pick(lambda v: v.is_float and v.rank == 2)
    b = p.pick(
        lambda v: (
            v.dtype == a.dtype
            and v.rank == 2
            and [e.shape[0] for e in v.examples or ()] == [e.shape[1] for e in a.examples or ()]
        )
    )
    count = max(example.shape[1] for example in a.examples or ()) + 1
    bound = a.bound * b.bound * count
    error = count * (a.bound * b.error + b.bound * a.error) + count * p.rounding(a, bound)
    return p.examined(tf.matmul(a.tensor, b.tensor), bound, error, a.smooth and b.smooth)


def network(p: Program) -> Value:
    a = p.pick(lambda v: v.dtype in ("float32", "float64") and v.rank == 2 and is_never_empty(v))
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
    a = p.pick(lambda v: v.dtype == "float32" and v.rank == 2 and is_never_empty(v))
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
    kind = p.rng.choice(
        ("random_uniform", "random_normal", "truncated_normal", "integers", "shuffle", "dropout")
    )
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
        a = p.pick(lambda v: v.tensor.shape.ndims == 1 and v.dtype == "int32")
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
            lambda v: (
                v.dtype == value.dtype
                and v.error < 1e-3
                and all(shape == initial.shape for shape in shapes_of(v))
            )
        )
        update = {"assign": tf.assign, "add": tf.assign_add, "sub": tf.assign_sub}[kind]
        op = update(variable, saturated(p, source))
    else:
        if not initial.ndim:
            raise Refused("scalar")
        rows = p.rng.randint(1, 3)
        if p.rng.random() < 0.5:
            index = p.placeholder("int32", (rows,), 0, max(len(initial) - 1, 1))
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
    _, result = while_loop(
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
        y = tf.check_numerics(a.tensor * (limit.tensor * 0 + 1), "seen")
        return p.examined(y, a.bound * 2, a.error * 2 + p.rounding(a, a.bound))
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
    except TypeError as refused:
        if "NoneType" in str(refused):  # of unknown rank, which TensorFlow refuses in the same words
            raise Refused(str(refused)) from refused
        raise
    for tensor in found:
        if isinstance(tensor, tf.Tensor):
            try:
                p.examined(tensor, 1)
            except Refused:
                continue
            p.gradients.append(tensor)


RECIPES: list[tuple[Recipe, int]] = [
    (float_binary, 8), (float_unary, 6), (exact_unary, 2), (integer_binary, 6), (cast, 4), (comparison, 3),
    (logical, 1), (select, 2), (reshaped, 5), (sliced, 5), (joined, 4), (filled, 5), (reduced, 5),
    (logical_reduction, 1), (positions, 2), (gathered, 4), (segments, 2), (product, 3), (network, 2),
    (convolution, 1), (drawn, 4), (of_computed_length, 3), (on_the_host, 3), (read, 5), (written, 7),
    (conditional, 2), (loop, 1), (checked_value, 3), (gradient, 1),
]  # fmt: skip
