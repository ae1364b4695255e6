"""Sparse tensors, given as indices, values and shape, with dense ones, or made dense."""

import numpy as np

from perdure.graph.shapes import format_shape
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
