"""The mean of losses under weights of examples, and the collection that losses are kept in."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.arg_scope import add_arg_scope
from perdure.functional.array.array import ones, reshape, size, squeeze
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import where
from perdure.functional.array.slicing import slice as slice_op
from perdure.functional.math import binary
from perdure.functional.math.cast import cast
from perdure.functional.math.products import add_n
from perdure.functional.math.reductions import reduce_prod, reduce_sum
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, name_scope
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.losses.collection import get_losses, get_regularization_losses


@add_arg_scope
def add_loss(loss: Any, loss_collection: str | None = GraphKeys.LOSSES) -> None:
    """Put a loss into a collection; into none if `loss_collection` is None."""
    if loss_collection:
        add_to_collection(loss_collection, loss)


def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Tensor:
    """The sum of all losses.

    Args:
        add_regularization_losses: whether the regularization losses are counted.
        name: the name of the sum.
    """
    regularization = get_regularization_losses() if add_regularization_losses else []
    return add_n([*get_losses(), *regularization], name=name)


def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: str | None = None) -> Tensor:
    """The weighted mean of losses, over those whose weight is not 0; it is added to the losses.

    Args:
        losses: [batch size, ...].
        weights: a scalar, or as many first axes of the losses.
        scope: the name scope.

    Raises:
        ValueError: an unknown rank.
    """
    with name_scope(scope, "weighted_loss", [losses, weights]):
        losses = convert_to_tensor(losses)
        dtype = losses.dtype
        losses = cast(losses, dtypes.float32)
        weights = cast(convert_to_tensor(weights), dtypes.float32)
        for label, given in (("losses", losses), ("weights", weights)):
            if given.shape.ndims is None:
                raise ValueError(f"{label}.get_shape().ndims cannot be None")
        if weights.shape.ndims > 1 and weights.shape.dims[-1].is_compatible_with(1):
            weights = squeeze(weights, [-1])
        total = scaled(losses, weights)
        present = reduce_sum(present_in_each(losses, weights))
        mean: Tensor = cast(binary.div_no_nan(reduce_sum(total), present, name="value"), dtype)
        add_loss(mean)
        return mean


def scaled(losses: Tensor, weights: Tensor) -> Tensor:
    """The sum of losses times their weights."""
    axes = list(range(len(weights.shape), len(losses.shape)))
    return reduce_sum(binary.multiply(reduce_sum(losses, axis=axes), weights))


def present_in_each(losses: Tensor, weights: Tensor) -> Tensor:
    """How many losses of each example have a weight that is not 0."""
    rank = len(weights.shape)
    if rank == 0:
        batch_size = reshape(slice_op(shape_op(losses), [0], [1]), [])
        in_each = binary.div(cast(size(losses), dtypes.float32), cast(batch_size, dtypes.float32))
        in_each = where(binary.equal(weights, 0), 0.0, in_each)
        return binary.multiply(ones(reshape(batch_size, [1])), in_each)
    counted = cast(binary.not_equal(weights, 0), dtypes.float32)
    nonzero = reduce_sum(counted, axis=list(range(1, rank)))
    others = slice_op(shape_op(losses), [rank], [-1])
    return binary.multiply(nonzero, cast(reduce_prod(others), dtypes.float32))
