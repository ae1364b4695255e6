"""Options that take variables, and structures of them: what a variable stands for in each place."""

import collections

import numpy as np

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def both_kinds(tf, make):
    """What `make(variable)` gives for a reference variable and a resource variable."""
    results = []
    for use_resource in (False, True):
        with tf.Graph().as_default(), tf.variable_scope("scope", use_resource=use_resource):
            w = tf.get_variable("w", initializer=[1.0, 2.0])
            results.append(attempt(lambda w=w: make(w)))
    return results


def values(tf, tensors):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        flat = [tensor for tensor in tensors if tensor is not None]
        found = iter(session.run(flat))
        return [None if tensor is None else next(found) for tensor in tensors]


def slopes(tf, *args, **kwargs):
    return values(tf, tf.gradients(*args, **kwargs))


def ops(tf):
    return [op.name + " " + op.type for op in tf.get_default_graph().get_operations()]


# -- tf.gradients --------------------------------------------------------------------------


@program
def stops_at_variables(tf):
    tries = [
        lambda w: slopes(tf, w * w, w, stop_gradients=[w]),
        lambda w: slopes(tf, w * w, w, stop_gradients=w),
        lambda w: slopes(tf, w * w, w, stop_gradients=(w,)),
        lambda w: slopes(tf, w * w, w, stop_gradients=[w.value()]),
        lambda w: slopes(tf, tf.square(w.read_value()), w, stop_gradients=[w]),
        lambda w: slopes(tf, w + tf.identity(w), [w], stop_gradients=[tf.identity(w)]),
        lambda w: slopes(tf, w * w, w.op.outputs[0], stop_gradients=[w.op.outputs[0]]),
    ]
    return [both_kinds(tf, each) for each in tries]


@program
def stops_at_one_of_two(tf):
    def make(w):
        other = tf.Variable([3.0, 4.0], name="other", use_resource=w.dtype != tf.float32_ref)
        product = w * other
        return slopes(tf, product * other, [w, other, product], stop_gradients=[other, product])

    return both_kinds(tf, make)


@program
def stops_that_are_no_tensors(tf):
    x = tf.placeholder(tf.float32, [2])
    return [
        attempt(lambda stop=stop: tf.gradients(x * x, x, stop_gradients=stop)[0] is None)
        for stop in ([1.0], np.ones(2), ["x"], [None], 3, x.op, [x, [x]], {x: 1}, [])
    ]


@program
def stopping_makes_no_nodes(tf):
    def make(w):
        y = w * w
        before = len(ops(tf))
        tf.gradients(y, [w], stop_gradients=[w])
        return ops(tf)[before:]

    return both_kinds(tf, make)


@program
def sources_and_targets(tf):
    tries = [
        lambda w: slopes(tf, w, w),
        lambda w: slopes(tf, [w], [w]),
        lambda w: slopes(tf, [w, 2 * w], [w]),
        lambda w: slopes(tf, (w * w,), (w, w)),
        lambda w: slopes(tf, w * w, w.value()),
        lambda w: slopes(tf, tf.square(w.value()), [w.value(), w]),
        lambda w: slopes(tf, w.initialized_value() * w, w),
        lambda w: slopes(tf, tf.constant(1.0), w),
        lambda w: slopes(tf, tf.constant(1.0), w, unconnected_gradients="zero"),
        lambda w: tf.gradients(w * w, {"a": w}),
        lambda w: tf.gradients(w * w, "w"),
    ]
    return [both_kinds(tf, each) for each in tries]


@program
def incoming_gradients(tf):
    tries = [
        lambda w: slopes(tf, w * w, w, grad_ys=w),
        lambda w: slopes(tf, w * w, w, grad_ys=[w]),
        lambda w: slopes(tf, [w * w, w], w, grad_ys=[w, None]),
        lambda w: slopes(tf, [w * w, w], w, grad_ys=w),
        lambda w: slopes(tf, w * w, w, grad_ys=tf.constant([5.0, 6.0])),
        lambda w: slopes(tf, w * w, w, grad_ys=[[5.0, 6.0]]),
        lambda w: slopes(tf, w * w, w, grad_ys=[np.float32([5.0, 6.0])]),
        lambda w: slopes(tf, w * w, w, grad_ys=[1.0]),
        lambda w: slopes(tf, w * w, w, grad_ys="w"),
        lambda w: slopes(tf, w * w, w, grad_ys=tf.constant([5, 6])),
        lambda w: slopes(tf, w * w, w, grad_ys=tf.constant([5.0])),
        lambda w: slopes(tf, w * w, w, grad_ys=tf.constant([True, False])),
        lambda w: slopes(tf, tf.cast(w, tf.complex64), w),
    ]
    return [both_kinds(tf, each) for each in tries]


