"""NumPy's names that programs of TensorFlow 1's time use and later releases of NumPy dropped.

They are given back under `perdure run` only, since they change a module that is not perdure's.
A name that NumPy still has (np.bool, np.long) keeps the meaning it has now.  Numbers are printed
as they were, too: `[0.5]` and not `[np.float32(0.5)]`.
"""

from typing import Any

import numpy as np

_OLD_NAMES: dict[str, Any] = {
    # Python's own types, dropped in NumPy 1.24.
    "bool": bool, "complex": complex, "float": float, "int": int, "long": int,
    "object": object, "str": str, "unicode": str,
    # Second names of NumPy's types, dropped in NumPy 2.0.
    "bool8": np.bool_, "bytes0": np.bytes_, "cfloat": np.complex128, "complex_": np.complex128,
    "float_": np.float64, "int0": np.intp, "longcomplex": np.clongdouble,
    "longfloat": np.longdouble, "object0": np.object_, "singlecomplex": np.complex64,
    "str0": np.str_, "string_": np.bytes_, "uint0": np.uintp, "unicode_": np.str_,
    # Second names of numbers, dropped in NumPy 2.0.
    "Inf": np.inf, "Infinity": np.inf, "NAN": np.nan, "NINF": -np.inf, "NZERO": -0.0,
    "NaN": np.nan, "PINF": np.inf, "PZERO": 0.0, "infty": np.inf,
    # Second names of functions, dropped in NumPy 2.0 or later.
    "alltrue": np.all, "cumproduct": np.cumprod, "in1d": np.isin, "product": np.prod,
    "row_stack": np.vstack, "round_": np.round, "sometrue": np.any, "trapz": np.trapezoid,
}  # fmt: skip


def _alen(a: Any) -> int:
    return len(np.atleast_1d(a))


def _asfarray(a: Any, dtype: Any = np.float64) -> np.ndarray:
    is_inexact = np.issubdtype(np.dtype(dtype), np.inexact)
    return np.asarray(a, dtype if is_inexact else np.float64)


def _asscalar(a: np.ndarray) -> Any:
    return a.item()


def _mat(data: Any, dtype: Any = None) -> np.matrix:
    return np.asmatrix(data, dtype=dtype)


def _msort(a: Any) -> np.ndarray:
    return np.sort(a, axis=0)


_OLD_FUNCTIONS = (_alen, _asfarray, _asscalar, _mat, _msort)
_OLD_NAMES.update({function.__name__[1:]: function for function in _OLD_FUNCTIONS})


def restore() -> list[str]:
    """Give NumPy its old names and its old way to print; return the names that it did not have."""
    np.set_printoptions(legacy="1.25")
    missing = [name for name in _OLD_NAMES if name not in vars(np)]
    for name in missing:
        setattr(np, name, _OLD_NAMES[name])
    return missing


def remove(names: list[str]) -> None:
    """Undo `restore()`, given what it returned."""
    np.set_printoptions(legacy=False)
    for name in names:
        delattr(np, name)
