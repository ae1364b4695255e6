"""Sparse tensors, given as indices, values and shape, with dense ones, or made dense."""

import numpy as np

from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.array.gathering import scattered
from perdure.ops.checks import invalid
from perdure.ops.random.random import known_shape
from perdure.ops.registry import op

# -- SparseTensorDenseAdd ---------------------------------------------------------

sparse_tensor_dense_add = op("SparseTensorDenseAdd", static=["a_shape"])


@sparse_tensor_dense_add.shape
def sparse_tensor_dense_add_shape(b):
    return b


@sparse_tensor_dense_add.kernel
def sparse_tensor_dense_add_kernel(xp, a_indices, a_values, a_shape, b):
    shape = np.shape(b)
    if np.ndim(a_indices) != 2:
        raise invalid(
            f"Input a_indices should be a matrix but received shape: {format_shape(np.shape(a_indices))}"
        )
    if len(a_shape) != len(shape):
        raise invalid(f"Two operands have different ranks; received: {len(a_shape)} and {len(shape)}")
    for axis, (sparse, dense) in enumerate(zip(a_shape, shape, strict=True)):
        if sparse != dense:
            raise invalid(
                f"Dimension {axis} does not equal (no broadcasting is supported): sparse side "
                f"{sparse} vs dense side {dense}"
            )
        places = a_indices[:, axis]
        xp.require(
            xp.all((places >= 0) & (places < dense)),
            f"Sparse tensor has some invalid index on dimension {axis}; dense tensor shape: "
            f"{format_shape(shape)}",
        )
    return scattered(xp, b, a_indices, a_values, "add")


@sparse_tensor_dense_add.gradient
def sparse_tensor_dense_add_gradient(g, d_output, a_indices):
    return {"a_values": g.gather_nd(d_output, a_indices), "b": d_output}


# -- SparseToDense ----------------------------------------------------------------

# How many indices there are differs from step to step where they were found by a host operation; what
# comes out is of one shape.  So the clusters behind it are compiled once if it is a host operation too.
sparse_to_dense = op("SparseToDense", static=["output_shape"], sizes=["output_shape"], host=True)


@sparse_to_dense.shape
def sparse_to_dense_shape(output_shape):
    if output_shape is None:
        return None
    return known_shape(tuple(None if size == -1 else size for size in output_shape))


@sparse_to_dense.kernel
def sparse_to_dense_kernel(
    xp, sparse_indices, output_shape, sparse_values, default_value, *, validate_indices
):
    indices, values = np.asarray(sparse_indices), np.asarray(sparse_values)
    if indices.ndim > 2:
        raise invalid(
            f"sparse_indices should be a scalar, vector, or matrix, got shape {format_shape(indices.shape)}"
        )
    count, depth = indices.size if indices.ndim < 2 else indices.shape[0], 1
    if indices.ndim == 2:
        depth = indices.shape[1]
    if output_shape.ndim != 1:
        raise invalid(f"output_shape should be a vector, got shape {format_shape(output_shape.shape)}")
    if len(output_shape) != depth:
        raise invalid(
            f"output_shape has incorrect number of elements: {len(output_shape)} should be: {depth}"
        )
    if values.ndim and values.shape != (count,):
        raise invalid(
            f"sparse_values has incorrect shape {format_shape(values.shape)}, should be [] or [{count}]"
        )
    if np.ndim(default_value):
        raise invalid("default_value should be a scalar.")
    if (output_shape < 0).any():
        raise invalid(f"Dimension {output_shape[output_shape < 0][0]} must be >= 0")
    places = indices.reshape(count, depth)
    _check_places(places, output_shape, validate_indices)
    dense = np.full(output_shape, default_value, values.dtype)
    dense[tuple(places.T)] = values
    return dense


def _check_places(places, shape, in_order):
    outside = ((places < 0) | (places >= shape)).any(axis=1)
    if outside.any():
        if not in_order:
            raise invalid(f"Indices are not valid (out of bounds).  Shape: {format_shape(shape)}")
        i = int(outside.argmax())
        raise invalid(
            f"indices[{i}] = {format_shape(places[i])} is out of bounds: need 0 <= index < "
            f"{format_shape(shape)}"
        )
    if in_order and len(places) > 1:
        numbers = np.ravel_multi_index(tuple(places.T), tuple(shape))
        steps = np.diff(numbers)
        if (steps <= 0).any():
            i = int((steps <= 0).argmax()) + 1
            wrong = (
                "is repeated"
                if steps[i - 1] == 0
                else "is out of order. Many sparse ops require sorted indices."
            )
            raise invalid(f"indices[{i}] = {format_shape(places[i])} {wrong}")


