"""Out of TensorFlow: functions of JAX, and StableHLO."""

import jax
import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.graph.errors import (
    FailedPreconditionError,
    InvalidArgumentError,
    UnimplementedError,
)

X = np.linspace(-1, 1, 20, dtype=np.float32).reshape(5, 4)
Y = np.array([0, 1, 2, 1, 0])


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        yield session


def classifier():
    """A network with a ref and a resource variable: inputs, labels, logits, loss."""
    x, y = tf.placeholder(tf.float32, [None, 4], name="x"), tf.placeholder(tf.int64, [None], name="y")
    hidden = tf.layers.dense(x, 8, tf.nn.relu, name="h")
    logits = tf.matmul(hidden, tf.get_variable("w", [8, 3], use_resource=True))
    return x, y, logits, tf.losses.sparse_softmax_cross_entropy(y, logits)


def initialize(session):
    session.run(tf.global_variables_initializer())


def test_values_keep_the_structure_of_the_fetches(session):
    x, y, logits, loss = classifier()
    initialize(session)
    function, parameters = perdure.to_jax({"loss": loss, "both": (logits, y)}, [x, y])
    result, expected = (
        function(parameters, X, Y),
        session.run({"loss": loss, "both": (logits, y)}, {x: X, y: Y}),
    )
    assert result.keys() == {"loss", "both"} and isinstance(result["both"], tuple)
    np.testing.assert_allclose(result["loss"], expected["loss"], rtol=1e-6)
    np.testing.assert_allclose(result["both"][0], expected["both"][0], rtol=1e-5, atol=1e-6)


def test_jax_differentiates_and_maps_it(session):
    x, y, _, loss = classifier()
    gradients = tf.gradients(loss, tf.trainable_variables())
    initialize(session)
    function, parameters = perdure.to_jax(loss, [x, y])
    assert list(parameters) == ["h/kernel", "h/bias", "w"]
    found = jax.jit(jax.grad(function))(parameters, X, Y)
    for variable, expected in zip(
        tf.trainable_variables(), session.run(gradients, {x: X, y: Y}), strict=True
    ):
        np.testing.assert_allclose(found[variable.op.name], expected, rtol=1e-5, atol=1e-7)
    mapped = jax.vmap(function, (None, 0, 0))(parameters, np.stack([X, -X]), np.stack([Y, Y]))
    np.testing.assert_allclose(mapped[1], session.run(loss, {x: -X, y: Y}), rtol=1e-5)


def test_it_is_a_function_of_its_parameters_alone(session):
    v = tf.Variable(2.0, name="v")
    initialize(session)
    function, parameters = perdure.to_jax(v * 3.0)
    session.run(v.assign(5.0))
    assert parameters == {"v": 2.0} and function(parameters) == 6.0 and function({"v": 4.0}) == 12.0
    with pytest.raises(KeyError, match=r"\['v'\], not \['w'\]"):
        function({"w": 1.0})


def test_other_variables_keep_their_value(session):
    v, w = tf.Variable(2.0, name="v"), tf.get_variable("w", initializer=3.0, use_resource=True)
    initialize(session)
    function, parameters = perdure.to_jax(v * w, variables=[w])
    session.run([v.assign(0.0), w.assign(0.0)])
    assert parameters == {"w": 3.0} and function(parameters) == 6.0
    with pytest.raises(ValueError, match="v is not read"):
        perdure.to_jax(w * 1.0, variables=[v])


def test_a_fetched_variable_is_its_parameter(session):
    v = tf.Variable([1.0, 2.0], name="v")
    initialize(session)
    function, _ = perdure.to_jax([v, tf.shape(v)])
    value, shape = function({"v": np.float32([3, 4])})
    assert value.tolist() == [3, 4] and shape.tolist() == [2]
    with pytest.raises(InvalidArgumentError, match=r"v of shape \(2,\) cannot have a value of shape \(3,\)"):
        function({"v": np.float32([3, 4, 5])})


def test_what_is_no_function_of_numbers_is_named(session):
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.Variable([1.0, 2.0], name="v")
    random = tf.random_uniform([2], name="noise")
    outside = tf.py_func(lambda a: a, [x], tf.float32, name="outside")
    with pytest.raises(UnimplementedError) as raised:
        perdure.to_jax(random + outside + tf.assign(v, x, name="changed"), [x])
    for words in (
        "noise/RandomUniform",
        "random numbers",
        "outside",
        "host",
        "changed",
        "changes a variable",
    ):
        assert words in str(raised.value)
    function, _ = perdure.to_jax(outside * 2.0, [outside])
    assert function({}, np.float32([1, 2])).tolist() == [2, 4]


