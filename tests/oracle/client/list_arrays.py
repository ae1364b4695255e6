"""TensorArrays, maps and variables in the bodies of functions."""

import re

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def ran(tf, make):
    """What a step of `make()` gives, or the error of making or running it."""

    def run():
        made = make()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return session.run(made)

    return attempt(run)


def nodes(tf):
    """The nodes of the graph, and those of its functions."""
    graph = tf.get_default_graph().as_graph_def()
    functions = [
        (re.sub(r"_\d+", "", function.signature.name), [(node.name, node.op) for node in function.node_def])
        for function in graph.library.function
    ]
    return sorted(node.name for node in graph.node), sorted(functions)


def function(tf):
    return tf.function(autograph=False)


@program
def read_and_written(tf):
    x = tf.constant([1.0, 2.0, 3.0])

    @function(tf)
    def h(x):
        t = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=[3])
        t = t.write(0, x).write(1, x * 2.0).write(2, x + 1.0)
        u = tf.TensorArray(tf.float32, size=3, infer_shape=False).split(tf.concat([x, x], 0), [1, 2, 3])
        v = tf.TensorArray(tf.float32, size=4).scatter([2, 0], x[:2])
        w = tf.TensorArray(tf.float32, size=3).unstack(x)
        return (
            [t.stack(), t.read(1), t.read(1), t.gather([2, 0]), t.concat(), t.size()],
            [u.concat(), u.identity().read(2), v.stack(), w.read(0), w.size()],
        )

    def make():
        found = h(x)
        return found, tf.gradients(found[0][0], x)

    return ran(tf, make), nodes(tf)


@program
def of_loops(tf):
    x = tf.constant([1.0, 2.0])

    @function(tf)
    def powers(x):
        def body(i, array, s):
            return i + 1, array.write(i, s), s * x

        start = [0, tf.TensorArray(tf.float32, 4), x]
        _, array, s = tf.while_loop(lambda i, *_: i < 4, body, start)
        return array.stack(), s

    @function(tf)
    def growing(x):
        def body(i, array):
            return i + 1, array.write(i, x * tf.to_float(i))

        start = [0, tf.TensorArray(tf.float32, 0, dynamic_size=True)]
        return tf.while_loop(lambda i, _: i < 4, body, start)[1].stack()

    @function(tf)
    def in_branches(x):
        array = tf.TensorArray(tf.float32, 2).unstack(x)
        return tf.cond(x[0] > 0.0, lambda: array.write(1, 5.0), lambda: array).stack()

    def make():
        found = powers(x), growing(x), in_branches(x)
        slopes = [tf.gradients(y, x)[0] for y in found]
        return found, slopes, tf.gradients(slopes[0], x)

    return ran(tf, make)


