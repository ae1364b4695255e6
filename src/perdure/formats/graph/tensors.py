"""NumPy arrays as TensorProto messages and back, byte for byte as TensorFlow 1.15 writes them.

Numbers of more than one element go to `tensor_content`; single elements, strings, booleans, halves
and complex numbers go to the `*_val` field of their type. In such a field the last value stands
for all that follow, so `tf.zeros([1000])` is one number. In memory the same thing is an array
whose strides are all zero, as `np.broadcast_to` makes it: such an array is written as its one
element.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from perdure.formats.protos import tensor_pb2, tensor_shape_pb2
from perdure.graph import dtypes
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.shapes import Shape
from perdure.graph.tensor_shape import as_shape
from perdure.graph.values import as_array, as_bytes

TensorProto = tensor_pb2.TensorProto
TensorShapeProto = tensor_shape_pb2.TensorShapeProto

_MAX_CONTENT = 1 << 31  # bytes: what a serialised message can hold
_MOST_BYTES = 1 << 62  # what an address can count
_MOST_ELEMENTS = 1 << 58
_MOST_PADDING = 1 << 28  # bytes: no small file may ask for more than this
_MOST_ZEROS = 1 << 32  # bytes

_VALUE_FIELDS = {
    dtypes.float32: "float_val",
    dtypes.float64: "double_val",
    dtypes.float16: "half_val",
    dtypes.bfloat16: "half_val",
    dtypes.int64: "int64_val",
    dtypes.uint32: "uint32_val",
    dtypes.uint64: "uint64_val",
    dtypes.complex64: "scomplex_val",
    dtypes.complex128: "dcomplex_val",
    dtypes.bool: "bool_val",
    dtypes.string: "string_val",
}
_INT_VAL_TYPES = (
    dtypes.int8,
    dtypes.int16,
    dtypes.int32,
    dtypes.uint8,
    dtypes.uint16,
    dtypes.qint8,
    dtypes.qint16,
    dtypes.qint32,
    dtypes.quint8,
    dtypes.quint16,
)
_VALUE_FIELDS.update(dict.fromkeys(_INT_VAL_TYPES, "int_val"))
# uint16 is missing here in TensorFlow too (framework/tensor_util.py, _TENSOR_CONTENT_TYPES).
_CONTENT_TYPES = frozenset(_INT_VAL_TYPES) - {dtypes.uint16} | {
    dtypes.float32,
    dtypes.float64,
    dtypes.int64,
    dtypes.uint32,
    dtypes.uint64,
}
# What the elements of a *_val field are, bit by bit, where it is not the type itself.
_PARTS = {
    dtypes.float16: np.uint16,
    dtypes.bfloat16: np.uint16,
    dtypes.complex64: np.float32,
    dtypes.complex128: np.float64,
}


# -- shapes -----------------------------------------------------------------------------


def shape_to_proto(shape: Any) -> TensorShapeProto:
    """A plain shape (or TensorShape) as a message: -1 for unknown sizes."""
    if isinstance(shape, TensorShapeProto):
        return shape
    plain = shape if shape is None or type(shape) is tuple else as_shape(shape).as_tuple()
    if plain is None:
        return TensorShapeProto(unknown_rank=True)
    sizes = [-1 if size is None else int(size) for size in plain]
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def shape_from_proto(proto: TensorShapeProto) -> Shape:
    """The plain shape of a message: None for unknown sizes, or for an unknown rank."""
    if proto.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in proto.dim)


# -- writing ----------------------------------------------------------------------------


def array_to_proto(array: Any, dtype: Any = None) -> TensorProto:
    """Write an array.

    Args:
        array: a NumPy array or scalar. Strings are objects (bytes, or str, which is encoded as
            UTF-8) or NumPy's own fixed-size strings.
        dtype: the element type where the array's own does not say it; nothing is converted.

    Raises:
        TypeError: elements of this type cannot be written.
        ValueError: the array has 2 GiB or more.
    """
    array = np.asarray(array)
    dtype = as_dtype(array.dtype) if dtype is None else as_dtype(dtype).base_dtype
    if dtype not in _VALUE_FIELDS:
        raise TypeError(f"TensorProto: elements of type {dtype.name} cannot be written")
    proto = TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=shape_to_proto(array.shape))
    is_splat = array.size > 1 and _repeats_one_element(array)
    if dtype in _CONTENT_TYPES and array.size > 1 and not is_splat:
        proto.tensor_content = _content(array)
    else:
        # Nothing is copied of an array that repeats one element: it may be larger than the memory.
        _fill_values(proto, dtype, array[(slice(1),) * array.ndim].ravel() if is_splat else array.ravel())
    return proto


def array_to_listed_proto(array: np.ndarray) -> TensorProto:
    """Write an array of numbers with each element by itself, as messages that are written as text have "
    "them."""
    dtype = as_dtype(array.dtype)
    proto = TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=shape_to_proto(array.shape))
    _fill_values(proto, dtype, array.ravel())
    return proto


