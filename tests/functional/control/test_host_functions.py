"""tf.py_func and tf.numpy_function: expectations are what TensorFlow 1.15.5 does with the same program."""

import gc

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.graph import host_functions


@pytest.fixture
def session():
    """A session of a graph of its own."""
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def call(session, function, output_types, inputs=None):
    """What a step gets from a function of [1, 2]."""
    inputs = [tf.constant([1.0, 2.0])] if inputs is None else inputs
    return session.run(tf.py_func(function, inputs, output_types))


@pytest.mark.parametrize(
    ("function", "output_types", "expected"),
    [
        (lambda a: a + 1, tf.float32, np.float32([2, 3])),
        (lambda a: 1.0, tf.float64, np.float64(1)),
        (lambda a: 3, tf.int64, np.int64(3)),
        (lambda a: a > 1, tf.bool, np.array([False, True])),
        (lambda a: a * 1j, tf.complex64, np.complex64([1j, 2j])),
        (lambda a: np.arange(6.0).reshape(2, 3).T, tf.float64, np.arange(6.0).reshape(2, 3).T),
        (lambda a: "hé", tf.string, "hé".encode()),
        (lambda a: b"abc", tf.string, b"abc"),
        (lambda a: np.array(["a", "bcd"]), tf.string, np.array([b"a", b"bcd"], object)),
        (lambda a: np.array([b"a", b"bcd"]), tf.string, np.array([b"a", b"bcd"], object)),
        (lambda a: np.array([b"a", "bcd"], object), tf.string, np.array([b"a", b"bcd"], object)),
    ],
)
def test_result(session, function, output_types, expected):
    """A result is converted as NumPy would, strings become bytes."""
    result = call(session, function, output_types)
    np.testing.assert_array_equal(result, expected)
    assert getattr(result, "dtype", None) == getattr(expected, "dtype", None)


def test_several_results(session):
    """A list of types makes a list of tensors."""
    one, two = call(session, lambda a: (a, a * 2), [tf.float32, tf.float32])
    np.testing.assert_array_equal(one * 2, two)
    assert call(session, lambda a: [a], (tf.float32,))[0].tolist() == [1, 2]
    assert call(session, lambda a: ["a", "b"], [tf.string, tf.string]) == [b"a", b"b"]


def test_no_result(session):
    """A function that returns None is an operation without outputs."""
    seen = []
    op = tf.py_func(seen.append, [tf.constant(3)], [])
    assert isinstance(op, tf.Operation)
    assert session.run(op) is None and seen == [3]


def test_what_the_function_gets(session):
    """Arrays, NumPy scalars and bytes."""
    seen = []
    call(session, lambda *a: seen.extend(a), [], [tf.constant(["a"]), tf.constant("b"), 1.5, [2]])
    assert seen[0].dtype == object and seen[0].tolist() == [b"a"]
    assert seen[1] == b"b" and seen[2].dtype == np.float32 and seen[3].tolist() == [2]
    assert call(session, lambda: np.float32(3), tf.float32, []) == 3


def test_arguments_and_results_are_not_shared(session):
    """The function may change what it gets, and what it has returned."""
    variable = tf.Variable([1.0, 2.0])
    session.run(variable.initializer)
    kept = np.zeros(2, np.float32)

    def increment(a):
        a += 1
        return a

    assert call(session, increment, tf.float32, [variable]).tolist() == [2, 3]
    assert session.run(variable).tolist() == [1, 2]
    result = call(session, lambda: kept, tf.float32, [])
    kept += 5
    assert result.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("raised", "error_class"),
    [
        (ValueError("why"), tf.errors.InvalidArgumentError),
        (TypeError("why"), tf.errors.InvalidArgumentError),
        (StopIteration("why"), tf.errors.OutOfRangeError),
        (MemoryError("why"), tf.errors.ResourceExhaustedError),
        (NotImplementedError("why"), tf.errors.UnimplementedError),
        (RuntimeError("why"), tf.errors.UnknownError),
        (IndexError("why"), tf.errors.UnknownError),
        (ZeroDivisionError("why"), tf.errors.UnknownError),
    ],
)
def test_exceptions(session, raised, error_class):
    """The step fails with TensorFlow's class, the function's traceback, and is chained to the exception."""

    def fails_on_purpose(a):
        raise raised

    with pytest.raises(error_class, match=rf"(?s){type(raised).__name__}: why\n.*fails_on_purpose") as info:
        call(session, fails_on_purpose, tf.float32)
    chain = []
    error = info.value
    while error is not None:
        chain.append(error)
        error = error.__cause__
    assert raised in chain
    assert info.value.op.type == "PyFunc"


