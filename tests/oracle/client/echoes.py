"""What is fed and fetched unchanged comes back as it was fed; what has passed an operation does not."""

import importlib

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def echoing(dtype):
    """A program that feeds what `function()` returns, and fetches the placeholder, an identity, and both."""

    def decorate(function):
        def program(tf):
            x = tf.placeholder(getattr(tf, dtype), name="x")
            y = tf.identity(x, name="y")
            feeds = {x: function()}
            with tf.Session() as session:
                return [
                    attempt(lambda: session.run(fetches, feeds))
                    for fetches in (x, y, [x, y, x], [x, y.op], {"x": x, "y": (y,)})
                ]

        program.__name__ = function.__name__
        PROGRAMS.append(program)
        return function

    return decorate


def program(function):
    PROGRAMS.append(function)
    return function


@echoing("string")
def text():
    return "x\0"


@echoing("string")
def a_letter_beyond_ascii():
    return "\u00e9"


@echoing("string")
def text_as_bytes():
    return b"x\0"


@echoing("string")
def bytes_that_are_no_utf8():
    return b"\xff"


@echoing("string")
def text_of_numpy():
    return np.str_("x")


@echoing("string")
def bytes_of_numpy():
    return np.bytes_(b"x")


@echoing("string")
def texts():
    return [["a", b"b"], ["", "\u4e2d"]]


@echoing("string")
def a_tuple_of_texts():
    return ("a", "b")


@echoing("string")
def no_texts():
    return []


@echoing("string")
def texts_of_numpy():
    return [np.str_("a"), np.bytes_(b"b")]


@echoing("string")
def array_of_text():
    return np.array(["a", "bc"])


@echoing("string")
def array_of_bytes():
    return np.array([b"a", b"bc\0d", b"\0"])


@echoing("string")
def array_of_objects():
    return np.array(["a", b"bc"], dtype=object)


@echoing("string")
def array_of_objects_of_numpy():
    return np.array([np.str_("a"), np.bytes_(b"b")], dtype=object)


@echoing("string")
def arrays_without_axes():
    return np.array("a", dtype=object)


@echoing("string")
def text_without_axes():
    return np.array("a")


@echoing("string")
def half_a_letter():
    return "\ud800"


@echoing("string")
def numbers():
    return [3, 1.5]


@echoing("string")
def an_array_of_numbers():
    return np.array([[1, 2]])


@echoing("string")
def nothing():
    return None


@echoing("string")
def a_buffer():
    return bytearray(b"a")


@echoing("float32")
def a_number():
    return 1.5


@echoing("float32")
def a_number_of_another_type():
    return np.float64(2)


@echoing("bool")
def a_truth():
    return True


@program
def a_constant_in_whose_place_something_is_fed(tf):
    c = tf.constant(["c"])
    with tf.Session() as session:
        return [session.run(c, {c: ["r"]}), session.run(c, {c: np.array([b"r"])}), session.run(c)]


@program
def fed_behind_what_is_fed(tf):
    x = tf.placeholder(tf.string)
    y = tf.identity(x)
    with tf.Session() as session:
        return session.run([y, x, tf.identity(y)], {x: "q", y: "r"})


@program
def what_is_not_needed(tf):
    x, y = tf.placeholder(tf.string), tf.placeholder(tf.string)
    with tf.Session() as session:
        return [
            attempt(lambda: session.run([x, tf.identity(x)], {x: "q", y: [3]})),
            session.run(x, {x: "q", y: [3]}),
        ]


@program
def by_name_and_in_tuples(tf):
    x, f = tf.placeholder(tf.string, name="x"), tf.placeholder(tf.float32)
    with tf.Session() as session:
        return [session.run("x:0", {"x:0": "q"}), session.run([x, f], {(x, f): ("v", 2)})]


@program
def sparse(tf):
    x = tf.sparse_placeholder(tf.string)
    with tf.Session() as session:
        whole = session.run(x, {x: tf.SparseTensorValue([[0, 0]], ["v"], [1, 1])})
        return [whole, session.run([x.values, tf.identity(x.values)], {x: ([[0, 0]], ["v"], [1, 1])})]


@program
def callables(tf):
    x = tf.placeholder(tf.string)
    y = tf.identity(x)
    with tf.Session() as session:
        return [session.make_callable(fetches, [x])("q") for fetches in (x, y, [x, y])]


@program
def in_parts(tf):
    x = tf.placeholder(tf.string)
    y = tf.identity(x)
    with tf.Session() as session:
        handle = session.partial_run_setup([y], [x])
        return session.partial_run(handle, [x, y], {x: "q"})


@program
def with_options(tf):
    x = tf.placeholder(tf.string)
    y = tf.identity(x)
    with tf.Session() as session:
        options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
        return session.run([x, y], {x: "q"}, options, metadata)


@program
def by_handle(tf):
    x = tf.placeholder(tf.string)
    y = tf.identity(x)
    with tf.Session() as session:
        kept = [session.run(tf.get_session_handle(tf.constant(value))) for value in (b"a\0", ["a"])]
        return [session.run([x, y], {x: handle}) for handle in kept]


@program
def numbers_by_handle(tf):
    x = tf.placeholder(tf.float32)
    with tf.Session() as session:
        kept = [session.run(tf.get_session_handle(tf.constant(value))) for value in (1.5, [1.5])]
        return [session.run([x, x + 1], {x: handle}) for handle in kept]


@program
def connected(tf):
    x = tf.placeholder(tf.string, name="x")
    tf.identity(tf.constant("y\0"), name="y")
    tf.identity(x, name="z")
    options = options_of(feed=[], fetch=["z:0"])
    options.tensor_connection.add(from_tensor="y:0", to_tensor="x:0")
    with tf.Session() as session:
        return session._make_callable_from_options(options)()


@program
def ends_of_a_callable(tf):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.identity(x, name="y")
    tf.add(x, y, name="z")
    with tf.Session() as session:

        def made(feed, fetch, target=(), connected=None):
            options = options_of(feed=feed, fetch=fetch, target=target)
            if connected is not None:
                options.tensor_connection.add(from_tensor=connected[0], to_tensor=connected[1])
            return attempt(lambda: session._make_callable_from_options(options)(*[np.float32(2)] * len(feed)))

        return [
            made(["x:0"], ["z:0", "y:0", "z:0"]),
            made(["y:0", "x:0"], ["z:0"], ["z", "z", "y"]),
            made(["x:0", "x:0"], ["y:0"]),
            made(["x:0"], ["x:0"]),
            made(["x:0", "y:0"], ["z:0", "y:0"]),
            made(["x:0"], ["z:0"], [], ("y:0", "z:0")),
            made(["x:0"], ["z:0"], [], ("y:0", "x:0")),
            made(["x:0"], []),
            made(["x:0"], [], ["z"]),
        ]


def options_of(feed, fetch, target=()):
    config_pb2 = importlib.import_module("tensorflow.core.protobuf.config_pb2")
    return config_pb2.CallableOptions(feed=feed, fetch=fetch, target=target)
