"""Sparse tensors as strings: SerializeSparse, SerializeManySparse, DeserializeManySparse.

Names of inputs, outputs and attributes are rows of the signature table.  A sparse tensor is three strings:
indices, values and shape, each a serialized TensorProto.
"""

import numpy as np

from perdure.graph.dtypes import int64, string, word_of
from perdure.graph.errors import UnimplementedError
from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.sparse.merging import check_parts


def check_type(out_type):
    """Refuse variants, which nothing else takes."""
    if out_type != string:
        raise UnimplementedError(None, None, "sparse tensors are serialized to strings, not to variants")


def parts_as_strings(indices, values, shape, dtype):
    from perdure.formats.graph.tensor_strings import string_of_tensor

    return [
        string_of_tensor(indices, int64),
        string_of_tensor(values, dtype),
        string_of_tensor(shape, int64),
    ]


def as_array(rows):
    array = np.empty(np.shape(rows) if len(rows) else (0, 3), object)
    array[...] = rows
    return array


serialize_sparse = op("SerializeSparse", host=True)


@serialize_sparse.shape
def serialize_sparse_shape(sparse_indices, sparse_values, sparse_shape):
    with_rank(sparse_indices, 2)
    with_rank(sparse_values, 1)
    with_rank(sparse_shape, 1)
    return (3,)


@serialize_sparse.kernel
def serialize_sparse_kernel(xp, sparse_indices, sparse_values, sparse_shape, *, T, out_type):  # noqa: N803
    check_type(out_type)
    check_parts(sparse_indices, sparse_values, sparse_shape)
    return as_array(parts_as_strings(sparse_indices, sparse_values, sparse_shape, T))


serialize_many_sparse = op("SerializeManySparse", host=True)


@serialize_many_sparse.shape
def serialize_many_sparse_shape(sparse_indices, sparse_values, sparse_shape):
    with_rank(sparse_indices, 2)
    with_rank(sparse_values, 1)
    with_rank(sparse_shape, 1)
    return None, 3


@serialize_many_sparse.kernel
def serialize_many_sparse_kernel(xp, sparse_indices, sparse_values, sparse_shape, *, T, out_type):  # noqa: N803
    check_type(out_type)
    check_parts(sparse_indices, sparse_values, sparse_shape)
    indices, values = np.asarray(sparse_indices), np.asarray(sparse_values)
    if len(sparse_shape) < 2:
        raise invalid(f"Rank of input SparseTensor should be > 1, but saw rank: {len(sparse_shape)}")
    rows = []
    for row in range(int(sparse_shape[0])):
        inside = indices[:, 0] == row
        rows.append(parts_as_strings(indices[inside, 1:], values[inside], sparse_shape[1:], T))
    return as_array(rows)


def deserialized(rows, dtype):
    """Several sparse tensors of one rank put together, with a first dimension more."""
    from perdure.formats.graph.tensor_strings import tensor_in_string

    found = []
    for i, row in enumerate(rows):
        parts = []
        for item in row:
            try:
                part = tensor_in_string(item if isinstance(item, bytes) else str(item).encode())
            except (ValueError, TypeError) as error:
                raise invalid(f"Could not construct SparseTensor[{i}] from proto") from error
            if part is None:
                raise invalid("Could not parse serialized proto")
            parts.append(part)
        (_, indices), (kind, values), (_, shape) = parts
        if kind != dtype:
            raise invalid(
                f"Requested SparseTensor of type {word_of(dtype)} but SparseTensor[{i}].values.dtype() == "
                f"{word_of(kind)}"
            )
        if indices.ndim != 2 or values.ndim != 1 or shape.ndim != 1 or len(indices) != len(values):
            raise invalid(f"SparseTensor[{i}] is no sparse tensor: its parts do not go together")
        if found and len(shape) != len(found[0][2]):
            raise invalid(
                f"Inconsistent shape across SparseTensors: rank prior to SparseTensor[{i}] was: "
                f"{len(found[0][2])} but rank of SparseTensor[{i}] is: {len(shape)}"
            )
        found.append((indices, values, shape))
    indices, values, shapes = zip(*found, strict=True)
    which = np.repeat(np.arange(len(found)), [len(each) for each in indices])
    return (
        np.concatenate([which[:, None], np.concatenate(indices)], axis=1).astype(np.int64),
        np.concatenate(values),
        np.array([len(found), *np.max(shapes, axis=0)], np.int64),
    )


deserialize_many_sparse = op("DeserializeManySparse", host=True)


@deserialize_many_sparse.shape
def deserialize_many_sparse_shape(serialized_sparse):
    with_rank(serialized_sparse, 2)
    return [(None, None), (None,), (None,)]


@deserialize_many_sparse.kernel
def deserialize_many_sparse_kernel(xp, serialized_sparse, *, dtype):
    rows = np.asarray(serialized_sparse, object)
    if rows.ndim != 2 or rows.shape[1] != 3:
        raise invalid(f"Serialized sparse should have 3 columns but has shape {format_shape(rows.shape)}")
    if not len(rows):
        raise invalid(
            "Serialized sparse should have at least 1 serialized tensor, but has a zero dimension "
            f"{format_shape(rows.shape)}"
        )
    return deserialized(rows.tolist(), dtype)


for _definition in (serialize_sparse, serialize_many_sparse, deserialize_many_sparse):
    _definition.not_differentiable("it deals with strings")