@program
def maps(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    v = tf.constant([1.0, 2.0, 3.0])

    @function(tf)
    def h(x, v):
        slope = tf.map_fn(lambda v: v * v, v)
        return (
            tf.map_fn(lambda r: tf.map_fn(lambda v: v * v * v, r), x),
            tf.scan(lambda p, v: (p[0] + v, p[1] * v), v, initializer=(0.0, 1.0)),
            tf.foldl(lambda p, v: p * v, v),
            tf.gradients(slope, v)[0],
        )

    def make():
        found = h(x, v)
        return found, tf.gradients(found[0], x), tf.gradients(found[1:3], v)

    return ran(tf, make)


@program
def nodes_of_a_map(tf):
    x = tf.constant([1.0, 2.0, 3.0])

    def make():
        y = function(tf)(lambda x: tf.map_fn(lambda v: v * v, x))(x)
        return y, tf.gradients(y, x)

    return ran(tf, make), nodes(tf)


@program
def from_outside(tf):
    array = tf.TensorArray(tf.float32, 2).unstack([1.0, 2.0])
    return (
        ran(tf, lambda: function(tf)(lambda: array.read(0))()),
        attempt(lambda: function(tf)(lambda: array.write(1, 2.0).stack())()),
    )


@program
def refused(tf):
    def within(make):
        return attempt(lambda: function(tf)(make)())

    flow = tf.constant(1.0)
    return [
        within(lambda: tf.TensorArray(tf.float32)),
        within(lambda: tf.TensorArray(tf.float32, 2, element_shape=[2]).write(0, 1.0).stack()),
        within(lambda: tf.TensorArray(tf.float32, flow=flow)),
        within(lambda: tf.TensorArray(tf.float32, 2).grad("a")),
        within(lambda: [tf.TensorArray(tf.float32, 2).handle]),
        ran(tf, lambda: function(tf)(lambda: tf.TensorArray(tf.float32, 2).unstack([1.0, 2.0]).read(2))()),
        ran(tf, lambda: function(tf)(lambda: tf.TensorArray(tf.float32, 2).read(0))()),
    ]


@program
def networks(tf):
    cell = tf.nn.rnn_cell.BasicLSTMCell(2)
    x = tf.constant(np.arange(12.0).reshape(2, 3, 2) / 10, tf.float32)
    with tf.variable_scope("r", use_resource=True, initializer=tf.ones_initializer()):
        cell.build(tf.TensorShape([2, 2]))

    @function(tf)
    def h(x):
        output, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, sequence_length=[2, 3])
        return output, state.h

    def make():
        found = h(x)
        return [*found, *tf.gradients(found[0], [x, *cell.trainable_variables])]

    return [np.round(value.astype(np.float64), 5) for value in ran(tf, make)]


# -- variables -----------------------------------------------------------------------------


def variables(tf):
    kinds = tf.global_variables(), tf.trainable_variables()
    return [[variable.name for variable in kind] for kind in kinds], nodes(tf)


@program
def found_by_name(tf):
    with tf.variable_scope("r", initializer=tf.ones_initializer()):
        tf.get_variable("w", [2], use_resource=True)
    x = tf.constant([1.0, 2.0])

    def scoped(x):
        with tf.variable_scope("r", reuse=True):
            return x * tf.get_variable("w", [2])

    first = ran(tf, lambda: function(tf)(scoped)(x))
    with tf.variable_scope("r", reuse=True):
        second = ran(tf, lambda: function(tf)(lambda x: x * tf.get_variable("w", [2]))(x))
    return first, second, variables(tf)


def made(tf, make_variable, calls=1):
    """A function that makes a variable when it is called first."""

    class Scale:
        variable = None

        def __call__(self, x):
            if self.variable is None:
                self.variable = make_variable(x)
            return x * self.variable

    h = function(tf)(Scale())
    with tf.variable_scope("sc"), tf.name_scope("ns"):
        return ran(tf, lambda: [h(tf.constant([1.0, 2.0])) for _ in range(calls)]), variables(tf)


@program
def made_of_a_constant(tf):
    return made(tf, lambda x: tf.Variable([1.0, 2.0], name="v"), calls=2)


@program
def made_by_name(tf):
    return made(tf, lambda x: tf.get_variable("v", [2], initializer=tf.ones_initializer()))


@program
def made_of_random_numbers(tf):
    tf.set_random_seed(3)
    return made(tf, lambda x: tf.Variable(tf.random_normal([2]) * 2.0, name="v", trainable=False))


@program
def made_by_an_initializer(tf):
    tf.set_random_seed(3)
    return made(tf, lambda x: tf.get_variable("v", [2]))


@program
def made_of_what_is_outside(tf):
    y = tf.constant([3.0, 4.0])
    return made(tf, lambda x: tf.Variable(lambda: y * 2.0))[0]


@program
def made_of_an_argument(tf):
    return made(tf, lambda x: tf.Variable(x + 1.0))[0]


@program
def streams(tf):
    """A function that draws, at several places and times."""
    tf.set_random_seed(5)
    h = function(tf)(lambda: tf.random_uniform([2]))
    seeded = function(tf)(lambda: tf.random_uniform([2], seed=7))
    a, b, c, d = h(), h(), seeded(), seeded()
    with tf.Session() as session:
        return [session.run([a, b, c, d]) for _ in range(2)], session.run([a, b])