@program
def nodes_of_incoming_gradients(tf):
    def make(w):
        y = w * w
        before = len(ops(tf))
        tf.gradients(y, [w], grad_ys=[w])
        return ops(tf)[before:]

    return both_kinds(tf, make)


@program
def second_derivatives(tf):
    return both_kinds(
        tf,
        lambda w: [
            values(tf, tf.hessians(tf.reduce_sum(w * w * w), w)),
            values(tf, tf.hessians(tf.reduce_sum(w * w * w), [w])),
        ],
    )


# -- optimizers ----------------------------------------------------------------------------


def pairs(tf, loss, **options):
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    found = optimizer.compute_gradients(loss, **options)
    return [[v.name if hasattr(v, "name") else str(v), values(tf, [g])] for g, v in found]


Pair = collections.namedtuple("Pair", "first second")


@program
def lists_of_variables(tf):
    def structures(w):
        named = collections.OrderedDict([("z", w), ("a", tf.Variable(3.0, name="other"))])
        other = named["a"]
        return [
            w,
            [w],
            (w, other),
            named,
            dict(named),
            named.values(),
            dict(named).values(),
            list(named.values()),
            {"inner": [w, {"b": other}]},
            [named.values()],
            Pair(w, other),
            [w, [other]],
            w.value(),
            w.op.outputs[0],
            [w, w],
        ]

    def make(w):
        loss = tf.reduce_sum(w * w)
        return [attempt(lambda s=s: pairs(tf, loss, var_list=s)) for s in structures(w)]

    return both_kinds(tf, make)


@program
def lists_that_are_refused(tf):
    def make(w):
        loss = tf.reduce_sum(w * w)
        wrong = [[], {}, tf.constant(1.0), {}.values(), [{}, []]]
        return [attempt(lambda s=s: pairs(tf, loss, var_list=s)) for s in wrong]

    return both_kinds(tf, make)


@program
def losses_that_are_variables(tf):
    def make(w):
        return [
            attempt(lambda: pairs(tf, w, var_list=[w])),
            attempt(lambda: pairs(tf, [w], var_list=[w])),
            attempt(lambda: pairs(tf, w * w, grad_loss=w)),
            attempt(lambda: pairs(tf, w * w, grad_loss=[1.0, 2.0])),
        ]

    return both_kinds(tf, make)


@program
def minimizing_functions(tf):
    def make(w):
        optimizer = tf.train.GradientDescentOptimizer(0.5)
        return [
            attempt(lambda: optimizer.minimize(lambda: tf.reduce_sum(w * w)).type),
            attempt(lambda: optimizer.compute_gradients(lambda: tf.reduce_sum(w * w))),
            attempt(lambda: optimizer.minimize(w.value)),
            attempt(lambda: optimizer.minimize(tf.reduce_sum)),
            attempt(lambda: optimizer.minimize(None)),
            attempt(lambda: optimizer.minimize(1.0)),
            attempt(lambda: optimizer.minimize("w")),
        ]

    return both_kinds(tf, make)


@program
def functions_of_reference_variables(tf):
    w = tf.Variable([1.0, 2.0])
    return tf.train.GradientDescentOptimizer(0.5).minimize(lambda: tf.reduce_sum(w * w), var_list=[w])


@program
def functions_of_resource_variables(tf):
    def variable(name, value, trainable=True):
        return tf.get_variable(name, initializer=value, trainable=trainable, use_resource=True)

    w, u, e = variable("w", [1.0, 2.0]), variable("u", [3.0, 4.0]), variable("e", [[5.0, 6.0]])
    fixed = variable("fixed", [7.0, 8.0], trainable=False)
    outside = w * w
    losses = [
        lambda: tf.reduce_sum(u * w * fixed),
        lambda: tf.reduce_sum(tf.nn.embedding_lookup(e, [0]) * w),
        lambda: tf.reduce_sum(outside),
        lambda: outside * w,
        lambda: w,
        lambda: tf.cast(w, tf.int32),
        lambda: 3.0,
        lambda: None,
    ]
    lists = [None, [], [w, fixed], [w, outside]]
    return [attempt(lambda loss=loss, v=v: pairs(tf, loss, var_list=v)) for loss in losses for v in lists] + [
        pairs(tf, losses[0], grad_loss=tf.constant(2.0))
    ]


