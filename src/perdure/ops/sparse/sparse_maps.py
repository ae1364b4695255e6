"""Sparse tensors under handles: AddSparseToTensorsMap, AddManySparseToTensorsMap,
TakeManySparseFromTensorsMap.

Names of inputs, outputs and attributes are rows of the signature table.  A map has the shared name of its
nodes, or else the name of the node that adds to it.
"""

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import with_rank
from perdure.ops.registry import op
from perdure.resources.sparse_maps import SparseTensorsMap

# -- shared by the family ------------------------------------------------------------------------


def check_matrix_and_vectors(sparse_indices, sparse_values, sparse_shape):
    """Refuse what are not the three parts of a sparse tensor."""
    for what, array, rank, kind in (
        ("indices", sparse_indices, 2, "matrix"),
        ("values", sparse_values, 1, "vector"),
        ("shape", sparse_shape, 1, "vector"),
    ):
        if array.ndim != rank:
            shown = ",".join(map(str, array.shape))
            raise InvalidArgumentError(
                None, None, f"Input {what} should be a {kind} but received shape [{shown}]"
            )


def check_ranks(sparse_indices, sparse_values, sparse_shape):
    with_rank(sparse_indices, 2)
    with_rank(sparse_values, 1)
    with_rank(sparse_shape, 1)


# -- AddSparseToTensorsMap -----------------------------------------------------------------------

add_sparse = op("AddSparseToTensorsMap", host=True, makes=SparseTensorsMap)


@add_sparse.shape
def add_sparse_shape(sparse_indices, sparse_values, sparse_shape):
    check_ranks(sparse_indices, sparse_values, sparse_shape)
    return ()


@add_sparse.kernel
def add_sparse_kernel(xp, sparse_indices, sparse_values, sparse_shape, *, obtain):
    check_matrix_and_vectors(sparse_indices, sparse_values, sparse_shape)
    return obtain().add([(sparse_indices, sparse_values, sparse_shape)])[0]


add_sparse.not_differentiable("returns a handle")

# -- AddManySparseToTensorsMap --------------------------------------------------------------------

add_many_sparse = op("AddManySparseToTensorsMap", host=True, makes=SparseTensorsMap)


@add_many_sparse.shape
def add_many_sparse_shape(sparse_indices, sparse_values, sparse_shape):
    check_ranks(sparse_indices, sparse_values, sparse_shape)
    return (None,)


@add_many_sparse.kernel
def add_many_sparse_kernel(xp, sparse_indices, sparse_values, sparse_shape, *, obtain):
    check_matrix_and_vectors(sparse_indices, sparse_values, sparse_shape)
    if len(sparse_shape) < 2:
        raise InvalidArgumentError(
            None, None, f"Rank of input SparseTensor should be > 1, but saw rank: {len(sparse_shape)}"
        )
    rows = []
    for row in range(sparse_shape[0]):
        inside = sparse_indices[:, 0] == row
        rows.append((sparse_indices[inside, 1:], sparse_values[inside], sparse_shape[1:]))
    return obtain().add(rows)


add_many_sparse.not_differentiable("returns handles")

# -- TakeManySparseFromTensorsMap ------------------------------------------------------------------

take_many_sparse = op("TakeManySparseFromTensorsMap", host=True, makes=SparseTensorsMap)


@take_many_sparse.shape
def take_many_sparse_shape(sparse_handles):
    with_rank(sparse_handles, 1)
    return [(None, None), (None,), (None,)]


@take_many_sparse.kernel
def take_many_sparse_kernel(xp, sparse_handles, *, obtain, dtype):
    if not len(sparse_handles):
        raise InvalidArgumentError(
            None, None, "Must have at least 1 serialized SparseTensor, but input matrix has 0 rows"
        )
    tensors = obtain().take(sparse_handles)
    indices, values, shapes = zip(*tensors, strict=True)
    for i, shape in enumerate(shapes):
        if len(shape) != len(shapes[0]):
            raise InvalidArgumentError(
                None,
                None,
                f"Inconsistent rank across SparseTensors: rank prior to SparseTensor[{i}] was: "
                f"{len(shapes[0]) + 1} but rank of SparseTensor[{i}] is: {len(shape) + 1}",
            )
    which = np.repeat(np.arange(len(tensors)), [len(part) for part in indices])
    together = np.concatenate(indices).astype(np.int64)
    return (
        np.concatenate([which[:, None], together], axis=1),
        np.concatenate(values).astype(dtype.as_numpy_dtype, copy=False),
        np.array([len(tensors), *np.max(shapes, axis=0)], np.int64),
    )


take_many_sparse.not_differentiable("it takes what was added in another step")
