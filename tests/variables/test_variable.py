"""Variables of both kinds: values, assignments, operators, errors.

Names and nodes are checked against TensorFlow by tests/oracle/programs/{variables,resource_variables}.py.
"""

import copy

import numpy as np
import pytest

from perdure import tf
from perdure.graph import errors

KINDS = pytest.mark.parametrize("use_resource", [False, True], ids=["ref", "resource"])


def run(*fetches, feed=None, init=True):
    """The values of `fetches`, each in a step of its own, after the variables were initialized."""
    with tf.Session() as session:
        if init:
            session.run(tf.global_variables_initializer())
        return [session.run(fetch, feed) for fetch in fetches]


# -- making and reading ----------------------------------------------------------------------------


@KINDS
def test_initial_values(use_resource):
    """A value, an array, a tensor and a function give the same variable."""
    value = [[1.0, 2.0], [3.0, 4.0]]
    makers = [value, np.array(value, np.float32), tf.constant(value), lambda: tf.constant(value)]
    variables = [tf.Variable(maker, use_resource=use_resource) for maker in makers]
    for variable in variables:
        assert variable.shape.as_list() == [2, 2]
        assert variable.dtype.base_dtype == tf.float32
    for result in run(*variables):
        assert result.tolist() == value


@KINDS
def test_kind(use_resource):
    """Both kinds are tf.Variable; what they say about themselves."""
    variable = tf.Variable(1.0, name="v", use_resource=use_resource, trainable=False)
    assert isinstance(variable, tf.Variable)
    assert variable.name == "v:0" and variable.op.name == "v"
    assert variable.dtype.is_ref_dtype is not use_resource
    assert variable.trainable is False and variable.constraint is None
    assert variable.initializer.name == "v/Assign"
    assert variable.graph is tf.get_default_graph() and variable.device == ""
    suffix = "" if use_resource else "_ref"
    assert repr(variable) == f"<tf.Variable 'v:0' shape=() dtype=float32{suffix}>"
    assert variable == variable and variable != tf.Variable(1.0) and len({variable, variable}) == 1
    assert copy.copy(variable) is variable
    assert variable.experimental_ref().deref() is variable
    assert variable.experimental_ref() == variable.experimental_ref()
    assert variable.synchronization == tf.VariableSynchronization.AUTO
    assert variable.aggregation == tf.VariableAggregation.NONE


@KINDS
def test_collections(use_resource):
    """Global and trainable by default; otherwise what was asked for."""
    a = tf.Variable(1.0, use_resource=use_resource)
    b = tf.Variable(1.0, trainable=False, use_resource=use_resource)
    c = tf.Variable(1.0, collections=["mine"], use_resource=use_resource, name="c")
    assert tf.global_variables() == [a, b] and tf.trainable_variables() == [a, c]
    assert tf.get_collection("mine") == [c]
    assert tf.trainable_variables(scope="c") == [c]


@KINDS
def test_reading_before_initialization_fails(use_resource):
    """A variable has no value before its initializer ran."""
    variable = tf.Variable(1.0, name="lonely", use_resource=use_resource)
    with pytest.raises(errors.FailedPreconditionError, match="lonely"):
        run(variable, init=False)


@KINDS
def test_load_and_eval(use_resource):
    """`load` sets a value in a session, `eval` gets it."""
    variable = tf.Variable([1.0, 2.0], use_resource=use_resource)
    with tf.Session() as session:
        variable.load([3.0, 4.0])
        assert variable.eval().tolist() == [3.0, 4.0]
        variable.load([5.0, 6.0], session)
        assert variable.eval(session).tolist() == [5.0, 6.0]
    with pytest.raises(ValueError, match="default session should be established to load variable"):
        variable.load([1.0, 2.0])


@KINDS
def test_feeding_a_variable(use_resource):
    """A variable may be fed like a tensor."""
    variable = tf.Variable(1.0, use_resource=use_resource)
    with tf.Session() as session:
        assert session.run(variable, {variable: 5.0}) == 5.0


@KINDS
def test_caching_device(use_resource):
    """Reads of a cached variable are kept on its caching device."""
    variable = tf.Variable(2.0, caching_device="/cpu:0", use_resource=use_resource)
    assert variable.value().device == "/device:CPU:0"
    assert run(variable + 1.0, variable.assign_add(1.0)) == [3.0, 3.0]