@program
def applied_pairs(tf):
    def make(w):
        optimizer = tf.train.GradientDescentOptimizer(0.5)
        tries = [
            lambda: [(w, w)],
            lambda: [(tf.ones(2), w)],
            lambda: [(np.ones(2, np.float32), w)],
            lambda: [([1.0, 1.0], w)],
            lambda: zip([tf.ones(2)], [w]),
            lambda: {"a": (tf.ones(2), w)}.values(),
            lambda: [(tf.ones(2), w.value())],
            lambda: [("a", w)],
            lambda: [(object(), w)],
            lambda: [w],
            lambda: [],
            lambda: [(None, w)],
        ]
        return [attempt(lambda t=t: optimizer.apply_gradients(t()).type) for t in tries]

    return both_kinds(tf, make)


@program
def steps_that_are_counted(tf):
    def make(w):
        step = tf.Variable(0, name="step", trainable=False, use_resource=w.dtype != tf.float32_ref)
        train = tf.train.GradientDescentOptimizer(0.5)
        update = train.minimize(tf.reduce_sum(w), global_step=step)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(update)
            session.run(update)
            counted = session.run(step)
        return [
            counted,
            attempt(lambda: train.minimize(tf.reduce_sum(w), global_step=step.value()).type),
            attempt(lambda: train.minimize(tf.reduce_sum(w), global_step=3).type),
            attempt(lambda: train.minimize(tf.reduce_sum(w), global_step="step").type),
        ]

    return both_kinds(tf, make)


# -- scopes, groups, sessions ----------------------------------------------------------------


@program
def colocation(tf):
    def make(w):
        result = []
        for target in (w, w.op, w.value(), "w", [w], 1.0, None, np.ones(2), "scope/w"):

            def place(target=target):
                with tf.colocate_with(target):
                    return tf.constant(1.0).op.colocation_groups()

            result.append(attempt(place))
        return result

    return both_kinds(tf, make)


@program
def control_inputs(tf):
    def make(w):
        result = []
        for inputs in ([w], [w.op], [w.value()], w, [w.initializer], [1.0], ["w"], [None], None, [[w]]):

            def wait(inputs=inputs):
                with tf.control_dependencies(inputs):
                    return [op.name for op in tf.constant(1.0).op.control_inputs]

            result.append(attempt(wait))
        return result

    return both_kinds(tf, make)


@program
def groups(tf):
    def make(w):
        tries = [
            lambda: tf.group(w),
            lambda: tf.group([w]),
            lambda: tf.group({"a": w}),
            lambda: tf.group({"a": w}.values()),
            lambda: tf.group(w, [w.initializer, [w.value()]]),
            lambda: tf.group(1.0),
            lambda: tf.group("w"),
            lambda: tf.group(None),
        ]
        return [attempt(lambda t=t: [op.name for op in t().control_inputs]) for t in tries]

    return both_kinds(tf, make)


@program
def tuples(tf):
    def make(w):
        tries = [
            lambda: tf.tuple([w]),
            lambda: tf.tuple([w, None]),
            lambda: tf.tuple({"a": w}),
            lambda: tf.tuple({"a": w}.values()),
            lambda: tf.tuple(w),
            lambda: tf.tuple([w], control_inputs=[w]),
            lambda: tf.tuple([w.value()], control_inputs=[w.initializer]),
            lambda: tf.tuple([w.value()], control_inputs=[1.0]),
            lambda: tf.tuple([None]),
            lambda: tf.tuple([]),
        ]
        return [attempt(lambda t=t: [getattr(x, "name", None) for x in t()]) for t in tries]

    return both_kinds(tf, make)


@program
def initializers_of_lists(tf):
    def make(w):
        tries = [
            lambda: tf.variables_initializer([w]),
            lambda: tf.variables_initializer((w,)),
            lambda: tf.variables_initializer({"a": w}.values()),
            lambda: tf.variables_initializer({"a": w}),
            lambda: tf.variables_initializer(w),
            lambda: tf.variables_initializer([w.value()]),
            lambda: tf.variables_initializer([]),
            lambda: tf.variables_initializer(None),
            lambda: tf.variables_initializer(iter([w])),
            lambda: tf.variables_initializer(["w"]),
        ]
        return [attempt(lambda t=t: t().type) for t in tries]

    return both_kinds(tf, make)


