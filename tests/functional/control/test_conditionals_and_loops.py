"""tf.cond, tf.case, tf.while_loop: numbers, names and words are TensorFlow 1.15.5's for the same program."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from perdure import tf
from perdure.functional.control.conditionals import smart_cond


@pytest.fixture(autouse=True)
def graph():
    """A graph of its own for each test."""
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def session(graph):
    """A session of that graph."""
    with tf.Session() as session:
        yield session


@pytest.fixture
def pred(graph):
    """A condition that is fed."""
    return tf.placeholder(tf.bool, [], name="p")


def initialize(session):
    session.run(tf.global_variables_initializer())


# -- cond ----------------------------------------------------------------------------------


def test_cond(session):
    """The result of the branch that the condition chooses, under TensorFlow's names."""
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.cond(p, lambda: x * x, lambda: x + 1.0)
    pair = tf.cond(p, lambda: (x * x, x), lambda: (x * 2.0, x + 1.0), name="third")
    assert y.name == "cond/Merge:0" and y.shape == (2,)
    assert [t.name for t in pair] == ["third/Merge:0", "third/Merge_1:0"]
    for condition, expected in ((True, [9, 16]), (False, [4, 5])):
        assert session.run(y, {p: condition, x: [3, 4]}).tolist() == expected
    assert [t.tolist() for t in session.run(pair, {p: False, x: [3, 4]})] == [[6, 8], [4, 5]]


def test_cond_in_seeded_programs(session):
    """The seeds of random operations in and behind conditionals and loops are TensorFlow's."""
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.Variable(1.0, name="v")
    tf.set_random_seed(3)
    dropped = tf.cond(p, lambda: tf.nn.dropout(x + v, 0.5), lambda: x)
    tf.cond(p, lambda: tf.group(v.assign(2.0)), lambda: tf.no_op())
    tf.cond(p, lambda: (x * x, x), lambda: (x * 2.0, x + 1.0), name="third")
    tf.cond(p, lambda: [x], lambda: [x + 1.0])
    loop = tf.while_loop(
        lambda i, a: i < 10, lambda i, a: (i + 1, a * x + tf.random_uniform([2])), [0, tf.zeros([2])]
    )
    tf.while_loop(lambda i: i < 10, lambda i: i + 1, [0], maximum_iterations=3)
    assert tf.get_default_graph()._last_id == 119
    behind = tf.random_uniform([1])
    initialize(session)
    assert session.run(dropped, {p: True, x: [1, 2]}).tolist() == [4, 6]
    np.testing.assert_allclose(session.run(loop, {x: [0.1, 0.2]})[1], [0.4230658, 1.1699855], rtol=1e-6)
    np.testing.assert_allclose(session.run(behind), [0.08613539], rtol=1e-6)


def test_only_the_branch_that_is_taken_runs(session, pred):
    """Assignments, failures and Python functions of the other branch do not happen."""
    v, r = tf.Variable(1.0), tf.get_variable("r", initializer=1.0, use_resource=True)
    calls = []
    both = tf.cond(
        pred,
        lambda: tf.group(v.assign_add(10.0), r.assign_add(100.0)),
        lambda: tf.group(tf.py_func(lambda: calls.append(1), [], [])),
    )
    initialize(session)
    assert session.run(both, {pred: False}) == np.False_ and calls == [1]
    assert session.run([v, r]) == [1, 1]
    assert session.run(both, {pred: True}) == np.True_ and calls == [1]
    assert session.run([v, r]) == [11, 101]