def _repeats_one_element(array: np.ndarray) -> bool:
    return all(stride == 0 or size == 1 for size, stride in zip(array.shape, array.strides, strict=True))


def _content(array: np.ndarray) -> bytes:
    if array.nbytes >= _MAX_CONTENT:
        raise ValueError(
            "Cannot create a tensor proto whose content is larger than 2GB: "
            f"the array of shape {array.shape} has {array.nbytes} bytes"
        )
    return array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()


def _fill_values(proto: TensorProto, dtype: DType, flat: np.ndarray) -> None:
    """Put the elements of `flat` into the field of their type."""
    if dtype is dtypes.string:
        values: Iterable[Any] = [as_bytes(item) for item in flat.tolist()]
    elif dtype.is_quantized and flat.dtype.names:
        values = flat[flat.dtype.names[0]].tolist()
    elif dtype in _PARTS:
        values = np.ascontiguousarray(flat).view(_PARTS[dtype]).tolist()
    else:
        values = flat.tolist()
    getattr(proto, _VALUE_FIELDS[dtype]).extend(values)


def make_tensor_proto(
    values: Any,
    dtype: Any = None,
    shape: Sequence[int] | None = None,
    verify_shape: bool = False,
    allow_broadcast: bool = False,
) -> TensorProto:
    """Write Python or NumPy values as a TensorProto (`tf.make_tensor_proto`).

    Args:
        values: a number, string, nested list, array, or a TensorProto, returned as it is.
        dtype: the element type; by default float32 for Python floats, int32 for ints that fit.
        shape: the shape to write; with fewer values than it needs, the last one repeats.
        verify_shape: refuse values of another shape than `shape`.
        allow_broadcast: accept only one value, or exactly as many as `shape` needs.

    Raises:
        TypeError: the values are not of `dtype`, or not of `shape` where that is checked.
        ValueError: both flags are set, values are None or ragged, or there are more than `shape`
        needs.
    """
    if isinstance(values, TensorProto):
        return values
    dtype = None if dtype is None else as_dtype(dtype).base_dtype
    array = as_array(values, dtype, shape, verify_shape, allow_broadcast)
    dtype = dtype or as_dtype(array.dtype)
    given = array if shape is None or not array.size else as_array(values, dtype)
    if given.size == array.size:
        return array_to_proto(array, dtype)
    proto = TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=shape_to_proto(array.shape))
    _fill_values(proto, dtype, given.ravel())
    return proto


# -- reading ----------------------------------------------------------------------------


def proto_to_array(proto: TensorProto) -> np.ndarray:
    """Read a TensorProto (`tf.make_ndarray`).

    Returns:
        A new array of the message's shape; strings are an object array of bytes.

    Raises:
        TypeError: elements of this type have no NumPy value (resource, variant).
        ValueError: the message has more or fewer bytes, or more values, than its shape needs.
    """
    array = proto_to_view(proto)
    return array if array.flags.writeable else array.copy()


def proto_to_view(proto: TensorProto) -> np.ndarray:
    """Read a TensorProto without more memory than the message has.

    Returns:
        An array of the message's shape, read-only where it shares the message's bytes or repeats one element;
        strings are an object array of bytes.

    Raises:
        TypeError: elements of this type have no NumPy value (resource, variant).
        ValueError: the message has more or fewer bytes, or more values, than its shape needs.
    """
    dtype = as_dtype(proto.dtype).base_dtype
    if dtype not in _VALUE_FIELDS:
        raise TypeError(f"TensorProto: elements of type {dtype.name} have no NumPy value")
    shape = tuple([dim.size for dim in proto.tensor_shape.dim])
    needed = _number_of_elements(dtype, shape)
    values = _stored_values(proto, dtype)
    if values.size > needed or proto.tensor_content and values.size != needed:
        raise ValueError(
            f"TensorProto of type {dtype.name} and shape {shape}: needs {needed} elements, has {values.size}"
        )
    if values.size == needed:
        return values.reshape(shape)
    if not values.size:
        # Nothing stored at all means zeros (and empty strings).
        zero = np.array(b"", object) if dtype is dtypes.string else np.zeros((), values.dtype)
        return np.broadcast_to(zero, shape)
    if values.size == 1:
        return np.broadcast_to(values.reshape(()), shape)
    return _padded(values, needed).reshape(shape)


