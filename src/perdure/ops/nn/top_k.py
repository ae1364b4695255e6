"""The largest values of each row, whether a class is among them, and the n-th smallest value."""

from perdure.graph.shapes import format_shape, merge_size, with_rank, with_rank_at_least
from perdure.ops.checks import invalid, scalar
from perdure.ops.registry import op
from perdure.ops.traits import WINDOW

# -- shared by the family ---------------------------------------------------------


def static_count(value, position):
    """A static input that counts something, as an int; None if it is not known.

    Raises:
        ValueError: it is no scalar, or negative.
    """
    if value is None:
        return None
    if value.ndim != 0:
        raise ValueError(f"Shape must be rank 0 but is rank {value.ndim}")
    if value < 0:
        raise ValueError(
            f"Dimension size, given by scalar input {position}, must be non-negative but is {value}"
        )
    return int(value)


# -- TopK, TopKV2 -----------------------------------------------------------------


def top_k_shapes(input, k):
    with_rank_at_least(input, 1)
    if input is None:
        return [None, None]
    if k is not None and input[-1] is not None and input[-1] < k:
        raise ValueError(f"input must have last dimension >= k = {k} but is {input[-1]}")
    shape = (*input[:-1], k)
    return [shape, shape]


def compute_top_k(xp, input, k):
    if input.ndim < 1:
        raise invalid(f"input must be >= 1-D, got shape {format_shape(input.shape)}")
    if k < 0:
        raise invalid(f"Need k >= 0, got {k}")
    if input.shape[-1] < k:
        raise invalid(f"input must have at least k columns. Had {input.shape[-1]}, needed {k}")
    return xp.top_k(input, k)


def top_k_gradient(g, d_values, input, indices):
    """Scatter the gradient to the places its values came from, in the input laid out flat."""
    in_shape, index_shape = g.shape(input), g.shape(indices)
    columns = g.gather(g.cast(index_shape, "int64"), g.size(index_shape) - 1)
    rows = g.reshape(indices, g.stack([-1, columns]))
    width = g.gather(g.cast(in_shape, "int64"), g.size(in_shape) - 1)
    count = g.shape(rows)[0]
    starts = g.range(0, g.cast(count, "int64") * width, width)
    flat = g.reshape(rows + g.cast(g.expand_dims(starts, -1), "int32"), [-1])
    scattered = g.scatter_nd(g.expand_dims(flat, -1), g.reshape(d_values, [-1]), [g.reduce_prod(in_shape)])
    return g.reshape(scattered, in_shape)


top_k_v2 = op("TopKV2", static=["k"], ranks={"k": 0}, work=WINDOW)


@top_k_v2.shape
def top_k_v2_shape(input, k):
    return top_k_shapes(input, static_count(k, 1))


@top_k_v2.kernel
def top_k_v2_kernel(xp, input, k):
    if k.ndim:
        raise invalid(f"k must be scalar, got shape {format_shape(k.shape)}")
    return compute_top_k(xp, input, int(k))


@top_k_v2.gradient
def top_k_v2_gradient(g, d_values, input, indices):
    d_input = top_k_gradient(g, d_values, input, indices)
    return {"input": d_input, "k": g.zeros([], dtype="int32")}


top_k = op("TopK", work=WINDOW)


@top_k.shape
def top_k_shape(input, *, k):
    return top_k_shapes(input, k)


@top_k.kernel
def top_k_kernel(xp, input, *, k):
    return compute_top_k(xp, input, k)


@top_k.gradient
def top_k_gradient_rule(g, d_values, input, indices):
    return {"input": top_k_gradient(g, d_values, input, indices)}


# -- InTopK, InTopKV2 -------------------------------------------------------------


def in_top_k_shape(predictions, targets):
    predictions, targets = with_rank(predictions, 2), with_rank(targets, 1)
    return (merge_size(predictions[0], targets[0]),)


def compute_in_top_k(xp, predictions, targets, k):
    if predictions.ndim != 2:
        raise invalid("predictions must be 2-dimensional")
    if targets.ndim != 1:
        raise invalid("targets must be 1-dimensional")
    rows, classes = predictions.shape
    if rows != targets.shape[0]:
        raise invalid(
            f"First dimension of predictions {rows} must match length of targets {targets.shape[0]}"
        )
    if classes == 0:
        return xp.zeros(rows, bool)
    exists = (targets >= 0) & (targets < classes)
    column = xp.clip(targets, 0, classes - 1)[:, None]
    chosen = xp.take_along_axis(predictions, column, axis=1)
    better = xp.sum(predictions > chosen, axis=1)
    # One prediction that is not finite makes the whole row undecidable.
    decidable = xp.all(xp.isfinite(predictions), axis=1)
    return exists & decidable & (better < k)


in_top_k = op("InTopK")


@in_top_k.shape
def in_top_k_v1_shape(predictions, targets):
    return in_top_k_shape(predictions, targets)


@in_top_k.kernel
def in_top_k_kernel(xp, predictions, targets, *, k):
    return compute_in_top_k(xp, predictions, targets, k)


in_top_k.refuse_gradient()

in_top_k_v2 = op("InTopKV2")


@in_top_k_v2.shape
def in_top_k_v2_shape(predictions, targets, k):
    with_rank(k, 0)
    return in_top_k_shape(predictions, targets)


@in_top_k_v2.kernel
def in_top_k_v2_kernel(xp, predictions, targets, k):
    return compute_in_top_k(xp, predictions, targets, k)


in_top_k_v2.refuse_gradient()

# -- NthElement -------------------------------------------------------------------

nth_element = op("NthElement", static=["n"], ranks={"n": 0})


@nth_element.shape
def nth_element_shape(input, n):
    with_rank_at_least(input, 1)
    n = static_count(n, 1)
    if input is None:
        return None
    if n is not None and input[-1] is not None and input[-1] <= n:
        raise ValueError(f"Input must have last dimension > n = {n} but is {input[-1]}")
    return input[:-1]


@nth_element.kernel
def nth_element_kernel(xp, input, n, *, reverse):
    if input.ndim < 1:
        raise invalid(f"Input must be >= 1-D, got shape {format_shape(input.shape)}")
    n = scalar(n, "n")
    if n < 0:
        raise invalid(f"Need n >= 0, got {n}")
    if input.shape[-1] <= n:
        raise invalid("Input must have at least n+1 columns")
    return xp.sort(input, axis=-1)[..., -1 - n if reverse else n]


@nth_element.gradient
def nth_element_gradient(g, d_values, input, values):
    # Elements equal to the value share its gradient.
    is_equal = g.equal(g.expand_dims(values, -1), input)
    indicators = g.cast(is_equal, d_values.dtype)
    d_values = g.expand_dims(d_values, -1)
    count = g.expand_dims(g.reduce_sum(indicators, -1), -1)
    return {"input": g.div(indicators, count) * d_values}