def test_operations_return_nothing(session):
    with pytest.raises(UnimplementedError, match="operations: nothing"):
        perdure.to_jax(tf.no_op("nothing"))


def test_wrong_arguments(session):
    x = tf.placeholder(tf.float32, [2], name="x")
    with pytest.raises(InvalidArgumentError, match="x is a placeholder"):
        perdure.to_jax(x * 2.0)
    function, _ = perdure.to_jax(x * 2.0, [x])
    with pytest.raises(InvalidArgumentError, match=r"x:0 of shape \(2,\) cannot have .* \(3,\)"):
        function({}, np.zeros(3, np.float32))
    with pytest.raises(InvalidArgumentError, match="x:0 is of type float32, not int64"):
        function({}, np.zeros(2, np.int64))
    assert function({}, [1, 2]).tolist() == [2, 4]


def test_a_variable_needs_a_value(session):
    v = tf.Variable(1.0, name="v")
    with pytest.raises(FailedPreconditionError, match="v"):
        perdure.to_jax(v * 2.0)


def test_there_must_be_a_session():
    with tf.Graph().as_default(), pytest.raises(ValueError, match="session"):
        perdure.to_jax(tf.constant(1.0))


def test_sizes_that_depend_on_values_are_refused(session):
    x, n = tf.placeholder(tf.float32, [4], name="x"), tf.placeholder(tf.int32, [], name="n")
    function, _ = perdure.to_jax(x[:n], [x, n])
    assert function({}, np.arange(4, dtype=np.float32), 2).tolist() == [0, 1]
    with pytest.raises(UnimplementedError, match="size"):
        jax.jit(function)({}, np.zeros(4, np.float32), 2)


def test_checks_raise_or_make_nan(session):
    x, y, _, loss = classifier()
    initialize(session)
    function, parameters = perdure.to_jax(loss, [x, y])
    with pytest.raises(InvalidArgumentError, match="label value of 7"):
        function(parameters, X, np.array([0, 1, 2, 1, 7]))
    assert np.isnan(jax.jit(function)(parameters, X, np.array([0, 1, 2, 1, 7])))


def test_conditionals_are_differentiated(session):
    x = tf.placeholder(tf.float32, [3], name="x")
    function, _ = perdure.to_jax(tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2.0, lambda: x - 1.0), [x])
    gradient = jax.grad(lambda value: function({}, value).sum())
    assert gradient(np.float32([1, 2, 3])).tolist() == [2, 2, 2]
    assert gradient(np.float32([-1, 0, 0])).tolist() == [1, 1, 1]


def test_the_settings_of_jax_stay_the_program_s(session):
    x = tf.placeholder(tf.float32, [], name="x")
    function, _ = perdure.to_jax(tf.cast(x, tf.int64), [x])
    before = jax.config.jax_enable_x64
    assert function({}, np.float32(3)).dtype == np.int64
    assert jax.config.jax_enable_x64 == before


def test_stablehlo_runs_without_the_graph(session):
    x, _, logits, _ = classifier()
    initialize(session)
    expected = session.run(logits, {x: X})
    exported = perdure.export_stablehlo(logits, {x: [5, 4]})
    assert "stablehlo.dot_general" in exported.mlir_module()
    np.testing.assert_allclose(exported.call(X), expected, rtol=1e-5, atol=1e-6)
    with_parameters = perdure.export_stablehlo(logits, {x: [5, 4]}, variables=None)
    _, parameters = perdure.to_jax(logits, [x])
    np.testing.assert_allclose(with_parameters.call(parameters, X), expected, rtol=1e-5, atol=1e-6)


def test_stablehlo_with_an_open_size(session):
    x, _, logits, _ = classifier()
    initialize(session)
    exported = perdure.export_stablehlo(logits, {x: "batch, 4"})
    for count in (1, 5):
        expected = session.run(logits, {x: X[:count]})
        np.testing.assert_allclose(exported.call(X[:count]), expected, rtol=1e-5, atol=1e-6)


def test_stablehlo_wants_shapes(session):
    x, _, logits, _ = classifier()
    initialize(session)
    with pytest.raises(ValueError, match=r"x:0 has the shape \(\?, 4\)"):
        perdure.export_stablehlo(logits, [x])
