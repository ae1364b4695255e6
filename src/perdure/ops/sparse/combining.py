"""Sparse tensors with each other, and with dense ones of the same or of a smaller shape.

Names of inputs, outputs and attributes are rows of the signature table.
"""

import numpy as np

from perdure.graph.composite import SparseTensor
from perdure.graph.dtypes import int64
from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.sparse.merging import order_of

# -- shared by the family ------------------------------------------------------------------------


def check_two(a_indices, a_values, a_shape, b_indices, b_values, b_shape):
    """Refuse what are not the parts of two sparse tensors of one shape."""
    for what, arrays, rank, kind in (
        ("indices", (a_indices, b_indices), 2, "matrices"),
        ("values", (a_values, b_values), 1, "vectors"),
        ("shapes", (a_shape, b_shape), 1, "vectors"),
    ):
        if any(np.ndim(array) != rank for array in arrays):
            given = " and ".join(format_shape(np.shape(array)) for array in arrays)
            raise invalid(f"Input {what} should be {kind} but received shapes: {given}")
    for name, indices, values in (("a", a_indices, a_values), ("b", b_indices, b_values)):
        if len(indices) != len(values):
            raise invalid(f"Expected {len(indices)} non-empty input values, got {len(values)} for {name}")
    if len(a_shape) != len(b_shape):
        raise invalid(f"Operands do not have the same ranks; got shapes: {list(a_shape)} and {list(b_shape)}")
    for i, (first, second) in enumerate(zip(a_shape, b_shape, strict=True)):
        if first != second:
            raise invalid(f"Operands' shapes do not match: got {first} and {second} for dimension {i}")


def joined(a_indices, b_indices, shape):
    """The indices of two sparse tensors together, each once.

    Returns:
        The indices in order, and for the entries of either where they are among them.
    """
    both = np.concatenate([a_indices, b_indices])
    order = order_of(both, shape)
    in_order = both[order]
    is_new = np.ones(len(order), bool)
    is_new[1:] = (in_order[1:] != in_order[:-1]).any(axis=1)
    where = np.empty(len(order), np.int64)
    where[order] = np.cumsum(is_new) - 1
    return in_order[is_new], where[: len(a_indices)], where[len(a_indices) :]


# -- SparseAdd, SparseAddGrad --------------------------------------------------------------------

sparse_add = op("SparseAdd", host=True)


@sparse_add.shape
def sparse_add_shape(a_indices, a_shape):
    with_rank(a_shape, 1)
    rank = a_shape[0] if a_shape else None
    return [(None, rank), (None,), a_shape]


@sparse_add.kernel
def sparse_add_kernel(xp, a_indices, a_values, a_shape, b_indices, b_values, b_shape, thresh):
    check_two(a_indices, a_values, a_shape, b_indices, b_values, b_shape)
    if np.ndim(thresh):
        raise invalid(f"The magnitude threshold must be a scalar: got shape {format_shape(np.shape(thresh))}")
    indices, of_a, of_b = joined(a_indices, b_indices, a_shape)
    values = np.zeros(len(indices), a_values.dtype)
    # One that stands alone counts as it is: zero plus it would lose the sign of a zero.
    values[of_a] = a_values
    is_alone = ~np.isin(of_b, of_a)
    values[of_b[is_alone]] = b_values[is_alone]
    values[of_b[~is_alone]] += b_values[~is_alone]
    # Only a sum of two entries can be too small.
    is_kept = thresh <= np.abs(values)
    is_kept[of_b[is_alone]] = True
    is_kept[of_a[~np.isin(of_a, of_b)]] = True
    return indices[is_kept], values[is_kept], np.asarray(a_shape)


@sparse_add.gradient
def sparse_add_gradient(g, d_sum_values, a_indices, a_values, b_indices, b_values, sum_indices):
    d_a, d_b = g.sparse_add_grad(d_sum_values, a_indices, b_indices, sum_indices)
    d_a.set_shape(a_values.get_shape())
    d_b.set_shape(b_values.get_shape())
    return {"a_values": d_a, "b_values": d_b}


sparse_add_grad = op("SparseAddGrad", host=True)