def test_variables_are_read_where_they_are_used(session, pred):
    """A branch sees what it has assigned, with both kinds of variables."""
    v, r = tf.Variable(1.0), tf.get_variable("r", initializer=1.0, use_resource=True)

    def increment_and_read():
        before = v + r
        with tf.control_dependencies([before, v.assign_add(1.0), r.assign_add(1.0)]):
            return before, v * 10.0 + r.read_value()

    # What is read and written in no order may be read before or after it, as in TensorFlow.
    result = tf.cond(pred, increment_and_read, lambda: (v + 0.0, r + 0.0))
    assigned = tf.cond(pred, lambda: v.assign(5.0), lambda: v)
    initialize(session)
    assert session.run(result, {pred: True})[1] == 22
    assert session.run(result, {pred: False}) == (2, 2)
    assert session.run(assigned, {pred: False}) == 2
    assert session.run(assigned, {pred: True}) == 5


def test_a_failing_branch(session, pred):
    """The error names the operation inside, and no variable changes."""
    v = tf.Variable(1.0)

    def fail():
        with tf.control_dependencies([v.assign(2.0)]):
            return tf.check_numerics(v / 0.0, "no good", name="check")

    y = tf.cond(pred, fail, lambda: v + 1.0)
    initialize(session)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"no good : Tensor had Inf") as info:
        session.run(y, {pred: True})
    assert info.value.op.name == "cond/check"
    assert session.run(y, {pred: False}) == 2


def test_control_dependencies_of_a_conditional(session, pred):
    """What is open around a conditional, or named inside it, has run before its branches."""
    v = tf.Variable(1.0)
    first = v.assign_add(1.0)
    second = tf.group(v.assign_add(10.0))

    def inside():
        with tf.control_dependencies([second]):
            return tf.identity(v.value())

    with tf.control_dependencies([first]):
        y = tf.cond(pred, inside, lambda: tf.constant(0.0))
    initialize(session)
    assert session.run(y, {pred: True}) == 12


def test_nested_conditionals_and_loops(session, pred):
    """Functions in functions, with values from all levels."""
    x, v = tf.placeholder(tf.float32, []), tf.Variable(2.0)

    def inner(y):
        return tf.cond(x > y, lambda: x * y * v, lambda: x - y - v)

    y = tf.cond(
        pred,
        lambda: inner(x + 1.0),
        lambda: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + inner(1.0)), [0, 0.0])[1],
    )
    initialize(session)
    assert session.run(y, {pred: True, x: 5}) == -3
    assert session.run(y, {pred: False, x: 5}) == 30


def test_variables_made_in_a_branch(session, pred):
    """They belong to the program, as in TensorFlow: initialisers and collections see them."""
    x = tf.ones([2, 3])

    def layer():
        return tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer(), name="d")

    y = tf.cond(pred, layer, lambda: tf.zeros([2, 2]))
    assert [v.name for v in tf.global_variables()] == ["d/kernel:0", "d/bias:0"]
    initialize(session)
    assert session.run(y, {pred: True}).tolist() == [[3, 3], [3, 3]]


def test_structures(session, pred):
    """Dictionaries, named tuples, sparse values; a list of one is unpacked unless `strict`."""
    Pair = namedtuple("Pair", "a b")
    result = tf.cond(
        pred,
        lambda: {"x": 1, "y": Pair([2.0], tf.constant("t"))},
        lambda: {"x": 3, "y": Pair([4.0], tf.constant("f"))},
    )
    assert session.run(result, {pred: False}) == {"x": 3, "y": Pair([4.0], b"f")}
    sparse = tf.cond(
        pred,
        lambda: tf.SparseTensor([[0]], [1.0], [2]),
        lambda: tf.SparseTensor([[1]], [2.0], [2]),
    )
    assert session.run(sparse, {pred: False}).indices.tolist() == [[1]]
    assert isinstance(tf.cond(pred, lambda: [1], lambda: [2]), tf.Tensor)
    (only,) = tf.cond(pred, lambda: [1], lambda: [2], strict=True)
    assert session.run(only, {pred: False}) == 2


