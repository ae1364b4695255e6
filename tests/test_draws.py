"""Inputs of cases are drawn from numbers of the case's own."""

import numpy as np
import pytest

from tests.cases import Case
from tests.draws import integers, later, normal, uniform


def test_a_case_draws_by_its_key():
    """The same case has the same inputs whatever was made before it; another id has others."""
    matrix = normal(2, 3)
    first = Case("Neg", [matrix], id="one").inputs[0]
    other = Case("Neg", [matrix], id="two").inputs[0]
    again = Case("Neg", [normal(2, 3)], id="one").inputs[0]
    np.testing.assert_array_equal(first, again)
    assert not np.isclose(first, other).any()


def test_a_draw_used_twice_is_one_array():
    """Inputs and attrs of a case can be computed from each other."""
    x = normal(4, dtype="f8")
    case = Case("Test", [x, x * 2 - 1, [x[1:], np.abs(x)], later(np.cumsum, x)], {"value": x.astype("f2")})
    value, scaled, (rest, size), sums = case.inputs
    np.testing.assert_array_equal(scaled, value * 2 - 1)
    np.testing.assert_array_equal(rest, value[1:])
    np.testing.assert_array_equal(size, np.abs(value))
    np.testing.assert_array_equal(sums, np.cumsum(value))
    np.testing.assert_array_equal(case.attrs["value"], value.astype("f2"))


def test_draws_have_their_shapes_and_ranges():
    """Numbers within the bounds, of the dtype and shape that were asked for."""
    low, whole, scalar = Case(
        "Test", [uniform(2, 3, (50,), "f4"), integers(-1, 2, (9, 9), "i8"), normal()]
    ).inputs
    assert low.dtype == np.float32 and low.shape == (50,) and (low >= 2).all() and (low < 3).all()
    assert whole.dtype == np.int64 and set(whole.ravel().tolist()) == {-1, 0, 1}
    assert scalar.shape == () and scalar.dtype == np.float32


def test_a_draw_is_no_array():
    """Nothing is drawn outside of a case, by accident or when NumPy takes it for an array."""
    with pytest.raises(TypeError, match="a draw is no array before its case asks for it"):
        np.asarray(normal(2))
    with pytest.raises(TypeError, match="not iterable"):
        list(normal(2))
