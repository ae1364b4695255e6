"""Products of matrices, and sums of many tensors."""

import functools
import operator

from perdure.graph import shapes
from perdure.graph.errors import FailedPreconditionError
from perdure.graph.shapes import format_shape
from perdure.ops.broadcasting import sum_to
from perdure.ops.checks import invalid
from perdure.ops.control import variants
from perdure.ops.registry import op
from perdure.ops.traits import PRODUCT, Algebra

# -- MatMul -----------------------------------------------------------------------

matmul = op("MatMul", work=PRODUCT, algebra=Algebra.MATRIX_PRODUCT)


@matmul.shape
def matmul_shape(a, b, *, transpose_a, transpose_b):
    rows, inner_a = reversed(shapes.with_rank(a, 2)) if transpose_a else shapes.with_rank(a, 2)
    inner_b, columns = reversed(shapes.with_rank(b, 2)) if transpose_b else shapes.with_rank(b, 2)
    shapes.merge_size(inner_a, inner_b)
    return (rows, columns)


@matmul.kernel
def matmul_kernel(xp, a, b, *, transpose_a, transpose_b):
    for position, matrix in enumerate((a, b)):
        if matrix.ndim != 2:
            raise invalid(
                f"In[{position}] is not a matrix. Instead it has shape {format_shape(matrix.shape)}"
            )
    left, right = a.T if transpose_a else a, b.T if transpose_b else b
    if left.shape[1] != right.shape[0]:
        raise invalid(
            f"Matrix size-incompatible: In[0]: {format_shape(a.shape)}, In[1]: {format_shape(b.shape)}"
        )
    return xp.matrix_product(left, right)


@matmul.gradient
def matmul_gradient(g, d_product, a, b, *, transpose_a, transpose_b):
    # For c = a b: da = dc b', db = a' dc.  A transposed argument swaps and transposes the product.
    a, b = g.conj(a), g.conj(b)
    if transpose_a:
        d_a = g.mat_mul(b, d_product, transpose_a=transpose_b, transpose_b=True)
    else:
        d_a = g.mat_mul(d_product, b, transpose_b=not transpose_b)
    if transpose_b:
        d_b = g.mat_mul(d_product, a, transpose_a=True, transpose_b=transpose_a)
    else:
        d_b = g.mat_mul(a, d_product, transpose_a=not transpose_a)
    return {"a": d_a, "b": d_b}


# -- BatchMatMul, BatchMatMulV2 ---------------------------------------------------

batch_matmul = op("BatchMatMul", work=PRODUCT)
batch_matmul_v2 = op("BatchMatMulV2", work=PRODUCT)


def matrices_shape(x, y, adj_x, adj_y):
    """The shape of one matrix of the result, from shapes of rank 2 or more."""
    rows, inner_x = x[:-3:-1] if adj_x else x[-2:]
    inner_y, columns = y[:-3:-1] if adj_y else y[-2:]
    shapes.merge_size(inner_x, inner_y)
    return (rows, columns)


@batch_matmul.shape
def batch_matmul_shape(x, y, *, adj_x, adj_y):
    shapes.with_rank_at_least(x, 2)
    shapes.with_rank_at_least(y, 2)
    if x is None or y is None:
        return None
    return shapes.merge(x[:-2], y[:-2]) + matrices_shape(x, y, adj_x, adj_y)


@batch_matmul_v2.shape
def batch_matmul_v2_shape(x, y, *, adj_x, adj_y):
    shapes.with_rank_at_least(x, 2)
    shapes.with_rank_at_least(y, 2)
    if x is None or y is None:
        return None
    return shapes.broadcast(x[:-2], y[:-2]) + matrices_shape(x, y, adj_x, adj_y)


def batch_matmul_kernel(xp, x, y, *, adj_x, adj_y):
    for position, matrices in enumerate((x, y)):
        if matrices.ndim < 2:
            raise invalid(f"In[{position}] ndims must be >= 2: {matrices.ndim}")
    left = xp.conj(xp.swapaxes(x, -1, -2)) if adj_x else x
    right = xp.conj(xp.swapaxes(y, -1, -2)) if adj_y else y
    if left.shape[-1] != right.shape[-2]:
        raise invalid(
            f"In[0] mismatch In[1] shape: {left.shape[-1]} vs. {right.shape[-2]}: "
            f"{format_shape(x.shape)} {format_shape(y.shape)} {adj_x:d} {adj_y:d}"
        )
    for a, b in zip(x.shape[-3::-1], y.shape[-3::-1], strict=False):
        if a != b and a != 1 and b != 1:
            raise invalid(
                "In[0] and In[1] must have compatible batch dimensions: "
                f"{format_shape(x.shape)} vs. {format_shape(y.shape)}"
            )
    return xp.matrix_product(left, right)


def matrix_gradients(g, d_output, x, y, adj_x, adj_y):
    """The gradients of x and y before anything is summed over repeated batch axes."""
    if adj_x:
        d_x = g.matmul(y, d_output, adjoint_a=adj_y, adjoint_b=True)
    else:
        d_x = g.matmul(d_output, y, adjoint_a=False, adjoint_b=not adj_y)
    if adj_y:
        d_y = g.matmul(d_output, x, adjoint_a=True, adjoint_b=adj_x)
    else:
        d_y = g.matmul(x, d_output, adjoint_a=not adj_x, adjoint_b=False)
    return d_x, d_y


batch_matmul.kernel(batch_matmul_kernel)
batch_matmul_v2.kernel(batch_matmul_kernel)


