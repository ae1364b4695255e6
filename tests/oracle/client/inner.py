"""Modules inside of TensorFlow that its unit tests use: their functions beside the public API."""

import numpy as np

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def shown(value):
    """A shape, an operation or None as text; errors stay."""
    return value if isinstance(value, Exception) else str(value)


@program
def shapes_in_common(tf):
    shapes = internal("framework.common_shapes")
    pairs = [
        ((1, 2), (3, 1)),
        ((None, 2), (4, None)),
        ((3,), (4,)),
        (None, (1,)),
        ((2, 1), (None,)),
        ((None,), (1,)),
        ((0,), (None,)),
        ((0,), (3,)),
    ]
    pairs = [(tf.TensorShape(x), tf.TensorShape(y)) for x, y in pairs]
    k = tf.constant([1, 2.0])
    return [
        [shown(attempt(lambda: shapes.broadcast_shape(x, y))), shapes.is_broadcast_compatible(x, y)]
        for x, y in pairs
    ] + [
        shapes.rank(k),
        shapes.has_fully_defined_shape(k),
        shown(shapes.unknown_shape(k.op)),
        shown(shapes.scalar_shape(k.op)),
        shapes.no_outputs(k.op),
        shown(shapes.unchanged_shape((k * 2).op)),
        shown(attempt(lambda: shapes.unchanged_shape_with_rank(2)((k * 2).op))),
        shown(shapes.call_cpp_shape_fn(k.op)["shapes"]),
    ]


@program
def sizes_of_convolutions(tf):
    size = internal("framework.common_shapes").get_conv_output_size
    cases = [
        ((5, 5), (3, 3), (1, 1), b"VALID"),
        ((5, 5), (3, 3), (2, 2), b"SAME"),
        ((None, 5), (3, 3), (2, 2), b"SAME"),
        ((5, 5), (7, 7), (1, 1), b"SAME"),
        ((5,), (3,), (0,), b"SAME"),
        ((5,), (3,), (1,), "SAME"),
        ((5,), (None,), (1,), b"SAME"),
        ((5,), (None,), (1,), b"VALID"),
    ]
    return [attempt(lambda: size(*case)) for case in cases]


@program
def names_in_scopes(tf):
    ops = internal("framework.ops")
    with ops.name_scope_v2("q") as scope:
        inside = [scope, ops.get_name_scope()]
    return (
        [
            ops.strip_name_scope(*case)
            for case in [
                ("a/b/c", "a/b"),
                ("^a/b", "a"),
                ("loc:@a/b", "a/"),
                ("b/a/c", "a"),
                ("a", "a"),
                ("x", ""),
            ]
        ]
        + [ops.prepend_name_scope(*case) for case in [("a", "s"), ("^a", "s/"), ("loc:@a", "s"), ("a", "")]]
        + [
            ops.name_from_scope_name("a/"),
            ops.name_from_scope_name(""),
            inside,
            attempt(lambda: ops.name_scope_v2(None)),
            attempt(lambda: ops.device_v2(lambda op: "/cpu:0")),
        ]
    )


@program
def registered_shapes_and_statistics(tf):
    ops = internal("framework.ops")

    @ops.RegisterShape("ConstructionFails")
    def shape(op):
        return []

    @ops.RegisterStatistics("NoOp", "weights of perdure's test")
    def weights(graph, node):
        return ops.OpStats("weights of perdure's test", 3)

    def count(kind):
        return ops.get_stats_for_node_def(tf.get_default_graph(), tf.no_op().node_def, kind).value

    def add(kind, value, other_kind, other):
        stats = ops.OpStats(kind, value)
        stats += ops.OpStats(other_kind, other)
        return stats.value

    again = ops.RegisterStatistics("NoOp", "weights of perdure's test")
    return [
        shape(None),
        weights(None, None).value,
        count("weights of perdure's test"),
        count("nothing"),
        add("a", 3, "a", 4),
        add("a", None, "a", 4),
        add("a", 3, "a", None),
        attempt(lambda: add("a", 3, "b", 4)),
        attempt(lambda: ops.RegisterStatistics(1, "a")),
        attempt(lambda: ops.RegisterStatistics("a", "b,c")),
        type(attempt(lambda: again(count))).__name__,
    ]


@program
def conversion_of_lists(tf):
    ops = internal("framework.ops")
    sparse = tf.SparseTensor([[0]], [1], [1])
    found = ops.convert_n_to_tensor_or_composite([None, 2, sparse])
    return [
        [type(each).__name__ for each in found],
        attempt(lambda: ops.convert_to_tensor_or_composite(sparse, tf.float32)),
        attempt(lambda: ops.convert_n_to_tensor_or_indexed_slices(3)),
        attempt(lambda: ops._get_graph_from_inputs([sparse.values], 3)),
        attempt(lambda: ops._assert_same_graph(sparse.values, tf.Graph().create_op("NoOp", [], []))),
        ops._get_graph_from_inputs([1, sparse.values]) is tf.get_default_graph(),
        ops._as_graph_element(3),
        ops.convert_to_tensor_v2(1, tf.int64, None, "two").op.name,
    ]


@program
def gradient_functions(tf):
    ops = internal("framework.ops")
    product = tf.matmul([[1.0]], [[2.0]])
    return [
        callable(ops.get_gradient_function(product.op)),
        ops.get_gradient_function(tf.no_op()),
        ops.get_gradient_function(tf.argmax([1.0]).op),
    ]


