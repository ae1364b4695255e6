"""Cases of tests/cases/segments.py against TensorFlow 1.15.5, in both tiers."""

import numpy as np
import pytest

from perdure.arrays import segments_numpy
from tests.ops.helpers import OpFamilyTests


class TestSegments(OpFamilyTests):
    family = "segments"


@pytest.mark.parametrize("reduce", ["segment_sum", "segment_prod", "segment_max", "segment_min"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int32])
def test_rows_of_their_own(reduce, dtype, monkeypatch):
    """Rows whose id no other has are not sorted; the sums are the same to the last bit."""
    random = np.random.RandomState(0)
    initial = (7,) if reduce in ("segment_max", "segment_min") else ()
    for ids in ([3, 0, 9, 3, 5, 1, -1, 8], [4, 1, 2], [2, 2, 2, 2, 0], [-1, -1], np.arange(50) % 40):
        ids = np.array(ids)
        data = (random.randn(ids.size, 3) * 5).astype(dtype)
        found = getattr(segments_numpy, reduce)(data, ids, 50, *initial)
        with monkeypatch.context() as patch:
            patch.setattr(segments_numpy, "_MOST_IDS", 0)
            expected = getattr(segments_numpy, reduce)(data, ids, 50, *initial)
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == dtype