def test_static_shapes(pred):
    """What both branches have in common."""
    assert tf.cond(pred, lambda: tf.zeros([2, 3]), lambda: tf.zeros([4, 3])).shape.as_list() == [None, 3]
    assert tf.cond(pred, lambda: tf.zeros([2, 3]), lambda: tf.zeros([4])).shape.ndims is None


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((True, lambda: 1, lambda: 2), TypeError, "pred must not be a Python bool"),
        ((tf.constant(1.0), lambda: 1, lambda: 2), TypeError, "'pred' of 'Switch' Op has type float32"),
        ((tf.constant(True), 1, lambda: 2), TypeError, "true_fn must be callable"),
        ((tf.constant(True), lambda: 1, 2), TypeError, "false_fn must be callable"),
        ((tf.constant(True),), TypeError, r"cond\(\): true_fn argument required"),
        ((tf.constant(True), lambda: 1), TypeError, r"cond\(\): false_fn argument required"),
        (
            (tf.constant(True), lambda: 1, lambda: 2, False, None, lambda: 1),
            TypeError,
            "true_fn and fn1 may not be set simultaneously",
        ),
        ((tf.constant(True), lambda: None, lambda: 2), ValueError, "true_fn must have a return value"),
        ((tf.constant(True), lambda: 1, lambda: None), ValueError, "false_fn must have a return value"),
        ((tf.constant(True), lambda: [], lambda: []), ValueError, "must return at least one result"),
        (
            (tf.constant(True), lambda: 1, lambda: 2.0),
            ValueError,
            "Outputs of true_fn and false_fn must have the same type: int32, float32",
        ),
        (
            (tf.constant(True), lambda: (1, 2), lambda: 1),
            ValueError,
            "(?s)don't have the same nested structure.*is a sequence, while",
        ),
        ((tf.constant(True), lambda: (1, 2), lambda: (1, 2, 3)), ValueError, "same number of elements"),
        (
            (tf.constant(True), lambda: (1, 2), lambda: [1, 2]),
            TypeError,
            "(?s)don't have the same nested structure.*same sequence type",
        ),
        ((tf.constant(True), lambda: {"a": 1}, lambda: {"b": 1}), ValueError, "same set of keys"),
    ],
)
def test_what_cond_refuses(arguments, error, message):
    """TensorFlow's classes and words."""
    with tf.get_default_graph().as_default(), pytest.raises(error, match=message):
        tf.cond(*arguments)


def test_tensors_of_a_branch_are_dead_if_another_is_taken(session, pred):
    """They can be used outside, but not fetched, and then have a value only if their branch has run."""
    kept = []

    def branch():
        kept.append(tf.constant(1.0) * 2.0)
        return kept[0]

    tf.cond(pred, branch, lambda: 1.0)
    outside = kept[0] + 1.0
    assert session.run(outside, {pred: True}) == 3
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Retval\[0\] does not have value"):
        session.run(outside, {pred: False})
    session.run(outside.op, {pred: False})
    with pytest.raises(ValueError, match="marked as not fetchable"):
        session.run(kept[0])


def test_smart_cond(pred):
    """A condition that is known now decides now."""
    assert smart_cond(True, lambda: "a", lambda: "b") == "a"
    assert smart_cond(0, lambda: "a", lambda: "b") == "b"
    assert smart_cond(tf.constant(False), lambda: "a", lambda: "b") == "b"
    assert smart_cond(pred, lambda: 1, lambda: 2).op.type == "Merge"
    with pytest.raises(TypeError, match="must be a Tensor, or a Python bool"):
        smart_cond("x", lambda: 1, lambda: 2)
    with pytest.raises(TypeError, match="`true_fn` must be callable"):
        smart_cond(True, 1, lambda: 2)
    with pytest.raises(TypeError, match="`false_fn` must be callable"):
        smart_cond(True, lambda: 2, 1)


# -- gradients -----------------------------------------------------------------------------


