"""Sums of matrix products in compiled programs."""

import jax
import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options
from perdure.runtime.xla.trace_products import Products


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def products_in_program(fetch, environment):
    """How many matrix products compute `fetch` from placeholders, and its value."""
    operations = fetch.graph.get_operations()

    def traced(*values):
        products = Products()
        values = dict(zip(environment, values, strict=True))
        for op in operations:
            if op.type == "MatMul":
                a, b = (values[tensor] for tensor in op.inputs)
                a = a.T if op.attrs["transpose_a"] else a
                values[op.outputs[0]] = a @ (b.T if op.attrs["transpose_b"] else b)
                products.note(op, values)
            elif op.type == "AddN":
                product = products.of_sum(op)
                if product is None:
                    product = sum(values[tensor] for tensor in op.inputs)
                values[op.outputs[0]] = product
        return values[fetch]

    lowered = jax.jit(traced).lower(*environment.values())
    used = lowered.compile().as_text()
    return used.count(" dot("), np.asarray(jax.jit(traced)(*environment.values()))


@pytest.mark.parametrize(
    ("rows", "transpose_a", "transpose_b", "expected"),
    [(20, True, False, 1), (600, True, False, 3), (7, False, False, 3), (7, True, True, 3)],
)
def test_narrow_products_are_one(rows, transpose_a, transpose_b, expected):
    """Sums of aᵀb over few rows are one product; others stay as they are; the numbers are the same."""
    random = np.random.RandomState(0)
    environment, terms = {}, []
    for _ in range(3):
        a, b = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, None])
        first = (rows, 5) if transpose_a else (5, rows)
        second = (6, rows) if transpose_b else (rows, 6)
        environment[a] = random.randn(*first).astype(np.float32)
        environment[b] = random.randn(*second).astype(np.float32)
        terms.append(tf.matmul(a, b, transpose_a, transpose_b))
    total = tf.add_n(terms)
    count, value = products_in_program(total, environment)
    assert count == expected
    with tf.Session() as session, options(tier="interpret"):
        np.testing.assert_allclose(value, session.run(total, environment), rtol=1e-5, atol=1e-4)


def test_gradients_of_an_unrolled_network():
    """Both tiers agree on the gradient for weights that several steps share."""
    x = tf.placeholder(tf.float32, [None, 4, 3])
    weights = tf.get_variable("w", [8, 5], initializer=tf.random_normal_initializer(seed=1))
    state = tf.zeros([tf.shape(x)[0], 5])
    for step in range(4):
        state = tf.tanh(tf.matmul(tf.concat([x[:, step], state], 1), weights))
    (gradient,) = tf.gradients(state, [weights])
    value = np.random.RandomState(0).randn(6, 4, 3).astype(np.float32)
    found = []
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            session.run(tf.global_variables_initializer())
            found.append(session.run(gradient, {x: value}))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5, atol=1e-5)


def test_a_term_that_is_fetched_or_fed_keeps_its_value():
    """What else the program wants of a term is computed, and a fed term counts as what was fed."""
    a, b = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32, [2, 3])
    first, second = tf.matmul(a, b, True), tf.matmul(b, a, True)
    total = tf.add_n([first, second])
    feed = {a: np.ones([2, 3]), b: np.full([2, 3], 2.0)}
    with tf.Session() as session, options(tier="compile"):
        assert [r[0, 0] for r in session.run([first, total], feed)] == [4.0, 8.0]
        feed[second] = np.full([3, 3], 10.0)
        assert session.run(total, feed)[0, 0] == 14.0


@pytest.mark.parametrize("use_resource", [False, True])
def test_a_variable_that_changes_between_the_terms(use_resource):
    """Each term is computed from what the variable was when it ran."""
    x = tf.placeholder(tf.float32, [2, 2])
    v = tf.get_variable("v", initializer=np.eye(2, dtype=np.float32), use_resource=use_resource)
    read = v.value()
    before = tf.matmul(read, x, transpose_a=True)
    with tf.control_dependencies([before]):
        change = v.assign(np.full([2, 2], 5.0, np.float32))
    with tf.control_dependencies([change]):
        after = tf.matmul(v.value() if use_resource else read, x + 0.0, transpose_a=True)
    total = tf.add_n([before, after])
    found = []
    for tier in ("interpret", "compile"):
        with tf.Session() as session, options(tier=tier):
            session.run(v.initializer)
            found.append(session.run([before, after, total], {x: np.ones([2, 2])}))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(found[1][2], found[1][0] + found[1][1])


def test_a_reference_as_a_factor():
    """A reference is read by the product that takes it, and the sum does not read it again."""
    x = tf.placeholder(tf.float32, [2, 2])
    v = tf.Variable(np.eye(2, dtype=np.float32))
    total = tf.add_n([tf.raw_ops.MatMul(a=v._ref(), b=x, transpose_a=True), tf.matmul(x, x, True)])
    with tf.Session() as session, options(tier="compile"):
        session.run(v.initializer)
        np.testing.assert_array_equal(session.run(total, {x: np.ones([2, 2])}), np.full([2, 2], 3.0))
