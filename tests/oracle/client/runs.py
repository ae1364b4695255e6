"""Running: odd fetches and feeds, errors inside steps, threads, callables and partial runs that fail."""

import collections
import os
import pickle
import sys
import threading

import numpy as np

from tests.oracle.client import attempt
from tests.threads import settle

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def protos(tf):
    return sys.modules[tf.RunOptions.__module__]


# -- fetches and feeds -------------------------------------------------------------------------


@program
def fetches_of_variables_and_names(tf):
    v = tf.Variable([1.0, 2.0], name="v")
    r = tf.get_variable("r", initializer=3, use_resource=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [
            session.run(v),
            session.run(r),
            session.run([v, r]),
            session.run({"a": (v, r)}),
            session.run("v:0"),
            session.run("v"),
            session.run("r/Read/ReadVariableOp:0"),
            session.run(r.read_value()),
            v.eval(),
            r.eval(),
            session.run(v.initialized_value()),
            session.run("v:0"),
            session.run(v[0]),
            session.run(v.op),
        ]


@program
def fetches_of_handles(tf):
    r = tf.get_variable("r", initializer=3, use_resource=True)
    q = tf.FIFOQueue(2, tf.int32)
    with tf.Session() as session:
        session.run(r.initializer)
        value = session.run(r.handle)
        return [
            attempt(lambda: session.run(q.queue_ref)).dtype.name,
            value.dtype.name if hasattr(value, "dtype") else type(value).__name__,
            np.ndim(value),
            b"resource" in str(value.dtype).encode(),
        ]


@program
def objects_that_registered(tf):
    class Pair(object):
        def __init__(self, first, second):
            self.first, self.second = first, second

    class Unfed(object):
        def __init__(self, value):
            self.value = value

    register = getattr(sys.modules[tf.Session.__module__], "register_session_run_conversion_functions", None)
    if register is None:
        from perdure.session.expansions import register_session_run_conversion_functions as register
    register(
        Pair,
        lambda p: ([p.first, p.second], lambda v: ("pair", v[0], v[1])),
        lambda p, v: [(p.first, v), (p.second, v * 2)],
        lambda p: [p.first, p.second],
    )
    register(Unfed, lambda u: ([u.value], lambda v: [v[0]]))
    x, y = tf.placeholder(tf.float32, [], name="x"), tf.placeholder(tf.float32, [], name="y")
    pair = Pair(x, y)
    total = x + y
    with tf.Session() as session:
        handle = session.partial_run_setup([total], [pair])
        return [
            session.run(pair, {pair: 2.0}),
            session.run({"p": [pair], "t": total}, {pair: 1.0}),
            session.run(Unfed(total), {x: 1, y: 2}),
            session.partial_run(handle, total, {pair: 4.0}),
            type(attempt(lambda: session.run(total, {Unfed(x): 1}))).__name__,
            attempt(lambda: register(Pair, lambda p: ([], lambda v: v))),
        ]


@program
def attrs_classes(tf):
    try:
        import attr
    except ImportError:
        return ["a class", 3.0]

    @attr.s
    class Result(object):
        loss = attr.ib()
        steps = attr.ib()

    with tf.Session() as session:
        made = session.run(Result(tf.constant(3.0), [tf.constant(1)]))
        return ["a class" if type(made) is Result else "?", made.loss]


@program
def structures_keep_their_type(tf):
    a, b = tf.constant(1), tf.constant(2)

    class Listed(list):
        pass

    class Keyed(dict):
        pass

    with tf.Session() as session:
        default = session.run(collections.defaultdict(list, {"a": a}))
        return [
            type(session.run(Listed([a, b]))).__name__,
            type(session.run(Keyed(x=a))).__name__,
            type(default).__name__,
            default["a"],
            session.run(collections.OrderedDict([("b", b), ("a", a)])),
            session.run([[[[a]]]]),
            session.run(((), [a], {})),
            list(session.run({1: a, "x": b})),
            session.run([a, [b, [a, (b,)]], {"k": a}]),
        ]


@program
def values_of_all_types(tf):
    result = []
    with tf.Session() as session:
        for name, values in [
            ("float16", [1.5, -2]),
            ("float32", [1.5]),
            ("float64", [1e300]),
            ("int8", [-128, 127]),
            ("uint8", [255]),
            ("int16", [-(2**15)]),
            ("uint16", [65535]),
            ("int32", [-(2**31)]),
            ("uint32", [2**32 - 1]),
            ("int64", [-(2**63)]),
            ("uint64", [2**64 - 1]),
            ("bool", [True, False]),
            ("complex64", [1 + 2j]),
            ("complex128", [1e200j]),
            ("string", [b"a", b"\0"]),
        ]:
            dtype = getattr(tf, name)
            x = tf.placeholder(dtype)
            array = np.array(values, dtype.as_numpy_dtype)
            result.append(session.run(tf.identity(x), {x: array}))
            result.append(session.run(tf.identity(x), {x: array[0]}))
            result.append(session.run(tf.identity(x), {x: np.zeros([2, 0], dtype.as_numpy_dtype)}))
            result.append(session.run(tf.constant(array)))
    return result


@program
def bfloat16_values(tf):
    x = tf.placeholder(tf.bfloat16)
    with tf.Session() as session:
        value = session.run(tf.cast(tf.constant([1.0, 2.5]), tf.bfloat16))
        return [
            str(value.dtype),
            value.astype(np.float32),
            session.run(tf.cast(x, tf.float32), {x: value}),
            tf.bfloat16.name,
            tf.bfloat16.size,
            str(tf.as_dtype(value.dtype)),
        ]


@program
def quantized_values(tf):
    x = tf.placeholder(tf.quint8, [2])
    with tf.Session() as session:
        value = np.array([(1,), (2,)], tf.quint8.as_numpy_dtype)
        return [
            str(session.run(tf.identity(x), {x: value}).dtype),
            tf.qint32.as_numpy_dtype == np.int32,
            tf.quint8.min,
            tf.quint8.max,
            tf.qint8.is_quantized,
            tf.qint16.is_integer,
            type(attempt(lambda: tf.qint32.base_dtype.limits)).__name__,
        ]


@program
def strings_of_all_kinds(tf):
    x = tf.placeholder(tf.string)
    tries = [
        "\u4e2d\u6587",
        ["\u4e2d", "a"],
        np.array(["\u4e2d"]),
        np.array([b"a", b"bcd"]),
        np.array(["a", "\u00e9"], object),
        [],
        [[]],
        np.zeros([0, 2], object),
        np.array("abc"),
        np.str_("x"),
        np.bytes_(b"y"),
        b"\xff\xfe",
        ["x" * 1000],
        [["a"], ["b"]],
        ("a", "b"),
        bytearray(b"z"),
        np.array([b"a\0b"], object),
        np.array([b"a\0"]),
        "",
        [""],
        1.5,
        [None],
        {"a": 1},
        [["a"], "b"],
        [1, "a"],
        np.array([1, 2]),
        [True],
        None,
    ]
    with tf.Session() as session:
        return [attempt(lambda v=v: session.run(tf.identity(x), {x: v})) for v in tries]


@program
def fed_values_that_are_refused(tf):
    f, i = tf.placeholder(tf.float32, [None, 2], name="f"), tf.placeholder(tf.int32, name="i")
    b, u = tf.placeholder(tf.bool, name="b"), tf.placeholder(tf.uint8, name="u")
    h = tf.placeholder(tf.float16, name="h")
    tries = [
        (f, None),
        (f, [[1, 2, 3]]),
        (f, 1),
        (f, []),
        (f, [[]]),
        (f, "a"),
        (f, [["a", "b"]]),
        (f, {}),
        (f, set()),
        (f, object()),
        (f, [[1, None]]),
        (f, [[object(), 1]]),
        (f, np.zeros([3, 2, 1])),
        (f, [[1, 2], [3]]),
        (f, lambda: 1),
        (f, iter([1])),
        (i, 2**31),
        (i, -(2**31) - 1),
        (i, [2**31]),
        (i, 2**70),
        (i, 1.5),
        (i, "a"),
        (i, None),
        (i, [1.5]),
        (i, np.int64(2**40)),
        (i, np.uint8(3)),
        (i, True),
        (i, [True]),
        (u, 256),
        (u, -1),
        (u, [256]),
        (u, 1.9),
        (b, 2),
        (b, "x"),
        (b, [0.5]),
        (b, None),
        (h, 70000),
        (h, 1e5),
        (h, 1),
        (tf.float32, 1),
        (tf.constant, 1),
        ((f,), 1),
        ("f", [[1, 2]]),
        ("f:0", [[1, 2]]),
        ("zz:0", 1),
        (f.op, 1),
        (b"i:0", 1),
        (None, 1),
        ("", 1),
        ("i:1", 1),
        ("i:0:0", 1),
        (tf.Graph(), 1),
    ]
    with tf.Session() as session:

        def run(key, value):
            keys = {"f": f, "i": i, "b": b, "u": u, "h": h}
            name = key.op.name if isinstance(key, tf.Tensor) else "f" if key in ("f", "f:0", (f,)) else "i"
            result = session.run(tf.identity(keys[name]), {key: value})
            return result if np.asarray(result).dtype != object else "objects"

        return [attempt(lambda k=k, v=v: run(k, v)) for k, v in tries]


@program
def placeholders_without_values(tf):
    a = tf.placeholder(tf.float32, [2, None], name="a")
    b = tf.placeholder(tf.string, name="b")
    c = tf.add(a, 1.0, name="c")
    with tf.Session() as session:
        return [
            attempt(lambda: session.run(a)),
            attempt(lambda: session.run(c)),
            attempt(lambda: session.run(b)),
            attempt(lambda: session.run([a, b])).error_code,
            attempt(lambda: session.run(c, {})),
            attempt(lambda: session.run(c, {a: [1, 2]})),
            session.run(c, {c: [[1]]}),
            session.run(a, {a: [[1], [2]]}),
            attempt(lambda: c.eval()),
            attempt(lambda: c.op.run()),
        ]


@program
def shapes_at_run_time(tf):
    x, y = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, name="y")
    i = tf.placeholder(tf.int32, name="i")
    tries = [
        (tf.add(x, y, name="sum"), {x: [1, 2], y: [1, 2, 3]}),
        (tf.matmul(x, y, name="product"), {x: [[1, 2]], y: [[1, 2]]}),
        (tf.matmul(x, y), {x: [1], y: [1]}),
        (tf.reshape(x, i, name="shaped"), {x: [1, 2, 3], i: [2, 2]}),
        (tf.reshape(x, i), {x: [1, 2, 3], i: [-1, 2]}),
        (tf.reshape(x, i), {x: [1], i: [-1, -1]}),
        (tf.concat([x, y], 0, name="joined"), {x: [[1]], y: [[1, 2]]}),
        (tf.concat([x, y], i), {x: [1], y: [1], i: 3}),
        (tf.gather(x, i, name="picked"), {x: [1, 2], i: 2}),
        (tf.gather(x, i), {x: [1, 2], i: [-1]}),
        (tf.gather(x, i), {x: 1, i: [0]}),
        (tf.slice(x, i, [5]), {x: [1, 2], i: [0]}),
        (tf.slice(x, i, [1]), {x: [1, 2], i: [3]}),
        (tf.stack([x, y]), {x: [1], y: [1, 2]}),
        (tf.split(x, 2), {x: [1, 2, 3]}),
        (tf.transpose(x, i), {x: [[1]], i: [0, 0]}),
        (tf.transpose(x, i), {x: [[1]], i: [0, 2]}),
        (tf.reduce_sum(x, i), {x: [1], i: 1}),
        (tf.fill(i, 1.0), {i: [-1]}),
        (tf.zeros(i), {i: [[1]]}),
        (tf.tile(x, i), {x: [1], i: [1, 1]}),
        (tf.pad(x, i), {x: [1], i: [[1, 1], [1, 1]]}),
        (tf.range(i), {i: [1]}),
        (tf.range(0, 5, i), {i: 0}),
        (tf.one_hot(i, i), {i: 2}),
        (tf.squeeze(x, [0]), {x: [1, 2]}),
        (tf.expand_dims(x, i), {x: [1], i: 3}),
        (tf.unstack(tf.ensure_shape(x, [2])), {x: [1, 2, 3]}),
        (tf.ensure_shape(x, [2, None]), {x: [1]}),
        (tf.nn.bias_add(x, y), {x: [[1, 2]], y: [1]}),
        (tf.nn.bias_add(x, y), {x: [1], y: [1]}),
        (tf.add_n([x, y]), {x: [1], y: [1, 2]}),
        (x[5], {x: [1]}),
        (tf.argmax(x, i), {x: [1], i: 2}),
        (tf.cumsum(x, i), {x: [1], i: 2}),
        (tf.nn.sparse_softmax_cross_entropy_with_logits(labels=i, logits=x), {i: [5], x: [[1, 2]]}),
        (tf.nn.sparse_softmax_cross_entropy_with_logits(labels=i, logits=x), {i: [0, 1], x: [[1, 2]]}),
        (tf.segment_sum(x, i), {x: [1, 2], i: [1, 0]}),
        (tf.scatter_nd(i, x, [2]), {i: [[3]], x: [1]}),
        (tf.boolean_mask(x, [True]), {x: [1, 2]}),
        (tf.nn.top_k(x, 3), {x: [1]}),
        (tf.cholesky(x), {x: [[1, 2]]}),
        (tf.cholesky(x), {x: [[-1.0]]}),
        (tf.matrix_inverse(x), {x: [[0.0]]}),
        (tf.broadcast_to(x, i), {x: [1, 2], i: [3]}),
        (tf.dynamic_partition(x, i, 2), {x: [1], i: [2]}),
        (tf.invert_permutation(i), {i: [0, 0]}),
        (tf.nn.embedding_lookup(x, i), {x: [[1]], i: [4]}),
        (tf.gather_nd(x, i), {x: [1], i: [[4]]}),
        (i // 0, {i: [1]}),
        (i % 0, {i: 1}),
        (tf.truediv(i, 0), {i: 1}),
        (tf.linspace(0.0, 1.0, i), {i: 0}),
        (tf.reverse(x, i), {x: [1], i: [3]}),
        (tf.check_numerics(x, "bad value"), {x: [np.nan]}),
        (tf.check_numerics(x, "bad value"), {x: [np.inf]}),
    ]
    with tf.Session() as session:
        results = [attempt(lambda t=t, f=f: session.run(t, f)) for t, f in tries]
    return [r if isinstance(r, Exception) else "ran" for r in results]


@program
def feeding_what_is_inside(tf):
    v = tf.Variable([1.0, 2.0], name="v")
    r = tf.get_variable("r", initializer=[1.0], use_resource=True)
    a = v + 1
    assign = tf.assign(v, [5.0, 6.0])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [
            session.run(a, {v: [7.0, 8.0]}),
            session.run(v),
            session.run([v, a], {v: [0.0, 1.0]}),
            session.run(r, {r: [9.0]}),
            session.run(r),
            session.run(a, {v.value(): [1.0, 1.0]}),
            attempt(lambda: session.run(a, {v: [1.0]})),
            session.run([assign], {a: [1.0, 2.0]}),
            session.run(a, {a: [3.0, 3.0]}),
            session.run({"a": a}, {"v:0": [0.0, 0.0]}),
        ]


@program
def a_fed_variable_in_a_branch(tf):
    v = tf.Variable(1.0, name="v")
    p = tf.placeholder(tf.bool, [])
    c = tf.cond(p, lambda: v + 1, lambda: v - 1)
    with tf.Session() as session:
        session.run(v.initializer)
        return [
            session.run(c, {p: True}),
            session.run(c, {p: True, v: 10.0}),
            session.run(c, {p: False, v: 10.0}),
        ]


@program
def large_graphs(tf):
    x = tf.placeholder(tf.float32, [], name="x")
    y = x
    for _ in range(2000):
        y = y + 1.0
    with tf.Session() as session:
        return [
            session.run(y, {x: 0}),
            session.run(tf.add_n([x] * 500), {x: 1}),
            len(session.run([x + i for i in range(300)], {x: 1})),
        ]


# -- errors ------------------------------------------------------------------------------------


@program
def uninitialized_variables(tf):
    v = tf.Variable(1.0, name="v")
    r = tf.get_variable("r", initializer=1.0, use_resource=True)
    with tf.Session() as session:
        tries = [
            v,
            v.value(),
            v + 1,
            v.assign_add(1.0),
            r,
            r.read_value(),
            r + 1,
            r.assign_add(1.0),
            tf.gradients(v * v, v),
            tf.scatter_add(tf.Variable([1.0], name="w"), 0, 1.0),
            tf.count_up_to(tf.Variable(1, name="n"), 3),
        ]
        errors = [attempt(lambda t=t: session.run(t)) for t in tries]
        return (
            [[type(e).__name__, e.message.split("\n")[0].split("Not found")[0][:60]] for e in errors[:7]]
            + [type(errors[7]).__name__]
            + [
                session.run(tf.report_uninitialized_variables()).tolist(),
                session.run(tf.is_variable_initialized(v)),
            ]
        )


@program
def errors_of_the_runtime(tf):
    x = tf.placeholder(tf.float32, name="x")
    bad = tf.check_numerics(x, "oh no", name="checked")
    with tf.Session() as session:
        error = attempt(lambda: session.run(bad, {x: np.nan}))
    copy = pickle.loads(pickle.dumps(tf.errors.NotFoundError(None, None, "gone")))
    return [
        isinstance(error, tf.errors.OpError),
        isinstance(error, Exception),
        error.op is bad.op,
        error.node_def.name,
        error.node_def.op,
        error.error_code == tf.errors.INVALID_ARGUMENT,
        "oh no" in error.message,
        "checked" in str(error),
        type(copy).__name__,
        copy.message,
        copy.error_code,
        copy.op,
        str(copy),
        repr(copy),
        copy.args,
    ]


@program
def classes_of_errors(tf):
    names = [
        "CancelledError",
        "UnknownError",
        "InvalidArgumentError",
        "DeadlineExceededError",
        "NotFoundError",
        "AlreadyExistsError",
        "PermissionDeniedError",
        "UnauthenticatedError",
        "ResourceExhaustedError",
        "FailedPreconditionError",
        "AbortedError",
        "OutOfRangeError",
        "UnimplementedError",
        "InternalError",
        "UnavailableError",
        "DataLossError",
    ]
    made = [getattr(tf.errors, n)(None, None, "m") for n in names]
    op = tf.constant(1, name="a").op
    return [[type(e).__name__, e.error_code, str(e), e.message, e.op, e.node_def] for e in made] + [
        [issubclass(type(e), tf.errors.OpError) for e in made],
        str(tf.errors.OpError(None, None, "text", 3)),
        tf.errors.OpError(None, op, "t", 3).op is op,
        tf.errors.exception_type_from_error_code(5).__name__,
        tf.errors.error_code_from_exception_type(tf.errors.AbortedError),
        attempt(lambda: tf.errors.exception_type_from_error_code(99)),
        tf.errors.OK,
        tf.errors.UNAUTHENTICATED,
        str(tf.errors.InvalidArgumentError(None, op, "mine")).split("\n")[0],
        tf.errors.InvalidArgumentError(op.node_def, op, "mine").node_def.name,
    ]


@program
def asserts(tf):
    x = tf.placeholder(tf.int32, name="x")
    with tf.control_dependencies([tf.Assert(tf.reduce_all(x > 0), ["not positive:", x, "!"])]):
        y = tf.identity(x)
    with tf.control_dependencies([tf.assert_equal(x, 3, message="three", name="eq")]):
        z = tf.identity(x)
    with tf.control_dependencies([tf.assert_less(x, 5, data=["too much", x], summarize=2)]):
        w = tf.identity(x)
    with tf.Session() as session:
        return [
            session.run(y, {x: [1, 2]}),
            attempt(lambda: session.run(y, {x: [1, -2]})),
            attempt(lambda: session.run(z, {x: [3, 4]})),
            attempt(lambda: session.run(w, {x: [7, 8, 9]})),
            session.run(w, {x: 1}),
            attempt(lambda: tf.assert_equal(1, 2)),
            attempt(lambda: tf.assert_equal(1, 2, message="words")),
            attempt(lambda: tf.Assert(False, ["static"]).run()),
            attempt(lambda: tf.Assert(x, "no list")),
            attempt(lambda: tf.assert_rank(x, 2)),
            attempt(lambda: tf.assert_rank(tf.zeros([2]), 2)),
            attempt(lambda: tf.assert_type(x, tf.float32)),
            attempt(lambda: tf.assert_scalar(tf.zeros([2]))),
            attempt(lambda: tf.assert_positive(-1)),
            attempt(lambda: tf.assert_integer(1.5)),
            attempt(lambda: tf.assert_none_equal(1, 1)),
        ]


@program
def py_func_errors(tf):
    def raising(error):
        def function(value):
            raise error

        return function

    results = []
    with tf.Session() as session:
        for error in (
            ValueError("v"),
            TypeError("t"),
            StopIteration("s"),
            MemoryError("m"),
            NotImplementedError("n"),
            KeyError("k"),
            RuntimeError("r"),
            ZeroDivisionError("z"),
            AttributeError("a"),
            tf.errors.NotFoundError(None, None, "nf"),
            tf.errors.OutOfRangeError(None, None, "or"),
            OSError("o"),
            AssertionError("as"),
            IndexError("i"),
        ):
            (y,) = tf.py_func(raising(error), [1], [tf.int32])
            results.append(type(attempt(lambda y=y: session.run(y))).__name__)
        wrong = [
            tf.py_func(lambda v: 1.5, [1], tf.int32),
            tf.py_func(lambda v: "a", [1], tf.float32),
            tf.py_func(lambda v: None, [1], tf.float32),
            tf.py_func(lambda v: (1, 2), [1], [tf.int64]),
            tf.py_func(lambda v: 1, [1], [tf.int64, tf.int64]),
            tf.py_func(lambda v: [[1], [1, 2]], [1], tf.int64),
            tf.py_func(lambda: np.int64(1), [1], tf.int64),
            tf.py_func(lambda v: object(), [1], tf.int64),
        ]
        errors = [attempt(lambda w=w: session.run(w)) for w in wrong]
        results += [type(e).__name__ if isinstance(e, Exception) else "ran" for e in errors]
        message = str(
            attempt(lambda: session.run(tf.py_func(raising(ValueError("the words")), [1], tf.int64)))
        )
        return results + [
            "ValueError: the words" in message,
            "Traceback" in message,
            attempt(lambda: tf.py_func(1, [1], tf.int64)),
            attempt(lambda: tf.py_func(lambda: 1, 1, tf.int64)),
            attempt(lambda: tf.py_func(lambda v: v, [1], "nope")),
        ]


@program
def py_func_results(tf):
    tries = [
        (lambda: np.int64(3), [], tf.int64),
        (lambda: 3, [], tf.int64),
        (lambda: 3.5, [], tf.float64),
        (lambda: [1, 2], [], tf.int64),
        (lambda: "text", [], tf.string),
        (lambda: b"bytes", [], tf.string),
        (lambda: ["\u4e2d", "b"], [], tf.string),
        (lambda: True, [], tf.bool),
        (lambda x: x, [[1.5, 2]], tf.float32),
        (lambda x: x, ["s"], tf.string),
        (lambda x: x.decode() + "!", ["s"], tf.string),
        (lambda x: type(x).__name__, ["s"], tf.string),
        (lambda x: type(x).__name__, [1], tf.string),
        (lambda x: type(x).__name__, [[1]], tf.string),
        (lambda x: type(x).__name__, [["s"]], tf.string),
        (lambda x: np.array([], np.float32), [1], tf.float32),
        (lambda x, y: (x, y), [1, 2.0], [tf.int32, tf.float32]),
        (lambda x: [x, x], [1], [tf.int32, tf.int32]),
        (lambda x: (x,), [1], [tf.int32]),
        (lambda: None, [], []),
        (lambda: np.array("u"), [], tf.string),
        (lambda: np.array(["u", "vw"]), [], tf.string),
        (lambda: np.complex64(1j), [], tf.complex64),
        (lambda: np.zeros([0, 2]), [], tf.float64),
    ]
    with tf.Session() as session:
        made = [attempt(lambda t=t: tf.py_func(*t)) for t in tries]
        return [m if isinstance(m, Exception) else attempt(lambda m=m: session.run(m)) for m in made] + [
            m.shape.ndims if hasattr(m, "shape") else type(m).__name__ for m in made
        ]


@program
def steps_that_fail_change_nothing(tf):
    v = tf.Variable(0, name="v")
    x = tf.placeholder(tf.int32, [])
    more = tf.assign_add(v, 1)
    with tf.control_dependencies([tf.assert_positive(x)]):
        checked = tf.assign_add(v, x)
    with tf.Session() as session:
        session.run(v.initializer)
        errors = [type(attempt(lambda: session.run(checked, {x: -1}))).__name__ for _ in range(3)]
        return errors + [session.run(v), session.run(more), session.run(checked, {x: 5}), session.run(v)]


# -- options -----------------------------------------------------------------------------------


@program
def options_and_metadata(tf):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.add(x, 1.0, name="y")
    with tf.Session() as session:
        results = []
        for level in (
            tf.RunOptions.NO_TRACE,
            tf.RunOptions.SOFTWARE_TRACE,
            tf.RunOptions.HARDWARE_TRACE,
            tf.RunOptions.FULL_TRACE,
        ):
            metadata = tf.RunMetadata()
            results.append(session.run(y, {x: 1}, tf.RunOptions(trace_level=level), metadata))
            results.append(len(metadata.step_stats.dev_stats) > 0)
        return results + [
            session.run(y, {x: 1}, run_metadata=None),
            session.run(y, {x: 1}, options=None),
            session.run(y, feed_dict={x: 1}, options=tf.RunOptions(), run_metadata=tf.RunMetadata()),
            session.run(y, {x: 1}, tf.RunOptions(report_tensor_allocations_upon_oom=True)),
            attempt(lambda: session.run(y, {x: 1}, tf.RunOptions(inter_op_thread_pool=5))),
            session.run(y, {x: 1}, tf.RunOptions(inter_op_thread_pool=-1)),
        ]


@program
def cost_models(tf):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.add(x, 1.0, name="y")
    metadata = tf.RunMetadata()
    config = tf.ConfigProto(graph_options=tf.GraphOptions(build_cost_model=1))
    with tf.Session(config=config) as session:
        for _ in range(3):
            session.run(y, {x: 1}, run_metadata=metadata)
    return [metadata.HasField("cost_graph"), any(node.name == "y" for node in metadata.cost_graph.node)]


@program
def partition_graphs_of_two_devices(tf):
    with tf.device("/cpu:0"):
        a = tf.constant(1.0, name="a")
        v = tf.Variable(1.0, name="v")
    with tf.device("/cpu:1"):
        b = tf.add(v, a, name="b")
    metadata = tf.RunMetadata()
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as session:
        session.run(v.initializer)
        value = session.run(b, options=tf.RunOptions(output_partition_graphs=True), run_metadata=metadata)
    graphs = [sorted(n.name for n in g.node if n.name in "vb") for g in metadata.partition_graphs]
    return [value, sorted(graphs), len(metadata.partition_graphs)]


@program
def thread_pools_that_are_named(tf):
    c = tf.constant(1)
    config = tf.ConfigProto()
    config.session_inter_op_thread_pool.add(num_threads=1, global_name="shared")
    config.session_inter_op_thread_pool.add(num_threads=2)
    with tf.Session(config=config) as session:
        first = [session.run(c, options=tf.RunOptions(inter_op_thread_pool=i)) for i in (0, 1)]
    other = tf.ConfigProto()
    other.session_inter_op_thread_pool.add(num_threads=3, global_name="shared")
    return first + [attempt(lambda: tf.Session(config=other).run(c)), attempt(lambda: session.run(c))]


@program
def isolated_sessions(tf):
    v = tf.Variable(1.0)
    config = tf.ConfigProto(isolate_session_state=True)
    with tf.Session(config=config) as one, tf.Session(config=config) as two:
        one.run(v.initializer)
        return [one.run(v), type(attempt(lambda: two.run(v))).__name__]


# -- callables and partial runs ----------------------------------------------------------------


@program
def callables_that_are_wrong(tf):
    x, y = tf.placeholder(tf.float32, [2], name="x"), tf.placeholder(tf.float32, [], name="y")
    z = tf.add(x, y, name="z")
    with tf.Session() as session:
        step = session.make_callable(z, [x, y])
        return [
            step([1, 2], 3),
            attempt(lambda: step([1, 2])),
            type(attempt(lambda: step())).__name__,
            attempt(lambda: step([1], 1)),
            attempt(lambda: step("a", 1)),
            attempt(lambda: step(None, 1)),
            type(attempt(lambda: step(y=1))).__name__,
            attempt(lambda: session.make_callable(z, [x, "q:0"])([1, 2], 1)),
            attempt(lambda: session.make_callable(z, [1])(1)),
            attempt(lambda: session.make_callable(1)),
            attempt(lambda: session.make_callable([z, None])),
            attempt(lambda: session.make_callable(z, {x: 1})),
            session.make_callable([z, {"z": z}], [x, y])([1, 2], 0),
            type(attempt(lambda: session.make_callable(z)())).__name__,
            session.make_callable("z:0", ["x:0", "y:0"])([0, 0], 2),
            type(attempt(lambda: session.make_callable(tf.constant(1))(1))).__name__,
        ]


@program
def callables_see_state(tf):
    v = tf.Variable(0)
    more = v.assign_add(1)
    with tf.Session() as session:
        session.run(v.initializer)
        step, read = session.make_callable(more), session.make_callable(v)
        values = [step(), step(), read(), session.run(v)]
        tf.constant(5)  # the graph grows
        return values + [step(), read(), session.make_callable([more.op, v.op])()]


@program
def callables_from_options_that_are_wrong(tf):
    a = tf.placeholder(tf.float32, [2], name="a")
    tf.add(a, 1.0, name="b")

    def make(session, **fields):
        connections = fields.pop("connect", ())
        options = protos(tf).CallableOptions(**fields)
        for source, target in connections:
            options.tensor_connection.add(from_tensor=source, to_tensor=target)
        return session._make_callable_from_options(options)

    with tf.Session() as session:

        def run(*values, **fields):
            return make(session, **fields)(*values)

        return [
            run(np.float32([1, 2]), feed=["a:0"], fetch=["b:0"]),
            run(np.float32([1, 2]), feed=["a:0"], fetch=["b:0", "b:0"]),
            run(np.float32([1, 2]), feed=["a:0"], target=["b"]),
            type(attempt(lambda: run(feed=["a:0"], fetch=["b:0"]))).__name__,
            type(attempt(lambda: run(1, 2, feed=["a:0"], fetch=["b:0"]))).__name__,
            type(attempt(lambda: run(feed=["zz:0"], fetch=["b:0"]))).__name__,
            type(attempt(lambda: run(fetch=["zz:0"]))).__name__,
            type(attempt(lambda: run(target=["zz"]))).__name__,
            type(attempt(lambda: run(fetch=["b:0"]))).__name__,
            type(attempt(lambda: run(fetch=["b:0"], connect=[("zz:0", "a:0")]))).__name__,
            type(
                attempt(
                    lambda: run(np.float32([1, 2]), feed=["a:0"], fetch=["b:0"], connect=[("b:0", "a:0")])
                )
            ).__name__,
        ]


@program
def callables_from_options_report(tf):
    a = tf.constant(2.0, name="a")
    tf.multiply(a, 3.0, name="b")
    options = protos(tf).CallableOptions(
        fetch=["b:0"], run_options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    )
    metadata = tf.RunMetadata()
    with tf.Session() as session:
        step = session._make_callable_from_options(options)
        return [step(run_metadata=metadata), len(metadata.step_stats.dev_stats) > 0]


@program
def partial_runs_that_are_wrong(tf):
    a, b, c = [tf.placeholder(tf.float32, [], name=n) for n in "abc"]
    d = tf.add(a, b, name="d")
    e = tf.multiply(d, c, name="e")
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        h = session.partial_run_setup([d, e], [a, b, c])
        results = [
            session.partial_run(h, d, {a: 1, b: 2}),
            attempt(lambda: session.partial_run(h, d, {c: 1})),
            attempt(lambda: session.partial_run(h, "nothing:0")),
            attempt(lambda: session.partial_run(h, e, {"d:0": 1})),
            attempt(lambda: session.partial_run(h, 3)),
            attempt(lambda: session.partial_run(h, e, [c])),
        ]
        g = session.partial_run_setup([e], [a, b, c])
        results += [
            attempt(lambda: session.partial_run(g, e, {a: 1, b: 2})).error_code,
            type(attempt(lambda: session.partial_run_setup([d], [1]))).__name__ != "str",
            attempt(lambda: session.partial_run_setup([3], [a])),
            attempt(lambda: session.partial_run_setup([None], [a])),
            attempt(lambda: session.partial_run_setup([d], [d])),
        ]
        i = session.partial_run_setup([v, d], [a, b])
        return results + [session.partial_run(i, v), session.partial_run(i, d, {a: 1, b: 1})]


@program
def partial_runs_of_many_parts(tf):
    parts = [tf.placeholder(tf.float32, [], name="p%d" % i) for i in range(10)]
    sums = []
    total = tf.constant(0.0)
    for part in parts:
        total = total + part
        sums.append(total)
    with tf.Session() as session:
        handle = session.partial_run_setup(sums, parts)
        return [session.partial_run(handle, s, {p: float(i)}) for i, (p, s) in enumerate(zip(parts, sums))]


@program
def partial_run_with_sparse_feeds(tf):
    s = tf.sparse_placeholder(tf.float32, name="s")
    i = tf.IndexedSlices(tf.placeholder(tf.float32), tf.placeholder(tf.int64))
    total = tf.reduce_sum(s.values) + tf.reduce_sum(i.values)
    with tf.Session() as session:
        values = tf.identity(s.values)
        handle = session.partial_run_setup([values, total], [s, i])
        return [
            session.partial_run(handle, values, {s: ([[0, 0]], [2.0], [1, 1])}),
            session.partial_run(handle, total, {i: ([1.0], [0])}),
        ]


# -- handles -----------------------------------------------------------------------------------


@program
def handles_of_all_types(tf):
    with tf.Session() as session:
        results = []
        for value in (1, 2.5, "text", [[1, 2]], True, [], 1j):
            handle = session.run(tf.get_session_handle(tf.constant(value)))
            results.append([handle.eval(), handle.handle.split(";")[2]])
        return results


@program
def handles_in_computations(tf):
    a, b = tf.constant(10), tf.constant(5)
    with tf.Session() as session:
        h1 = session.run(tf.get_session_handle(tf.multiply(a, b)))
        holder, x = tf.get_session_tensor(h1.handle, tf.int32)
        y = tf.multiply(x, 10)
        h2 = session.run(tf.get_session_handle(y), {holder: h1.handle})
        holder2, z = tf.get_session_tensor(h2.handle, tf.int32)
        total = tf.add(x, z)
        return [
            session.run(y, {holder: h1.handle}),
            h2.eval(),
            session.run(total, {holder: h1.handle, holder2: h2.handle}),
            session.run(total, {holder: h2.handle, holder2: h2.handle}),
        ]


@program
def handles_as_loop_state(tf):
    with tf.Session() as session:
        x = tf.placeholder(tf.float32, [])
        handle_of_next = tf.get_session_handle(x + 1)
        handle = session.run(handle_of_next, {x: 0})
        for _ in range(5):
            handle = session.run(handle_of_next, {x: handle})
        return handle.eval()


@program
def handles_that_are_wrong(tf):
    c = tf.constant([1.0], name="c")
    with tf.Session() as session:
        handle = session.run(tf.get_session_handle(c))
        holder, tensor = tf.get_session_tensor(handle.handle, tf.int32)
        x = tf.placeholder(tf.int32)
        y = tf.placeholder(tf.float32, [3])
        results = [
            type(attempt(lambda: session.run(tensor, {holder: handle.handle}))).__name__,
            type(attempt(lambda: session.run(x + 1, {x: handle}))).__name__,
            type(attempt(lambda: tf.get_session_tensor(1, tf.int32))).__name__,
            type(attempt(lambda: tf.get_session_tensor("x", tf.int32))).__name__,
            type(attempt(lambda: tf.get_session_tensor(handle.handle, "nope"))).__name__,
        ]
        with tf.Session() as other:
            results.append(type(attempt(lambda: other.run(tensor, {holder: handle.handle}))).__name__)
        handle.delete()
        del y
        return results


@program
def handles_given_away(tf):
    c = tf.constant([1.0], name="c")
    with tf.Session() as session:
        handle = session.run(tf.get_session_handle(c))
        raw = handle.get_raw_handle()
        return [
            raw == handle.handle,
            attempt(handle.eval),
            attempt(handle.delete),
            str(handle) == raw,
            type(handle).__name__,
        ]


# -- threads -----------------------------------------------------------------------------------


def in_threads(count, function):
    results, errors = [None] * count, []

    def body(i):
        try:
            results[i] = function(i)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=body, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results, errors


@program
def many_threads_run(tf):
    v = tf.Variable(0, name="v")
    x = tf.placeholder(tf.int32, [])
    more = tf.assign_add(v, 1, use_locking=True)
    y = x * 2
    with tf.Session() as session:
        session.run(v.initializer)

        def body(i):
            for _ in range(10):
                session.run(more)
            return session.run(y, {x: i})

        results, errors = in_threads(8, body)
        return [results, errors, session.run(v)]


@program
def threads_have_their_own_defaults(tf):
    graph = tf.get_default_graph()
    with tf.Session() as session, graph.device("/cpu:0"), graph.name_scope("outer"):

        def body(i):
            with tf.Graph().as_default() as mine:
                c = tf.constant(i, name="c")
                with tf.Session() as own:
                    return [tf.get_default_graph() is mine, c.op.device, c.name, own.run(c), c.eval()]

        results, errors = in_threads(4, body)
        return [results, errors, tf.get_default_session() is session, tf.constant(1).name]


@program
def threads_build_one_graph(tf):
    graph = tf.get_default_graph()

    def body(i):
        with graph.as_default():
            return [tf.constant(j, name="c").op.name for j in range(20)]

    results, errors = in_threads(5, body)
    names = [n for r in results for n in r]
    return [len(set(names)), errors, len(graph.get_operations()), sorted(names)[0]]


@program
def threads_have_no_default_session(tf):
    c = tf.constant(1)
    with tf.Session():
        results, errors = in_threads(2, lambda i: c.eval())
    return [results, errors]


@program
def threads_open_and_close_sessions(tf):
    c = tf.constant(2) * 3
    graph = tf.get_default_graph()

    def body(i):
        total = 0
        for _ in range(5):
            with tf.Session(graph=graph) as session:
                total += session.run(c)
        return int(total)

    return list(in_threads(6, body))


@program
def closed_while_others_run(tf):
    q = tf.FIFOQueue(1, tf.int32)
    item = q.dequeue()
    session = tf.Session()
    results = []
    thread = threading.Thread(target=lambda: results.append(attempt(lambda: session.run(item))))
    thread.start()
    settle(thread)
    session.close()
    thread.join(10)
    return [type(r).__name__ for r in results] + [thread.is_alive()]


# -- defaults ----------------------------------------------------------------------------------


@program
def interactive_sessions_nested(tf):
    c = tf.constant(1)
    first = tf.InteractiveSession()
    second = tf.InteractiveSession()
    seen = [tf.get_default_session() is second, c.eval()]
    second.close()
    seen.append(tf.get_default_session() is first)
    first.close()
    return seen + [tf.get_default_session() is None, attempt(lambda: c.eval())]


@program
def interactive_session_of_a_graph(tf):
    outer = tf.get_default_graph()
    graph = tf.Graph()
    session = tf.InteractiveSession(graph=graph)
    inside = tf.get_default_graph() is graph
    value = tf.constant(3).eval()
    session.close()
    return [inside, value, tf.get_default_graph() is outer]


@program
def targets(tf):
    tf.constant(1)
    result = []
    for target in ("local", "", "grpc", "nothing://x", "INVALID", "grpc:/x"):
        error = attempt(lambda t=target: tf.Session(t))
        result.append(type(error).__name__ if isinstance(error, Exception) else error.sess_str)
        if not isinstance(error, Exception):
            error.close()
    return result


@program
def graph_in_use_is_changed(tf):
    a = tf.constant(1, name="a")
    b = tf.constant(5, name="b")
    c = tf.add(a, 1, name="c")
    with tf.Session() as session:
        first = session.run(c)
        d = c + 1
        second = session.run(d)
        del b
        return [first, second, session.run([c, d]), session.run("add:0")]


@program
def sessions_in_sequence(tf):
    v = tf.Variable(0)
    more = v.assign_add(2)
    results = []
    for _ in range(3):
        with tf.Session() as session:
            session.run(v.initializer)
            results.append(session.run(more))
    return results


@program
def deleted_sessions(tf):
    v = tf.Variable(1)
    session = tf.Session()
    session.run(v.initializer)
    session.close()
    del session
    with tf.Session() as session:
        return type(attempt(lambda: session.run(v))).__name__


@program
def configurations(tf):
    c = tf.constant(1)
    tries = [
        tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1),
        tf.ConfigProto(use_per_session_threads=True),
        tf.ConfigProto(allow_soft_placement=True, log_device_placement=False),
        tf.ConfigProto(
            graph_options=tf.GraphOptions(
                optimizer_options=tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L0)
            )
        ),
        tf.ConfigProto(gpu_options=tf.GPUOptions(allow_growth=True, per_process_gpu_memory_fraction=0.5)),
        tf.ConfigProto(device_count={"CPU": 3, "GPU": 0}),
        tf.ConfigProto(placement_period=3),
        tf.ConfigProto(inter_op_parallelism_threads=-1),
    ]
    results = []
    for config in tries:
        with tf.Session(config=config) as session:
            results.append(session.run(c))
    return results + [
        attempt(lambda: tf.ConfigProto(nothing=1)),
        attempt(lambda: tf.Session(config="x")),
        attempt(lambda: tf.Session(config=tf.GPUOptions())),
        os.path.basename(str(tf.ConfigProto(allow_soft_placement=True)).strip()),
    ]