def test_gradients(session, pred):
    """Of nested conditionals with dropout, to inputs and both kinds of variables, twice."""
    x = tf.placeholder(tf.float32, [2, 2])
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    r = tf.get_variable("r", initializer=[3.0, 5.0], use_resource=True)

    def one():
        h = tf.nn.relu(tf.matmul(x, v))
        return tf.reduce_sum(h * h * r), h

    def other():
        return tf.cond(
            x[0, 0] > 1.5,
            lambda: tf.reduce_sum(tf.exp(x) * v),
            lambda: tf.reduce_sum(v**3.0),
        ), x * 2.0

    y, h = tf.cond(pred, one, other)
    found = tf.gradients(y * y + tf.reduce_sum(h), [x, v, r])
    second = tf.gradients(tf.reduce_sum(found[1]), [v])[0]
    initialize(session)
    value = np.array([[1, 2], [1, -0.5]], np.float32)
    dx, dv, dr = session.run(found, {pred: False, x: value})
    assert dx.tolist() == [[2, 2], [2, 2]] and dv.tolist() == [[600, 2400], [5400, 9600]]
    assert dr.tolist() == [0, 0]
    assert session.run(second, {pred: False, x: value}).tolist() == [[1740, 4560], [8460, 13440]]
    value[0, 0] = 2
    dx, dv, _ = session.run(found, {pred: False, x: value})
    np.testing.assert_allclose(dx, [[485.95566, 969.91132], [536.112, 160.902]], rtol=1e-6)
    np.testing.assert_allclose(dv, [[483.95566, 483.95566], [178.03734, 39.725502]], rtol=1e-6)
    dx, dv, dr = session.run(found, {pred: True, x: value})
    h = np.maximum(value @ [[1, 2], [3, 4]], 0)
    total = (h * h * [3, 5]).sum()
    d_h = (2 * total * 2 * h * [3, 5] + 1) * (h > 0)
    np.testing.assert_allclose(dv, value.T @ d_h, rtol=1e-5)
    np.testing.assert_allclose(dr, 2 * total * (h * h).sum(0), rtol=1e-5)


def test_gradients_use_the_values_of_the_forward_step(session, pred):
    """A mask that is drawn in a branch is the one whose gradient is taken."""
    x = tf.ones([100])
    y = tf.cond(pred, lambda: tf.nn.dropout(x, 0.5), lambda: x)
    dropped, dx = session.run([y, tf.gradients(y, [x])[0]], {pred: True})
    assert dropped.tolist() == dx.tolist() and set(dx) == {0, 2}


def test_gradients_of_rows(session, pred):
    """The gradient of a gather in a branch is rows, of the branch that is not taken all of zeros."""
    rows = tf.Variable(np.ones((4, 2), np.float32))
    y = tf.cond(pred, lambda: tf.reduce_sum(tf.gather(rows, [1, 1, 2]) ** 2.0), lambda: 0.0)
    (found,) = tf.gradients(y, [rows])
    initialize(session)
    rows_found = session.run(found, {pred: True})
    assert rows_found.values.tolist() == [[2, 2]] * 3 and rows_found.indices.tolist() == [1, 1, 2]
    none = session.run(found, {pred: False})
    assert none.values.tolist() == [[0, 0]] * 4 and none.indices.tolist() == [0, 1, 2, 3]


def test_training_inside_a_branch(session, pred):
    """`minimize` in a branch, of losses made outside and inside."""
    w = tf.Variable(2.0)
    outside = tf.square(w - 5.0)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    step = tf.cond(pred, lambda: optimizer.minimize(outside), tf.no_op)
    both = tf.cond(pred, lambda: optimizer.minimize(tf.square(w * 2.0 - 5.0) + outside), tf.no_op)
    initialize(session)
    session.run(step, {pred: False})
    assert session.run(w) == 2
    session.run(step, {pred: True})
    assert session.run(w) == pytest.approx(2.6)
    session.run(both, {pred: True})
    assert session.run(w) == pytest.approx(3.0)


