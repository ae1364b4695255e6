"""NumPy's matrix products, with the number of threads that suits their size.

OpenBLAS shares a product among all cores and waits for the last of them.  Where another process has one, a
product of 0.1 ms so takes a time slice of the operating system, 4 to 8 ms: measured on two cores with both
busy, (128, 784) by (784, 256) took 11 ms in the mean with two threads, 1.3 ms with one; at rest 0.3 and 0.5.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

# Products of fewer multiplications than the first are never shared; from the second on, they gain more by
# being shared (1 ms on two cores) than they lose where the cores are busy.
_SMALL = 1 << 18
_LARGE = 1 << 26


def product(a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """`a @ b`, for matrices or stacks of matrices.

    Args:
        a: shape (..., rows, inner).
        b: shape (..., inner, columns).
        out: where the product is put, if given.
    """
    if _SMALL < math.prod(a.shape[-2:]) * b.shape[-1] < _LARGE:
        library = _library()
        threads = library.num_threads if library is not None else 1
        if threads > 1:
            library.set_num_threads(1)
            try:
                return np.matmul(a, b, out=out)
            finally:
                library.set_num_threads(threads)
    return np.matmul(a, b, out=out)


@cache
def _library() -> Any:
    """The library that NumPy multiplies matrices with, or None if its threads cannot be told."""
    import threadpoolctl

    found = threadpoolctl.ThreadpoolController().select(user_api="blas").lib_controllers
    # SciPy, and others, bring a library of their own.
    return min(found, key=lambda library: "numpy" not in library.filepath, default=None)
