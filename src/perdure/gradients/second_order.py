"""tf.hessians: second derivatives."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import reshape, shape
from perdure.functional.array.joining import concat, stack
from perdure.gradients.driver import gradients
from perdure.graph.defaults import name_scope


def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
) -> list[Any]:
    """The matrices of second derivatives of the sum of ys with respect to each of xs.

    The rows are unrolled into the graph (TensorFlow makes a loop), so the size of each x must be known.

    Args:
        ys, xs, colocate_gradients_with_ops, gate_gradients, aggregation_method: as for `gradients`.
        name: the name scope of the new operations.

    Returns:
        For each x a tensor of shape `x.shape + x.shape`.

    Raises:
        LookupError: an operation on the way has no gradient.
        ValueError: the size of an x is not known while the graph is built, or ys do not depend on it.
    """
    options: dict[str, Any] = {
        "colocate_gradients_with_ops": colocate_gradients_with_ops,
        "gate_gradients": gate_gradients,
        "aggregation_method": aggregation_method,
    }
    xs = list(xs) if isinstance(xs, (list, tuple)) else [xs]
    with name_scope(name, "hessians"):
        result = []
        for x, gradient in zip(xs, gradients(ys, xs, **options), strict=True):
            size = x.get_shape().num_elements()
            if size is None:
                raise ValueError(
                    f"tf.hessians needs the size of {x.name} while the graph is built, but its shape is "
                    f"{x.get_shape()}"
                )
            if gradient is None:
                raise ValueError(f"tf.hessians: ys do not depend on {x.name}")
            flat = reshape(gradient, [-1])
            rows = [gradients(flat[i], x, **options)[0] for i in range(size)]
            sizes = shape(x)
            rows = [row if row is not None else x * 0 for row in rows]
            result.append(reshape(stack(rows), concat([sizes, sizes], 0)))
        return result
