"""Conditionals, cases, loops and groups, about half of them refused."""

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def ran(tf, make):
    """What a step of `make()` gives, or the error of making or running it."""
    with tf.Session() as session:
        return attempt(lambda: session.run(make()))


@program
def cond_results(tf):
    k = tf.constant
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    return [
        ran(tf, lambda: tf.cond(k(True), lambda: k(1), lambda: k(2))),
        ran(tf, lambda: tf.cond(k(False), lambda: 1, lambda: 2)),
        ran(tf, lambda: tf.cond(k(True), lambda: [k(1), k(2)], lambda: [k(3), k(4)])),
        ran(tf, lambda: tf.cond(k(True), lambda: {"a": k(1)}, lambda: {"a": k(2)})),
        ran(tf, lambda: tf.cond(k(True), lambda: sparse, lambda: sparse)),
        ran(
            tf,
            lambda: tf.cond(
                k(True),
                lambda: tf.IndexedSlices(k([1.0]), k([0])),
                lambda: tf.IndexedSlices(k([2.0]), k([1])),
            ),
        ),
        [
            ran(
                tf,
                lambda a=a, b=b: tf.cond(
                    k(a), lambda: tf.cond(k(b), lambda: k(1), lambda: k(2)), lambda: k(3)
                ),
            )
            for a in (True, False)
            for b in (True, False)
        ],
    ]


@program
def cond_shapes(tf):
    p = tf.placeholder(tf.bool)
    return [
        tf.cond(p, lambda: tf.zeros([2, 3]), lambda: tf.zeros([2, 4])).shape.as_list(),
        tf.cond(p, lambda: tf.zeros([2]), lambda: tf.zeros([2, 4])).shape.ndims,
        type(tf.cond(p, tf.no_op, tf.no_op)).__name__,
        isinstance(tf.cond(p, lambda: [tf.constant(1)], lambda: [tf.constant(2)]), list),
        isinstance(tf.cond(p, lambda: [tf.constant(1)], lambda: [tf.constant(2)], strict=True), list),
    ]


@program
def cond_refused(tf):
    k, t = tf.constant, tf.constant(True)
    return [
        attempt(lambda: tf.cond(t, k(1), k(2))),
        attempt(lambda: tf.cond(t, lambda: k(1), k(2))),
        attempt(lambda: tf.cond(t, lambda: 1, lambda: 2, fn1=lambda: 1)),
        attempt(lambda: tf.cond(t)),
        attempt(lambda: tf.cond(t, lambda: k(1), lambda: k(2.0))),
        attempt(lambda: tf.cond(t, lambda: [k(1), k(2)], lambda: k(2))),
        attempt(lambda: tf.cond(t, lambda: None, lambda: k(2))),
        attempt(lambda: tf.cond(t, lambda: None, lambda: None)),
        attempt(lambda: tf.cond(True, lambda: k(1), lambda: k(2))),
    ]


@program
def cond_updates(tf):
    v = tf.Variable(1)
    p = tf.placeholder(tf.bool, [])
    step = tf.cond(p, lambda: v.assign_add(5), lambda: v.assign_sub(1))
    with tf.Session() as session:
        session.run(v.initializer)
        return [session.run(step, {p: flag}) for flag in (True, False, True)] + [session.run(v)]


@program
def cond_gradients(tf):
    x, p = tf.constant(3.0), tf.placeholder(tf.bool, [])
    (g,) = tf.gradients(tf.cond(p, lambda: x * x, lambda: 2.0 * x), x)
    with tf.Session() as session:
        return [session.run(g, {p: flag}) for flag in (True, False)]


@program
def cases(tf):
    k = tf.constant
    one, two, three = lambda: k(1), lambda: k(2), lambda: k(3)  # noqa: E731
    return [
        ran(tf, lambda: tf.case([(k(False), one), (k(True), two)], default=three)),
        ran(tf, lambda: tf.case([(k(False), one), (k(False), two)], default=three)),
        ran(tf, lambda: tf.case({k(False): one, k(True): two}, default=three, exclusive=True)),
        ran(tf, lambda: tf.case([(k(True), one)], default=three)),
        ran(tf, lambda: tf.case([(k(True), one)])),
        ran(tf, lambda: tf.case([(k(True), one), (k(True), two)], default=three)),
    ]


@program
def cases_refused(tf):
    k = tf.constant
    one = lambda: k(1)  # noqa: E731
    return [
        attempt(lambda: tf.case(5)),
        attempt(lambda: tf.case([5])),
        attempt(lambda: tf.case([(k(1), one)])),
        attempt(lambda: tf.case([(k(True), k(1))])),
        attempt(lambda: tf.case([(True, one)])),
        attempt(lambda: tf.case([(k(True), one)], default=5)),
        type(
            ran(tf, lambda: tf.case([(k(True), one), (k(True), one)], default=one, exclusive=True))
        ).__name__,
        type(ran(tf, lambda: tf.case([(k(False), one), (k(False), one)]))).__name__,
        type(attempt(lambda: tf.case([]))).__name__,
    ]


@program
def switch_cases(tf):
    k = tf.constant
    one, two, nine = lambda: k(1), lambda: k(2), lambda: k(9)  # noqa: E731
    return [
        [ran(tf, lambda i=i: tf.switch_case(k(i), [one, two])) for i in (0, 1, 5, -1)],
        [ran(tf, lambda i=i: tf.switch_case(k(i), {0: one, 7: two}, default=nine)) for i in (0, 7, 5)],
        attempt(lambda: tf.switch_case(k(1.0), [one])),
        attempt(lambda: tf.switch_case(k(1), 5)),
        attempt(lambda: tf.switch_case(k(1), [])),
        attempt(lambda: tf.switch_case(k(1), [5])),
        attempt(lambda: tf.switch_case(k(1), {"a": one})),
    ]


