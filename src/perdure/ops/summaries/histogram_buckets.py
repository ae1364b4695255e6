"""The buckets of TensorFlow's histograms (tensorflow/core/lib/histogram/histogram.cc)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

_LARGEST = float(np.finfo(np.float64).max)


@cache
def limits() -> np.ndarray:
    """The upper limits of all buckets: each 10 % further from zero than the last, from 1e-12 to 1e20."""
    positive = []
    limit = 1e-12
    while limit < 1e20:
        positive.append(limit)
        limit *= 1.1
    positive.append(_LARGEST)
    found = np.array([*(-each for each in reversed(positive)), 0.0, *positive])
    found.flags.writeable = False
    return found


def fill(proto: Any, values: np.ndarray) -> None:
    """Put the histogram of some numbers into a `HistogramProto`.

    Args:
        proto: the message.
        values: finite numbers, a vector.
    """
    if values.size:
        exact = values.astype(np.float64)
        proto.min, proto.max, proto.num = exact.min(), exact.max(), values.size
        # One after the other, as TensorFlow adds them: the last bits depend on the order.
        proto.sum = np.add.accumulate(exact)[-1]
        with np.errstate(over="ignore"):
            proto.sum_squares = np.add.accumulate(exact * exact)[-1]
    else:
        proto.min, proto.max = _LARGEST, -_LARGEST
    # The smaller numbers before each limit: sorting takes less time than looking for each number's bucket.
    counts = np.diff(np.searchsorted(np.sort(values), limits()), prepend=0)
    # Of a run of empty buckets only the last one is kept.
    is_kept = np.append((counts[:-1] > 0) | (counts[1:] > 0), True)
    proto.bucket_limit.extend(limits()[is_kept].tolist())
    proto.bucket.extend(counts[is_kept].astype(np.float64).tolist())
