"""Bytes as numbers, and compressed bytes: DecodeRaw, DecodePaddedRaw, DecodeCompressed.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import numpy as np

from perdure.graph.dtypes import word_of
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.parsing.examples import texts
from perdure.ops.registry import op


def numbers_in(data, dtype, little_endian):
    """Bytes as numbers of a type, in one dimension."""
    kind = np.dtype(dtype.as_numpy_dtype)
    if kind.kind == "b":
        return np.frombuffer(data, np.uint8) != 0
    if little_endian:
        return np.frombuffer(data, kind).copy()
    # All bytes of a number, also of a complex one.
    each = np.frombuffer(data, np.uint8).reshape(-1, kind.itemsize)
    return np.ascontiguousarray(each[:, ::-1]).view(kind).ravel()


# -- DecodeRaw -----------------------------------------------------------------------------------

decode_raw = op("DecodeRaw", host=True)


@decode_raw.shape
def decode_raw_shape(bytes):
    return None if bytes is None else (*bytes, None)


@decode_raw.kernel
def decode_raw_kernel(xp, bytes, *, out_type, little_endian):
    shape, items = np.shape(bytes), texts(bytes)
    if not items:
        return np.empty((*shape, 0), out_type.as_numpy_dtype)
    length, size = len(items[0]), np.dtype(out_type.as_numpy_dtype).itemsize
    for i, item in enumerate(items):
        if len(item) != length:
            raise invalid(
                f"DecodeRaw requires input strings to all be the same size, but element {i} has size "
                f"{length} != {len(item)}"
            )
    if length % size:
        raise invalid(
            f"Input to DecodeRaw has length {length} that is not a multiple of {size}, the size of "
            f"{word_of(out_type)}"
        )
    return numbers_in(b"".join(items), out_type, little_endian).reshape(*shape, length // size)


decode_raw.not_differentiable("it reads bytes")

# -- DecodePaddedRaw -----------------------------------------------------------------------------

decode_padded_raw = op("DecodePaddedRaw", static=["fixed_length"], host=True)


@decode_padded_raw.shape
def decode_padded_raw_shape(input_bytes, fixed_length, shape_of_fixed_length, *, out_type):
    if shape_of_fixed_length:
        raise ValueError(f"Input must be scalar but has rank {len(shape_of_fixed_length)}")
    if input_bytes is None:
        return None
    if fixed_length is None:
        return (*input_bytes, None)
    length, size = int(fixed_length), np.dtype(out_type.as_numpy_dtype).itemsize
    if length < 0:
        raise ValueError(f"Dimension size, given by scalar input 1, must be non-negative but is {length}")
    if length % size:
        raise ValueError(f"Dimension size must be evenly divisible by {size} but is {length}")
    return (*input_bytes, length // size)


@decode_padded_raw.kernel
def decode_padded_raw_kernel(xp, input_bytes, fixed_length, *, out_type, little_endian):
    if np.ndim(fixed_length):
        raise invalid(f"k must be scalar, got shape {format_shape(np.shape(fixed_length))}")
    length, size = int(fixed_length), np.dtype(out_type.as_numpy_dtype).itemsize
    if length <= 0:
        raise invalid(f"fixed_length ({length}) must be greater than zero.")
    if length % size:
        raise invalid(f"fixed_length ({length}) must be a multiple of the size of out_type ({size})")
    shape, items = np.shape(input_bytes), texts(input_bytes)
    data = b"".join(item[:length].ljust(length, b"\0") for item in items)
    return numbers_in(data, out_type, little_endian).reshape(*shape, length // size)


decode_padded_raw.not_differentiable("it reads bytes")

# -- DecodeCompressed ----------------------------------------------------------------------------

decode_compressed = op("DecodeCompressed", host=True)


@decode_compressed.shape
def decode_compressed_shape(bytes):
    return bytes


@decode_compressed.kernel
def decode_compressed_kernel(xp, bytes, *, compression_type):
    from perdure.formats.records.compression import inflated

    (kind,) = texts(compression_type)
    if kind not in (b"", b"ZLIB", b"GZIP"):
        raise invalid("Only ZLIB, GZIP or NONE are supported compressions")
    items = texts(bytes)
    found = np.empty(len(items), object)
    found[:] = [inflated(item, kind.decode()) for item in items] if kind else items
    return found.reshape(np.shape(bytes))


decode_compressed.not_differentiable("it reads bytes")
