"""From the losses of the elements to one number: `tf.losses.compute_weighted_loss`."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import ones_like, rank, size, zeros_like
from perdure.functional.array.gathering import where
from perdure.functional.array.shape_arithmetic import range as range_of
from perdure.functional.math.binary import div_no_nan, equal, multiply
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.dtypes import float32
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.losses.collection import add_loss
from perdure.losses.weights import assert_broadcastable, broadcast_weights


class Reduction:
    """What is made of the weighted losses of the elements."""

    NONE = "none"  # nothing: they are returned
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"  # sum / number of elements
    MEAN = "weighted_mean"  # sum / sum of weights
    SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"  # sum / number of weights but 0
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All reductions."""
        return (
            cls.NONE,
            cls.SUM,
            cls.MEAN,
            cls.SUM_OVER_BATCH_SIZE,
            cls.SUM_OVER_NONZERO_WEIGHTS,
            cls.SUM_BY_NONZERO_WEIGHTS,
        )

    @classmethod
    def validate(cls, key: str) -> None:
        """Check that `key` is a reduction.

        Raises:
            ValueError: it is not.
        """
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}.")


def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """The weighted losses, brought to one number and put into a collection.

    Args:
        losses: the loss of each element.
        weights: a scalar, or weights of the rank of `losses` whose sizes are 1 or those of `losses`.
        scope: the name scope.
        loss_collection: where the result is put; nowhere if None.
        reduction: a constant of `tf.losses.Reduction`.

    Raises:
        ValueError: weights that cannot fit, or an unknown reduction.
    """
    Reduction.validate(reduction)
    with (
        name_scope(scope, "weighted_loss", (losses, weights)),
        control_dependencies((assert_broadcastable(weights, losses),)),
    ):
        losses = convert_to_tensor(losses)
        dtype = losses.dtype
        losses = cast(losses, float32)
        weights = cast(weights, float32)
        loss = multiply(losses, weights)
        if reduction != Reduction.NONE:
            loss = _reduced(loss, losses, weights, reduction)
        loss = cast(loss, dtype)
        add_loss(loss, loss_collection)
        return loss


def _reduced(weighted: Tensor, losses: Tensor, weights: Tensor, reduction: str) -> Tensor:
    total = reduce_sum(weighted)
    if reduction == Reduction.MEAN:
        return _safe_mean(total, reduce_sum(ones_like(losses) * weights))
    if reduction == Reduction.SUM_BY_NONZERO_WEIGHTS:
        return _safe_mean(total, num_present(losses, weights))
    if reduction == Reduction.SUM_OVER_BATCH_SIZE:
        return _safe_mean(total, _num_elements(losses))
    return total


def _safe_mean(losses: Tensor, count: Tensor) -> Tensor:
    """The sum of `losses` divided by `count`, and 0 if that is 0."""
    return div_no_nan(reduce_sum(losses), count, name="value")


def _num_elements(losses: Tensor) -> Tensor:
    with name_scope(None, "num_elements", [losses]) as scope:
        return cast(size(losses, name=scope), losses.dtype)


def num_present(losses: Tensor, weights: Tensor, per_batch: bool = False) -> Tensor:
    """How many elements of `losses` have a weight other than 0.

    Args:
        losses: the losses.
        weights: weights that fit them.
        per_batch: whether to count for each item of the first axis.
    """
    with name_scope(None, "num_present", (losses, weights)) as scope:
        weights = cast(weights, float32)
        present = where(equal(weights, 0.0), zeros_like(weights), ones_like(weights))
        present = broadcast_weights(present, losses)
        if not per_batch:
            return reduce_sum(present, name=scope)
        axes = range_of(1, rank(present))
        return reduce_sum(present, axis=axes, keepdims=True, name=scope)
