"""tf.hessians: second derivatives."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import reshape, shape, size
from perdure.functional.array.joining import concat
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.gradients.driver import gradients
from perdure.graph import dtypes
from perdure.graph.constants import constant


def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
) -> list[Any]:
    """The matrices of second derivatives of the sum of ys with respect to each of xs.

    Args:
        ys, xs, colocate_gradients_with_ops, gate_gradients, aggregation_method: as for `gradients`.
        name: not used, as in TensorFlow.

    Returns:
        For each x a tensor of shape `x.shape + x.shape`, whose rows a loop makes.

    Raises:
        LookupError: an operation on the way has no gradient.
        ValueError: a second derivative does not depend on an x.
    """
    xs = list(xs) if isinstance(xs, (list, tuple)) else [xs]
    firsts = gradients(
        ys,
        xs,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
    )
    return [_hessian(first, x) for first, x in zip(firsts, xs, strict=True)]


def _hessian(first: Any, x: Any) -> Any:
    flat = reshape(first, [-1])
    count = size(x)
    _, rows = while_loop(
        lambda i, _: i < count,
        lambda i, rows: (i + 1, rows.write(i, gradients(flat[i], x)[0])),
        [constant(0, dtypes.int32), TensorArray(x.dtype, count)],
    )
    sizes = shape(x)
    return reshape(rows.stack(), concat((sizes, sizes), 0))
