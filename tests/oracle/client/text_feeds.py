"""Strings that are fed: of a wrong shape or kind, or with more dimensions than there may be."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def deep(value, depth):
    for _ in range(depth):
        value = [value]
    return value


def fed(tf, placeholder, values):
    result = tf.identity(placeholder)
    with tf.Session() as session:
        return [attempt(lambda v=v: session.run(result, {placeholder: v})) for v in values]


@program
def of_any_shape(tf):
    values = [
        "a",
        b"a",
        ["a", "b"],
        [["a"], ["b"]],
        [],
        [[], []],
        np.array(["a", "b"]),
        np.array([b"a", b"bc"]),
        np.array(["a", "b"], dtype=object),
        np.array([["a"]], dtype=object),
        ["a", b"b"],
        "\u4e2d",
        ("a", "b"),
        np.zeros([0, 2], dtype=object),
        np.str_("a"),
        np.bytes_(b"a"),
    ]
    return fed(tf, tf.placeholder(tf.string), values)


@program
def ragged(tf):
    values = [
        [["a", "b"], ["c"]],
        ["a", ["b"]],
        [["a"], "b"],
        [["a"], []],
        np.array([["a", "b"], ["c"]], dtype=object),
    ]
    return fed(tf, tf.placeholder(tf.string), values)


@program
def of_a_wrong_shape(tf):
    values = ["a", ["a"], ["a", "b"], [["a", "b"]], [], np.array(["a", "b", "c"])]
    return fed(tf, tf.placeholder(tf.string, [2]), values)


@program
def ragged_for_a_shape(tf):
    values = [[["a", "b"], ["c"]], ["a", ["b"]], [["a"], ["b", "c"]]]
    return fed(tf, tf.placeholder(tf.string, [2, 2]), values) + fed(
        tf, tf.placeholder(tf.string, [2]), values
    )


@program
def of_other_kinds(tf):
    values = [
        1,
        1.5,
        None,
        [1],
        ["a", 1],
        [None],
        [["a"], [1]],
        {"a": 1},
        {"a"},
        object(),
        np.ones(2),
        True,
        [b"a", 1.5],
        np.array([1, "a"], dtype=object),
    ]
    return fed(tf, tf.placeholder(tf.string), values)


@program
def with_many_dimensions(tf):
    values = [deep("a", n) for n in (31, 32)]
    texts = fed(tf, tf.placeholder(tf.string), values)
    return [v.shape if isinstance(v, np.ndarray) else v for v in texts]


@program
def with_too_many_dimensions(tf):
    values = [deep("a", 33), deep("a", 40)]
    return fed(tf, tf.placeholder(tf.string), values)


@program
def numbers_with_many_dimensions(tf):
    values = [deep(1.0, n) for n in (31, 32, 33, 40)]
    return [
        v.shape if isinstance(v, np.ndarray) else type(v).__name__
        for v in fed(tf, tf.placeholder(tf.float32), values)
    ]


@program
def constants_with_many_dimensions(tf):
    return [
        attempt(lambda v=v, n=n: tf.constant(deep(v, n)).shape.ndims)
        for v in ("a", 1.0, 1)
        for n in (31, 32, 33, 40)
    ]
