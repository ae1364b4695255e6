"""tf.contrib.framework: scopes of arguments, variables of models, shapes, as in the tests of TensorFlow."""

import importlib

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def framework(tf):
    return tf.contrib.framework


def names(variables):
    return [variable.name for variable in variables]


# -- scopes of arguments -----------------------------------------------------------------------


def functions(tf):
    add_arg_scope = framework(tf).add_arg_scope

    @add_arg_scope
    def first(*args, **kwargs):
        """What first does."""
        return [list(args), dict(kwargs)]

    @add_arg_scope
    def second(x, y=2, z=3):
        return [x, y, z]

    def plain(a, b=1):
        return [a, b]

    return first, second, plain


@program
def scopes_of_arguments(tf):
    f = framework(tf)
    first, second, plain = functions(tf)
    results = [first(1, a=2), second(1), first.__name__, first.__doc__, f.current_arg_scope()]
    with f.arg_scope([first], a=4, b=5) as scope:
        results += [first(1), first(1, a=2), first(a=None), second(1), len(scope)]
        with f.arg_scope((first, second), z=7):
            results += [first(), second(1), second(1, z=8), second(1, 5)]
        results += [first(), second(1)]
    results += [first(), f.current_arg_scope()]
    with f.arg_scope(scope):
        results.append(first())
        with f.arg_scope([second], y=9):
            results.append(second(0))
    with f.arg_scope([]) as nothing:
        results.append(nothing)
    return results


@program
def arguments_of_functions(tf):
    f = framework(tf)
    first, second, plain = functions(tf)
    module = importlib.import_module("tensorflow.contrib.framework.python.ops.arg_scope")
    return [
        f.has_arg_scope(first),
        f.has_arg_scope(plain),
        f.arg_scoped_arguments(second),
        f.arg_scoped_arguments(first),
        attempt(lambda: f.arg_scoped_arguments(plain)).__class__.__name__,
        module.arg_scope_func_key(second) == second._key_op,
        module.arg_scope_func_key(plain) == str(plain),
        attempt(lambda: f.arg_scope([first], a=1).__enter__() and first()),
    ]


@program
def wrong_scopes(tf):
    f = framework(tf)
    first, second, plain = functions(tf)

    def opened(*args, **kwargs):
        with f.arg_scope(*args, **kwargs):
            return first()

    # An error leaves TensorFlow without its outer scope.
    errors = [attempt(lambda: opened({}, a=1)), attempt(lambda: opened(first, a=1))]
    return errors + [
        attempt(lambda: opened([second], w=1) and second(1)),
        attempt(lambda: opened([first], a=1)),
    ]


@program
def other_decorated_functions(tf):
    f = framework(tf)
    results = []
    with f.arg_scope([f.variable], trainable=False, collections=["mine"]):
        v = f.variable("v", [2], initializer=tf.zeros_initializer())
    results += [v.name, names(tf.get_collection("mine")), tf.trainable_variables(), tf.global_variables()]
    with f.arg_scope([f.model_variable, f.variable], device="/cpu:0"):
        w = f.model_variable("w", [2])
    results += [w.device, names(tf.model_variables()), names(tf.trainable_variables())]
    return results


# -- variables ---------------------------------------------------------------------------------


def some(tf):
    f = framework(tf)
    with tf.variable_scope("A"):
        a = f.variable("a", [5])
        f.model_variable("model", [2], trainable=False, collections=["extra"])
        tf.get_variable("parts", [4], partitioner=tf.fixed_size_partitioner(2))
    with tf.variable_scope("B"):
        f.variable("a", [5], dtype=tf.float64, initializer=tf.ones_initializer(), regularizer=tf.nn.l2_loss)
        f.local_variable(3, name="local")
        f.global_variable([1.0], name="global", use_resource=True)
    with tf.variable_scope("AB"):
        f.variable("a_b", [1], device="cpu:0", use_resource=True)
    return a