@sparse_add_grad.shape
def sparse_add_grad_shape(a_indices, b_indices):
    return [with_rank(a_indices, 2)[:1], with_rank(b_indices, 2)[:1]]


@sparse_add_grad.kernel
def sparse_add_grad_kernel(xp, backprop_val_grad, a_indices, b_indices, sum_indices):
    if np.ndim(backprop_val_grad) != 1:
        raise invalid(
            "Input backprop_val_grad should be a vector but received shape: "
            f"{format_shape(np.shape(backprop_val_grad))}"
        )
    if len(backprop_val_grad) != len(sum_indices):
        raise invalid(
            f"# elements in backprop_val_grad and # rows in sum_indices should match (#nnz of sum): got "
            f"{len(backprop_val_grad)} and {len(sum_indices)}"
        )
    return (
        at_places(backprop_val_grad, sum_indices, a_indices),
        at_places(backprop_val_grad, sum_indices, b_indices),
    )


def at_places(values, indices, wanted):
    """The values of a sparse tensor at some indices; zero where it has none."""
    shape = np.max(np.concatenate([indices, wanted, np.zeros((1, indices.shape[1]), np.int64)]), axis=0) + 1
    together, here, there = joined(indices, wanted, shape)
    found = np.zeros(len(together), values.dtype)
    found[here] = values
    return found[there]


sparse_add_grad.not_differentiable("TensorFlow says so")

# -- SparseSparseMaximum, SparseSparseMinimum ----------------------------------------------------


def extreme_shape():
    return [(None, None), (None,)]


def extreme(choose):
    """The kernel of the larger or smaller of two sparse tensors."""

    def kernel(xp, a_indices, a_values, a_shape, b_indices, b_values, b_shape):
        check_two(a_indices, a_values, a_shape, b_indices, b_values, b_shape)
        indices, of_a, of_b = joined(a_indices, b_indices, a_shape)
        first, second = (np.zeros(len(indices), a_values.dtype) for _ in range(2))
        first[of_a], second[of_b] = a_values, b_values
        return indices, choose(first, second)

    return kernel


sparse_sparse_maximum = op("SparseSparseMaximum", host=True)
sparse_sparse_minimum = op("SparseSparseMinimum", host=True)
for _definition, _choose in ((sparse_sparse_maximum, np.maximum), (sparse_sparse_minimum, np.minimum)):
    _definition.shape(extreme_shape)
    _definition.kernel(extreme(_choose))
    _definition.refuse_gradient()

# -- SparseDenseCwiseAdd, SparseDenseCwiseMul, SparseDenseCwiseDiv -------------------------------


def cwise_shape(sp_indices):
    return with_rank(sp_indices, 2)[:1]


def cwise(combine):
    """The kernel of values with what a dense tensor has in their places, as if it was broadcast."""

    def kernel(xp, sp_indices, sp_values, sp_shape, dense):
        for what, array, rank in (
            ("indices", sp_indices, 2),
            ("values", sp_values, 1),
            ("shape", sp_shape, 1),
        ):
            if np.ndim(array) != rank:
                kind = "matrix" if rank == 2 else "vector"
                raise invalid(
                    f"Input sp_{what} should be a {kind} but received shape: {format_shape(np.shape(array))}"
                )
        sizes, shape = np.asarray(sp_shape).tolist(), np.shape(dense)
        added = len(sizes) - len(shape)
        fits = added >= 0 and all(b in (1, a) for a, b in zip(sizes[max(added, 0) :], shape, strict=False))
        if not fits:
            raise invalid(
                "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
                f"{format_shape(sizes)} vs. {format_shape(shape)}"
            )
        places = np.asarray(sp_indices)[:, added:]
        if len(places) and ((np.asarray(sp_indices) < 0) | (sp_indices >= np.asarray(sizes))).any():
            raise invalid("Provided indices are out-of-bounds w.r.t. dense side with broadcasted shape")
        places = places * (np.array(shape, np.int64) != 1)
        return combine(xp, np.asarray(sp_values), dense[tuple(places.T)])

    return kernel