@sparse_to_dense.gradient
def sparse_to_dense_gradient(g, d_dense, sparse_indices, output_shape):
    values = g.gather_nd(d_dense, sparse_indices)
    default = g.reduce_sum(d_dense) - g.reduce_sum(values)
    return {
        "sparse_indices": g.zeros_like(sparse_indices),
        "output_shape": g.zeros_like(output_shape),
        "sparse_values": values,
        "default_value": default,
    }


# -- SparseTensorDenseMatMul ------------------------------------------------------

sparse_tensor_dense_mat_mul = op("SparseTensorDenseMatMul", sizes=["a_shape"])


@sparse_tensor_dense_mat_mul.shape
def sparse_tensor_dense_mat_mul_shape(a_indices, a_values, a_shape, b, *, adjoint_a, adjoint_b):
    with_rank(a_indices, 2)
    with_rank(a_values, 1)
    b = with_rank(b, 2)
    if adjoint_b:
        b = b[::-1]
    rows, inner = (None, None) if a_shape is None else with_rank(a_shape, 2)[:: -1 if adjoint_a else 1]
    if inner is not None and b[0] is not None and inner != b[0]:
        raise ValueError(f"Dimensions must be equal, but are {inner} and {b[0]}")
    return rows, b[1]


@sparse_tensor_dense_mat_mul.kernel
def sparse_tensor_dense_mat_mul_kernel(xp, a_indices, a_values, a_shape, b, *, adjoint_a, adjoint_b):
    for what, array, rank, kind in (
        ("b", b, 2, "matrix"),
        ("a_shape", a_shape, 1, "vector"),
        ("a_indices", a_indices, 2, "matrix"),
        ("a_values", a_values, 1, "vector"),
    ):
        if np.ndim(array) != rank:
            raise invalid(f"Tensor '{what}' is not a {kind}")
    if len(a_shape) != 2:
        raise invalid("Tensor 'a_shape' must have 2 elements")
    if np.shape(a_indices)[0] != np.shape(a_values)[0]:
        raise invalid(
            f"Number of rows of a_indices does not match number of entries in a_values: "
            f"{np.shape(a_indices)[0]} vs. {np.shape(a_values)[0]}"
        )
    if np.shape(a_indices)[1] != 2:
        raise invalid(
            f"Number of columns of a_indices does not match number of entries in a_shape: "
            f"{np.shape(a_indices)[1]} vs. 2"
        )
    rows, inner = (int(size) for size in (a_shape[::-1] if adjoint_a else a_shape))
    height, width = np.shape(b)[::-1] if adjoint_b else np.shape(b)
    if inner != height:
        raise invalid(
            f"Cannot multiply A and B because inner dimension does not match: {inner} vs. {height}.  Did you "
            "forget a transpose?  Dimensions of A: "
            f"[{rows}, {inner}).  Dimensions of B: {format_shape(np.shape(b))}"
        )
    first, second = (1, 0) if adjoint_a else (0, 1)
    targets, sources = a_indices[:, first], a_indices[:, second]
    for letter, places, limit, column in (("m", targets, rows, first), ("k", sources, inner, second)):
        inside = (places >= 0) & (places < limit)
        xp.require(xp.all(inside), lambda: _first_outside(letter, places, inside, limit, column))  # noqa: B023
    if adjoint_b:
        b = xp.conj(b).T
    # As in TensorFlow, the sparse matrix is only transposed.
    return xp.segment_sum(a_values[:, None] * b[sources], targets, rows)


def _first_outside(letter, places, inside, limit, column):
    i = int(np.asarray(inside).argmin())
    return f"{letter} ({places[i]}) from index[{i},{column}] out of bounds (>={limit})"


@sparse_tensor_dense_mat_mul.gradient
def sparse_tensor_dense_mat_mul_gradient(
    g, d_product, a_indices, a_values, a_shape, b, *, adjoint_a, adjoint_b
):
    if a_values.dtype.is_complex:
        raise NotImplementedError("SparseTensorDenseMatMul op does not support complex gradients.")
    d_b = g.sparse_tensor_dense_mat_mul(a_indices, a_values, a_shape, d_product, adjoint_a=not adjoint_a)
    if adjoint_b:
        d_b = g.transpose(d_b)
    rows, columns = a_indices[:, 0], a_indices[:, 1]
    parts_a = g.gather(d_product, columns if adjoint_a else rows)
    parts_b = g.gather(g.transpose(b) if adjoint_b else b, rows if adjoint_a else columns)
    return {"a_values": g.reduce_sum(parts_a * parts_b, axis=1), "b": d_b}