def test_constants_as_xs(session, pred):
    """Gradients reach constants outside of the branches."""
    c = tf.constant(10.0)
    (found,) = tf.gradients(tf.cond(pred, lambda: c * c, lambda: c + 1.0), [c])
    assert session.run(found, {pred: True}) == 20 and session.run(found, {pred: False}) == 1
    assert tf.gradients(tf.cond(pred, lambda: 1.0, lambda: 2.0), [c]) == [None]


def test_gradients_of_loops(session):
    """Of nested loops with a conditional, to the start, an invariant and a variable."""
    x, w = tf.placeholder(tf.float32, [], name="x"), tf.Variable(3.0)

    def inner(j, b):
        return j + 1, tf.cond(j < 1, lambda: b * x, lambda: b + w)

    def outer(i, a):
        return i + 1, tf.while_loop(lambda j, _: j < 2, inner, [0, a])[1]

    y = tf.while_loop(lambda i, _: i < 2, outer, [0, x])[1]
    found = tf.gradients(y, [x, w])
    initialize(session)
    # ((x * x + w) * x + w) from x = 2, w = 3
    assert session.run(y, {x: 2}) == 17
    assert session.run(found, {x: 2}) == [15, 3]


def test_the_gradient_of_a_loop_that_does_not_run(session):
    """It hands on what comes."""
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    found = tf.gradients(tf.while_loop(lambda a: a < 0.0, lambda a: a * y, [x]), [x, y])
    assert session.run(found, {x: 2, y: 3}) == [1, 0]


# -- case ----------------------------------------------------------------------------------


def test_case(session):
    """The first condition that holds."""
    x = tf.placeholder(tf.int32, [])
    pairs = [(x < 1, lambda: 10), (x < 2, lambda: 20)]
    y = tf.case(pairs, default=lambda: 30)
    assert [session.run(y, {x: i}) for i in range(3)] == [10, 20, 30]
    z = tf.case(OrderedDict(pairs), default=lambda: 30, exclusive=True)
    assert session.run(z, {x: 1}) == 20
    with pytest.raises(tf.errors.InvalidArgumentError, match="more than 1 conditions .* evaluated as True"):
        session.run(z, {x: 0})
    w = tf.case({x < 1: lambda: tf.identity(10), x < 2: lambda: tf.identity(20)})
    assert session.run(w, {x: 1}) == 20
    with pytest.raises(tf.errors.InvalidArgumentError, match="None of conditions evaluated as True"):
        session.run(w, {x: 2})


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (3, "fns must be a list, tuple, or dict"),
        ([1], "Each entry in pred_fn_pairs must be a 2-tuple"),
        ([(True, lambda: 1)], "pred must be a Tensor, got: True"),
        ([(tf.constant(1), lambda: 1)], "pred must be Tensor of type bool: Const"),
        ([(tf.constant(True), 1)], "fn for pred Const.*:0 must be callable"),
    ],
)
def test_what_case_refuses(pairs, message):
    """TensorFlow's words."""
    with pytest.raises(TypeError, match=message):
        tf.case(pairs, default=lambda: 1)


def test_switch_case(session):
    """A number chooses."""
    i = tf.placeholder(tf.int32, [])
    y = tf.switch_case(i, [lambda: 10, lambda: 20], default=lambda: 30)
    assert [session.run(y, {i: k}) for k in (0, 1, 2, -1)] == [10, 20, 30, 30]
    z = tf.switch_case(i, {1: lambda: 20, 0: lambda: 10})
    assert [session.run(z, {i: k}) for k in (0, 1, 7)] == [10, 20, 20]


