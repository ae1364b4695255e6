"""Element types: TensorFlow's 23 types and their `_ref` twins, the types of variables' references.

There is one `DType` object per type, so `is` and `==` agree between them.  Everything the graph
asks while it is built (`base_dtype`, `is_floating`, ...) is a plain slot, filled once.
"""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

__all__ = ["DType", "QUANTIZED_DTYPES", "as_dtype"]

_REF_OFFSET = 100  # DT_FLOAT_REF = DT_FLOAT + 100, and so on (TensorFlow's types.proto)
_BY_ENUM: dict[int, DType] = {}
_BY_VALUE: dict[Any, DType] = {}  # everything `as_dtype` converts by lookup

# The intensity range of images of a type (`DType.limits`), not the range of the type itself.
_IMAGE_MAXIMUM = {"float32": 1, "float64": 1, "bool": True}


class DType:
    """The type of the elements of a tensor, such as `tf.float32`.

    `DType(enum)` gives the one object for that number of TensorFlow's `DataType` enumeration.
    """

    __slots__ = (
        "_as_ref",
        "_is_ref_dtype",
        "_numpy",
        "_type_enum",
        "as_datatype_enum",
        "base_dtype",
        "is_bool",
        "is_complex",
        "is_floating",
        "is_integer",
        "is_numpy_compatible",
        "is_quantized",
        "is_ref_dtype",
        "is_unsigned",
        "name",
        "real_dtype",
        "__weakref__",
    )

    _as_ref: DType
    _is_ref_dtype: builtins.bool
    _numpy: Any
    _type_enum: int
    as_datatype_enum: int
    base_dtype: DType
    is_bool: builtins.bool
    is_complex: builtins.bool
    is_floating: builtins.bool
    is_integer: builtins.bool
    is_numpy_compatible: builtins.bool
    is_quantized: builtins.bool
    is_ref_dtype: builtins.bool
    is_unsigned: builtins.bool
    name: str
    real_dtype: DType

    def __new__(cls, type_enum: int) -> DType:
        """Return the type with this enum number; `TypeError` if there is none."""
        try:
            return _BY_ENUM[int(type_enum)]
        except KeyError:
            raise TypeError(f"type_enum is not a valid types_pb2.DataType: {type_enum}") from None

    @property
    def as_numpy_dtype(self) -> Any:
        """The NumPy scalar type; `object` for strings, a one-field dtype for quantized types.

        Raises:
            KeyError: for resource and variant, which have none.
        """
        numpy_type = self._numpy
        return numpy_type if numpy_type is not None else self._numpy_on_demand()

    def _numpy_on_demand(self) -> Any:
        if self.base_dtype is not bfloat16:
            raise KeyError(f"{self!r} has no NumPy dtype")
        return _load_bfloat16()

    @property
    def size(self) -> int:
        """Bytes of one element; 1 for resource and variant, a pointer for strings."""
        if not self.is_numpy_compatible:
            return 1
        return np.dtype(self.as_numpy_dtype).itemsize

    @property
    def min(self) -> Any:
        """The smallest finite value; `TypeError` if the type is not an ordered number."""
        return self._limit("min", "minimum")

    @property
    def max(self) -> Any:
        """The largest finite value; `TypeError` if the type is not an ordered number."""
        return self._limit("max", "maximum")

    def _limit(self, which: str, word: str) -> Any:
        if self.is_integer:
            return getattr(np.iinfo(self.as_numpy_dtype), which)
        if self.base_dtype is bfloat16:
            import ml_dtypes

            return getattr(ml_dtypes.finfo(ml_dtypes.bfloat16), which)
        if self.is_floating:
            return getattr(np.finfo(self.as_numpy_dtype), which)
        raise TypeError(f"Cannot find {word} value of {self}.")

    @property
    def limits(self) -> tuple[int, Any]:
        """(0, largest intensity) of an image of this type.

        Raises:
            KeyError: if images do not come in this type.
        """
        if self.is_integer:
            return 0, self.max
        try:
            return 0, _IMAGE_MAXIMUM[self.base_dtype.name]
        except KeyError:
            raise KeyError(f"{self!r} has no intensity limits") from None

    def is_compatible_with(self, other: Any) -> builtins.bool:
        """Whether a tensor of type `other` can be used where this type is wanted."""
        other = as_dtype(other)
        return self is other or self is other.base_dtype

    def __eq__(self, other: object) -> builtins.bool:
        # Types are unique, so only something *convertible* ('float32', np.float32, 1) is left.
        if self is other:
            return True
        if other is None or type(other) is DType:
            return False
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __ne__(self, other: object) -> builtins.bool:
        return not self == other

    def __hash__(self) -> int:
        return self._type_enum

    def __repr__(self) -> str:
        return "tf." + self.name

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __reduce__(self) -> tuple:
        return as_dtype, (self.name,)