@pytest.mark.parametrize(
    ("function", "output_types", "error_class", "message"),
    [
        (
            lambda a: a.astype("f8"),
            tf.float32,
            tf.errors.InvalidArgumentError,
            r"0-th value returned by pyfunc_\d+ is double, but expects float",
        ),
        (lambda a: 1.0, tf.float32, tf.errors.InvalidArgumentError, "is double, but expects float"),
        (
            lambda a: a,
            [tf.float32] * 2,
            tf.errors.InvalidArgumentError,
            r"pyfunc_\d+ returns 1 values, but expects to see 2 values",
        ),
        (
            lambda a: None,
            tf.float32,
            tf.errors.InvalidArgumentError,
            "returns 0 values, but expects to see 1",
        ),
        (lambda a: {}, tf.float32, tf.errors.InternalError, "Unsupported object type dict"),
    ],
)
def test_results_that_do_not_fit(session, function, output_types, error_class, message):
    """Types and numbers must be those that were announced."""
    with pytest.raises(error_class, match=message):
        call(session, function, output_types)


def test_a_failing_function_takes_nothing_back(session):
    """What its step had written before it is there for the function's own steps, and stays."""
    variable = tf.Variable(1.0)
    session.run(variable.initializer)
    with tf.control_dependencies([variable.assign(2.0)]):
        fails = tf.py_func(lambda: 1 / 0, [], tf.float32)
    with pytest.raises(tf.errors.UnknownError, match="division by zero"):
        session.run(fails)
    assert session.run(variable) == 2


def test_arguments_that_are_refused():
    """Not a function, not a list."""
    with pytest.raises(ValueError, match="Expected func to be callable, got func of type <class 'int'>"):
        tf.py_func(3, [], tf.float32)
    with pytest.raises(TypeError, match="Expected list for 'input' argument to 'PyFunc' Op"):
        tf.py_func(lambda a: a, tf.constant(1.0), tf.float32)


def test_nodes():
    """Op types and static shapes."""
    with tf.Graph().as_default():
        stateless = tf.py_func(lambda a: a, [1.0], tf.float32, stateful=False)
        stateful = tf.numpy_function(lambda a: a, [1.0], tf.float32, name="f")
    assert stateless.op.type == "PyFuncStateless" and stateless.shape.ndims is None
    assert stateful.op.type == "PyFunc" and stateful.op.name == "f"
    assert tf.gradients(stateful, stateful.op.inputs[0]) == [None]


def test_a_function_lives_as_long_as_its_graph():
    """The token of a graph that is gone finds nothing."""
    graph = tf.Graph()
    with graph.as_default():
        token = tf.py_func(lambda: 1, [], tf.int64).op.get_attr("token").decode()
    assert host_functions.find(token)() == 1
    del graph
    gc.collect()
    with pytest.raises(ValueError, match="callback pyfunc_.* is not found"):
        host_functions.find(token)


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_a_pure_function_of_constants_runs_in_the_step(session, tier):
    """Not while its neighbours are compiled: it may run steps of its own."""
    x, count = tf.constant([1.5, -2.0]), tf.Variable(1.0)
    session.run(count.initializer)
    add = count.assign_add(1.0)
    seen = tf.py_func(lambda a: a + session.run(add), [x], tf.float32, stateful=False)
    with perdure.options(tier=tier, cache=False):
        found = session.run(tf.exp(seen) * tf.exp(x))
    assert np.allclose(found, np.exp([3.5, 0.0]) * np.exp([1.5, -2.0])) and session.run(count) == 2.0