@batch_matmul.gradient
def batch_matmul_gradient(g, d_output, x, y, *, adj_x, adj_y):
    d_x, d_y = matrix_gradients(g, d_output, x, y, adj_x, adj_y)
    return {"x": d_x, "y": d_y}


@batch_matmul_v2.gradient
def batch_matmul_v2_gradient(g, d_output, x, y, *, adj_x, adj_y):
    d_x, d_y = matrix_gradients(g, d_output, x, y, adj_x, adj_y)
    x_known, y_known = x.shape.as_tuple(), y.shape.as_tuple()
    if not (shapes.is_fully_defined(x_known) and x_known == y_known):
        x_shape, y_shape = g.shape(x), g.shape(y)
        x_axes, y_axes = g.broadcast_gradient_args(x_shape[:-2], y_shape[:-2])
        d_x = sum_to(g, d_x, x_axes, x_shape)
        d_y = sum_to(g, d_y, y_axes, y_shape)
    return {"x": d_x, "y": d_y}


# -- SparseMatMul: dense matrices of which one is said to have many zeros -----------

sparse_matmul = op("SparseMatMul")
sparse_matmul.shape(matmul_shape)


@sparse_matmul.kernel
def sparse_matmul_kernel(xp, a, b, *, transpose_a, transpose_b):
    a, b = a.astype(xp.float32), b.astype(xp.float32)
    return matmul_kernel(xp, a, b, transpose_a=transpose_a, transpose_b=transpose_b)


@sparse_matmul.gradient
def sparse_matmul_gradient(g, d_product, a, b, *, transpose_a, transpose_b, a_is_sparse, b_is_sparse):
    d_is_sparse = d_product.op.type == "ReluGrad"  # TensorFlow's guess

    def product(x, x_is_sparse, y, y_is_sparse, dtype, flip_x=False, flip_y=False):
        if flip_y:
            y = g.transpose(y)
        result = g.matmul(x, y, transpose_a=flip_x, a_is_sparse=x_is_sparse, b_is_sparse=y_is_sparse)
        return result if result.dtype == dtype else g.cast(result, dtype)

    d, sparse_a, sparse_b = (d_product, d_is_sparse), (a, a_is_sparse), (b, b_is_sparse)
    type_a, type_b = a.dtype.base_dtype, b.dtype.base_dtype
    if transpose_a:
        d_a = product(*sparse_b, *d, type_a, flip_x=transpose_b, flip_y=True)
    else:
        d_a = product(*d, *sparse_b, type_a, flip_y=not transpose_b)
    if transpose_b:
        d_b = product(*d, *sparse_a, type_b, flip_x=True, flip_y=transpose_a)
    else:
        d_b = product(*sparse_a, *d, type_b, flip_x=not transpose_a)
    return {"a": d_a, "b": d_b}


# -- AddN, AccumulateNV2 ----------------------------------------------------------

add_n = op("AddN", algebra=Algebra.SUM)


@add_n.shape
def add_n_shape(inputs):
    result = None
    for position in reversed(range(len(inputs))):
        try:
            result = shapes.merge(inputs[position], result)
        except ValueError as error:
            raise ValueError(f"{error}\n\tFrom merging shape {position} with other shapes.") from error
    return result


@add_n.kernel
def add_n_kernel(xp, inputs, *, node_name):
    if isinstance(inputs[0], (variants.ListValue, variants.Optional)):
        return functools.reduce(operator.add, inputs)
    for position, array in enumerate(inputs):
        if array.shape != inputs[0].shape:
            first, other = format_shape(inputs[0].shape), format_shape(array.shape)
            raise invalid(
                f"Inputs to operation {node_name} of type AddN must have the same size and "
                f"shape.  Input 0: {first} != input {position}: {other}"
            )
    return xp.sum_in_order(inputs)


accumulate_n = op("AccumulateNV2")


@accumulate_n.shape
def accumulate_n_shape(*, shape):
    return shape


@accumulate_n.kernel
def accumulate_n_kernel(xp, inputs):
    return xp.sum_in_order(inputs)


def add_n_gradient(g, d_sum, inputs):
    return {"inputs": [d_sum] * len(inputs)}


add_n.gradient(add_n_gradient)
accumulate_n.gradient(add_n_gradient)

# -- Cross ------------------------------------------------------------------------

cross = op("Cross")


@cross.shape
def cross_shape(a, b):
    shapes.with_rank_at_least(a, 1)
    shapes.with_rank_at_least(b, 1)
    for shape in (a, b):
        if shape is not None:
            shapes.with_size(shape[-1], 3)
    return shapes.merge(a, b)


@cross.kernel
def cross_kernel(xp, a, b):
    if a.shape != b.shape:
        raise invalid(
            f"Both inputs must be of same shape: {format_shape(a.shape)} vs. {format_shape(b.shape)}"
        )
    if a.shape[-1] != 3:
        raise FailedPreconditionError(None, None, "Cross-products are only defined for 3-element vectors.")
    a1, a2, a3 = a[..., 0], a[..., 1], a[..., 2]
    b1, b2, b3 = b[..., 0], b[..., 1], b[..., 2]
    return xp.stack([a2 * b3 - a3 * b2, a3 * b1 - a1 * b3, a1 * b2 - a2 * b1], axis=-1)


@cross.gradient
def cross_gradient(g, d_product, a, b):
    return {"a": g.cross(b, d_product), "b": g.cross(d_product, a)}