@program
def found(tf):
    f = framework(tf)
    a = some(tf)
    with tf.variable_scope("A") as scope:
        pass
    f.add_model_variable(a)
    f.add_model_variable(a)
    return [
        names(f.get_variables()),
        names(f.get_variables("A")),
        names(f.get_variables("A/")),
        names(f.get_variables(scope)),
        names(f.get_variables(suffix="a")),
        names(f.get_variables("B", "a")),
        names(f.get_variables("A", "a:0")),
        names(f.get_variables(".*/a$")),
        names(f.get_model_variables()),
        names(f.get_model_variables("A", "l")),
        names(f.get_local_variables()),
        names(f.get_trainable_variables()),
        names(f.get_trainable_variables("B")),
        names(f.get_variables_by_name("a")),
        names(f.get_variables_by_name("a", "B")),
        names(f.get_variables_by_name("b")),
        names(f.get_variables_by_suffix("b")),
        names(f.get_variables_by_suffix("part_1", "A")),
        names(tf.get_collection("extra")),
        names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)),
        [variable.device for variable in f.get_variables()],
        [f.get_variable_full_name(variable) for variable in f.get_variables()],
    ]


@program
def unique(tf):
    f = framework(tf)
    some(tf)
    return [
        f.get_unique_variable("A/a").name,
        attempt(lambda: f.get_unique_variable("a")),
        attempt(lambda: f.get_unique_variable("A")),
        attempt(lambda: f.get_unique_variable("A/")),
    ]


@program
def to_restore(tf):
    f = framework(tf)
    some(tf)
    return [
        names(f.get_variables_to_restore()),
        names(f.get_variables_to_restore(["A/", "B"])),
        names(f.get_variables_to_restore(include=["A"], exclude=["A/a", "AB"])),
        names(f.get_variables_to_restore(exclude=["A"])),
        names(f.get_variables_to_restore(include=[])),
        names(f.get_variables_to_restore(["B", "B/a"])),
        attempt(lambda: f.get_variables_to_restore("A")),
        attempt(lambda: f.get_variables_to_restore(exclude="A")),
    ]


@program
def filtered(tf):
    f = framework(tf)
    some(tf)
    variables = tf.global_variables()
    return [
        names(f.filter_variables(variables)),
        names(f.filter_variables(variables, ["a"])),
        names(f.filter_variables(variables, ["A"], ["b", "model"])),
        names(f.filter_variables(variables, exclude_patterns=["A"])),
        names(f.filter_variables(variables, ["a"], reg_search=False)),
        names(f.filter_variables(variables, ["A/"], reg_search=False)),
        names(f.filter_variables(variables, [], [])),
    ]


@program
def made_by_getters(tf):
    f = framework(tf)
    seen = []

    def getter(name, reuse=None, *args, **kwargs):
        seen.append([name, reuse, sorted(kwargs)])
        return tf.get_variable(name, *args, **kwargs)

    v = f.variable("v", [2], custom_getter=getter)
    with tf.variable_scope("", reuse=True):
        again = f.variable("v", [2], custom_getter=getter)
    return [seen, again is v, f.variable("p", [4], partitioner=tf.fixed_size_partitioner(2)).name]


@program
def assigned_from_values(tf):
    f = framework(tf)
    some(tf)
    update, feeds = f.assign_from_values({"A/a": np.arange(5.0), "AB/a_b": np.array(7.0)})
    callback = f.assign_from_values_fn({"B/global": np.array([[3.0]])})
    results = [update.type, sorted((key.name, value.shape) for key, value in feeds.items())]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(update, feeds)
        callback(session)
        results += session.run([f.get_unique_variable(n) for n in ("A/a", "AB/a_b", "B/global")])
    results.append(attempt(lambda: f.assign_from_values({"C": np.zeros(1)})))
    results.append(attempt(lambda: f.assign_from_values({"A": np.zeros(1)})))
    results.append(attempt(lambda: f.assign_from_values({"A/a": np.zeros(4)})))
    return results


@program
def device_choosers(tf):
    f = framework(tf)
    results = []
    for chooser in (
        f.VariableDeviceChooser(),
        f.VariableDeviceChooser(2),
        f.VariableDeviceChooser(num_tasks=2, job_name="worker", device_type="GPU", device_index=None),
        f.VariableDeviceChooser(device_type="GPU", replica=1),
    ):
        results.append([chooser(None) for _ in range(3)])
    with tf.device(f.VariableDeviceChooser(num_tasks=2)):
        results.append([f.variable("v%d" % i, [1]).device for i in range(3)])
    return results


@program
def global_steps(tf):
    f = framework(tf)
    results = [f.assert_or_get_global_step()]
    step = f.get_or_create_global_step()
    results += [f.assert_or_get_global_step() is step, f.assert_or_get_global_step(None, step) is step]
    results.append(attempt(lambda: f.assert_or_get_global_step(None, tf.constant(1.0))))
    return results


# -- tensors -----------------------------------------------------------------------------------


