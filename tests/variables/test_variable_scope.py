"""tf.get_variable and tf.variable_scope: sharing, defaults, getters, errors.

Names and nodes are checked against TensorFlow by tests/oracle/programs/variable_scopes.py.
"""

import numpy as np
import pytest

from perdure import tf
from perdure.variables.variable_store import variable_store


def run(*fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(list(fetches))


# -- making and sharing ------------------------------------------------------------------------------


def test_default_initializers():
    """Glorot's uniform numbers for floats, zeros for integers and booleans, none for the rest."""
    floats = tf.get_variable("floats", [100, 50])
    integers = tf.get_variable("integers", [2], tf.int32)
    flags = tf.get_variable("flags", [2], tf.bool)
    values = run(floats, integers, flags)
    limit = np.sqrt(6 / 150)
    assert 0.9 * limit < np.abs(values[0]).max() <= limit
    assert values[1].tolist() == [0, 0] and values[2].tolist() == [False, False]
    with pytest.raises(ValueError, match="An initializer for variable c of .*complex64.* is required"):
        tf.get_variable("c", [2], tf.complex64)


def test_reuse():
    """A scope with reuse shares what is there."""
    with tf.variable_scope("scope"):
        first = tf.get_variable("v", [2])
    with tf.variable_scope("scope", reuse=True):
        assert tf.get_variable("v", [2]) is first
    with tf.variable_scope("scope") as scope:
        scope.reuse_variables()
        assert tf.get_variable("v") is first
        with tf.variable_scope("inner") as inner:
            assert inner.reuse is True and inner.name == "scope/inner"
    for _ in range(2):
        with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
            second = tf.get_variable("v", [2])
    assert tf.global_variables() == [first, second]


def test_making_it_twice_is_refused():
    """Without reuse; the message names the line that made it."""
    with tf.variable_scope("scope"):
        tf.get_variable("v", [2])
        message = "(?s)Variable scope/v already exists, disallowed.*test_variable_scope.py"
        with pytest.raises(ValueError, match=message):
            tf.get_variable("v", [2])
        resource = tf.get_variable("r", [2], use_resource=True)
        with pytest.raises(ValueError, match="Variable scope/r already exists, disallowed"):
            tf.get_variable("r", [2])
        assert resource.name == "scope/r:0"


def test_sharing_what_does_not_fit_is_refused():
    """Missing variables, other shapes, other types."""
    tf.get_variable("v", [2])
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        with pytest.raises(ValueError, match="Variable w does not exist, or was not created"):
            tf.get_variable("w", [2])
        with pytest.raises(ValueError, match=r"share variable v, but specified shape \(3,\) and found"):
            tf.get_variable("v", [3])
        with pytest.raises(ValueError, match="specified dtype int32 and found dtype float32_ref"):
            tf.get_variable("v", [2], tf.int32)


def test_variables_of_the_class_are_not_shared():
    """tf.Variable knows name scopes only, and is no match for tf.get_variable."""
    with tf.variable_scope("scope"):
        tf.Variable(1.0, name="v")
    with tf.variable_scope("scope", reuse=True), pytest.raises(ValueError, match="does not exist"):
        tf.get_variable("v")


def test_initializers():
    """Values, classes, initializers and functions."""
    by_value = tf.get_variable("value", initializer=[1.0, 2.0])
    by_tensor = tf.get_variable("tensor", initializer=tf.constant(3.0))
    by_class = tf.get_variable("class", [2], initializer=tf.ones_initializer)
    by_function = tf.get_variable("function", initializer=lambda: tf.ones([2]) * 2.0)
    custom = tf.get_variable(
        "custom", [2], initializer=lambda shape, dtype, partition_info: tf.fill(shape, 5.0)
    )
    values = run(by_value, by_tensor, by_class, by_function, custom)
    assert [np.asarray(value).tolist() for value in values] == [
        [1.0, 2.0],
        3.0,
        [1.0, 1.0],
        [2.0, 2.0],
        [5.0, 5.0],
    ]
    with pytest.raises(ValueError, match="If initializer is a constant, do not specify shape"):
        tf.get_variable("a", [2], initializer=[1.0, 2.0])
    with pytest.raises(ValueError, match="The initializer passed is not valid"):
        tf.get_variable("b", initializer=lambda shape: tf.ones(shape))
    with pytest.raises(ValueError, match="Initializer type .*float32.* and explicit dtype .*int32"):
        tf.get_variable("c", initializer=tf.constant(1.0), dtype=tf.int32)


def test_failed_parts_leave_no_variable_behind():
    """A variable in parts whose initializer fails is not there, and its parts can be made again."""

    def failing(shape, dtype=None, partition_info=None):
        raise ArithmeticError("no value")

    halves = tf.fixed_size_partitioner(2)
    with pytest.raises(ArithmeticError):
        tf.get_variable("v", [4], initializer=failing, partitioner=halves)
    assert tf.global_variables() == []
    made = tf.get_variable("v", [4], partitioner=halves)
    assert [part.shape.as_list() for part in made] == [[2], [2]]


def test_local_variables():
    """Not saved, not trained, initialized apart."""
    local = tf.get_local_variable("local", [2], collections=["mine"], initializer=tf.ones_initializer())
    assert tf.local_variables() == [local] == tf.get_collection("mine")
    assert tf.global_variables() == tf.trainable_variables() == []
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        assert session.run(local).tolist() == [1.0, 1.0]


# -- scopes ------------------------------------------------------------------------------------------


def test_defaults_of_a_scope():
    """A scope passes its defaults to inner scopes, except constraints."""

    def l2(v):
        return tf.reduce_sum(v * v)

    def positive(v):
        return tf.abs(v)

    with tf.variable_scope(
        "outer",
        initializer=tf.ones_initializer(),
        regularizer=l2,
        dtype=tf.float64,
        use_resource=True,
        constraint=positive,
        caching_device="/cpu:0",
    ) as scope:
        v = tf.get_variable("v", [2])
        with tf.variable_scope("inner") as inner:
            w = tf.get_variable("w", [2], regularizer=tf.no_regularizer)
    assert v.dtype == w.dtype == tf.float64 and v.constraint is positive and w.constraint is None
    assert [loss.op.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)] == [
        "outer/v/Regularizer/Sum"
    ]
    assert inner.regularizer is l2 and inner.caching_device == "/cpu:0" and inner.use_resource
    assert scope.trainable_variables() == scope.global_variables() == [v, w]
    assert scope.local_variables() == []
    assert run(v, w)[0].tolist() == [1.0, 1.0]


