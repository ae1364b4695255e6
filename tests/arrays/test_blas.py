"""Matrix products with as many threads as their size deserves."""

import numpy as np
import pytest
import threadpoolctl

from perdure.arrays import blas


@pytest.fixture
def library():
    """The library NumPy multiplies with, as it is asked to work."""
    found = blas._library()
    if found is None:
        pytest.skip("NumPy's matrix products come from a library that threadpoolctl does not know")
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        yield found


@pytest.mark.parametrize(("rows", "threads"), [(4, 2), (1024, 1), (2**17, 2)])
def test_threads_of_a_product(library, monkeypatch, rows, threads):
    """Small products are left to the library, middle ones get a thread, large ones all."""
    seen = []
    multiply = np.matmul

    def watched(a, b, out=None):
        seen.append(library.num_threads)
        return multiply(a, b, out=out)

    monkeypatch.setattr(np, "matmul", watched)
    a, b = np.ones((rows, 32), np.float32), np.ones((32, 32), np.float32)
    assert (blas.product(a, b) == 32).all()
    assert seen == [threads]
    assert library.num_threads == 2


def test_threads_come_back_after_an_error(library):
    """Shapes that do not fit."""
    with pytest.raises(ValueError, match="matmul"):
        blas.product(np.ones((1024, 33)), np.ones((32, 32)))
    assert library.num_threads == 2


def test_a_place_for_the_product():
    """`out` is filled."""
    out = np.empty((2, 2))
    assert blas.product(np.eye(2), np.full((2, 2), 3.0), out=out) is out
    assert (out == 3).all()