@program
def reports_of_lists(tf):
    def make(w):
        tries = [
            lambda: tf.report_uninitialized_variables([w]),
            lambda: tf.report_uninitialized_variables((w,)),
            lambda: tf.report_uninitialized_variables({"a": w}.values()),
            lambda: tf.report_uninitialized_variables([]),
            lambda: tf.assert_variables_initialized([w]),
            lambda: tf.is_variable_initialized(w),
        ]

        def run(t):
            with tf.Session() as session:
                return session.run(t())

        return [attempt(lambda t=t: run(t)) for t in tries]

    return both_kinds(tf, make)


@program
def fetches_and_feeds(tf):
    def make(w):
        doubled = w * 2.0
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            fed = np.float32([7.0, 8.0])
            tries = [
                lambda: session.run(w),
                lambda: session.run([w]),
                lambda: session.run({"a": w}),
                lambda: session.run({"a": w}.values()),
                lambda: session.run({"a": w}.keys()),
                lambda: session.run(Pair(w, doubled)),
                lambda: session.run({w}),
                lambda: session.run(iter([w])),
                lambda: session.run(doubled, {w: fed}),
                lambda: session.run([w, doubled], {w: fed}),
                lambda: session.run(doubled, {w.value(): fed}),
                lambda: session.run(w, {w.op.outputs[0]: fed}),
                lambda: session.run(doubled, {(w,): (fed,)}),
                lambda: session.run(doubled, {w.name: fed}),
                lambda: session.run(doubled, {w: w}),
                lambda: session.run(doubled, {w: [w, w]}),
                lambda: session.run(doubled, [(w, fed)]),
                lambda: session.make_callable(doubled, [w])(fed),
                lambda: session.make_callable(w)(),
                lambda: session.make_callable({"a": w})(),
                lambda: session.make_callable({"a": w}.values())(),
            ]
            return [attempt(t) for t in tries]

    return both_kinds(tf, make)


# -- averages, clipping, regularisation --------------------------------------------------------


@program
def averages(tf):
    def make(w):
        average = tf.train.ExponentialMovingAverage(0.5)
        tries = [
            lambda: average.apply([w]).type,
            lambda: average.apply((w,)).type,
            lambda: average.apply({"a": w}.values()).type,
            lambda: average.apply([tf.constant(1)]).type,
            lambda: average.apply([1.0]).type,
            lambda: average.apply(w).type,
            lambda: average.average(w).name,
            lambda: average.average_name(w),
            lambda: average.average(w.value()),
            lambda: sorted(average.variables_to_restore([w])),
            lambda: sorted(average.variables_to_restore({"a": w}.values())),
        ]
        return [attempt(t) for t in tries]

    return both_kinds(tf, make)


@program
def clipping(tf):
    def make(w):
        tries = [
            lambda: values(tf, tf.clip_by_global_norm([w], 1.0)[0]),
            lambda: values(tf, tf.clip_by_global_norm((w, None), 1.0)[0]),
            lambda: tf.clip_by_global_norm({"a": w}.values(), 1.0),
            lambda: tf.clip_by_global_norm({"a": w}, 1.0),
            lambda: tf.clip_by_global_norm(w, 1.0),
            lambda: tf.clip_by_global_norm([], 1.0)[0],
            lambda: values(tf, [tf.global_norm([w])]),
            lambda: values(tf, [tf.global_norm({"a": w}.values())]),
            lambda: values(tf, [tf.global_norm({w: w})]),
            lambda: values(tf, [tf.clip_by_norm(w, 1.0)]),
            lambda: values(tf, [tf.clip_by_value(w, w, w)]),
            lambda: values(tf, [tf.add_n([w, w])]),
            lambda: values(tf, [tf.add_n({"a": w}.values())]),
            lambda: values(tf, [tf.accumulate_n([w, w])]),
            lambda: values(tf, [tf.stack([w, w])]),
            lambda: values(tf, [tf.stack({"a": w}.values())]),
            lambda: values(tf, [tf.concat([w, w], 0)]),
            lambda: values(tf, [tf.concat({"a": w}.values(), 0)]),
            lambda: values(tf, [tf.concat(w, 0)]),
        ]
        return [attempt(t) for t in tries]

    return both_kinds(tf, make)


