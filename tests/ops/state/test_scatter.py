"""tests/cases/scatter.py in both tiers against TensorFlow 1.15.5."""

import numpy as np
import pytest

from perdure.arrays import indexing_numpy
from tests.ops.helpers import OpFamilyTests


class TestScatter(OpFamilyTests):
    family = "scatter"


@pytest.mark.parametrize("how", ["add", "sub", "mul", "min", "max"])
def test_distinct_rows_are_not_sorted(how, monkeypatch):
    """Whether rows repeat is asked of marks where those are few; the result is the same."""
    random = np.random.RandomState(0)
    table = random.randn(30, 2).astype(np.float32)
    for indices in ([4, 1, 29, 0], [4, 1, 4, 1, 4], [7], np.arange(30)[::-1]):
        indices = np.array(indices)
        updates = random.randn(indices.size, 2).astype(np.float32)
        found = indexing_numpy.scatter_rows(table, indices, updates, how)
        with monkeypatch.context() as patch:
            patch.setattr(indexing_numpy, "_MOST_MARKS", 0)
            expected = indexing_numpy.scatter_rows(table, indices, updates, how)
        np.testing.assert_array_equal(found, expected)
