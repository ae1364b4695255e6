"""What can be fetched, and how it comes back."""

import collections

import numpy as np

from tests.oracle.client import Point, attempt

PROGRAMS = []


def fetching(function):
    """A program that runs `function(tf, a, b)` in a session, for the fetches it returns."""

    def program(tf):
        a = tf.constant(5.0, name="a")
        b = tf.constant([[1, 2], [3, 4]], name="b")
        with tf.compat.v1.Session() as session:
            return session.run(function(tf, a, b))

    program.__name__ = function.__name__
    PROGRAMS.append(program)
    return function


@fetching
def scalar(tf, a, b):
    return a


@fetching
def matrix(tf, a, b):
    return b


@fetching
def a_list(tf, a, b):
    return [a, b]


@fetching
def a_tuple(tf, a, b):
    return (a, b)


@fetching
def nested(tf, a, b):
    return [a, (b, [a, {"x": b, "y": (a,)}])]


@fetching
def a_named_tuple(tf, a, b):
    return Point(a, [b])


@fetching
def a_dict(tf, a, b):
    return {"a": a, "b": {"c": b}}


@fetching
def an_ordered_dict(tf, a, b):
    return collections.OrderedDict([("z", a), ("y", b)])


@fetching
def empty_list(tf, a, b):
    return []


@fetching
def empty_tuple(tf, a, b):
    return ()


@fetching
def empty_dict(tf, a, b):
    return {}


@fetching
def nested_empty(tf, a, b):
    return [[], {}, ()]


@fetching
def operation(tf, a, b):
    return a.op


@fetching
def operations_and_tensors(tf, a, b):
    return [a.op, a, b.op, b]


@fetching
def tensor_name(tf, a, b):
    return "a:0"


@fetching
def operation_name(tf, a, b):
    return "a"


@fetching
def name_as_bytes(tf, a, b):
    return b"a:0"


@fetching
def duplicates(tf, a, b):
    return [a, a, "a:0", (a, a.op)]


@fetching
def sparse(tf, a, b):
    return tf.SparseTensor([[0, 1]], [2.0], [3, 4])


@fetching
def sparse_nested(tf, a, b):
    return {"s": [tf.SparseTensor([[0, 1]], [2.0], [3, 4])]}


@fetching
def indexed_slices(tf, a, b):
    return tf.IndexedSlices(tf.constant([1.0]), tf.constant([3]), tf.constant([5]))


@fetching
def indexed_slices_without_shape(tf, a, b):
    return tf.IndexedSlices(tf.constant([1.0]), tf.constant([3]))


@fetching
def a_string(tf, a, b):
    return tf.constant("text")


@fetching
def strings(tf, a, b):
    return tf.constant([["a", "b"], ["", "d\0e"]])


@fetching
def empty_strings(tf, a, b):
    return tf.constant([], tf.string)


@fetching
def unicode_string(tf, a, b):
    return tf.constant("\u4e2d\u6587")


@fetching
def empty_array(tf, a, b):
    return tf.zeros([0, 3], tf.int64)


@fetching
def scalars_of_types(tf, a, b):
    return [
        tf.constant(1, t)
        for t in (tf.float16, tf.float64, tf.int8, tf.uint8, tf.int16, tf.int64, tf.bool, tf.complex64)
    ]


@fetching
def none(tf, a, b):
    return None


@fetching
def none_in_list(tf, a, b):
    return [a, None]


@fetching
def a_number(tf, a, b):
    return 1


@fetching
def a_set(tf, a, b):
    return {1}


@fetching
def an_array(tf, a, b):
    return np.zeros(2)


@fetching
def an_object(tf, a, b):
    return type("Thing", (), {"__repr__": lambda self: "thing"})()


@fetching
def unknown_tensor(tf, a, b):
    return "nothing:0"


@fetching
def unknown_operation(tf, a, b):
    return "nothing"


@fetching
def output_that_is_not_there(tf, a, b):
    return "a:1"


@fetching
def malformed_name(tf, a, b):
    return "a:0:0"


@fetching
def empty_name(tf, a, b):
    return ""


@fetching
def tensor_of_another_graph(tf, a, b):
    with tf.Graph().as_default():
        return tf.constant(1, name="elsewhere")


@fetching
def operation_of_another_graph(tf, a, b):
    with tf.Graph().as_default():
        return tf.constant(1, name="elsewhere").op


@fetching
def a_session(tf, a, b):
    return tf.Graph()


@fetching
def unfetchable(tf, a, b):
    tf.get_default_graph().prevent_fetching(a.op)
    return a


@fetching
def a_dtype(tf, a, b):
    return tf.float32


def fed_and_fetched(tf):
    x = tf.placeholder(tf.float32, name="x")
    with tf.Session() as session:
        return session.run([x, x + 1, x.op], {x: 3})


def fed_array_and_fetched(tf):
    x = tf.placeholder(tf.int32, name="x")
    with tf.Session() as session:
        return session.run({"x": x}, {x: [1, 2]})


def variable_fetched(tf):
    v = tf.Variable([1.0, 2.0], name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        return session.run([v, v.value(), "v:0", {"v": v}])


def uninitialized_variable(tf):
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        return session.run(v)


def results_can_be_changed(tf):
    c = tf.constant([1.0, 2.0])
    with tf.Session() as session:
        first = session.run(c)
        first += 1
        return [first, session.run(c)]


def eval_and_run(tf):
    c = tf.constant([1, 2])
    with tf.Session():
        return [c.eval(), c.op.run(), attempt(lambda: c.eval(session=None)).tolist()]


PROGRAMS += [
    fed_and_fetched,
    fed_array_and_fetched,
    variable_fetched,
    uninitialized_variable,
    results_can_be_changed,
    eval_and_run,
]