# -- structures --------------------------------------------------------------------------------


class OtherMapping(collections.abc.Mapping):
    def __init__(self, items):
        self._items = dict(items)

    def __getitem__(self, key):
        return self._items[key]

    def __iter__(self):
        return iter(self._items)

    def __len__(self):
        return len(self._items)


class OtherSequence(collections.abc.Sequence):
    def __init__(self, items=()):
        self._items = list(items)

    def __getitem__(self, key):
        return self._items[key]

    def __len__(self):
        return len(self._items)


def kinds():
    mapping = collections.OrderedDict([("b", 1), ("a", (2, [3]))])
    return [
        [],
        (),
        {},
        [1, (2, {"a": 3})],
        mapping,
        dict(mapping),
        mapping.values(),
        mapping.keys(),
        mapping.items(),
        dict(mapping).values(),
        dict(mapping).keys(),
        dict(mapping).items(),
        collections.defaultdict(list, mapping),
        collections.Counter("aab"),
        OtherMapping(mapping),
        OtherMapping(mapping).values(),
        OtherSequence([1, [2]]),
        Pair(1, [2]),
        collections.deque([1, 2]),
        range(3),
        "abc",
        b"abc",
        bytearray(b"ab"),
        memoryview(b"ab"),
        {1, 2},
        frozenset([1]),
        iter([1]),
        (i for i in [1]),
        np.ones(2),
        None,
        1.5,
        {2: "a", 1: "b"},
        collections.ChainMap({"a": 1}, {"b": 2}),
        collections.UserList([1, 2]),
        collections.UserDict(a=1),
    ]


def told(value):
    """A value that has no order or is made of objects, as JSON can hold it."""
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return [told(item) for item in value]
    if isinstance(value, (bool, int, float, str, bytes)) or value is None or isinstance(value, Exception):
        return value
    return type(value).__name__


@program
def what_is_nested(tf):
    nest = internal("util.nest")
    return [nest.is_sequence(kind) for kind in kinds()]


@program
def flattened(tf):
    nest = internal("util.nest")
    return [attempt(lambda k=k: told(nest.flatten(k))) for k in kinds()]


@program
def mapped(tf):
    nest = internal("util.nest")
    return [attempt(lambda k=k: told(nest.map_structure(lambda x: [x], k))) for k in kinds()]


@program
def packed(tf):
    nest = internal("util.nest")
    return [attempt(lambda k=k: told(nest.pack_sequence_as(k, list("xyz")))) for k in kinds()]


@program
def paths(tf):
    nest = internal("util.nest")
    return [
        attempt(lambda k=k: [list(map(str, path)) for path in nest.yield_flattened_paths(k)])
        if hasattr(nest, "yield_flattened_paths")
        else attempt(lambda k=k: [list(map(str, path)) for path in nest.yield_flat_paths(k)])
        for k in kinds()
    ]


@program
def compared(tf):
    nest = internal("util.nest")
    pairs_of_kinds = [
        ([1], (1,)),
        ([1], [2]),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, collections.OrderedDict(a=1)),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}.values(), {"b": 1}.values()),
        ({"a": 1}.values(), [1]),
        ({"a": 1}.values(), {"a": 1}.keys()),
        ({"a": 1}, OtherMapping({"a": 1})),
        (Pair(1, 2), (1, 2)),
        (Pair(1, 2), collections.namedtuple("Pair", "first second")(1, 2)),
        (Pair(1, 2), collections.namedtuple("Other", "first second")(1, 2)),
        ("ab", ["a", "b"]),
        ("ab", "cd"),
        (1, "a"),
        (range(2), [0, 1]),
        ([1, 2], [1]),
        ([[1], 2], [1, 2]),
        (np.ones(2), [1, 1]),
        (None, []),
    ]
    return [
        [
            attempt(lambda a=a, b=b, c=c: nest.assert_same_structure(a, b, check_types=c))
            for c in (True, False)
        ]
        for a, b in pairs_of_kinds
    ]


@program
def composites(tf):
    nest = internal("util.nest")
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    slices = tf.IndexedSlices(tf.ones([1]), tf.constant([0]))
    return [
        [nest.is_sequence(x), len(nest.flatten(x)), len(nest.flatten(x, expand_composites=True))]
        for x in (sparse, slices, [sparse, slices], tf.SparseTensorValue([[0]], [1.0], [2]))
    ]
