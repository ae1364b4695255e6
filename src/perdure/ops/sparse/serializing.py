"""Sparse tensors as their three parts in one tensor, of variants or of strings, and back.

A variant holds a part as it is; a string is a serialized TensorProto.
"""

import numpy as np

from perdure.formats import messages
from perdure.formats.graph.tensors import array_to_proto, proto_to_array
from perdure.graph.dtypes import as_dtype, int64, string, variant, word_of
from perdure.graph.shapes import with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.sparse.sparse_maps import check_matrix_and_vectors, check_ranks

# -- parts in one tensor ----------------------------------------------------------------------------


def packed(parts, out_type):
    """Three parts as a vector.

    Args:
        parts: indices, values and shape.
        out_type: variant or string.
    """
    vector = np.empty(3, object)
    for i, part in enumerate(parts):
        vector[i] = part if out_type is variant else _as_text(part)
    return vector


def _as_text(array):
    array = np.asarray(array)
    dtype = string if array.dtype == object else as_dtype(array.dtype)
    return array_to_proto(array, dtype).SerializeToString()


def _part(item, dtype):
    """A part out of a variant or string.

    Raises:
        InvalidArgumentError: it holds something else.
    """
    if isinstance(item, bytes):
        proto = messages.TensorProto()
        if not messages.fill_from(proto, item):
            raise invalid("Could not parse serialized proto")
        try:
            item = proto_to_array(proto)
        except Exception:
            raise invalid("Could not construct tensor from proto") from None
    if not isinstance(item, np.ndarray):
        raise invalid("a part of a sparse tensor is required, but this is another variant")
    found = string if item.dtype == object else as_dtype(item.dtype)
    if found != dtype:
        raise invalid(
            f"Requested SparseTensor of type {word_of(dtype)} but SparseTensor[0].values.dtype() == "
            f"{word_of(found)}"
        )
    return item


serialize_sparse = op("SerializeSparse", host=True)


@serialize_sparse.shape
def serialize_sparse_shape(sparse_indices, sparse_values, sparse_shape):
    check_ranks(sparse_indices, sparse_values, sparse_shape)
    return (3,)


@serialize_sparse.kernel
def serialize_sparse_kernel(xp, sparse_indices, sparse_values, sparse_shape, *, out_type):
    check_matrix_and_vectors(sparse_indices, sparse_values, sparse_shape)
    return packed((sparse_indices, sparse_values, sparse_shape), out_type)


serialize_sparse.not_differentiable("returns strings or variants")

serialize_many_sparse = op("SerializeManySparse", host=True)


@serialize_many_sparse.shape
def serialize_many_sparse_shape(sparse_indices, sparse_values, sparse_shape):
    check_ranks(sparse_indices, sparse_values, sparse_shape)
    return (None, 3)


@serialize_many_sparse.kernel
def serialize_many_sparse_kernel(xp, sparse_indices, sparse_values, sparse_shape, *, out_type):
    check_matrix_and_vectors(sparse_indices, sparse_values, sparse_shape)
    rank = len(sparse_shape)
    if rank < 2:
        raise invalid(f"Rank of input SparseTensor should be > 1, but saw rank: {rank}")
    rows = sparse_indices[:, 0]
    if np.any(np.diff(rows) < 0):
        order = np.argsort(rows, kind="stable")
        sparse_indices, sparse_values, rows = sparse_indices[order], sparse_values[order], rows[order]
    count = int(sparse_shape[0])
    if len(rows) and (rows[0] < 0 or rows[-1] >= count):
        raise invalid(
            f"Received unexpected column 0 value in input SparseTensor: {rows[-1]} < 0 (or >= N (= {count}))"
        )
    starts = np.searchsorted(rows, np.arange(count + 1))
    serialized = np.empty((count, 3), object)
    for row in range(count):
        span = slice(starts[row], starts[row + 1])
        parts = np.ascontiguousarray(sparse_indices[span, 1:]), sparse_values[span], sparse_shape[1:]
        serialized[row] = packed(parts, out_type)
    return serialized


serialize_many_sparse.not_differentiable("returns strings or variants")

# -- and back ---------------------------------------------------------------------------------------


def deserialized(serialized, dtype):
    """The parts of one sparse tensor, or of several put together.

    Args:
        serialized: (..., 3).
        dtype: the type of the values.

    Raises:
        InvalidArgumentError: these are no sparse tensors of that type and of one rank.
    """
    shape = serialized.shape
    if not shape or shape[-1] != 3:
        raise invalid(
            f"Serialized sparse should have 3 as the last dimension but received shape {list(shape)}"
        )
    tensors = [
        (_part(indices, int64), _part(values, dtype), _part(sizes, int64))
        for indices, values, sizes in serialized.reshape(-1, 3)
    ]
    for parts in tensors:
        check_matrix_and_vectors(*parts)
    if len(shape) == 1:
        return tensors[0]
    if not tensors:
        raise invalid("Serialized sparse should have non-zero rank")
    rank = len(tensors[0][2])
    for i, (_, _, sizes) in enumerate(tensors):
        if len(sizes) != rank:
            raise invalid(
                f"Inconsistent shape across SparseTensors: rank prior to SparseTensor[{i}] was: {rank} but "
                f"rank of SparseTensor[{i}] is: {len(sizes)}"
            )
    places = np.array(list(np.ndindex(shape[:-1])), np.int64)
    counts = [len(values) for _, values, _ in tensors]
    indices = np.concatenate([parts[0].reshape(-1, rank) for parts in tensors])
    indices = np.concatenate([np.repeat(places, counts, axis=0), indices], axis=1)
    sizes = np.max([parts[2] for parts in tensors], axis=0) if rank else np.empty(0, np.int64)
    values = np.concatenate([parts[1] for parts in tensors])
    return indices, values, np.concatenate([np.array(shape[:-1], np.int64), sizes])


deserialize_sparse = op("DeserializeSparse", host=True)


@deserialize_sparse.shape
def deserialize_sparse_shape(serialized_sparse):
    return [(None, None), (None,), (None,)]


@deserialize_sparse.kernel
def deserialize_sparse_kernel(xp, serialized_sparse, *, dtype):
    return deserialized(serialized_sparse, dtype)


deserialize_sparse.not_differentiable("takes strings or variants")

deserialize_many_sparse = op("DeserializeManySparse", host=True)


@deserialize_many_sparse.shape
def deserialize_many_sparse_shape(serialized_sparse):
    with_rank(serialized_sparse, 2)
    return [(None, None), (None,), (None,)]


@deserialize_many_sparse.kernel
def deserialize_many_sparse_kernel(xp, serialized_sparse, *, dtype):
    if serialized_sparse.ndim != 2:
        raise invalid(f"Serialized sparse should be a matrix but received shape {serialized_sparse.shape}")
    return deserialized(serialized_sparse, dtype)


deserialize_many_sparse.not_differentiable("takes strings")
