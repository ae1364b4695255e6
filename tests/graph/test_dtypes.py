"""DType against facts of TensorFlow 1.15.5."""

import pickle
import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest

from perdure.graph import dtypes
from perdure.graph.dtypes import DType, as_dtype

# enum, name, size in bytes, and which of the predicates hold
TYPES = [
    (1, "float32", 4, "floating"),
    (2, "float64", 8, "floating"),
    (3, "int32", 4, "integer"),
    (4, "uint8", 1, "integer unsigned"),
    (5, "int16", 2, "integer"),
    (6, "int8", 1, "integer"),
    (7, "string", 8, ""),
    (8, "complex64", 8, "complex"),
    (9, "int64", 8, "integer"),
    (10, "bool", 1, "bool"),
    (11, "qint8", 1, "quantized"),
    (12, "quint8", 1, "quantized"),
    (13, "qint32", 4, "quantized"),
    (14, "bfloat16", 2, "floating"),
    (15, "qint16", 2, "quantized"),
    (16, "quint16", 2, "quantized"),
    (17, "uint16", 2, "integer unsigned"),
    (18, "complex128", 16, "complex"),
    (19, "float16", 2, "floating"),
    (20, "resource", 1, ""),
    (21, "variant", 1, ""),
    (22, "uint32", 4, "integer unsigned"),
    (23, "uint64", 8, "integer unsigned"),
]
PREDICATES = ["floating", "integer", "unsigned", "complex", "bool", "quantized"]


@pytest.mark.parametrize(("enum", "name", "size", "kinds"), TYPES)
def test_each_type_and_its_ref_twin(enum, name, size, kinds):
    """Numbers, names, sizes and predicates are TensorFlow's, also of the reference type."""
    base, ref = getattr(dtypes, name), getattr(dtypes, name + "_ref")
    assert (base.as_datatype_enum, ref.as_datatype_enum) == (enum, enum + 100)
    assert (base.name, ref.name) == (name, name + "_ref")
    assert repr(base) == f"tf.{name}" and str(ref) == f"<dtype: '{name}_ref'>"
    assert base.base_dtype is base and ref.base_dtype is base
    assert base._as_ref is ref and ref._as_ref is ref
    assert (base._is_ref_dtype, ref._is_ref_dtype, ref.is_ref_dtype) == (False, True, True)
    assert base.size == ref.size == size
    assert base.is_numpy_compatible is (name not in ("resource", "variant"))
    for dtype in base, ref:
        assert [p for p in PREDICATES if getattr(dtype, "is_" + p)] == kinds.split()
        assert pickle.loads(pickle.dumps(dtype)) is dtype
        assert as_dtype(dtype.name) is as_dtype(dtype.as_datatype_enum) is dtype
        assert DType(dtype.as_datatype_enum) is dtype
        assert hash(dtype) == dtype.as_datatype_enum


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("float", dtypes.float32),
        ("double", dtypes.float64),
        ("half_ref", dtypes.float16_ref),
        (float, dtypes.float32),
        (bool, dtypes.bool),
        (object, dtypes.string),
        (np.float64, dtypes.float64),
        (np.dtype(">f4"), dtypes.float32),
        (np.bool_, dtypes.bool),
        (np.dtype("U3"), dtypes.string),
        (np.dtype("S3"), dtypes.string),
        (np.str_, dtypes.string),
        (np.longlong, dtypes.int64),
        (np.ulonglong, dtypes.uint64),
        (np.intc, dtypes.int32),
        (np.dtype([("qint8", "i1")]), dtypes.qint8),
        (ml_dtypes.bfloat16, dtypes.bfloat16),
        (np.dtype(ml_dtypes.bfloat16), dtypes.bfloat16),
        (101, dtypes.float32_ref),
        (np.int64(3), dtypes.int32),
        (dtypes.int8, dtypes.int8),
    ],
)
def test_as_dtype(value, expected):
    """What TensorFlow converts to a type is converted to the same one."""
    assert as_dtype(value) is expected


@pytest.mark.parametrize(
    "value",
    [int, str, bytes, complex, None, 0, 24, "foo", "DT_FLOAT", b"float32", np.integer, np.dtype("M8[s]")],
)
def test_as_dtype_refuses(value):
    """What names no type is a TypeError; also `int`, as in TensorFlow 1."""
    with pytest.raises(TypeError, match="Cannot convert value .* to a TensorFlow DType"):
        as_dtype(value)