def as_dtype(type_value: Any) -> DType:
    """Convert a `DType`, name, NumPy type or dtype, Python `float`/`bool`, or enum number.

    Args:
        type_value: what names a type: `tf.int32`, `"int32"`, `np.int32`, `np.dtype("i4")`, `3`.

    Returns:
        The `DType`.

    Raises:
        TypeError: if it names none (`int` and `str` do not, as in TensorFlow: say which).
    """
    if type(type_value) is DType:
        return type_value
    if isinstance(type_value, np.dtype):
        found = _BY_VALUE.get(type_value.type)
        if found is not None:
            return found
    try:
        return _BY_VALUE[type_value]
    except KeyError:
        pass
    scalar_type = type_value.type if isinstance(type_value, np.dtype) else type_value
    # Its NumPy type is only known to us once ml_dtypes is imported: see `_load_bfloat16`.
    if getattr(scalar_type, "__name__", None) == "bfloat16" and scalar_type is _load_bfloat16():
        return bfloat16
    raise TypeError(f"Cannot convert value {type_value!r} to a TensorFlow DType.")


def word_of(dtype: DType) -> str:
    """What TensorFlow's messages call a type: `float` for float32, `double`, `half`; else its name."""
    return {float16: "half", float32: "float", float64: "double"}.get(dtype.base_dtype, dtype.base_dtype.name)


def _load_bfloat16() -> Any:
    """Import NumPy's bfloat16: about 3 ms that a program without bfloat16 need not pay."""
    import ml_dtypes

    numpy_type = ml_dtypes.bfloat16
    bfloat16._numpy = bfloat16_ref._numpy = numpy_type
    _BY_VALUE[numpy_type] = bfloat16
    return numpy_type


def _define(type_enum: int, name: str, numpy_type: Any) -> tuple[DType, DType]:
    """Make a type and its ref twin, and register their names and NumPy types."""
    base, ref = object.__new__(DType), object.__new__(DType)
    quantized = name.startswith(("qint", "quint"))
    kind = "" if quantized or numpy_type is None else np.dtype(numpy_type).kind
    for dtype, is_ref in (base, False), (ref, True):
        dtype.name = name + "_ref" if is_ref else name
        dtype._type_enum = dtype.as_datatype_enum = type_enum + _REF_OFFSET * is_ref
        dtype.is_ref_dtype = dtype._is_ref_dtype = is_ref
        dtype.base_dtype = base
        dtype._as_ref = ref
        dtype._numpy = numpy_type
        dtype.is_numpy_compatible = name not in ("resource", "variant")
        dtype.is_floating = kind == "f" or name == "bfloat16"
        dtype.is_integer = kind in ("i", "u")
        dtype.is_unsigned = kind == "u"
        dtype.is_complex = kind == "c"
        dtype.is_bool = kind == "b"
        dtype.is_quantized = quantized
        dtype.real_dtype = dtype
        _BY_ENUM[dtype._type_enum] = dtype
        _BY_VALUE[dtype._type_enum] = _BY_VALUE[dtype.name] = dtype
    if numpy_type is not None:
        _BY_VALUE[numpy_type] = base
    return base, ref


def _quantized(name: str, stored_as: type) -> np.dtype:
    return np.dtype([(name, stored_as)])


float32, float32_ref = _define(1, "float32", np.float32)
float64, float64_ref = _define(2, "float64", np.float64)
int32, int32_ref = _define(3, "int32", np.int32)
uint8, uint8_ref = _define(4, "uint8", np.uint8)
int16, int16_ref = _define(5, "int16", np.int16)
int8, int8_ref = _define(6, "int8", np.int8)
string, string_ref = _define(7, "string", object)
complex64, complex64_ref = _define(8, "complex64", np.complex64)
int64, int64_ref = _define(9, "int64", np.int64)
bool, bool_ref = _define(10, "bool", np.bool_)
qint8, qint8_ref = _define(11, "qint8", _quantized("qint8", np.int8))
quint8, quint8_ref = _define(12, "quint8", _quantized("quint8", np.uint8))
qint32, qint32_ref = _define(13, "qint32", _quantized("qint32", np.int32))
bfloat16, bfloat16_ref = _define(14, "bfloat16", None)  # its NumPy type comes on demand
qint16, qint16_ref = _define(15, "qint16", _quantized("qint16", np.int16))
quint16, quint16_ref = _define(16, "quint16", _quantized("quint16", np.uint16))
uint16, uint16_ref = _define(17, "uint16", np.uint16)
complex128, complex128_ref = _define(18, "complex128", np.complex128)
float16, float16_ref = _define(19, "float16", np.float16)
resource, resource_ref = _define(20, "resource", None)
variant, variant_ref = _define(21, "variant", None)
uint32, uint32_ref = _define(22, "uint32", np.uint32)
uint64, uint64_ref = _define(23, "uint64", np.uint64)

half, half_ref = float16, float16_ref
double, double_ref = float64, float64_ref

complex64.real_dtype = complex64_ref.real_dtype = float32
complex128.real_dtype = complex128_ref.real_dtype = float64

for _alias, _dtype in ("half", float16), ("float", float32), ("double", float64):
    _BY_VALUE[_alias], _BY_VALUE[_alias + "_ref"] = _dtype, _dtype._as_ref
# Not `int`: TensorFlow 1 does not say which integer Python's is.
_BY_VALUE.update({builtins.float: float32, builtins.bool: bool})
_BY_VALUE.update({np.object_: string, np.bytes_: string, np.str_: string})
# C integer types that NumPy keeps apart although another type has the same width.
for _scalar in np.intc, np.uintc, np.int_, np.uint, np.longlong, np.ulonglong:
    _BY_VALUE.setdefault(_scalar, _BY_VALUE[np.dtype(_scalar).name])

QUANTIZED_DTYPES = frozenset(dtype for dtype in _BY_ENUM.values() if dtype.is_quantized)
