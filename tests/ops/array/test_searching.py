"""Distinct values of integers that lie close together; the goldens of Unique are in `test_array`."""

import numpy as np
import pytest

from perdure.ops.array import searching


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint8, np.uint64])
def test_small_ranges_need_no_sorting(dtype, monkeypatch):
    """They are found as others are, at the ends of the type too."""
    random = np.random.RandomState(0)
    limits = np.iinfo(dtype)
    cases = [random.randint(0, size, count) for size, count in ((3, 50), (40, 20), (1, 1), (100, 300))]
    cases = [np.array(case, dtype) for case in cases]
    cases += [limits.max - case for case in cases] + [limits.min + case for case in cases]
    cases.append(np.array([limits.max, limits.min, limits.max], dtype))
    found = [searching.distinct(case) for case in cases]
    monkeypatch.setattr(searching, "_MOST_PLACES", 0)
    for case, results in zip(cases, found, strict=True):
        for result, expected in zip(results, searching.distinct(case), strict=True):
            np.testing.assert_array_equal(result, expected)
        assert results[0].dtype == dtype