@program
def sums(tf):
    f = framework(tf)
    a, b = tf.constant([1, 2], name="a"), tf.constant([[3]], name="b")
    one, both = f.reduce_sum_n([a]), f.reduce_sum_n([a, b], name="all")
    results = [one.name, both.name, attempt(lambda: f.reduce_sum_n([]))]
    with tf.Session() as session:
        return results + session.run([one, both])


@program
def scalars(tf):
    f = framework(tf)
    return [
        f.assert_scalar_int(tf.constant(1)).name,
        f.assert_scalar_int(tf.constant(1, tf.int64), name="it").name,
        f.assert_scalar_int(3).dtype.name,
        attempt(lambda: f.assert_scalar_int(tf.constant(1.0))),
        attempt(lambda: f.assert_scalar_int(tf.constant([1]))),
    ]


@program
def squeezed(tf):
    f = framework(tf)
    shapes = [([3, 1], [3]), ([3], [3, 1]), ([3], [3]), ([3, 2], [3]), ([], [1])]
    results = []
    for one, other in shapes:
        pair = attempt(lambda: f.remove_squeezable_dimensions(tf.zeros(one), tf.ones(other)))  # noqa: B023
        results.append(pair if isinstance(pair, Exception) else [t.shape.as_list() for t in pair])
    return results


@program
def shapes(tf):
    f = framework(tf)
    t = tf.constant([[1.0, 2.0]], name="t")
    p = tf.placeholder(tf.float32, [None, 2], name="p")
    u = tf.placeholder(tf.float32, name="u")
    shape = tf.placeholder(tf.int32, [2], name="shape")
    checked = [
        f.with_shape([1, 2], p),
        f.with_shape((1, 2), u),
        f.with_shape(shape, t),
        f.with_shape(shape, u),
        f.with_same_shape(t, p),
        f.with_same_shape(p, t),
        f.with_shape([], u),
    ]
    results = [
        f.with_shape([1, 2], t) is t,
        f.with_same_shape(tf.zeros([1, 2]), t) is t,
        f.with_shape([], tf.constant([1.0])).shape.as_list(),
        [[item.name, str(item.shape)] for item in checked],
        attempt(lambda: f.with_shape([2, 2], t)),
        attempt(lambda: f.with_shape([2], t)),
        attempt(lambda: f.with_shape([[2]], t)),
        attempt(lambda: f.with_shape([1.5], t)),
        attempt(lambda: f.with_shape(tf.constant([1.0, 2.0]), t)),
        attempt(lambda: f.with_shape(np.zeros([2], np.int64), t)),
        attempt(lambda: f.with_shape([1], tf.SparseTensor([[0]], [1.0], [1]))),
    ]
    with tf.Session() as session:
        good = {p: [[3.0, 4.0]], u: [[5.0, 6.0]], shape: [1, 2]}
        results += session.run(checked[:6], good)
        results.append(session.run(checked[6], {u: [3.0]}))
        for item, feed in (
            (checked[0], {p: [[1.0, 2.0], [3.0, 4.0]]}),
            (checked[1], {u: [1.0]}),
            (checked[2], {shape: [2, 2]}),
            (checked[4], {p: [[1.0, 2.0], [3.0, 4.0]]}),
        ):
            results.append(type(attempt(lambda: session.run(item, feed))).__name__)  # noqa: B023
    return results


@program
def graphs(tf):
    f = framework(tf)
    x = tf.placeholder(tf.float32, name="x")
    with tf.Graph().as_default() as other:
        y = tf.constant(1)
    with tf.name_scope("a"), tf.name_scope("b"):
        inside = f.get_name_scope()
    return [
        inside,
        f.get_name_scope(),
        f.get_graph_from_inputs([x]) is tf.get_default_graph(),
        f.get_graph_from_inputs([y]) is other,
        attempt(lambda: f.get_graph_from_inputs([x, y])),
        attempt(lambda: f.get_graph_from_inputs([x], 3)),
        [item.name for item in f.get_placeholders(tf.get_default_graph())],
        f.get_placeholders(other),
        attempt(lambda: f.get_placeholders(3)),
        f.strip_name_scope("a/b/c", "a"),
        f.prepend_name_scope("^b", "a"),
        bool(f.smart_constant_value(tf.constant(True))),
        f.smart_cond(True, lambda: 1, lambda: 2),
        f.nest.flatten([1, [2]]),
        f.is_tensor(x),
    ]