def test_setters():
    """A scope's defaults can be changed while it is open."""
    with tf.variable_scope("scope") as scope:
        scope.set_initializer(tf.ones_initializer())
        scope.set_regularizer(None)
        scope.set_dtype(tf.float64)
        scope.set_use_resource(True)
        scope.set_caching_device("/cpu:0")
        scope.set_partitioner(None)
        scope.set_custom_getter(lambda getter, *args, **kwargs: getter(*args, **kwargs))
        v = tf.get_variable("v", [1])
    assert v.dtype == tf.float64 and v.value().device == "/device:CPU:0"
    assert scope.partitioner is None and scope.custom_getter is not None
    assert scope.initializer is not None and scope.original_name_scope == "scope/"


def test_names_of_scopes():
    """Variable scopes are kept, name scopes are made unique."""
    with tf.variable_scope("a") as a:
        pass
    with tf.variable_scope("a"):
        assert tf.get_variable("v", [1]).name == "a/v:0"
        assert tf.identity(1.0).name == "a_1/Identity:0"
    with tf.variable_scope("b"), tf.variable_scope(a):
        assert tf.get_variable_scope().name == "a"
        assert tf.identity(1.0).name == "b/a/Identity:0"
    names = []
    for _ in range(3):
        with tf.variable_scope(None, default_name="c") as scope:
            names.append(scope.name)
    assert names == ["c", "c_1", "c_2"]
    manager = tf.variable_scope(None, default_name="c")
    with manager as scope:
        assert scope.name == "c_3"
    with manager as scope:
        assert scope.name == "c_3"
    with tf.variable_scope(a, auxiliary_name_scope=False):
        assert tf.identity(1.0).name == "Identity:0"


