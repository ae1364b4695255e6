"""as_array against `make_tensor_proto` of TensorFlow 1.15.5."""

import array
from collections import deque, namedtuple
from decimal import Decimal
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from perdure.graph import dtypes
from perdure.graph.tensor_shape import Dimension, TensorShape
from perdure.graph.values import as_array, as_bytes

Pair = namedtuple("Pair", "a b")


def check(result, dtype, values):
    expected = np.array(values, dtypes.as_dtype(dtype).as_numpy_dtype)
    assert type(result) is np.ndarray
    assert dtypes.as_dtype(result.dtype).name == dtype
    assert result.shape == expected.shape
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (1, "int32", 1),
        (2**31 - 1, "int32", 2**31 - 1),
        (2**31, "int64", 2**31),
        (-(2**31), "int32", -(2**31)),
        (-(2**31) - 1, "int64", -(2**31) - 1),
        (2**63, "uint64", 2**63),
        (1.5, "float32", 1.5),
        (1e300, "float32", np.inf),
        (True, "bool", True),
        (1 + 2j, "complex128", 1 + 2j),
        ("abc", "string", b"abc"),
        ("h\xe9", "string", b"h\xc3\xa9"),
        (b"a\0b", "string", b"a\0b"),
        ([], "float32", []),
        ([[], []], "float32", [[], []]),
        ([1, 2], "int32", [1, 2]),
        ((1, 2), "int32", [1, 2]),
        ([1, 2.5], "float32", [1, 2.5]),
        ([1, True], "int32", [1, 1]),
        ([True, False], "bool", [True, False]),
        ([1.5, True], "float32", [1.5, 1]),
        (["a", b"b"], "string", [b"a", b"b"]),
        (["a\0", ""], "string", [b"a\0", b""]),
        ([[["a"]], [["b"]]], "string", [[[b"a"]], [[b"b"]]]),
        ([(1, 2), [3, 4]], "int32", [[1, 2], [3, 4]]),
        ([2**31], "int64", [2**31]),
        ([2**31, 1.5], "float32", [2**31, 1.5]),
        ([1 + 2j, 1], "complex128", [1 + 2j, 1]),
        (np.float64(1.5), "float64", 1.5),
        (np.int64(3), "int64", 3),
        (np.bool_(True), "bool", True),
        (np.str_("ab"), "string", b"ab"),
        (np.array([1, 2]), "int64", [1, 2]),
        (np.array([1.5], "f2"), "float16", [1.5]),
        (np.array(["a", "bc"]), "string", [b"a", b"bc"]),
        (np.array([b"a"]), "string", [b"a"]),
        (np.array(["a", b"b"], object), "string", [b"a", b"b"]),
        ([np.float64(1.5)], "float32", [1.5]),
        ([np.float32(1.5), 2], "float32", [1.5, 2]),
        ([np.int64(3)], "int32", [3]),
        ([np.int64(2**40)], "int64", [2**40]),
        ([np.int8(3)], "int8", [3]),
        ([np.uint8(3), 1], "int32", [3, 1]),
        ([np.float16(1)], "float16", [1]),
        ([np.bool_(True)], "bool", [True]),
        ([np.array(1), 2], "int32", [1, 2]),
        ([[1, 2], np.array([3, 4])], "int32", [[1, 2], [3, 4]]),
        (Pair(1, 2), "int32", [1, 2]),
        (bytearray(b"ab"), "uint8", [97, 98]),
        (array.array("d", [1, 2]), "float64", [1, 2]),
        (memoryview(b"ab"), "uint8", [97, 98]),
        ([[True], [2]], "int32", [[1], [2]]),
        (np.zeros((2, 0)), "float64", np.zeros((2, 0))),
        (np.array([1, 2], ">i4"), "int32", [1, 2]),  # TensorFlow misreads the bytes of these
    ],
)
def test_inference(values, dtype, expected):
    """Python's numbers become 32-bit where they can; NumPy's types stay."""
    check(as_array(values), dtype, expected)


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (1, "float32", 1),
        (True, "float32", 1),
        (True, "int32", 1),
        ([], "int32", []),
        (1, "int64", 1),
        (2**31, "int32", -(2**31)),
        (300, "uint8", 44),
        ([300, -1], "uint8", [44, 255]),
        ([2**31, 1], "int32", [-(2**31), 1]),
        (1e300, "float32", np.inf),
        (2**31, "float16", np.inf),
        ([1, 2.5], "float64", [1, 2.5]),
        (1, "complex64", 1),
        (1.5, "complex128", 1.5),
        (np.array([1.5, 2.5]), "int32", [1, 2]),
        (np.array([1, 2]), "bool", [True, True]),
        (np.float64(2.7), "int32", 2),
        (Dimension(3), "int32", 3),
        ([Dimension(3), 2], "int64", [3, 2]),
        ([np.int64(1)], "float32", [1]),
        (Fraction(1, 2), "float32", 0.5),
        ("a", "string", b"a"),
        (np.array(["a"]), "string", [b"a"]),
        (2**63, "uint64", 2**63),
        (1.5, "bfloat16", 1.5),
        ([(1,), (2,)], "qint8", [(1,), (2,)]),
        ((3,), "qint8", (3,)),
        (np.array([1, 2]), "quint8", [(1,), (2,)]),
    ],
)
def test_wanted_type(values, dtype, expected):
    """Values of a fitting kind are converted, integers wrapping around."""
    check(as_array(values, dtype), dtype, expected)