@pytest.mark.parametrize(
    ("index", "functions", "error", "message"),
    [
        (1, [lambda: 1], TypeError, "branch_index must a Tensor"),
        (tf.constant(1.0), [lambda: 1], TypeError, "branch_index must an integer Tensor"),
        (tf.constant(1), [], ValueError, "Must provide at least one item"),
        (tf.constant(1), 3, TypeError, "branch_fns must be a list, tuple, or dict"),
        (tf.constant(1), [3], TypeError, "Each entry in branch_fns must be a 2-tuple"),
        (tf.constant(1), [("a", lambda: 1)], TypeError, "key must be a Python `int`"),
        (tf.constant(1), [(0, 1)], TypeError, "fn for key 0 must be callable"),
        (tf.constant(1), [(1, lambda: 1)], ValueError, "must form contiguous range"),
    ],
)
def test_what_switch_case_refuses(index, functions, error, message):
    """TensorFlow's words."""
    with pytest.raises(error, match=message):
        tf.switch_case(index, functions)


# -- while_loop ----------------------------------------------------------------------------


def test_while_loop(session):
    """Sums and powers, with values from outside."""
    x = tf.placeholder(tf.float32, [2])
    i, a = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, tf.ones([2])])
    assert (i.name, a.name) == ("while/Exit:0", "while/Exit_1:0") and a.shape == (2,)
    assert session.run([i, a], {x: [2, 3]})[1].tolist() == [8, 27]
    assert session.run(tf.while_loop(lambda i: i < 10, lambda i: i + 3, [0])) == 12
    assert session.run(tf.while_loop(lambda i: i < 0, lambda i: [i + 3], [7])) == 7
    limited = tf.while_loop(lambda i: i < 10, lambda i: i + 1, [0], maximum_iterations=3)
    assert limited.name == "while_3/Exit_1:0" and session.run(limited) == 3
    pair = tf.while_loop(lambda i, j: i < 10, lambda i, j: (i + 1, j), (0, 5), maximum_iterations=2)
    assert session.run(pair) == (2, 5)
    (same,) = tf.while_loop(lambda i: i < 1, lambda i: [i + 1], [0], return_same_structure=True)
    assert session.run(same) == 1


def test_structures_in_loops(session):
    """Named tuples go round."""
    Pair = namedtuple("Pair", "j, k")
    start = (tf.constant(0), Pair(tf.constant(1), tf.constant(2)))
    result = tf.while_loop(lambda i, p: i < 10, lambda i, p: (i + 1, Pair(p.j + p.k, p.j - p.k)), start)
    assert session.run(result) == (10, Pair(32, 64))


def test_loops_change_variables(session):
    """Each iteration sees what the ones before it assigned."""
    v = tf.Variable(1.0)

    def double(i):
        with tf.control_dependencies([v.assign(v * 2.0)]):
            return i + 1

    n = tf.while_loop(lambda i: i < 5, double, [0])
    initialize(session)
    assert session.run(n) == 5 and session.run(v) == 32


def test_shapes_of_loop_variables(session):
    """They stay what they are, unless `shape_invariants` allows more."""
    m = tf.ones([2, 2])
    with pytest.raises(ValueError, match=r"enters the loop with shape \(2, 2\), but has shape \(4, 2\)"):
        tf.while_loop(lambda i, m: i < 2, lambda i, m: [i + 1, tf.concat([m, m], 0)], [0, m])
    _, grown = tf.while_loop(
        lambda i, m: i < 2,
        lambda i, m: [i + 1, tf.concat([m, m], 0)],
        [tf.constant(0), m],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 2])],
    )
    assert grown.shape.as_list() == [None, 2] and session.run(grown).shape == (8, 2)
    with pytest.raises(ValueError, match="The shape invariant specified for .* is not compatible"):
        tf.while_loop(lambda m: True, lambda m: m, [m], shape_invariants=[tf.TensorShape([3, None])])
    with pytest.raises(ValueError, match="must be a .possibly nested. list of shapes"):
        tf.while_loop(lambda m: True, lambda m: m, [m], shape_invariants=[2])
    with pytest.raises(ValueError, match="don't have the same nested structure"):
        tf.while_loop(lambda m: True, lambda m: m, [m], shape_invariants=[[2, 2]])


