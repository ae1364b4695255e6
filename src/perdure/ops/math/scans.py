"""Running reductions along one axis: Cumsum, Cumprod, CumulativeLogsumexp."""

import numpy as np

from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import WINDOW


def same_shape(x):
    return x


def axis_of(x, axis):
    """The axis counted from the front."""
    if np.ndim(axis):
        raise invalid(f"ScanOp: axis must be a scalar, not {format_shape(np.shape(axis))}")
    if not -x.ndim <= axis < x.ndim:
        raise invalid(f"ScanOp: Expected scan axis in the range [{-x.ndim}, {x.ndim}), but got {int(axis)}")
    return int(axis) % x.ndim


# -- Cumsum -----------------------------------------------------------------------

cumsum = op("Cumsum", static=["axis"], work=WINDOW)
cumsum.shape(same_shape)


@cumsum.kernel
def cumsum_kernel(xp, x, axis, *, exclusive, reverse):
    return xp.cumulative(x, axis_of(x, axis), multiply=False, exclusive=exclusive, reverse=reverse)


@cumsum.gradient
def cumsum_gradient(g, d_out, axis, *, exclusive, reverse):
    return {"x": g.cumsum(d_out, axis, exclusive=exclusive, reverse=not reverse)}


# -- Cumprod ----------------------------------------------------------------------

cumprod = op("Cumprod", static=["axis"], work=WINDOW)
cumprod.shape(same_shape)


@cumprod.kernel
def cumprod_kernel(xp, x, axis, *, exclusive, reverse):
    return xp.cumulative(x, axis_of(x, axis), multiply=True, exclusive=exclusive, reverse=reverse)


@cumprod.gradient
def cumprod_gradient(g, d_out, x, axis, *, exclusive, reverse):
    # Not finite where x is 0, as in TensorFlow.
    product = g.cumprod(x, axis, exclusive=exclusive, reverse=reverse)
    summed = g.cumsum(product * d_out, axis, exclusive=exclusive, reverse=not reverse)
    return {"x": summed / x}


# -- CumulativeLogsumexp ----------------------------------------------------------

cumulative_logsumexp = op("CumulativeLogsumexp", static=["axis"])
cumulative_logsumexp.shape(same_shape)


@cumulative_logsumexp.kernel
def cumulative_logsumexp_kernel(xp, x, axis, *, exclusive, reverse):
    return xp.cumulative_logsumexp(x, axis_of(x, axis), exclusive=exclusive, reverse=reverse)


@cumulative_logsumexp.gradient
def cumulative_logsumexp_gradient(g, d_out, out, x, axis, *, exclusive, reverse):
    # In logs, hence apart for the positive and the negative part of the gradient.
    lowest = d_out.dtype.min
    log_positive = g.where_v2(g.greater(d_out, 0), g.log(d_out), lowest)
    log_negative = g.where_v2(g.less(d_out, 0), g.log(-d_out), lowest)

    def backwards(logs):
        return g.exp(
            g.cumulative_logsumexp(logs - out, axis=axis, reverse=not reverse, exclusive=exclusive) + x
        )

    positive = backwards(log_positive)
    negative = backwards(log_negative)
    return {"x": positive - negative}
