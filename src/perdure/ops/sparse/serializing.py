"""Sparse tensors in one tensor, and back: SerializeSparse, SerializeManySparse, DeserializeSparse ...

Names of inputs, outputs and attributes are rows of the signature table.  A sparse tensor is three strings or
variants: indices, values and shape.  A string is a serialized TensorProto, a variant holds the array itself.
"""

import numpy as np

from perdure.graph.dtypes import as_dtype, int64, string, variant, word_of
from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.sparse.merging import check_parts


def parts_of(indices, values, shape, dtype, out_type):
    """The three parts as strings or variants."""
    if out_type is variant:
        return [indices, values, shape]
    from perdure.formats.graph.tensor_strings import string_of_tensor

    return [
        string_of_tensor(indices, int64),
        string_of_tensor(values, dtype),
        string_of_tensor(shape, int64),
    ]


def as_array(rows):
    """Rows of parts as an array of objects: a part may be an array itself."""
    array = np.empty((len(rows), 3), object)
    for row, parts in zip(array, rows, strict=True):
        for i, part in enumerate(parts):
            row[i] = part
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
    check_parts(sparse_indices, sparse_values, sparse_shape)
    return as_array([parts_of(sparse_indices, sparse_values, sparse_shape, T, out_type)])[0]


serialize_many_sparse = op("SerializeManySparse", host=True)


@serialize_many_sparse.shape
def serialize_many_sparse_shape(sparse_indices, sparse_values, sparse_shape):
    with_rank(sparse_indices, 2)
    with_rank(sparse_values, 1)
    with_rank(sparse_shape, 1)
    return None, 3


@serialize_many_sparse.kernel
def serialize_many_sparse_kernel(xp, sparse_indices, sparse_values, sparse_shape, *, T, out_type):  # noqa: N803
    check_parts(sparse_indices, sparse_values, sparse_shape)
    indices, values = np.asarray(sparse_indices), np.asarray(sparse_values)
    if len(sparse_shape) < 2:
        raise invalid(f"Rank of input SparseTensor should be > 1, but saw rank: {len(sparse_shape)}")
    first = indices[:, 0]
    if np.any(np.diff(first) < 0):
        order = np.argsort(first, kind="stable")
        indices, values, first = indices[order], values[order], first[order]
    starts = np.searchsorted(first, np.arange(int(sparse_shape[0]) + 1))
    spans = [slice(start, end) for start, end in zip(starts[:-1], starts[1:], strict=True)]
    shape = np.asarray(sparse_shape)[1:]
    return as_array([parts_of(indices[span, 1:], values[span], shape, T, out_type) for span in spans])


def deserialized(rows, dtype):
    """The parts of several sparse tensors, which must be of one rank."""
    from perdure.formats.graph.tensor_strings import tensor_in_string

    found = []
    for i, row in enumerate(rows):
        parts = []
        for item in row:
            if isinstance(item, np.ndarray):
                parts.append((string if item.dtype == object else as_dtype(item.dtype), item))
                continue
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
    return found


def together(found, places):
    """Sparse tensors of one rank as one with more dimensions before theirs.

    Args:
        found: the parts of each.
        places: the sizes of these dimensions.
    """
    indices, values, shapes = zip(*found, strict=True)
    where = np.array(list(np.ndindex(*places)), np.int64).reshape(len(found), len(places))
    where = np.repeat(where, [len(each) for each in indices], axis=0)
    return (
        np.concatenate([where, np.concatenate(indices)], axis=1).astype(np.int64),
        np.concatenate(values),
        np.array([*places, *np.max(shapes, axis=0)], np.int64),
    )


deserialize_sparse = op("DeserializeSparse", host=True)


@deserialize_sparse.shape
def deserialize_sparse_shape(serialized_sparse):
    return [(None, None), (None,), (None,)]


@deserialize_sparse.kernel
def deserialize_sparse_kernel(xp, serialized_sparse, *, dtype):
    shape = np.shape(serialized_sparse)
    if not shape or shape[-1] != 3:
        raise invalid(
            f"Serialized sparse should have 3 as the last dimension but received shape {format_shape(shape)}"
        )
    found = deserialized(np.reshape(serialized_sparse, (-1, 3)).tolist(), dtype)
    if len(shape) == 1:
        return found[0]
    if not found:
        raise invalid(
            "Serialized sparse should have at least 1 serialized tensor, but has a zero dimension "
            f"{format_shape(shape)}"
        )
    return together(found, shape[:-1])


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
    return together(deserialized(rows.tolist(), dtype), rows.shape[:1])


for _definition in (
    serialize_sparse,
    serialize_many_sparse,
    deserialize_sparse,
    deserialize_many_sparse,
):
    _definition.not_differentiable("it deals with strings")
