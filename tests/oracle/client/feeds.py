"""What can be fed, for what."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def feeding(dtype, shape=None):
    """A program that feeds what `function(tf, x)` returns for a placeholder and fetches its identity."""

    def decorate(function):
        def program(tf):
            x = tf.placeholder(getattr(tf, dtype), shape, name="x")
            value = function(tf, x)
            with tf.Session() as session:
                return session.run(tf.identity(x), value if isinstance(value, dict) else {x: value})

        program.__name__ = function.__name__
        PROGRAMS.append(program)
        return function

    return decorate


@feeding("float32")
def an_int(tf, x):
    return 3


@feeding("float32")
def a_float(tf, x):
    return 2.5


@feeding("float32")
def a_list(tf, x):
    return [[1, 2], [3, 4]]


@feeding("float32")
def a_tuple(tf, x):
    return (1, 2.5)


@feeding("float32")
def float64_array(tf, x):
    return np.array([1.5, 2.5])


@feeding("int32")
def float_array_for_ints(tf, x):
    return np.array([1.7, -2.7])


@feeding("int32")
def a_float_for_an_int(tf, x):
    return 1.7


@feeding("int32")
def a_bool_for_an_int(tf, x):
    return True


@feeding("bool")
def ints_for_bools(tf, x):
    return [0, 1, 2]


@feeding("uint8")
def an_int_that_does_not_fit(tf, x):
    return 256


@feeding("int32")
def a_large_int(tf, x):
    return 2**40


@feeding("int64")
def a_large_int_that_fits(tf, x):
    return 2**40


@feeding("complex64")
def a_complex_number(tf, x):
    return 1 + 2j


@feeding("string")
def text(tf, x):
    return "abc"


@feeding("string")
def text_as_bytes(tf, x):
    return b"a\0c"


@feeding("string")
def unicode_text(tf, x):
    return "\u00e9"


@feeding("string")
def texts(tf, x):
    return [["a", b"b"], ["", "\u4e2d"]]


@feeding("string")
def texts_as_numpy(tf, x):
    return np.array(["a", "bc"])


@feeding("string")
def texts_as_objects(tf, x):
    return np.array(["a", b"bc"], dtype=object)


@feeding("string")
def a_number_for_text(tf, x):
    return 1


@feeding("string")
def numbers_for_text(tf, x):
    return [1.5, 2.5]


@feeding("string")
def none_for_text(tf, x):
    return np.array(["a", None], dtype=object)


@feeding("float32")
def words_as_numbers(tf, x):
    return np.array(["1", "2"])


@feeding("float32")
def bools_for_numbers(tf, x):
    return np.array([True, False])


@feeding("uint8")
def a_negative_number(tf, x):
    return -1


@feeding("float32")
def tensors_in_a_list(tf, x):
    return [tf.constant(1.0)]


@feeding("int32")
def text_for_an_int(tf, x):
    return "5"


@feeding("float32")
def a_numpy_scalar(tf, x):
    return np.float64(2)


@feeding("float32")
def a_name_as_key(tf, x):
    return {"x:0": 1}


@feeding("float32")
def empty(tf, x):
    return []


@feeding("float32", [None, 2])
def wrong_rank(tf, x):
    return [1, 2]


@feeding("float32", [None, 2])
def wrong_size(tf, x):
    return [[1, 2, 3]]


@feeding("float32", [])
def vector_for_a_scalar(tf, x):
    return [1.0]


@feeding("float32")
def no_value(tf, x):
    return {}


@feeding("float32", [2])
def no_value_for_a_shape(tf, x):
    return {}


@feeding("float32")
def a_tensor(tf, x):
    return tf.constant(1.0, name="c")


@feeding("float32")
def words_for_numbers(tf, x):
    return "abc"


@feeding("float32")
def an_object(tf, x):
    return object()


@feeding("float32", [2])
def none_for_a_vector(tf, x):
    return None


@feeding("float32")
def ragged(tf, x):
    return [[1, 2], [3]]


@feeding("float32")
def unknown_key(tf, x):
    return {"nothing:0": 1}


@feeding("float32")
def name_of_an_operation(tf, x):
    return {"x": 1}


@feeding("float32")
def operation_as_key(tf, x):
    return {x.op: 1}


@feeding("float32")
def none_as_key(tf, x):
    return {None: 1}


@feeding("float32")
def number_as_key(tf, x):
    return {1: 1}


@feeding("float32")
def key_of_another_graph(tf, x):
    with tf.Graph().as_default():
        return {tf.placeholder(tf.float32, name="elsewhere"): 1}


@feeding("float32")
def unfeedable(tf, x):
    tf.get_default_graph().prevent_feeding(x)
    return 1


@feeding("float32", [None])
def tuple_of_keys(tf, x):
    y = tf.placeholder(tf.int32, name="y")
    return {(x, y): ([1.0], 2)}


@feeding("float32")
def tuple_of_keys_too_few_values(tf, x):
    return {(x, tf.placeholder(tf.int32, name="y")): (1,)}


@feeding("float32")
def tuple_of_keys_no_tuple(tf, x):
    return {(x, tf.placeholder(tf.int32, name="y")): 1}


def intermediate(tf):
    a = tf.constant(2.0)
    b = a * 3
    c = b + 1
    with tf.Session() as session:
        return [
            session.run(c),
            session.run(c, {b: 10}),
            session.run([b, c], {a: 1}),
            session.run([a, b], {b: 7}),
        ]


def a_variable(tf):
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        return [session.run(v.value() + 1, {v: 5.0}), session.run(v)]


def a_sparse_placeholder(tf):
    x = tf.sparse_placeholder(tf.float32)
    value = tf.SparseTensorValue([[0, 1]], [2.0], [2, 2])
    with tf.Session() as session:
        return [session.run(x, {x: value}), session.run(x.values, {x: ([[0, 0]], [1.0], [1, 1])})]


def indexed_slices(tf):
    x = tf.IndexedSlices(tf.placeholder(tf.float32), tf.placeholder(tf.int64))
    with tf.Session() as session:
        return session.run(x, {x: ([1.0], [3])})


def a_default(tf):
    x = tf.placeholder_with_default([1.0, 2.0], [None])
    with tf.Session() as session:
        return [session.run(x), session.run(x, {x: [5]}), attempt(lambda: session.run(x, {x: 1}))]


def the_same_twice(tf):
    x = tf.placeholder(tf.float32, name="x")
    with tf.Session() as session:
        return session.run(x + 1, {x: 1.0, "x:0": 2.0})


def a_feed_that_is_not_needed(tf):
    x = tf.placeholder(tf.float32, name="x")
    with tf.Session() as session:
        return session.run(tf.constant(1), {x: 1})


def no_dictionary(tf):
    x = tf.placeholder(tf.float32, name="x")
    with tf.Session() as session:
        return session.run(x, [x])


def fed_array_is_not_kept(tf):
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.Variable([0.0, 0.0])
    fed = np.float32([1, 2])
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(v.assign(x), {x: fed})
        fed[:] = 9
        return session.run(v)


PROGRAMS += [
    intermediate,
    a_variable,
    a_sparse_placeholder,
    indexed_slices,
    a_default,
    the_same_twice,
    a_feed_that_is_not_needed,
    no_dictionary,
    fed_array_is_not_kept,
]
