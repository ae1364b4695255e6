"""Gradients of a program's own, and conditionals and loops of functions that are there already."""

import contextlib
import io

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def ran(tf, make, feeds=None):
    """What a step of `make()` gives, or the error of making or running it."""

    def run():
        made = make()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return session.run(made, feeds)

    return attempt(run)


def node_names(tf):
    return [node.name for node in tf.get_default_graph().as_graph_def().node]


@program
def nested_results(tf):
    @tf.custom_gradient
    def f(x, y):
        return {"a": x * y, "b": (x + y,)}, lambda *d: [d[0] * 3.0, (d[1] * 5.0,)]

    x, y = tf.constant(2.0), tf.constant(3.0)

    def make():
        r = f(x, y)
        return r, tf.gradients([r["a"], r["b"][0]], [x, y])

    return ran(tf, make), attempt(lambda: f(x=x, y=y)), node_names(tf)


def with_variable(tf, makes, use_resource, takes, count=1):
    """A function that reads a variable, which it makes or finds."""
    if not makes:
        tf.get_variable("w", initializer=3.0, use_resource=use_resource)

    def gradient(d, variables=None):
        return d * 10.0, [d * 20.0] * count

    @tf.custom_gradient
    def f(x):
        with tf.variable_scope("", reuse=not makes, use_resource=use_resource):
            w = tf.get_variable("w", initializer=3.0)
        if makes:
            w = w * tf.get_variable("m", initializer=4.0, use_resource=use_resource, trainable=False)
        return x * w, gradient if takes else lambda d: d * 10.0

    x = tf.constant(2.0)

    def make():
        result = f(x)
        return result, tf.gradients(result, [x, *tf.trainable_variables()])

    return ran(tf, make)


@program
def made_resource_variable(tf):
    return with_variable(tf, True, True, True), node_names(tf)


@program
def made_reference_variable(tf):
    return with_variable(tf, True, False, True)


@program
def found_resource_variable(tf):
    return with_variable(tf, False, True, True), node_names(tf)


@program
def found_reference_variable(tf):
    return with_variable(tf, False, False, True)


@program
def gradients_without_variables(tf):
    return with_variable(tf, False, True, False)


@program
def too_many_gradients_of_variables(tf):
    return with_variable(tf, False, True, True, count=2)


@program
def no_variables(tf):
    @tf.custom_gradient
    def f(x):
        return x * 2.0, lambda d, variables=None: d * 10.0

    x = tf.constant(2.0)

    def make():
        result = f(x)
        return result, tf.gradients(result, x)

    refused = ran(tf, make)
    with tf.variable_scope("s", use_resource=True):
        return refused, ran(tf, make)


@program
def local_variable(tf):
    w = tf.get_local_variable("w", initializer=3.0, use_resource=False)

    @tf.custom_gradient
    def f(x):
        return x * w, lambda d: d

    return attempt(lambda: f(tf.constant(2.0)))


@program
def passed_through(tf):
    f = tf.grad_pass_through(tf.round)
    x = tf.constant(2.4)

    def make():
        result = f(x)
        return result, tf.gradients(result, x)

    return ran(tf, make)


@program
def in_a_function(tf):
    w = tf.get_variable("w", initializer=3.0, use_resource=True)

    @tf.custom_gradient
    def f(x):
        return x * w, lambda d, variables=None: (d * 10.0, [d * 20.0])

    x = tf.constant(2.0)

    def make():
        result = tf.function(lambda x: f(x) * 2.0)(x)
        return result, tf.gradients(result, [x, w])

    return ran(tf, make), node_names(tf)


@program
def in_a_conditional_and_twice(tf):
    @tf.custom_gradient
    def f(x):
        return tf.square(x), lambda d: d * x * x

    x = tf.constant(3.0)

    def make():
        result = tf.cond(x > 1.0, lambda: f(x), lambda: x)
        (slope,) = tf.gradients(result, x)
        twice = f(x)
        (first,) = tf.gradients(twice, x)
        return result, slope, twice, first, tf.gradients(first, x)

    return ran(tf, make)