@program
def protos_of_collections(tf):
    ops = internal("framework.ops")
    key = "a collection of perdure's test"
    before = ops.get_to_proto_function(key)
    if ops.get_collection_proto_type(key) is None:
        ops.register_proto_function(key, tf.GraphDef, to_proto=str, from_proto=repr)
    return [
        before,
        ops.get_collection_proto_type(key) is tf.GraphDef,
        ops.get_to_proto_function(key) is str,
        ops.get_from_proto_function(key) is repr,
        attempt(lambda: ops.register_proto_function("other", to_proto=3)),
        type(attempt(lambda: ops.register_proto_function(key))).__name__,
    ]


@program
def specific_errors(tf):
    errors = internal("framework.errors_impl")
    made = [errors._make_specific_exception(None, None, "words", code) for code in range(1, 17)]

    def fails():
        with errors.raise_exception_on_not_ok_status():
            raise KeyError("own")

    def succeeds():
        with errors.raise_exception_on_not_ok_status():
            return "done"

    return [[type(error).__name__, error.error_code, error.message] for error in made] + [
        errors.OK,
        errors.CANCELLED,
        errors.UNAUTHENTICATED,
        attempt(fails),
        attempt(succeeds),
    ]


@program
def values_and_shapes(tf):
    util, shape = internal("framework.tensor_util"), internal("framework.tensor_shape")
    constant_op = internal("framework.constant_op")
    k, p = tf.constant([1, 2]), tf.placeholder(tf.float32)
    return [
        constant_op.is_constant(k),
        constant_op.is_constant(k.op),
        constant_op.is_constant(p),
        internal("framework.sparse_tensor").is_sparse(k),
        str([shape.scalar(), shape.vector(3), shape.matrix(None, 2)]),
        str(util.shape_tensor([1, 2])),
        attempt(lambda: util.shape_tensor(tf.TensorShape([1, None]))),
        util.ShapeEquals(tf.make_tensor_proto([1, 2]), [2]),
        attempt(lambda: util.ShapeEquals(1, [2])),
        internal("tf2").enabled(),
        attempt(lambda: internal("framework.device").check_valid("/cpu:x")),
        internal("framework.dtypes").float32_ref.name,
    ]


@program
def variables_as_nodes(tf):
    state = internal("ops.state_ops")
    old = state.variable_op([1, 2], tf.float32)
    free = state.variable_op([1, 2], tf.float32, set_shape=False, name="q")
    new = state.variable_op_v2([1, 2], tf.float32, name="q")
    first = state.init_variable(new, [[1.0, 2.0]])
    second = state.init_variable(new, lambda shape, dtype: tf.zeros(shape, dtype))
    with tf.Session() as session:
        unset = attempt(lambda: session.run(new))
        return [
            old.op.type,
            str(old.shape),
            str(free.shape),
            new.op.type,
            [op.name for op in tf.get_default_graph().get_operations()],
            unset,
            session.run(first),
            session.run(second),
            session.run(new),
            session.run(state.is_variable_initialized(old)),
        ]


@program
def raw_ops_that_modules_hand_on(tf):
    resources, state = internal("ops.resource_variable_ops"), internal("ops.state_ops")
    handle = resources.var_handle_op(dtype=tf.int32, shape=[], shared_name="kept")
    with tf.Session() as session:
        before = session.run(resources.var_is_initialized_op(handle))
        session.run(resources.assign_variable_op(handle, tf.constant(3)))
        session.run(resources.assign_add_variable_op(handle, tf.constant(4)))
        value = session.run(resources.read_variable_op(handle, dtype=tf.int32))
        node = state.variable_v2([], tf.float32)
        return [
            before,
            value,
            session.run(state.assign(node, 2.0)),
            session.run(internal("ops.array_ops").broadcast_args([2, 1], [1, 3])),
        ]


@program
def steps_per_run(tf):
    hooks = internal("training.basic_session_run_hooks")
    kind = hooks._MultiStepStopAtStepHook
    errors = [attempt(lambda: kind()), attempt(lambda: kind(1, 2)), attempt(lambda: kind(1, steps_per_run=0))]
    step = tf.train.get_or_create_global_step()
    variable = hooks.get_or_create_steps_per_run_variable()
    up = tf.assign_add(step, tf.cast(variable, tf.int64))
    hook, seen = kind(num_steps=7, steps_per_run=3), []
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        while not session.should_stop():
            session.run(up)
            seen.append(hook._last_step)
    return errors + [
        seen,
        variable.op.name,
        hooks.get_or_create_steps_per_run_variable() is variable,
        len(tf.local_variables()),
        variable in tf.get_collection("hooks_steps_per_run"),
    ]


@program
def gradients_of_functions(tf):
    checker = internal("ops.gradient_checker_v2")
    with tf.Session():
        theoretical, numeric = checker.compute_gradient(lambda x: x * x, [[1.0, 2.0]])
        two = list(
            checker.compute_gradient(
                lambda x, y: tf.reduce_sum(x * y, axis=0),
                [np.ones((2, 3), np.float32), np.ones((2, 3), "f4")],
            )
        )
        return [
            theoretical,
            bool(checker.max_error(theoretical, numeric) < 1e-3),
            [array.shape for array in two[0]],
            bool(checker.max_error(*two) < 1e-3),
        ]


@program
def sessions_that_log_errors(tf):
    util = internal("framework.test_util")
    x = tf.placeholder(tf.float32)
    with util.ErrorLoggingSession() as session:
        return [attempt(lambda: session.run(x)), session.run(x + 1, {x: 1.0})]