@program
def loops(tf):
    k, loop = tf.constant, tf.while_loop
    shapes = [tf.TensorShape([]), tf.TensorShape([None])]
    return [
        ran(tf, lambda: loop(lambda i: i < 10, lambda i: i + 1, [k(0)])),
        ran(tf, lambda: loop(lambda i, x: i < 10, lambda i, x: (i + 1, x * 2), [0, k([1.0, 2.0])])),
        ran(tf, lambda: loop(lambda i: i < 10, lambda i: i + 1, [0], maximum_iterations=3)),
        ran(tf, lambda: loop(lambda i, j: i < 10, lambda i, j: (i + 1, j), [0, 1], maximum_iterations=k(4))),
        ran(
            tf,
            lambda: loop(
                lambda i, x: i < 3,
                lambda i, x: (i + 1, tf.concat([x, x], 0)),
                [k(0), k([1.0])],
                shape_invariants=shapes,
            ),
        ),
        ran(
            tf,
            lambda: loop(
                lambda i, n: i < 4,
                lambda i, n: (i + 1, loop(lambda j, m: j < i, lambda j, m: (j + 1, m + 1), [0, n])[1]),
                [0, 0],
            ),
        ),
        ran(tf, lambda: loop(lambda i: i < 3, lambda i: i + 1, [k(0)], return_same_structure=True)),
        ran(tf, lambda: loop(lambda d: d["a"] < 3, lambda d: {"a": d["a"] + 1}, [{"a": k(0)}])),
        ran(
            tf,
            lambda: loop(
                lambda i, x: i < 6,
                lambda i, x: (i + 1, tf.cond(tf.equal(i % 2, 0), lambda: x + 1, lambda: x * 2)),
                [0, 1],
            ),
        ),
        ran(tf, lambda: loop(lambda i: i < 0, lambda i: i + 1, [k(7)])),
    ]


@program
def loops_refused(tf):
    k, loop = tf.constant, tf.while_loop
    small = lambda i, *rest: i < 3  # noqa: E731
    return [
        attempt(lambda: loop(5, lambda i: i, [0])),
        attempt(lambda: loop(small, 5, [0])),
        attempt(lambda: loop(small, lambda: 1, [])),
        attempt(lambda: loop(small, lambda i: i, [0], parallel_iterations=0)),
        attempt(lambda: loop(small, lambda i: i + 1, [0], maximum_iterations=k([1]))),
        attempt(lambda: loop(small, lambda i, x: (i + 1, tf.concat([x, x], 0)), [0, k([1.0])])),
        attempt(
            lambda: loop(
                small,
                lambda i, x: (i + 1, x),
                [k(0), k([1.0])],
                shape_invariants=[tf.TensorShape([]), tf.TensorShape([2])],
            )
        ),
        type(attempt(lambda: loop(small, lambda i, x: i + 1, [k(0), k(1)]))).__name__,
        type(attempt(lambda: loop(small, lambda i: (i + 1, i), [k(0)]))).__name__,
        type(attempt(lambda: loop(small, lambda i, x: (i + 1, [x]), [k(0), k(1)]))).__name__,
        type(attempt(lambda: loop(small, lambda i: None, [k(0)]))).__name__,
    ]


@program
def loops_update(tf):
    v = tf.Variable(1)

    def body(i):
        with tf.control_dependencies([v.assign_add(i)]):
            return i + 1

    done = tf.while_loop(lambda i: i < 4, body, [tf.constant(0)])
    with tf.Session() as session:
        session.run(v.initializer)
        return [session.run(done), session.run(v)]


@program
def loops_draw(tf):
    def body(i, drawn):
        return i + 1, drawn + tf.random_uniform([2], seed=3)

    done = tf.while_loop(lambda i, drawn: i < 3, body, [tf.constant(0), tf.zeros([2])])
    with tf.Session() as session:
        return [session.run(done), session.run(done)]


@program
def groups(tf):
    k = tf.constant
    return [
        tf.group(name="g").name,
        tf.group(k(1), k(2)).type,
        tf.group([k(1), [k(2)]]).name,
        attempt(lambda: tf.group(5)),
        attempt(lambda: tf.group(k(1), foo=1)),
        ran(tf, lambda: tf.tuple([k(1), k(2.0)], control_inputs=[k(5)])),
        tf.tuple([k(1), None])[1],
        attempt(lambda: tf.tuple([None])),
        attempt(lambda: tf.tuple([k(1)], control_inputs=[5])),
        tf.no_op().name,
        ran(tf, lambda: internal("ops.control_flow_ops").with_dependencies([k(1)], k(2))),
    ]


@program
def values_before_initialization(tf):
    first = tf.Variable(3.0, name="first")
    value = first.initialized_value()
    second = tf.Variable(value * 2.0, name="second")
    third = tf.Variable(second.initialized_value() * 2.0, name="third")
    with tf.Session() as session:
        results = [
            value.op.name,
            session.run(value),
            session.run(tf.global_variables_initializer()),
            session.run(third),
        ]
        session.run(first.assign(10.0))
        session.run(second.initializer)
        return results + [session.run(second), session.run(value)]
