"""What is known of values and shapes while a graph is built."""

import numpy as np
import pytest

from perdure.graph.builder import g
from perdure.graph.constants import constant, constant_value, constant_value_as_shape
from perdure.graph.graph import Graph
from perdure.inference.values import known_sizes, known_value


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default():
        yield


def placeholder(shape):
    return g.placeholder(dtype="float32", shape=shape)


def test_values_follow_from_constants():
    """Pure ops on constants and on static shapes are computed while building."""
    x = placeholder([2, 3])
    assert known_value(constant(2) + 3) == 5
    assert known_value(g.shape(x)[1]) == 3
    assert known_value(g.size(x)) == 6
    assert known_value(g.rank(x)) == 2
    assert known_value(g.prod(g.shape(x), [0])) == 6


def test_values_that_depend_on_a_step_are_unknown():
    """Placeholders, variables, random numbers, unknown sizes."""
    x = placeholder([None])
    assert known_value(x) is None
    assert known_value(g.shape(x)) is None
    assert known_value(g.variable_v2(shape=[], dtype="int32")) is None
    assert known_value(g.random_uniform([2], dtype="float32")) is None


def test_large_values_are_left_to_the_step():
    """Nobody needs a million elements to infer a shape."""
    assert known_value(g.fill([1000, 1000], 1.0)) is None


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda x: g.shape(x), (None, 3)),
        (lambda x: g.pack([g.shape(x)[0], constant(5)]), (None, 5)),
        (lambda x: g.concat_v2([g.shape(x), constant([-1, 7])], 0), (None, 3, None, 7)),
        (lambda x: g.shape(x)[1:], (3,)),
        (lambda x: g.slice(g.shape(x), [0], [1]), (None,)),
        (lambda x: g.cast(g.shape(x), DstT="int64"), (None, 3)),
        (lambda x: g.placeholder(dtype="int32", shape=[2]), (None, None)),
        (lambda x: g.placeholder(dtype="int32", shape=[None]), None),
        (lambda x: g.add_v2(g.shape(x), [1, 1]), (None, None)),
    ],
)
def test_partly_known_sizes(make, expected):
    """A vector of sizes may be known in part; -1 stands for unknown."""
    assert known_sizes(make(placeholder([None, 3]))) == expected


def test_shapes_follow_partly_known_sizes():
    """What a shape function is given is enough for the usual reshapes."""
    x = placeholder([None, 4, 6])
    flat = g.reshape(x, g.pack([g.shape(x)[0], constant(24)]))
    assert flat.shape.as_list() == [None, 24]
    assert constant_value_as_shape(g.shape(x)).as_list() == [None, 4, 6]


def test_shape_errors_name_the_node():
    """The fact, the node, its op and the input shapes."""
    message = r"must be equal.* for 'product' \(op: 'MatMul'\) with input shapes: \[2,3\], \[4,5\]"
    with pytest.raises(ValueError, match=message):
        g.mat_mul(placeholder([2, 3]), placeholder([4, 5]), name="product")


def test_ops_without_a_shape_function_have_unknown_shapes():
    """They can be part of a graph all the same."""
    assert g.sdca_fprint(["x"]).shape.ndims is None


def test_a_default_that_may_be_fed_is_no_knowledge():
    """TensorFlow's shapes behind a placeholder_with_default are unknown, for another value may be fed."""
    sizes = g.placeholder_with_default(constant([2, 3]), shape=[2])
    assert known_value(sizes) is None
    assert g.fill(sizes, 1.0).shape.as_list() == [None, None]
    assert g.reshape(constant([1, 2, 3, 4, 5, 6]), sizes).shape.as_list() == [None, None]


# -- constant_value: what TensorFlow's Python sees, and no more ------------------------------------


def test_constant_value_looks_through_few_ops():
    """Const, Shape, Size, Rank, Range, Cast, Concat, Pack, Fill and comparisons, but no arithmetic."""
    x = placeholder([2, 3])
    assert constant_value(constant([1, 2])).tolist() == [1, 2]
    assert constant_value(g.shape(x)).tolist() == [2, 3]
    assert constant_value(g.size(x)) == 6
    assert constant_value(g.rank(x)) == 2
    assert constant_value(g.range(0, 3, 1)).tolist() == [0, 1, 2]
    assert constant_value(g.cast(constant([1.5]), DstT="int32")).tolist() == [1]
    assert constant_value(g.concat_v2([constant([1]), constant([2])], 0)).tolist() == [1, 2]
    assert constant_value(g.concat(0, [constant([1]), constant([2])])).tolist() == [1, 2]
    assert constant_value(g.pack([constant(1), constant(2)])).tolist() == [1, 2]
    assert constant_value(g.fill([2], 7)).tolist() == [7, 7]
    assert bool(constant_value(g.equal(1, 1))) and not constant_value(g.not_equal(1, 1))
    assert constant_value(constant(1) + 1) is None
    assert constant_value(g.shape(placeholder([None]))) is None
    assert constant_value(np.ones(2)).tolist() == [1, 1]
    assert constant_value("no tensor") is None


def test_partial_constant_value():
    """Unknown members of a Pack are None."""
    packed = g.pack([g.shape(placeholder([None]))[0], constant(2)])
    assert constant_value(packed) is None
    assert constant_value(packed, partial=True).tolist() == [None, 2]


def test_a_value_that_was_relied_on_cannot_be_fed():
    """The graph was built on it."""
    c = constant(1)
    constant_value(c)
    assert not c.graph.is_feedable(c)


def test_a_scalar_shape_must_be_minus_one():
    """`-1` alone means an unknown shape."""
    assert constant_value_as_shape(constant(-1)).ndims is None
    with pytest.raises(ValueError, match="Received a scalar value '3' as shape"):
        constant_value_as_shape(constant(3))
