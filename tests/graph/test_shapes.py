"""The plain shape algebra, and TensorFlow's C++ wording of its errors."""

import numpy as np
import pytest

from perdure.graph import shapes


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ([], ()),
        ([(2, 3)], (2, 3)),
        ([(2, 3), (2, 3)], (2, 3)),
        ([(2, 3), (3,)], (2, 3)),
        ([(2, 1), (1, 3)], (2, 3)),
        ([(), (2,)], (2,)),
        ([None, (2,)], None),
        ([(2,), None], None),
        ([(None,), (0,)], (None,)),
        ([(None,), (1,)], (None,)),
        ([(None, 3), (1,)], (None, 3)),
        ([(None,), (5,)], (5,)),
        ([(5,), (None,)], (5,)),
        ([(None,), (None,)], (None,)),
        ([(0,), (1,)], (0,)),
        ([(2, 1), (3,), (4, 1, 1)], (4, 2, 3)),
        ([(None,), ()], (None,)),
    ],
)
def test_broadcast(inputs, expected):
    """NumPy's rule over partly known shapes, as the oracle's AddV2 infers it."""
    assert shapes.broadcast(*inputs) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((2, None), (None, 3), (2, 3)),
        (None, (2,), (2,)),
        ((2,), None, (2,)),
        (None, None, None),
        ((), (), ()),
    ],
)
def test_merge(a, b, expected):
    """What both shapes say together."""
    assert shapes.merge(a, b) == expected


def test_ranks():
    """with_rank makes an unknown rank known; the others keep the shape."""
    assert shapes.with_rank(None, 2) == shapes.unknown(2) == (None, None)
    assert shapes.with_rank((2, 3), 2) == (2, 3)
    assert shapes.with_rank_at_least(None, 2) is None and shapes.with_rank_at_most((), 1) == ()


def test_facts():
    """Known completely, number of elements, compatibility, text."""
    assert shapes.is_fully_defined(()) and shapes.is_fully_defined((2, 3))
    assert not shapes.is_fully_defined(None) and not shapes.is_fully_defined((None,))
    assert [shapes.num_elements(s) for s in ((), (2, 3), (0, None), None)] == [1, 6, None, None]
    assert shapes.is_compatible((2, None), (None, 3)) and shapes.is_compatible(None, (1,))
    assert not shapes.is_compatible((2,), (3,)) and not shapes.is_compatible((2,), (2, 3))
    assert [shapes.format_shape(s) for s in (None, (), (2, None))] == ["?", "[]", "[2,?]"]


def test_concatenation():
    """All sizes one after the other; nothing is known once a rank is not."""
    assert shapes.concat_shapes() == () and shapes.concat_shapes((2, 3), (4,)) == (2, 3, 4)
    assert shapes.concat_shapes((2,), None) is None


def test_axes():
    """Axes count from the front, each reduction axis once."""
    assert shapes.normalize_axis(-1, 3) == 2 and shapes.normalize_axis(np.int64(1), 2) == 1
    assert shapes.normalize_axes(-1, 2) == (1,)
    assert shapes.normalize_axes(np.array(-1), 2) == (1,)
    assert shapes.normalize_axes(np.array([1, -2, 1]), 2) == (1, 0)
    assert shapes.normalize_axes([], 2) == ()


def test_sizes():
    """merge_size and with_size work on single sizes."""
    assert shapes.merge_size(None, 3) == shapes.merge_size(3, None) == shapes.merge_size(3, 3) == 3
    assert shapes.with_size(None, 3) == shapes.with_size(3, 3) == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shapes.broadcast((2, 3), (4,)), "Dimensions must be equal, but are 3 and 4"),
        (lambda: shapes.merge_size(3, 4), "Dimensions must be equal, but are 3 and 4"),
        (lambda: shapes.with_size(3, 2), "Dimension must be 2 but is 3"),
        (lambda: shapes.merge((3,), (4, 5)), "Shapes must be equal rank, but are 1 and 2"),
        (
            lambda: shapes.merge((None, 3), (2, 4)),
            r"Dimension 1 in both shapes must be equal, but are "
            r"3 and 4\. Shapes are \[\?,3\] and \[2,4\]\.",
        ),
        (lambda: shapes.with_rank((1,), 2), "Shape must be rank 2 but is rank 1"),
        (lambda: shapes.with_rank_at_least((1,), 2), "Shape must be at least rank 2 but is rank 1"),
        (lambda: shapes.with_rank_at_most((1,), 0), "Shape must be at most rank 0 but is rank 1"),
        (
            lambda: shapes.normalize_axis(5, 2),
            r"Dimension \(5\) must be in the range \[-2, 2\), where "
            "2 is the number of dimensions in the input",
        ),
        (lambda: shapes.normalize_axes([2], 2), "Invalid reduction dimension 2 for input with 2 dimensions"),
    ],
)
def test_contradictions(call, message):
    """The bare facts, as TensorFlow's shape functions word them."""
    with pytest.raises(ValueError, match=message):
        call()
