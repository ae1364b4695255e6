"""Arrays to TensorProto and back, byte for byte as TensorFlow writes them."""

import base64

import numpy as np
import pytest

from perdure.formats.graph.tensors import (
    TensorProto,
    TensorShapeProto,
    array_to_proto,
    make_tensor_proto,
    proto_to_array,
    shape_from_proto,
    shape_to_proto,
)
from perdure.graph.dtypes import as_dtype
from perdure.graph.tensor_shape import TensorShape
from tests.formats import cases


@pytest.mark.parametrize("name", cases.TENSORS)
def test_written_as_tensorflow_writes(name, goldens):
    """The same field, the same elements, the same compression of repeated values."""
    expected = TensorProto.FromString(base64.b64decode(goldens["tensors"][name]))
    assert make_tensor_proto(*cases.TENSORS[name]) == expected


@pytest.mark.parametrize("name", cases.TENSORS)
def test_read_what_was_written(name, goldens):
    """Reading gives the values in their type and shape, and writing those again loses nothing."""
    proto = TensorProto.FromString(base64.b64decode(goldens["tensors"][name]))
    array = proto_to_array(proto)
    assert array.dtype == np.dtype(as_dtype(proto.dtype).as_numpy_dtype)
    assert array.shape == shape_from_proto(proto.tensor_shape)
    values, dtype, shape = cases.TENSORS[name]
    if name == "last repeats":
        np.testing.assert_array_equal(array, [[1, 2, 3], [3, 3, 3]])
    elif array.dtype.kind in "fiucb" and dtype != "bfloat16":
        wanted = np.asarray(values).astype(array.dtype)
        wanted = wanted.reshape(shape) if shape and wanted.size > 1 else np.broadcast_to(wanted, array.shape)
        np.testing.assert_array_equal(array, wanted)
    again = proto_to_array(array_to_proto(array))
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)


def test_strings_are_read_as_bytes():
    """An object array of bytes, whatever was written."""
    array = proto_to_array(make_tensor_proto([["a", b"\xff"]]))
    assert array.dtype == object and array.tolist() == [[b"a", b"\xff"]]
    assert proto_to_array(array_to_proto(np.array(["x", "yz"]))).tolist() == [b"x", b"yz"]


def test_broadcast_array_is_written_once():
    """An array without strides is one element, however large."""
    proto = array_to_proto(np.broadcast_to(np.float32(2), (100, 200)))
    assert proto.float_val == [2.0] and not proto.tensor_content
    assert proto_to_array(proto).shape == (100, 200)


def test_missing_values_are_zeros():
    """A message with a shape and nothing else."""
    for dtype, blank in ((1, 0.0), (10, False), (7, b"")):
        proto = TensorProto(dtype=dtype, tensor_shape=shape_to_proto((2,)))
        assert proto_to_array(proto).tolist() == [blank, blank]


def test_read_array_may_be_changed():
    """It does not share memory with the message."""
    array = proto_to_array(make_tensor_proto([1.0, 2.0]))
    array[0] = 5
    assert array.tolist() == [5.0, 2.0]


def test_shapes():
    """Unknown sizes are -1, an unknown rank has its own flag."""
    assert [dim.size for dim in shape_to_proto((None, 3)).dim] == [-1, 3]
    assert shape_to_proto(None).unknown_rank
    assert shape_to_proto(TensorShape([None, 2])) == shape_to_proto((None, 2)) == shape_to_proto([None, 2])
    for shape in (), (2, None), None:
        assert shape_from_proto(shape_to_proto(shape)) == shape
    assert shape_to_proto(TensorShapeProto(unknown_rank=True)).unknown_rank


def test_a_message_is_passed_through():
    """As in TensorFlow, dtype and shape are ignored then."""
    proto = make_tensor_proto(1.0)
    assert make_tensor_proto(proto, dtype="int32", shape=[7]) is proto


def test_shape_arguments():
    """verify_shape and allow_broadcast refuse what does not fit."""
    assert make_tensor_proto(3, shape=[2], allow_broadcast=True).int_val == [3]
    with pytest.raises(ValueError, match="not both allowed"):
        make_tensor_proto(1, verify_shape=True, allow_broadcast=True)
    with pytest.raises(TypeError, match=r"Expected Tensor's shape: \(2,\), got \(\)"):
        make_tensor_proto(1, shape=[2], verify_shape=True)
    with pytest.raises(TypeError, match=r"Expected Tensor's shape: \(3,\), got \(2,\)"):
        make_tensor_proto([1, 2], shape=[3], allow_broadcast=True)
    with pytest.raises(ValueError, match="Needed at most 1, but received 2"):
        make_tensor_proto([1, 2], shape=[1])
    with pytest.raises(ValueError, match="None values not supported"):
        make_tensor_proto(None)
    with pytest.raises(TypeError, match="Expected int32, got 1.5"):
        make_tensor_proto(1.5, dtype="int32")


def test_what_cannot_be_written():
    """Types without a field, objects that are no strings, more than a message can hold."""
    with pytest.raises(TypeError, match="elements of type resource cannot be written"):
        array_to_proto(np.zeros(1), "resource")
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 1.5"):
        array_to_proto(np.array([1.5, "a"], object))
    large = np.lib.stride_tricks.as_strided(np.zeros(2, np.float32), (1 << 29, 2), (0, 4))
    with pytest.raises(ValueError, match="larger than 2GB"):
        array_to_proto(large)


def test_what_cannot_be_read():
    """Types without values, and contents that do not fit the shape."""
    with pytest.raises(TypeError, match="elements of type resource have no NumPy value"):
        proto_to_array(TensorProto(dtype=20))
    shape = shape_to_proto((2,))
    with pytest.raises(ValueError, match=r"float32 and shape \(2,\): needs 2 elements, has 3"):
        proto_to_array(TensorProto(dtype=1, tensor_shape=shape, float_val=[1, 2, 3]))
    with pytest.raises(ValueError, match="needs 2 elements, has 1"):
        proto_to_array(TensorProto(dtype=1, tensor_shape=shape, tensor_content=b"abcd"))
    with pytest.raises(ValueError, match="3 bytes is not a whole number of elements"):
        proto_to_array(TensorProto(dtype=1, tensor_shape=shape, tensor_content=b"abc"))
