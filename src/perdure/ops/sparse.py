"""Sparse tensors, given as indices, values and shape, with dense ones: SparseTensorDenseAdd."""

import numpy as np

from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.gathering import scattered
from perdure.ops.registry import op

sparse_tensor_dense_add = op("SparseTensorDenseAdd", static=["a_shape"])


@sparse_tensor_dense_add.shape
def sparse_tensor_dense_add_shape(b):
    return b


@sparse_tensor_dense_add.kernel
def sparse_tensor_dense_add_kernel(xp, a_indices, a_values, a_shape, b):
    shape = np.shape(b)
    if np.ndim(a_indices) != 2:
        raise invalid("Input a_indices should be a matrix but received shape: "
                      f"{format_shape(np.shape(a_indices))}")
    if len(a_shape) != len(shape):
        raise invalid(f"Two operands have different ranks; received: {len(a_shape)} and {len(shape)}")
    for axis, (sparse, dense) in enumerate(zip(a_shape, shape, strict=True)):
        if sparse != dense:
            raise invalid(f"Dimension {axis} does not equal (no broadcasting is supported): sparse side "
                          f"{sparse} vs dense side {dense}")
        places = a_indices[:, axis]
        xp.require(xp.all((places >= 0) & (places < dense)),
                   f"Sparse tensor has some invalid index on dimension {axis}; dense tensor shape: "
                   f"{format_shape(shape)}")
    return scattered(xp, b, a_indices, a_values, "add")


@sparse_tensor_dense_add.gradient
def sparse_tensor_dense_add_gradient(g, d_output, a_indices):
    return {"a_values": g.tf.gather_nd(d_output, a_indices), "b": d_output}