@KINDS
def test_validate_shape(use_resource):
    """Without validation, a ref variable takes values of any shape; shape= sets a wider one."""
    if use_resource:
        variable = tf.Variable([1.0], shape=[None], use_resource=True)
        assign = variable.assign([1.0, 2.0])
    else:
        variable = tf.Variable(tf.ones([1]), validate_shape=False)
        assert variable.shape.ndims is None
        assign = tf.assign(variable, [1.0, 2.0], validate_shape=False)
    assert run(assign)[0].tolist() == [1.0, 2.0]


# -- assigning ---------------------------------------------------------------------------------------


@KINDS
def test_assignments(use_resource):
    """Each returns the variable after the change."""
    variable = tf.Variable([1.0, 2.0], use_resource=use_resource)
    steps = [
        variable.assign([3.0, 4.0]),
        variable.assign_add([1.0, 1.0]),
        variable.assign_sub([2.0, 2.0]),
        tf.assign(variable, [0.0, 0.0]),
        tf.assign_add(variable, [1.0, 2.0]),
        tf.assign_sub(variable, [1.0, 1.0]),
        variable[1:].assign([9.0]),
    ]
    results = [value.tolist() for value in run(*steps)]
    assert results == [
        [3.0, 4.0],
        [4.0, 5.0],
        [2.0, 3.0],
        [0.0, 0.0],
        [1.0, 2.0],
        [0.0, 1.0],
        [0.0, 9.0],
    ]


@KINDS
def test_assignment_without_reading(use_resource):
    """read_value=False returns the operation."""
    variable = tf.Variable(1.0, use_resource=use_resource)
    op = variable.assign_add(1.0, read_value=False)
    assert isinstance(op, tf.Operation)
    assert run(op, variable) == [None, 2.0]
    assert isinstance(variable.assign(1.0, read_value=False), tf.Operation)
    assert isinstance(variable.assign_sub(1.0, read_value=False), tf.Operation)


def test_chained_assignments():
    """The result of an assignment can be assigned to; a resource variable does not wait for the first."""
    variable = tf.Variable(1.0)
    assert run(tf.assign_add(tf.assign(variable, 5.0), 2.0), variable) == [7.0, 7.0]
    resource = tf.Variable(1.0, use_resource=True)
    assert run(tf.assign_add(tf.assign(resource, 5.0), 2.0), resource) == [3.0, 3.0]


@KINDS
def test_scatter_methods(use_resource):
    """Rows are changed, others stay."""
    variable = tf.Variable([[8.0], [8.0], [8.0]], use_resource=use_resource)
    rows = tf.IndexedSlices([[2.0]], [1])
    names = ("update", "add", "sub", "mul", "div", "max", "min")
    for name, expected in zip(names, (2.0, 10.0, 6.0, 16.0, 4.0, 8.0, 2.0), strict=True):
        result = run(getattr(variable, f"scatter_{name}")(rows))[0]
        assert result.ravel().tolist() == [8.0, expected, 8.0], name
    for name, expected in (("update", 3.0), ("add", 11.0), ("sub", 5.0)):
        result = run(getattr(variable, f"scatter_nd_{name}")([[2, 0]], [3.0]))[0]
        assert result.ravel().tolist() == [8.0, 8.0, expected], name
    with pytest.raises(TypeError, match="sparse_delta is not IndexedSlices"):
        variable.scatter_add([1.0])


@KINDS
def test_batch_scatter_update(use_resource):
    """Each row of a batch has its own indices."""
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]], use_resource=use_resource)
    slices = tf.IndexedSlices([[9.0], [8.0]], [[1], [0]])
    assert run(variable.batch_scatter_update(slices))[0].tolist() == [[1.0, 9.0], [8.0, 4.0]]


def test_sparse_reads():
    """A resource variable reads rows without reading all of itself."""
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]], use_resource=True)
    rows, element = run(variable.sparse_read([1]), variable.gather_nd([[0, 1]]))
    assert rows.tolist() == [[3.0, 4.0]] and element.tolist() == [2.0]


