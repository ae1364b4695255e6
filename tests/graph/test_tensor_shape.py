"""Dimension and TensorShape against facts of TensorFlow 1.15.5."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from perdure.graph import dtypes, tensor_shape
from perdure.graph.tensor_shape import (
    Dimension,
    TensorShape,
    as_dimension,
    as_shape,
    dimension_at_index,
    dimension_value,
    unknown_shape,
)

# -- Dimension --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda d: d(3) + 2, 5),
        (lambda d: 2 + d(3), 5),
        (lambda d: d(3) - d(None), None),
        (lambda d: 5 - d(3), 2),
        (lambda d: d(3) * 2, 6),
        (lambda d: 2 * d(3), 6),
        (lambda d: d(7) // 2, 3),
        (lambda d: 7 // d(2), 3),
        (lambda d: d(7) % 4, 3),
        (lambda d: 7 % d(4), 3),
        (lambda d: d("3"), 3),
        (lambda d: d(d(4)), 4),
        (lambda d: d(True), 1),
        (lambda d: d(np.int64(3)), 3),
        (lambda d: d(3).__div__(2), 1),
        (lambda d: d(None) + 1, None),
        (lambda d: d(3).merge_with(None), 3),
        (lambda d: d(None).merge_with(4), 4),
    ],
)
def test_dimension_arithmetic(make, value):
    """Arithmetic gives dimensions, unknown if either side is."""
    result = make(Dimension)
    assert isinstance(result, Dimension)
    assert result.value == value and type(result.value) in (int, type(None))


def test_dimension_comparison():
    """Comparing with an unknown size gives None; with what is no size, false."""
    known, unknown = Dimension(3), Dimension(None)
    assert [known == 3, known != 3, known == "x", known != "x", known == 2.5] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert [unknown == 3, unknown == unknown, known == None, known < unknown] == [None] * 4  # noqa: E711
    assert [known < 4, known <= 3, known > 3, known >= Dimension(3)] == [True, True, False, True]
    assert known.is_compatible_with(unknown) and not known.is_compatible_with(4)
    assert known.is_compatible_with("x") is NotImplemented
    assert known.merge_with("x") is NotImplemented


def test_dimension_as_integer():
    """A known dimension serves as an index and a size."""
    assert int(Dimension(3)) == 3
    assert [1, 2, 3][Dimension(1)] == 2
    assert np.zeros([Dimension(3), 2]).shape == (3, 2)
    assert list(range(Dimension(3))) == [0, 1, 2]
    assert bool(Dimension(0)) and bool(Dimension(None))
    assert repr(Dimension(None)) == "Dimension(None)"
    assert str(Dimension(None)) == "?" and str(Dimension(3)) == "3"
    assert pickle.loads(pickle.dumps(Dimension(3))).value == 3


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda d: d(2.5), ValueError, "Ambiguous dimension: 2.5"),
        (lambda d: d(-1), ValueError, "Dimension -1 must be >= 0"),
        (lambda d: d(2) - 3, ValueError, "Dimension -1 must be >= 0"),
        (lambda d: d(dtypes.int32), TypeError, "Cannot convert <dtype: 'int32'> to Dimension"),
        (lambda d: d([1]), TypeError, "int()"),
        (lambda d: d(3) / 2, TypeError, r"/: 'Dimension' and 'int', please use // instead"),
        (lambda d: 2 / d(3), TypeError, r"/: 'int' and 'Dimension', please use // instead"),
        (lambda d: d(3) + "x", TypeError, r"unsupported operand type\(s\) for \+"),
        (lambda d: d(3) < "x", ValueError, "invalid literal"),
        (lambda d: int(d(None)), TypeError, "its size is unknown"),
        (lambda d: hash(d(3)), TypeError, "unhashable"),
        (lambda d: d(3).merge_with(4), ValueError, "Dimensions 3 and 4 are not compatible"),
        (lambda d: d(3).assert_is_compatible_with(4), ValueError, "Dimensions 3 and 4 are not compatible"),
    ],
)
def test_dimension_refuses(make, error, message):
    """The errors of TensorFlow 1.15."""
    with pytest.raises(error, match=message):
        make(Dimension)


# -- TensorShape ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dims", "shape", "representation", "text"),
    [
        (None, None, "TensorShape(None)", "<unknown>"),
        ([], (), "TensorShape([])", "()"),
        ([3], (3,), "TensorShape([Dimension(3)])", "(3,)"),
        ([3, None], (3, None), "TensorShape([Dimension(3), Dimension(None)])", "(3, ?)"),
        (3, (3,), "TensorShape([Dimension(3)])", "(3,)"),
        ((2, Dimension(3)), (2, 3), "TensorShape([Dimension(2), Dimension(3)])", "(2, 3)"),
        (np.array([2, 3]), (2, 3), "TensorShape([Dimension(2), Dimension(3)])", "(2, 3)"),
        (Dimension(3), (3,), "TensorShape([Dimension(3)])", "(3,)"),
        (iter([1, 2]), (1, 2), "TensorShape([Dimension(1), Dimension(2)])", "(1, 2)"),
    ],
)
def test_making_and_printing(dims, shape, representation, text):
    """All that TensorFlow takes as a shape, and how it prints."""
    made = TensorShape(dims)
    assert made.as_tuple() == shape
    assert (repr(made), str(made)) == (representation, text)
    assert repr(TensorShape.from_tuple(shape)) == representation
    assert pickle.loads(pickle.dumps(made)).as_tuple() == shape


def test_from_proto():
    """A TensorShapeProto: -1 is an unknown size."""
    dims = [SimpleNamespace(size=-1), SimpleNamespace(size=3)]
    assert TensorShape(SimpleNamespace(unknown_rank=False, dim=dims)).as_tuple() == (None, 3)
    assert TensorShape(SimpleNamespace(unknown_rank=True, dim=[])).as_tuple() is None


def test_equality():
    """Equal when known to be equal: a shape with an unknown size equals only itself."""
    shape = TensorShape
    assert shape([2, 3]) == [2, 3] and (2, 3) == shape([2, 3]) and shape([2]) == 2
    assert shape(None) == shape(None) and not shape(None) == shape([1])
    assert not shape([2, None]) == [2, None] and shape([None]) != [None]
    assert shape([2]) != [2, 3] and not shape([1]) != [1]
    assert not shape([2]) == object() and not shape([2]) == dtypes.float32
    some = shape([None, 3])
    assert some == some and some[:] == some and shape(some) == some
    assert some[:1] == some[:1] and some + [2] == some + [2] and shape(some.dims) == some
    assert not some.merge_with(None) == some


def test_sequence():
    """Length, items, slices, iteration and truth."""
    shape, unknown = TensorShape([2, 3]), TensorShape(None)
    assert len(shape) == 2 and bool(TensorShape([])) and not unknown
    assert [d.value for d in shape] == [2, 3] and 2 in shape
    assert shape[0].value == 2 and shape[-1].value == 3
    assert shape[1:].as_tuple() == (3,) and shape[0:2:2].as_tuple() == (2,)
    assert unknown[0].value is None
    assert unknown[1:].as_tuple() is None and unknown[:-1].as_tuple() is None
    assert unknown[1:3].as_tuple() == (None, None)
    assert np.zeros(shape).shape == (2, 3)


def test_facts():
    """rank, ndims, dims, as_list, num_elements, is_fully_defined."""
    shape = TensorShape([2, None])
    assert shape.rank == shape.ndims == 2 and TensorShape(None).ndims is None
    assert [d.value for d in shape.dims] == [2, None] and TensorShape(None).dims is None
    assert shape.as_list() == [2, None]
    assert not shape.is_fully_defined() and not TensorShape(None).is_fully_defined()
    assert TensorShape([2, 3]).num_elements() == 6 and TensorShape([]).num_elements() == 1
    assert TensorShape([0, None]).num_elements() is None


def test_combining():
    """merge_with, concatenate, with_rank and the most specific common shape."""
    shape = TensorShape
    assert shape([2, None]).merge_with([None, 3]).as_tuple() == (2, 3)
    assert shape(None).merge_with([2]).as_tuple() == (2,)
    assert (shape([1]) + [2]).as_tuple() == ([1] + shape([2])).as_tuple() == (1, 2)
    assert shape([1]).concatenate(2).as_tuple() == (1, 2)
    assert (shape([1]) + None).as_tuple() is None
    assert shape(None).with_rank(2).as_tuple() == (None, None)
    assert shape([2, 3]).with_rank_at_least(1).with_rank_at_most(2).as_tuple() == (2, 3)
    assert shape([2, None]).most_specific_compatible_shape([2, 3]).as_tuple() == (2, None)
    assert shape([2]).most_specific_compatible_shape([2, 3]).as_tuple() is None
    assert shape([2, None]).is_compatible_with([None, 3])
    assert not shape([2]).is_compatible_with([3]) and not shape([2]).is_compatible_with([2, 3])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda s: s("ab"), TypeError, "A string has ambiguous TensorShape, please wrap in a list"),
        (lambda s: s([-1]), ValueError, "Dimension -1 must be >= 0"),
        (lambda s: s([1.5]), ValueError, "Ambiguous dimension: 1.5"),
        (lambda s: s([[1, 2]]), TypeError, "int()"),
        (lambda s: s(None) != s([1]), ValueError, "inequality of unknown TensorShapes is undefined"),
        (lambda s: hash(s([2])), TypeError, "unhashable"),
        (lambda s: s([2, 3])[5], IndexError, "out of range"),
        (lambda s: s(None)[::2], ValueError, "Steps are not yet handled"),
        (lambda s: len(s(None)), ValueError, "Cannot take the length of shape with unknown rank"),
        (lambda s: list(s(None)), ValueError, "Cannot iterate over a shape with unknown rank"),
        (lambda s: s(None).as_list(), ValueError, r"as_list\(\) is not defined on an unknown"),
        (lambda s: s([2]).merge_with([3]), ValueError, r"Shapes \(2,\) and \(3,\) are not compatible"),
        (lambda s: s([2]).merge_with([3, 4]), ValueError, r"\(2,\) and \(3, 4\) are not compatible"),
        (lambda s: s([2]).with_rank(2), ValueError, r"Shape \(2,\) must have rank 2"),
        (lambda s: s([2]).assert_has_rank(2), ValueError, r"Shape \(2,\) must have rank 2"),
        (lambda s: s([2]).with_rank_at_least(2), ValueError, r"\(2,\) must have rank at least 2"),
        (lambda s: s([2]).with_rank_at_most(0), ValueError, r"\(2,\) must have rank at most 0"),
        (lambda s: s([2]).assert_is_compatible_with([3]), ValueError, "are incompatible"),
        (lambda s: s([2]).assert_same_rank([2, 3]), ValueError, "must have the same rank"),
        (lambda s: s([2, None]).assert_is_fully_defined(), ValueError, r"\(2, \?\) is not fully defin"),
        (lambda s: unknown_shape(foo=3), TypeError, "Unknown argument: {'foo': 3}"),
    ],
)
def test_refuses(make, error, message):
    """The errors of TensorFlow 1.15."""
    with pytest.raises(error, match=message):
        make(TensorShape)


def test_helpers():
    """as_shape, as_dimension, unknown_shape, dimension_value, dimension_at_index."""
    shape, size = TensorShape([2]), Dimension(2)
    assert as_shape(shape) is shape and as_shape([2]).as_tuple() == (2,)
    assert as_dimension(size) is size and as_dimension(2).value == 2
    assert unknown_shape(3).as_tuple() == unknown_shape(ndims=3).as_tuple() == (None,) * 3
    assert dimension_value(size) == dimension_value(2) == 2 and dimension_value(None) is None
    assert dimension_at_index(shape, 0).value == 2
    assert dimension_at_index(TensorShape(None), 1).value is None


def test_version_2_behaviour():
    """enable_v2_tensorshape makes sizes plain and prints them as TensorFlow 2 does."""
    tensor_shape.enable_v2_tensorshape()
    try:
        shape = TensorShape([2, None])
        assert (repr(shape), str(shape)) == ("TensorShape([2, None])", "(2, None)")
        assert str(TensorShape([None])) == "(None,)" and repr(TensorShape(None)) == "TensorShape(None)"
        assert list(shape) == [2, None] and shape[0] == 2 and TensorShape(None)[0] is None
        assert not shape == [2, None]
    finally:
        tensor_shape.disable_v2_tensorshape()
    assert isinstance(TensorShape([2])[0], Dimension)