# -- functions of the library --------------------------------------------------------------


@program
def branches_and_loops(tf):
    function, ops = internal("framework.function"), internal("ops.functional_ops")
    x, c = tf.placeholder(tf.float32, []), tf.constant(5.0)
    twice = function.Defun(tf.float32, func_name="twice")(lambda x: x * 2.0)
    more = function.Defun(tf.float32, func_name="more")(lambda x: x * 3.0 + c)
    positive = function.Defun(tf.int32, tf.float32, func_name="positive")(lambda n, x: n > 0)
    down = function.Defun(tf.int32, tf.float32, func_name="down")(lambda n, x: (n - 1, x + c))
    added = function.Defun(tf.int32, tf.float32, func_name="added")(lambda i, x: tf.to_float(i) * c + x)
    plain = function.Defun(tf.int32, tf.float32, func_name="plain")(lambda i, x: tf.to_float(i) + x)
    product = function.Defun(tf.float32, tf.float32, func_name="product")(lambda a, b: a * b + tf.sin(a))

    def while_loop(*functions):
        return ops.While([tf.constant(4), x], *functions)

    def counted(start, limit, delta, body=plain, **more):
        return ran(tf, lambda: ops.For(start, limit, delta, [x], body, **more), {x: 1.0})

    return [
        [ran(tf, lambda: ops.If(x > 0.0, [x], twice, twice), {x: v}) for v in (2.0, -2.0)],
        attempt(lambda: tf.gradients(ops.If(x > 0.0, [x], twice, twice), x)[0].shape.ndims),
        [ran(tf, lambda: ops.If(c, [x], twice, twice), {x: 2.0})],
        [ran(tf, lambda: ops.If(tf.constant(text), [x], twice, twice), {x: 2.0}) for text in ("", "a")],
        attempt(lambda: ops.If(x > 0.0, [x], twice, more)),
        ran(tf, lambda: while_loop(positive, down), {x: 1.0}),
        attempt(lambda: while_loop(down, down)),
        attempt(lambda: while_loop(twice, down)),
        [counted(*numbers) for numbers in ((0, 10, 2), (10, 0, -3), (5, 5, 1), (0, 10, 0), (0, 10, -1))],
        [counted(10, 0, -3, added), counted(10, 0, -3, added, rewrite_with_while=True)],
        counted(0, 10, 3, rewrite_with_while=True, hostmem=[0]),
        attempt(lambda: tf.gradients(ops.For(0, 1, 1, [x], plain, name="counts"), x)),
        ran(tf, lambda: ops.Gradient([x, c, 1.0], product), {x: 2.0}),
        ran(
            tf,
            lambda: ops.symbolic_gradient(input=[x, c, 1.0], Tout=[tf.float32] * 2, f=product),
            {x: 2.0},
        ),
        ran(tf, lambda: tf.gradients(ops.partitioned_call([x], twice), x), {x: 2.0}),
    ]


@program
def remote_calls(tf):
    function, ops = internal("framework.function"), internal("ops.functional_ops")
    twice = function.Defun(tf.float32, func_name="twice")(lambda x: x * 2.0)

    def call(target):
        return ops.remote_call(args=[3.0], Tout=[tf.float32], f=twice, target=target)

    first = "/job:localhost/replica:0/task:0/device:CPU:"
    return [
        *(ran(tf, lambda: call(target)) for target in (first + "0", "/cpu:0", first + "5", "nonsense")),
        attempt(lambda: tf.gradients(call("/cpu:0"), tf.constant(1.0))),
    ]


@program
def unconverted(tf):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        tf.autograph.trace(1, "a")
    f = tf.autograph.experimental.do_not_convert(lambda x: x + 1)

    @tf.autograph.experimental.do_not_convert()
    def named(x):
        return x

    @tf.function
    def traced(x):
        return f(x) * 2.0

    features = [feature.name for feature in tf.autograph.experimental.Feature]
    return (
        said.getvalue(),
        f(1),
        named.__name__,
        named(2),
        features,
        ran(tf, lambda: traced(tf.constant(3.0))),
    )
