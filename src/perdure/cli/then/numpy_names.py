"""Names that NumPy has dropped, where they are more than second names of something it has.

A name of this module is what the table gives back to NumPy under the same name.
"""

from __future__ import annotations

import ast
import math as math
import pickle
import sys as sys
import warnings as warnings
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.rec import format_parser as format_parser

NINF, NZERO, PZERO = -np.inf, -0.0, 0.0

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # they are on their way out of numpy.char, too
    from numpy.char import chararray as chararray
    from numpy.char import compare_chararrays as compare_chararrays

_TYPES = [np.dtype(code).type for code in "bhilqBHILQefdgFDG?OSUVMm"]
nbytes = {kind: np.dtype(kind).itemsize for kind in _TYPES}
sctypes: dict[str, list[Any]] = {
    "int": [np.int8, np.int16, np.int32, np.int64],
    "uint": [np.uint8, np.uint16, np.uint32, np.uint64],
    "float": [np.float16, np.float32, np.float64, np.longdouble],
    "complex": [np.complex64, np.complex128, np.clongdouble],
    "others": [bool, object, bytes, str, np.void],
}
typeDict = {
    name: np.dtype(name).type for kind in _TYPES for name in (np.dtype(kind).name, np.dtype(kind).char)
}


def _cast_to(kind: type) -> Callable[[Any], np.ndarray]:
    return lambda x: np.asarray(x).astype(kind)


cast = {kind: _cast_to(kind) for kind in _TYPES}


def alen(a: Any) -> int:
    return len(np.atleast_1d(a))


def asfarray(a: Any, dtype: Any = np.float64) -> np.ndarray:
    is_inexact = np.issubdtype(np.dtype(dtype), np.inexact)
    return np.asarray(a, dtype if is_inexact else np.float64)


def asscalar(a: np.ndarray) -> Any:
    return a.item()


def fastCopyAndTranspose(a: Any) -> np.ndarray:
    return np.asarray(a).T.copy()


def find_common_type(array_types: Iterable[Any], scalar_types: Iterable[Any]) -> np.dtype | None:
    arrays, scalars = ([np.dtype(each) for each in types] for types in (array_types, scalar_types))
    if not arrays or not scalars:
        return np.result_type(*arrays, *scalars) if arrays or scalars else None
    of_arrays, of_scalars = np.result_type(*arrays), np.result_type(*scalars)
    kinds = "buifc"  # scalars count only if they are of a wider kind
    wider = kinds.find(of_scalars.kind) > kinds.find(of_arrays.kind)
    return of_scalars if wider else of_arrays


def issctype(rep: Any) -> bool:
    return isinstance(rep, (type, np.dtype)) and obj2sctype(rep) not in (None, np.object_)


def issubclass_(arg1: Any, arg2: Any) -> bool:
    return isinstance(arg1, type) and issubclass(arg1, arg2)


def issubsctype(arg1: Any, arg2: Any) -> bool:
    return issubclass(obj2sctype(arg1), obj2sctype(arg2))


def loads(*args: Any, **kwargs: Any) -> Any:
    return pickle.loads(*args, **kwargs)


def mat(data: Any, dtype: Any = None) -> np.matrix:
    return np.asmatrix(data, dtype=dtype)


def maximum_sctype(t: Any) -> Any:
    kind = np.dtype(t).kind
    names = {"i": "int", "u": "uint", "f": "float", "c": "complex"}
    return sctypes[names[kind]][-1] if kind in names else np.dtype(t).type


def msort(a: Any) -> np.ndarray:
    return np.sort(a, axis=0)


def obj2sctype(rep: Any, default: Any = None) -> Any:
    if isinstance(rep, type) and issubclass(rep, np.generic):
        return rep
    try:
        return np.dtype(rep).type
    except TypeError:
        return default


def recfromtxt(fname: Any, **kwargs: Any) -> np.ndarray:
    kwargs.setdefault("dtype", None)
    kwargs.pop("usemask", None)
    return np.genfromtxt(fname, **kwargs).view(np.recarray)


def recfromcsv(fname: Any, **kwargs: Any) -> np.ndarray:
    defaults = {"case_sensitive": "lower", "names": True, "delimiter": ","}
    return recfromtxt(fname, **{**defaults, **kwargs})


def safe_eval(source: str) -> Any:
    return ast.literal_eval(source)


def sctype2char(sctype: Any) -> str:
    return np.dtype(sctype).char


def set_string_function(f: Callable[[np.ndarray], str] | None, repr: bool = True) -> None:
    np.set_printoptions(override_repr=f if repr else None)


def _functions_of_numpy(names: str) -> SimpleNamespace:
    return SimpleNamespace(**{name: getattr(np, name) for name in names.split()})


# Modules below numpy.lib: those of their functions that programs call by that way.
arraysetops = _functions_of_numpy("ediff1d intersect1d isin setdiff1d setxor1d union1d unique")
function_base = _functions_of_numpy(
    "angle append average bartlett bincount blackman copy corrcoef cov delete diff digitize extract flip "
    "gradient hamming hanning histogram histogramdd insert interp kaiser median meshgrid percentile "
    "piecewise place rot90 select sinc trim_zeros unwrap vectorize"
)
index_tricks = _functions_of_numpy(
    "c_ diag_indices fill_diagonal index_exp ix_ mgrid ndenumerate ndindex ogrid r_ ravel_multi_index s_ "
    "unravel_index"
)
pad = np.pad
shape_base = _functions_of_numpy(
    "apply_along_axis apply_over_axes array_split column_stack dsplit dstack expand_dims hsplit kron split "
    "tile vsplit"
)
twodim_base = _functions_of_numpy(
    "diag diagflat eye fliplr flipud histogram2d mask_indices tri tril tril_indices triu triu_indices vander"
)
type_check = _functions_of_numpy("common_type imag iscomplex iscomplexobj isreal isrealobj nan_to_num real")


def print_as_then() -> None:
    """Let NumPy print numbers as it did: `[0.5]` and not `[np.float32(0.5)]`."""
    np.set_printoptions(legacy="1.25")


def print_as_now() -> None:
    """Undo `print_as_then`."""
    np.set_printoptions(legacy=False)
