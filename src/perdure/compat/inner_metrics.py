"""What programs use inside `tensorflow.python.ops.metrics_impl` to build metrics of their own."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import identity
from perdure.functional.math.binary import div_no_nan
from perdure.graph.tensor import Tensor
from perdure.metrics.common import collected


def _aggregate_variable(v: Any, collections: Any) -> Tensor:
    """The value of a metric's variable, which is added to the collections, if any."""
    return collected(identity(v), collections)


def _safe_scalar_div(numerator: Tensor, denominator: Tensor, name: str) -> Tensor:
    """The quotient of two scalars or vectors, 0 where the denominator is.

    Raises:
        ValueError: they have more axes.
    """
    for tensor in (numerator, denominator):
        tensor.get_shape().with_rank_at_most(1)
    return div_no_nan(numerator, denominator, name=name)