# The numbers that most constants are made of: their field, and their type in NumPy.
_PLAIN = {
    dtype.as_datatype_enum: (_VALUE_FIELDS[dtype], np.dtype(dtype.as_numpy_dtype))
    for dtype in (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)
}


def read_tensor(proto: TensorProto) -> tuple[np.ndarray, bool]:
    """Read a TensorProto as `proto_to_view` does, in less time where it is a plain one.

    Returns:
        The array, and whether `array_to_proto` gives the message again.

    Raises:
        TypeError, ValueError: see there.
    """
    plain = _PLAIN.get(proto.dtype)
    if plain is not None and not proto.version_number:
        field, numpy_dtype = plain
        shape = tuple([dim.size for dim in proto.tensor_shape.dim])
        content = proto.tensor_content
        if content:
            if len(content) == numpy_dtype.itemsize * math.prod(shape) and min(shape, default=1) > 0:
                return np.ndarray(shape, numpy_dtype, content), len(content) > numpy_dtype.itemsize
        else:
            values = getattr(proto, field)
            if len(values) == 1:
                array = np.array(values[0], numpy_dtype)
                if not shape:
                    return array, True
                if min(shape) > 0 and math.prod(shape) < _MOST_ELEMENTS:
                    return np.ndarray(shape, numpy_dtype, array.tobytes(), strides=(0,) * len(shape)), True
    array = proto_to_view(proto)
    return array, is_written_so(proto, array)


def _padded(values: np.ndarray, needed: int) -> np.ndarray:
    """`values` with the last one repeated up to `needed` elements."""
    last = values[-1]
    is_zero = values.dtype.kind in "biufc" and last == 0
    if needed * values.itemsize > (_MOST_ZEROS if is_zero else _MOST_PADDING):
        raise ValueError(f"TensorProto: {values.size} values stand for {needed} elements")
    if is_zero:
        padded = np.zeros(needed, values.dtype)  # memory that is not written is not taken
    else:
        padded = np.full(needed, last, values.dtype)
    padded[: values.size] = values
    return padded


def _number_of_elements(dtype: DType, shape: tuple[int, ...]) -> int:
    needed = 1
    for size in shape:
        if size < 0:
            raise ValueError(f"TensorProto of type {dtype.name}: its shape {shape} has unknown sizes")
        needed *= size
    if needed * dtype.size >= _MOST_BYTES:
        raise ValueError(f"TensorProto of type {dtype.name} and shape {shape}: it has too many elements")
    return needed


def is_written_so(proto: TensorProto, array: np.ndarray) -> bool:
    """Whether `array_to_proto` gives the message again that the array was read from."""
    dtype = as_dtype(proto.dtype)
    if proto.version_number or dtype.is_ref_dtype:
        return False
    if proto.tensor_content:
        return array.size > 1 and dtype in _CONTENT_TYPES
    stored = len(getattr(proto, _VALUE_FIELDS[dtype])) // (2 if dtype.is_complex else 1)
    if stored == 1 and array.size > 1:
        return _repeats_one_element(array)
    return stored == array.size and (stored < 2 or dtype not in _CONTENT_TYPES)


def _stored_values(proto: TensorProto, dtype: DType) -> np.ndarray:
    """The elements that the message holds, in one dimension."""
    numpy_dtype = np.dtype(dtype.as_numpy_dtype)
    if proto.tensor_content:
        content, size = proto.tensor_content, numpy_dtype.itemsize
        if dtype is dtypes.string or len(content) % size:
            raise ValueError(
                f"TensorProto of type {dtype.name}: tensor_content of {len(content)} bytes "
                "is not a whole number of elements"
            )
        return np.frombuffer(content, numpy_dtype.newbyteorder("<")).astype(numpy_dtype, copy=False)
    values = getattr(proto, _VALUE_FIELDS[dtype])
    if dtype in _PARTS:
        parts = np.array(values) if dtype.is_complex else np.array(values, np.int64)
        return parts.astype(_PARTS[dtype]).view(numpy_dtype)
    if dtype.is_quantized:
        return np.array(values, np.int64).astype(numpy_dtype[0]).view(numpy_dtype)
    if dtype in _INT_VAL_TYPES:
        return np.array(values, np.int64).astype(numpy_dtype)
    flat = np.empty(len(values), numpy_dtype)
    flat[:] = values
    return flat