def quotient(xp, values, others):
    if values.dtype.kind in "iu":
        if not others.all():
            raise invalid("Integer division by zero")
        return xp.truncate_divide(values, others)
    return values / others


cwise_add = op("SparseDenseCwiseAdd", host=True)
cwise_mul = op("SparseDenseCwiseMul", host=True)
cwise_div = op("SparseDenseCwiseDiv", host=True)
for _definition, _combine in (
    (cwise_add, lambda xp, values, others: values + others),
    (cwise_mul, lambda xp, values, others: values * others),
    (cwise_div, quotient),
):
    _definition.shape(cwise_shape)
    _definition.kernel(cwise(_combine))
cwise_add.refuse_gradient("Gradient for SparseDenseCwiseAdd is currently not implemented yet.")


def cwise_gradient(g, d_output, sp_indices, sp_values, sp_shape, dense, is_product):
    shape = g.cast(g.shape(dense), int64)
    added = g.expand_dims(g.size(sp_shape) - g.size(shape), 0)
    whole = g.concat([g.ones(added, int64), shape], 0)
    scaled = sp_indices // (sp_shape // whole)
    scaled = g.slice(scaled, g.concat([[0], added], 0), [-1, -1])
    there = g.gather_nd(dense, scaled)
    if is_product:
        d_values, d_there = d_output * there, d_output * sp_values
    else:
        d_values, d_there = d_output / there, d_output * (-sp_values / g.square(there))
    d_dense = SparseTensor(scaled, d_there, shape)
    zeros = g.zeros_like(dense)
    added_up = g.sparse_tensor_dense_add(d_dense.indices, d_dense.values, d_dense.dense_shape, zeros)
    return {"sp_values": d_values, "dense": added_up}


@cwise_mul.gradient
def cwise_mul_gradient(g, d_output, sp_indices, sp_values, sp_shape, dense):
    return cwise_gradient(g, d_output, sp_indices, sp_values, sp_shape, dense, True)


@cwise_div.gradient
def cwise_div_gradient(g, d_output, sp_indices, sp_values, sp_shape, dense):
    return cwise_gradient(g, d_output, sp_indices, sp_values, sp_shape, dense, False)


# -- SparseSoftmax -------------------------------------------------------------------------------

sparse_softmax = op("SparseSoftmax", host=True)


@sparse_softmax.shape
def sparse_softmax_shape(sp_indices, sp_values):
    with_rank(sp_indices, 2)
    return with_rank(sp_values, 1)


@sparse_softmax.kernel
def sparse_softmax_kernel(xp, sp_indices, sp_values, sp_shape):
    indices, values = np.asarray(sp_indices), np.asarray(sp_values)
    if indices.ndim != 2:
        raise invalid(
            f"Input sp_indices should be a matrix but received shape: {format_shape(indices.shape)}"
        )
    if values.ndim != 1 or np.ndim(sp_shape) != 1:
        raise invalid(
            "Inputs sp_values and sp_shape should be vectors but received shapes: "
            f"{format_shape(values.shape)} and {format_shape(np.shape(sp_shape))}"
        )
    if len(sp_shape) < 2:
        raise invalid(f"Input should have rank >= 2, but received shape: {list(np.asarray(sp_shape))}")
    if not len(values):
        return values
    # As in TensorFlow, entries stay where they are: those of a row are next to each other.
    starts = np.flatnonzero(np.r_[True, (indices[1:, :-1] != indices[:-1, :-1]).any(axis=1)])
    counts = np.diff(np.r_[starts, len(values)])
    exponents = np.exp(values - np.repeat(np.maximum.reduceat(values, starts), counts))
    return exponents / np.repeat(np.add.reduceat(exponents, starts), counts)


@sparse_softmax.gradient
def sparse_softmax_gradient(g, d_output, output, sp_indices, sp_shape):
    product = SparseTensor(sp_indices, output * d_output, sp_shape)
    sums = -g.sparse_reduce_sum(product.indices, product.values, product.dense_shape, [-1], keep_dims=True)
    total = g.sparse_dense_cwise_add(sp_indices, d_output, sp_shape, sums)
    return {"sp_values": total * output}