def test_scopes_of_another_graph():
    """`values` choose the graph."""
    other = tf.Graph()
    with other.as_default():
        x = tf.constant(1.0)
    with tf.variable_scope("scope", values=[x]):
        v = tf.get_variable("v", [1])
    assert v.graph is other


def test_custom_getters():
    """A getter stands between; inner ones call outer ones."""
    calls = []

    def outer(getter, name, *args, **kwargs):
        calls.append("outer")
        return getter(name, *args, **kwargs)

    def inner(getter, name, **kwargs):
        calls.append("inner")
        return getter(name, **kwargs) * 2.0

    def without_constraint(
        getter,
        name,
        shape,
        dtype,
        initializer,
        regularizer,
        reuse,
        trainable,
        collections,
        caching_device,
        partitioner,
        validate_shape,
        use_resource,
        synchronization,
        aggregation,
    ):
        return getter(name, shape=shape, initializer=tf.ones_initializer())

    with tf.variable_scope("a", custom_getter=outer), tf.variable_scope("b", custom_getter=inner):
        doubled = tf.get_variable("v", [1], initializer=tf.ones_initializer())
    assert calls == ["inner", "outer"]
    plain = tf.get_variable("plain", [1], custom_getter=without_constraint)
    assert [value.tolist() for value in run(doubled, plain)] == [[2.0], [1.0]]
    with pytest.raises(ValueError, match="Passed a custom_getter which is not callable"):
        tf.get_variable("w", [1], custom_getter=1)


def test_wrong_arguments_of_scopes():
    """Each refusal says what was wrong."""
    with pytest.raises(TypeError, match="If default_name is None then name_or_scope is required"):
        tf.variable_scope(None)
    with pytest.raises(ValueError, match="The reuse parameter must be True or False or None"):
        tf.variable_scope("a", reuse="yes")
    with pytest.raises(TypeError, match="auxiliary_name_scope must be `True` or `False`"):
        tf.variable_scope("a", auxiliary_name_scope=1)
    with pytest.raises(ValueError, match="reuse=True cannot be used without a name_or_scope"):
        tf.variable_scope(None, "a", reuse=True).__enter__()
    with pytest.raises(TypeError, match="name_or_scope must be a string or VariableScope"):
        tf.variable_scope(5).__enter__()
    assert tf.get_default_graph().get_name_scope() == ""


def test_improper_nesting():
    """Scopes must be left in the opposite order; one that is left too early stays open."""
    first, second = tf.variable_scope("a"), tf.variable_scope("b")
    first.__enter__()
    second.__enter__()
    with pytest.raises(RuntimeError, match="Improper nesting of variable_scope"):
        first.__exit__(None, None, None)
    assert tf.get_variable_scope().name == "a/b"
    second.__exit__(None, None, None)
    assert tf.get_variable_scope().name == "a"
    first.__exit__(None, None, None)
    assert tf.get_variable_scope().name == ""


def test_variable_op_scope():
    """The older spelling."""
    with tf.variable_op_scope([tf.constant(1.0)], None, "scope") as scope:
        assert scope.name == "scope"


def test_resource_variables_by_default():
    """The default kind is a setting of the process."""
    assert not tf.resource_variables_enabled()
    tf.enable_resource_variables()
    try:
        assert tf.resource_variables_enabled()
        assert not tf.Variable(1.0).dtype.is_ref_dtype
        assert not tf.get_variable("v", [1]).dtype.is_ref_dtype
    finally:
        tf.disable_resource_variables()
    assert tf.Variable(1.0).dtype.is_ref_dtype


def test_the_store_belongs_to_the_graph():
    """Another graph shares nothing."""
    tf.get_variable("v", [1])
    with tf.Graph().as_default():
        assert tf.get_variable("v", [2]).shape.as_list() == [2]
    assert variable_store() is variable_store()