def test_reference_types_ask_for_their_base():
    """A float32_ref is wanted by ops on variables; the constant is a float32."""
    check(as_array(1, dtypes.float32_ref), "float32", 1)
    check(as_array([1.5], dtypes.float32_ref), "float32", [1.5])


@pytest.mark.parametrize(
    ("values", "dtype", "message"),
    [
        (1.0, "int32", "Expected int32, got 1.0 of type 'float' instead."),
        ([1, 2.5], "int32", "Expected int32, got 2.5 of type 'float' instead."),
        ([[1], ["a"]], "float32", "Expected float32, got 'a' of type 'str' instead."),
        (1j, "float32", "Expected float32, got 1j of type 'complex' instead."),
        ([1, None], "int32", "Expected int32, got None of type 'NoneType' instead."),
        (1, "bool", "Expected bool, got 1 of type 'int' instead."),
        ([True, 2], "bool", "Expected bool, got 2 of type 'int' instead."),
        (range(2), "bool", "Expected bool, got 0 of type 'int' instead."),
        ({"b": 1.5, "a": 1}, "int32", "Expected int32, got 1.5 of type 'float' instead."),
        (1, "string", "Expected string, got 1 of type 'int' instead."),
        ([b"a", 1], "string", "Expected string, got 1 of type 'int' instead."),
        (Decimal("1.5"), "float32", r"Expected float32, got Decimal\('1.5'\) of type 'Decimal' inst"),
        ([np.array([1, 2])], "int32", r"Expected int32, got array\(\[1, 2\]\) of type 'ndarray'"),
        (Dimension(3), "float32", r"Expected float32, got Dimension\(3\) of type 'Dimension' instead"),
        (TensorShape([1]), "int32", "Expected int32, got TensorShape.* of type 'TensorShape' instead"),
        ([1, 2], "qint8", "Expected qint8, got 1 of type 'int' instead."),
        ((1.5,), "qint8", "Expected qint8, got 1.5 of type 'float' instead."),
        (1, "variant", "Incompatible types: <dtype: 'variant'> vs. int32. Value is 1"),
        (["a", 1], None, "Failed to convert object of type <class 'list'> to Tensor. Contents: "),
        ([None], None, "Failed to convert object of type <class 'list'> to Tensor"),
        (2**64, None, "Failed to convert object of type <class 'int'> to Tensor"),
        (Dimension(3), None, "Failed to convert object of type <class .*Dimension'> to Tensor"),
        ({"a": 1}, None, "Failed to convert object of type <class 'dict'> to Tensor"),
        ({1}, None, "Consider casting elements to a supported type"),
        (object(), None, "Failed to convert object of type <class 'object'>"),
        (np.float32, None, "Failed to convert object of type <class 'type'>"),
        (np.array(["a", None], object), None, "Expected binary or unicode string, got None"),
        (np.array([1.5]), "string", "Expected binary or unicode string, got 1.5"),
        (np.array(["2001-01-01"], "M8[D]"), None, "Cannot convert value dtype.* to a TensorFlow DType"),
        (np.array([1.5], "g"), None, "Cannot convert value dtype.* to a TensorFlow DType"),
    ],
)
def test_wrong_kind(values, dtype, message):
    """A value whose kind does not fit is a TypeError that shows it."""
    with pytest.raises(TypeError, match=message):
        as_array(values, dtype)


@pytest.mark.parametrize(
    ("values", "dtype", "message"),
    [
        (None, None, "None values not supported."),
        (None, "float32", "None values not supported."),
        (
            [[1, 2], [3]],
            None,
            r"Argument must be a dense tensor: \[\[1, 2\], \[3\]\] - got shape \[2\],"
            r" but wanted \[2, 2\]",
        ),
        ([[1, 2], 3], None, r"Argument must be a dense tensor: .* but wanted \[2, 2\]"),
        ([["a"], ["b", "c"]], None, r"Argument must be a dense tensor: .* but wanted \[2, 1\]"),
        ([["a"], "b"], None, "Argument must be a dense tensor"),
        ([[1.5], [2, 3]], "float32", "Argument must be a dense tensor"),
        ([np.array([1, 2]), np.array([3, 4])], None, r"got shape \[2, 2\], but wanted \[2\]"),
        (range(3), None, r"Argument must be a dense tensor: range\(0, 3\) - got shape \[3\], but wan"),
        (deque([1, 2]), "int32", "Expected int32, got deque|Argument must be a dense tensor"),
        (TensorShape([1, 2]), None, "Argument must be a dense tensor|Failed to convert"),
        (np.array(["a"]), "int32", "invalid literal"),
    ],
)
def test_wrong_value(values, dtype, message):
    """None, ragged lists, and strings that are no numbers."""
    with pytest.raises((ValueError, TypeError), match=message):
        as_array(values, dtype)