def test_count_up_to():
    """The values before each step, until the limit."""
    count = tf.Variable(0)
    step = count.count_up_to(2)
    other = tf.count_up_to(count, 1)
    with tf.Session() as session:
        session.run(count.initializer)
        assert [session.run(step), session.run(step)] == [0, 1]
        with pytest.raises(errors.OutOfRangeError, match="Reached limit of 2"):
            session.run(step)
        with pytest.raises(errors.OutOfRangeError, match="Reached limit of 1"):
            session.run(other)


# -- operators ---------------------------------------------------------------------------------------


@KINDS
def test_operators(use_resource):
    """A variable computes like its value, on either side."""
    variable = tf.Variable([2.0, 4.0], use_resource=use_resource)
    array = np.array([1.0, 1.0], np.float32)
    cases = [
        (variable + 1.0, [3.0, 5.0]),
        (1.0 - variable, [-1.0, -3.0]),
        (array + variable, [3.0, 5.0]),
        (variable * variable, [4.0, 16.0]),
        (variable / 2.0, [1.0, 2.0]),
        (variable**2.0, [4.0, 16.0]),
        (-variable, [-2.0, -4.0]),
        (abs(variable), [2.0, 4.0]),
        (variable > 3.0, [False, True]),
        (variable[1], 4.0),
        (variable // 3.0, [0.0, 1.0]),
        (variable % 3.0, [2.0, 1.0]),
    ]
    for result, (_, expected) in zip(run(*[tensor for tensor, _ in cases]), cases, strict=True):
        assert np.asarray(result).tolist() == expected


def test_in_place_operators():
    """`v += 1` makes a tensor of a ref variable, and is refused for a resource variable."""
    variable = original = tf.Variable(2.0)
    variable += 1.0
    variable -= 1.0
    variable *= 2.0
    variable /= 4.0
    variable **= 2.0
    assert variable is not original
    assert run(variable, original) == [1.0, 2.0]
    resource = tf.Variable(2.0, use_resource=True)
    with pytest.raises(RuntimeError, match=r"Variable \+= value not supported"):
        resource += 1.0
    with pytest.raises(RuntimeError, match=r"Variable \*= value not supported"):
        resource *= 1.0


def test_iteration_is_refused():
    """A variable has no elements while the graph is built."""
    with pytest.raises(TypeError, match="'Variable' object is not iterable"):
        list(tf.Variable([1.0]))
    with pytest.raises(TypeError, match="not allowed"):
        bool(tf.Variable(True, use_resource=True))


@KINDS
def test_conversion_to_another_type_is_refused(use_resource):
    """A variable is a tensor of its own type only."""
    with pytest.raises(ValueError, match="Incompatible type conversion requested to type 'int32'"):
        tf.convert_to_tensor(tf.Variable(1.0, use_resource=use_resource), dtype=tf.int32)


# -- initial values that depend on variables ------------------------------------------------------------


@KINDS
def test_initialized_value(use_resource):
    """Variables made of each other are initialized in one step, in any order."""
    first = tf.Variable(tf.random_normal([3]), use_resource=use_resource)
    second = tf.Variable(first.initialized_value() * 2.0)
    third = tf.Variable(second.initialized_value() + 1.0, use_resource=use_resource)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        a, b, c = session.run([first, second, third])
    np.testing.assert_array_equal(b, a * 2.0)
    np.testing.assert_array_equal(c, b + 1.0)


def test_initial_value_that_reads_a_variable():
    """A ref variable in an initial value is replaced by what it is initialized with."""
    first = tf.Variable(3.0, name="first")
    second = tf.Variable(tf.identity(first) * tf.identity(first), name="second")
    assert "mul_second" in [op.name for op in tf.get_default_graph().get_operations()]
    assert run(second) == [9.0]


def test_initialized_value_is_a_conditional():
    """It is the value once there is one, and what the initializer gives before."""
    first = tf.Variable(3.0, name="first")
    value = first.initialized_value()
    second = tf.Variable(value * 2.0, name="second")
    third = tf.Variable(second.initialized_value() * 2.0, name="third")
    assert value.op.name == "cond/Merge"
    with tf.Session() as session:
        assert session.run(value) == 3.0
        session.run(tf.global_variables_initializer())
        assert session.run(third) == 12.0
        session.run(first.assign(10.0))
        session.run(second.initializer)
        assert session.run(second) == 20.0


def test_initializing_from_a_variable_under_control_dependencies():
    """A variable's own nodes wait for nothing of the block they are made in."""
    guard = tf.placeholder(tf.float32)
    with tf.control_dependencies([guard]):
        variable = tf.Variable(1.0)
    assert run(variable) == [1.0]


# -- errors ------------------------------------------------------------------------------------------


@KINDS
def test_wrong_arguments(use_resource):
    """Each refusal says what was wrong."""
    with pytest.raises(ValueError, match="initial_value must be specified"):
        tf.Variable(use_resource=use_resource)
    with pytest.raises(ValueError, match="collections argument to Variable constructor must be"):
        tf.Variable(1.0, collections="variables", use_resource=use_resource)
    with pytest.raises(ValueError, match="`constraint` argument must be a callable"):
        tf.Variable(1.0, constraint=1, use_resource=use_resource)
    with pytest.raises(ValueError, match="Invalid variable aggregation mode: 9 for variable: v"):
        tf.Variable(1.0, aggregation=9, name="v", use_resource=use_resource)
    with pytest.raises(ValueError, match="Invalid variable synchronization mode: 9"):
        tf.Variable(1.0, synchronization=9, use_resource=use_resource)
    with pytest.raises(AssertionError, match="not a VariableDef"):
        tf.Variable(variable_def=object(), use_resource=use_resource)
    with pytest.raises(ValueError, match="initial_value must be specified"):
        tf.Variable.from_proto(None)


def test_wrong_shapes():
    """Unknown shapes and contradicting ones are refused."""
    unknown = tf.placeholder(tf.float32)
    with pytest.raises(ValueError, match="initial_value must have a shape specified"):
        tf.Variable(unknown)
    with pytest.raises(ValueError, match="not compatible with the explicitly supplied `shape`"):
        tf.Variable([1.0], shape=[2], use_resource=True)
    with pytest.raises(ValueError, match="are incompatible"):
        tf.Variable([1.0], use_resource=True).assign([1.0, 2.0])
    variable = tf.Variable([1.0], use_resource=True)
    with pytest.raises(NotImplementedError, match="does not implement set_shape"):
        variable.set_shape([1])
    with pytest.raises(NotImplementedError, match="only available when eager execution"):
        variable.numpy()
    with pytest.raises(NotImplementedError, match="__deepcopy__"):
        copy.deepcopy(variable)
    open_shape = tf.Variable(unknown, validate_shape=False)
    open_shape.set_shape([3])
    assert open_shape.shape.as_list() == open_shape.value().shape.as_list() == [3]


def test_on_read_is_not_trainable():
    """Variables that are brought together when read are not trained, unless asked for."""
    variable = tf.Variable(1.0, synchronization=tf.VariableSynchronization.ON_READ)
    assert not variable.trainable and tf.trainable_variables() == []


def test_creator_scopes():
    """Functions that take part in making variables, the innermost first."""
    seen = []

    def doubled(following, **arguments):
        seen.append("doubled")
        arguments["initial_value"] = arguments["initial_value"] * 2.0
        return following(**arguments)

    def named(following, **arguments):
        seen.append("named")
        arguments["name"] = "chosen"
        return following(**arguments)

    with tf.variable_creator_scope(doubled), tf.variable_creator_scope(named):
        variable = tf.Variable(2.0)
    assert seen == ["named", "doubled"] and variable.name == "chosen:0"
    assert tf.Variable(1.0).name == "Variable:0"
    assert run(variable) == [4.0]


def test_save_slice_info():
    """The description of a part of a variable."""
    variable = tf.Variable([1.0])
    info = tf.Variable.SaveSliceInfo("full", [4, 2], [2, 0], [2, 2])
    variable._set_save_slice_info(info)
    assert variable._get_save_slice_info().spec == "4 2 2,2:0,2"
    with pytest.raises(AssertionError, match="not a SaveSliceInfoDef"):
        tf.Variable.SaveSliceInfo(save_slice_info_def=object())