def test_unhashable_values_name_no_type():
    """A list is refused, and is simply not equal to a type."""
    with pytest.raises(TypeError, match="unhashable"):
        as_dtype([1])
    assert dtypes.float32 != [1]


def test_unknown_enum():
    """DType(0) is DT_INVALID."""
    with pytest.raises(TypeError, match="type_enum is not a valid types_pb2.DataType: 0"):
        DType(0)


def test_equality_with_what_converts():
    """A type equals its name, number and NumPy type, but not its reference type."""
    f32 = dtypes.float32
    assert [f32 == x for x in (1, "float32", np.float32, np.dtype("f4"), float)] == [True] * 5
    assert [f32 == x for x in (None, "x", f32._as_ref, 101, dtypes.int32)] == [False] * 5
    assert not f32 != "float32"
    assert "float32" == f32 and np.float32 == f32
    assert {f32: 1}[dtypes.as_dtype("float32")] == 1


def test_compatibility_is_one_way():
    """A reference can be read as a value, not the reverse."""
    f32, ref = dtypes.float32, dtypes.float32_ref
    assert f32.is_compatible_with(f32) and ref.is_compatible_with(ref)
    assert f32.is_compatible_with(ref)
    assert not ref.is_compatible_with(f32)
    assert not f32.is_compatible_with("int32")


def test_numpy_types():
    """as_numpy_dtype is a scalar type, and the value a ref type refers to."""
    assert dtypes.float32.as_numpy_dtype is np.float32
    assert dtypes.float32_ref.as_numpy_dtype is np.float32
    assert dtypes.string.as_numpy_dtype is object
    assert dtypes.bool.as_numpy_dtype is np.bool_
    assert dtypes.bfloat16.as_numpy_dtype is ml_dtypes.bfloat16
    assert dtypes.quint8.as_numpy_dtype == np.dtype([("quint8", "u1")])
    with pytest.raises(KeyError, match="tf.resource has no NumPy dtype"):
        _ = dtypes.resource.as_numpy_dtype


def test_limits():
    """min and max are those of the NumPy type; limits those of images."""
    assert (dtypes.int8.min, dtypes.uint16.max) == (-128, 65535)
    assert dtypes.float32.max == np.finfo(np.float32).max
    assert dtypes.float16_ref.min == np.float16(-65504)
    assert float(dtypes.bfloat16.max) == float.fromhex("0x1.FEp127")
    assert dtypes.float32.limits == (0, 1)
    assert dtypes.int32.limits == (0, 2**31 - 1)
    assert dtypes.uint8.limits == (0, 255)
    with pytest.raises(KeyError, match="tf.float16 has no intensity limits"):
        _ = dtypes.float16.limits


@pytest.mark.parametrize("name", ["string", "bool", "complex64", "qint8", "resource", "string_ref"])
def test_no_limits(name):
    """Types without an order have no smallest value."""
    with pytest.raises(TypeError, match=f"Cannot find minimum value of <dtype: '{name}'>"):
        _ = getattr(dtypes, name).min
    with pytest.raises(TypeError, match=f"Cannot find maximum value of <dtype: '{name}'>"):
        _ = getattr(dtypes, name).max


def test_real_dtype():
    """The real part of a complex type; every other type is its own."""
    assert dtypes.complex64.real_dtype is dtypes.float32
    assert dtypes.complex128_ref.real_dtype is dtypes.float64
    assert dtypes.float32_ref.real_dtype is dtypes.float32_ref


def test_constants():
    """Aliases, and the set of quantized types with their references."""
    assert dtypes.half is dtypes.float16 and dtypes.double is dtypes.float64
    assert {d.name for d in dtypes.QUANTIZED_DTYPES if not d.is_ref_dtype} == {
        "qint8",
        "quint8",
        "qint16",
        "quint16",
        "qint32",
    }
    assert len(dtypes.QUANTIZED_DTYPES) == 10


def test_bfloat16_is_imported_on_demand():
    """Importing the types does not import ml_dtypes."""
    program = (
        "import sys, perdure.graph.dtypes as d; d.as_dtype('float32').size; "
        "sys.exit('ml_dtypes' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