@pytest.mark.parametrize(
    ("values", "options", "dtype", "expected"),
    [
        (1, {"shape": [2, 2]}, "int32", [[1, 1], [1, 1]]),
        ([1, 2], {"shape": [3]}, "int32", [1, 2, 2]),
        ([1, 2], {"shape": [2, 1]}, "int32", [[1], [2]]),
        ([1], {"shape": []}, "int32", 1),
        ([1, 2], {"shape": [2], "verify_shape": True}, "int32", [1, 2]),
        ([1], {"shape": [2, 2], "allow_broadcast": True}, "int32", [[1, 1], [1, 1]]),
        ([1, 2], {"shape": [2, 1], "allow_broadcast": True}, "int32", [[1], [2]]),
        ([], {"shape": [2]}, "float32", [0, 0]),
        ([], {"shape": [2], "dtype": "string"}, "string", [b"", b""]),
        (5, {"shape": [0]}, "float32", []),
        ("x", {"shape": [0]}, "float32", []),
        (5, {"shape": [0, 3], "dtype": "int32"}, "int32", np.zeros((0, 3))),
        ("a", {"shape": [2]}, "string", [b"a", b"a"]),
        (["a", "b"], {"shape": (3,)}, "string", [b"a", b"b", b"b"]),
        (1, {"shape": TensorShape([2])}, "int32", [1, 1]),
        (1, {"shape": (Dimension(2),)}, "int32", [1, 1]),
        (np.ones(3), {"shape": np.array([5])}, "float64", np.ones(5)),
        (1.5, {"shape": [2], "dtype": "float16"}, "float16", [1.5, 1.5]),
        ([(1,)], {"shape": [2], "dtype": "qint8"}, "qint8", [(1,), (1,)]),
    ],
)
def test_shape(values, options, dtype, expected):
    """Too few values are filled up with the last one."""
    check(as_array(values, **options), dtype, expected)


@pytest.mark.parametrize(
    ("values", "options", "error", "message"),
    [
        (
            [1, 2, 3],
            {"shape": [2]},
            ValueError,
            "Too many elements provided. Needed at most 2, but received 3",
        ),
        (np.float32(1), {"shape": [0]}, ValueError, "Needed at most 0, but received 1"),
        (1, {"shape": [-1]}, ValueError, "Needed at most -1, but received 1"),
        (
            [1, 2],
            {"shape": [1, 2], "verify_shape": True},
            TypeError,
            r"Expected Tensor's shape: \(1, 2\), got \(2,\).",
        ),
        (1, {"shape": [2], "verify_shape": True}, TypeError, r"shape: \(2,\), got \(\)."),
        (
            [1, 2],
            {"shape": [2, 2], "allow_broadcast": True},
            TypeError,
            r"Expected Tensor's shape: \(2, 2\), got \(2,\).",
        ),
        (
            1,
            {"shape": [2], "verify_shape": True, "allow_broadcast": True},
            ValueError,
            "allow_broadcast and verify_shape are not both allowed.",
        ),
        (1, {"shape": 3}, TypeError, "'int' object is not iterable"),
        (1, {"shape": [None]}, TypeError, r"int\(\) argument"),
        (1, {"shape": TensorShape([None])}, TypeError, "its size is unknown"),
        (None, {"shape": [0]}, ValueError, "None values not supported"),
    ],
)
def test_shape_refused(values, options, error, message):
    """Too many values, or another shape than was verified."""
    with pytest.raises(error, match=message):
        as_array(values, **options)


def test_constants_are_copies():
    """Changing the program's array later does not change the constant."""
    mine = np.ones(2, "f4")
    for made in as_array(mine), as_array(mine, "float32"), as_array(mine, shape=[2]):
        made[0] = 5
    assert mine[0] == 1


def test_bfloat16():
    """bfloat16 constants are ml_dtypes arrays, and keep their type."""
    check(as_array([ml_dtypes.bfloat16(1.5)], "bfloat16"), "bfloat16", [1.5])
    check(as_array(np.array([1, 2], ml_dtypes.bfloat16)), "bfloat16", [1, 2])


def test_as_bytes():
    """Text is encoded as UTF-8, bytes are kept, and nothing else is text."""
    assert [as_bytes(x) for x in ("\xe9", b"a", bytearray(b"a"))] == [b"\xc3\xa9", b"a", b"a"]
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 1"):
        as_bytes(1)
