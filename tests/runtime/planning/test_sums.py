"""Sums that loops only add to: what is one, and the same numbers and errors however they are added up."""

import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options
from perdure.runtime.planning.lifting import lift as lifting
from perdure.runtime.xla import trace_sums

TIERS = ["interpret", "compile"]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def found(monkeypatch):
    """The sums of each loop that is lifted."""
    found = []
    apart = lifting.with_sums_apart

    def noted(body):
        body = apart(body)
        found.append([each.op.type for each in body.sums])
        return body

    monkeypatch.setattr(lifting, "with_sums_apart", noted)
    return found


def network(batch, units=3):
    """A recurrent network over `steps` steps that adds to its state, and the gradients for its weights."""
    steps = tf.placeholder(tf.int32, [])
    x = tf.placeholder(tf.float32, [batch, 4])
    weights = tf.get_variable("w", [4 + units, units], initializer=tf.random_normal_initializer(seed=1))
    bias = tf.get_variable("b", [units], initializer=tf.constant_initializer(0.1))

    def body(i, state):
        product = tf.matmul(tf.concat([x, state], 1), weights)
        return [i + 1, tf.tanh(tf.nn.bias_add(product, bias))]

    start = tf.zeros([tf.shape(x)[0], units])
    _, state = tf.while_loop(lambda i, _: i < steps, body, [0, start], maximum_iterations=600)
    return tf.gradients(tf.reduce_sum(state * state), [weights, bias]), steps, x


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("batch", [2, None])
def test_weights_of_a_recurrent_network(tier, batch, found, monkeypatch):
    """In stretches, all at once or one by one, and if the loop does not run."""
    gradients, steps, x = network(batch)
    value = np.random.RandomState(0).randn(2, 4).astype(np.float32)
    results = []
    for plain in (False, True):
        if plain:
            assert sorted(map(sorted, found)) == [[], ["BiasAddGrad", "MatMul"]]
            monkeypatch.setattr(lifting, "with_sums_apart", lambda body: body)
        with tf.Session() as session, options(tier=tier, cache=False):
            session.run(tf.global_variables_initializer())
            results.append([session.run(gradients, {x: value, steps: n}) for n in (0, 1, 5, 600)])
    for one, other in zip(*results, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)
    assert not results[0][0][0].any() and results[0][3][0].any()


def test_terms_that_take_too_much_place(monkeypatch):
    """They are added one by one in a program."""
    monkeypatch.setattr(trace_sums, "_MOST_BYTES", 100)
    gradients, steps, x = network(2)
    value = np.ones((2, 4), np.float32)
    found = []
    for tier in TIERS:
        with tf.Session() as session, options(tier=tier, cache=False):
            session.run(tf.global_variables_initializer())
            found.append(session.run(gradients, {x: value, steps: 7}))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "is_apart"),
    [("plain", True), ("turned", True), ("used", False), ("many rows", False), ("other", False)],
)
@pytest.mark.parametrize("tier", TIERS)
def test_what_is_such_a_sum(name, is_apart, tier, found):
    """Only what is added to, and looked at by nobody else."""
    rows = 512 if name == "many rows" else 3
    a = tf.placeholder(tf.float32, [rows, 2])
    b = tf.placeholder(tf.float32, [rows, 4])

    def body(i, total, seen):
        scale = tf.cast(i, tf.float32)
        term = tf.matmul(a * scale, b, transpose_a=True)
        if name == "other":
            term = tf.matmul(tf.transpose(a) * scale, b)
        following = term + total if name == "turned" else total + term
        return i + 1, following, seen + tf.reduce_sum(total) if name == "used" else seen

    left = tf.while_loop(lambda i, *_: i < 4, body, [0, tf.ones([2, 4]), 0.0])
    values = {a: np.ones((rows, 2)), b: np.full((rows, 4), 0.5)}
    with tf.Session() as session, options(tier=tier, cache=False):
        _, total, seen = session.run(left, values)
    assert found == [["MatMul"] if is_apart else []]
    np.testing.assert_allclose(total, np.full((2, 4), 1 + rows * 0.5 * 6))
    assert seen == (8.0 + 8 + 8 * (1 + rows * 0.5) + 8 * (1 + rows * 1.5) if name == "used" else 0)


@pytest.mark.parametrize("tier", TIERS)
def test_factors_that_do_not_fit(tier):
    """The product says so, as it does where it stands."""
    a, b = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.float32, [None, 4])

    def body(i, total):
        return i + 1, total + tf.matmul(a * tf.cast(i, tf.float32), b, transpose_a=True, name="product")

    _, total = tf.while_loop(lambda i, _: i < 4, body, [0, tf.zeros([2, 4])])
    with tf.Session() as session, options(tier=tier, cache=False):
        with pytest.raises(tf.errors.InvalidArgumentError, match="size-incompatible.*") as failure:
            session.run(total, {a: np.ones((3, 2)), b: np.ones((2, 4))})
    assert failure.value.op.name == "while/product"