@pytest.mark.parametrize(
    ("cond", "body", "start", "more", "error", "message"),
    [
        (1, lambda i: i, [0], {}, TypeError, "cond must be callable"),
        (lambda i: True, 1, [0], {}, TypeError, "body must be callable"),
        (lambda i: True, lambda i: i, [0], {"parallel_iterations": 0}, TypeError, "positive integer"),
        (lambda: True, lambda: [], [], {}, ValueError, "No loop variables provided"),
        (lambda i: i, lambda i: i, [0], {}, TypeError, "'LoopCond' Op has type int32"),
        (lambda i: i < 1, lambda i: (i, i), [0], {}, ValueError, "same number of elements"),
        (
            lambda i: i < 1,
            lambda i: i,
            [0],
            {"maximum_iterations": [1]},
            ValueError,
            "maximum_iterations must be a scalar",
        ),
    ],
)
def test_what_while_loop_refuses(cond, body, start, more, error, message):
    """TensorFlow's words, where it has any."""
    with pytest.raises(error, match=message):
        tf.while_loop(cond, body, start, **more)


def test_types_of_loop_variables(session):
    """A value of another type is noticed when a session is asked."""
    y = tf.while_loop(lambda i: i < 1, lambda i: tf.cast(i, tf.float32), [0])
    message = (
        "Input 1 of node while/Merge was passed float.* from while/NextIteration:0 incompatible with "
        "expected int32"
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(y)


def test_a_condition_that_is_no_scalar(session):
    """Is refused when the graph runs."""
    x = tf.placeholder(tf.bool)
    y = tf.while_loop(lambda i: x, lambda i: i + 1, [0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be a scalar"):
        session.run(y, {x: [True, False]})


# -- checks of numbers ---------------------------------------------------------------------


def test_add_check_numerics_ops(session):
    """The first tensor that is not finite is named; graphs with conditionals are refused."""
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.identity(1.0 / x, name="y")
    check = tf.add_check_numerics_ops()
    assert check.type == "NoOp"
    session.run(check, {x: 1})
    with pytest.raises(tf.errors.InvalidArgumentError, match="truediv:0 : Tensor had Inf"):
        session.run(check, {x: 0})
    tf.cond(x > 1.0, lambda: y, lambda: x)
    with pytest.raises(ValueError, match="is not compatible with TensorFlow control flow operations"):
        tf.add_check_numerics_ops()


def test_training_with_dropout_in_a_conditional(session):
    """tf.layers.dropout with a fed `training`: the losses are TensorFlow's, seeds and masks included."""
    tf.set_random_seed(5)
    training, x = tf.placeholder(tf.bool, []), tf.placeholder(tf.float32, [None, 4])
    hidden = tf.layers.dropout(tf.layers.dense(x, 8, tf.nn.relu), 0.5, training=training)
    loss = tf.reduce_mean(tf.square(tf.layers.dense(hidden, 1) - 1.0))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    assert hidden.name == "dropout/cond/Merge:0"
    initialize(session)
    rows = np.random.RandomState(0).rand(6, 4).astype(np.float32)
    losses = []
    for _ in range(4):
        losses.append(session.run([loss, train], {training: True, x: rows})[0])
        losses.append(session.run(loss, {training: False, x: rows}))
    expected = [
        0.5572451,
        0.08917028,
        0.3752834,
        0.018752852,
        0.31971517,
        0.052765366,
        0.30853763,
        0.025962979,
    ]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_an_initial_value_that_is_a_conditional(session):
    """It takes the other variable's value if that has one, as it says."""
    first = tf.Variable(tf.ones([2]))
    value = tf.cond(tf.is_variable_initialized(first), first.read_value, lambda: first.initial_value)
    second = tf.Variable(value * 2.0)
    session.run(first.initializer)
    session.run(first.assign([5.0, 6.0]))
    session.run(second.initializer)
    assert session.run(second).tolist() == [10, 12]
