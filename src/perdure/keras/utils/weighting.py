"""Losses and metrics of elements brought to one number, with weights."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, rank, size, squeeze
from perdure.functional.array.array import shape as shape_op
from perdure.functional.control.conditionals import cond
from perdure.functional.math.binary import div_no_nan, equal, multiply
from perdure.functional.math.cast import cast
from perdure.functional.math.counting import remove_squeezable_dimensions
from perdure.functional.math.reductions import reduce_sum
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import float32
from perdure.graph.tensor import Tensor
from perdure.losses.weights import broadcast_weights


class Reduction:
    """What is made of the losses of the elements of a batch."""

    AUTO = "auto"  # sum_over_batch_size
    NONE = "none"  # nothing: they are returned
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"  # sum / number of elements

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All reductions."""
        return cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE

    @classmethod
    def validate(cls, key: str) -> None:
        """Check that `key` is a reduction.

        Raises:
            ValueError: it is not.
        """
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}.")


def squeeze_or_expand_dimensions(y_pred: Any, y_true: Any = None, sample_weight: Any = None) -> Any:
    """Predictions, targets and weights with a last axis of size 1 taken away, or one added, so that they fit.

    Args:
        y_pred: predictions.
        y_true: targets, or None.
        sample_weight: weights, or None.

    Returns:
        (y_pred, y_true), and the weights as the third if there are some.
    """
    predicted = y_pred.shape.ndims
    if y_true is not None:
        true = y_true.shape.ndims
        if true is not None and predicted is not None:
            if predicted - true != 1 or y_pred.shape.as_list()[-1] == 1:
                y_true, y_pred = remove_squeezable_dimensions(y_true, y_pred)
        else:
            difference = rank(y_pred) - rank(y_true)
            labels, predictions = y_true, y_pred
            ends_in_one = equal(1, shape_op(y_pred)[-1])

            def squeezed() -> Any:
                return remove_squeezable_dimensions(labels, predictions)

            y_true, y_pred = cond(
                equal(1, difference),
                lambda: cond(ends_in_one, squeezed, lambda: (labels, predictions)),
                squeezed,
            )
    if sample_weight is None:
        return y_pred, y_true
    weight = convert_to_tensor(sample_weight)
    weights = weight.shape.ndims
    if weights == 0:
        return y_pred, y_true, weight
    if predicted is not None and weights is not None:
        if weights - predicted == 1:
            weight = squeeze(weight, [-1])
        elif predicted - weights == 1:
            weight = expand_dims(weight, [-1])
        return y_pred, y_true, weight
    return y_pred, y_true, _adjusted(weight, y_pred)


def _adjusted(weight: Tensor, y_pred: Any) -> Tensor:
    """Weights squeezed or expanded when only a session knows the ranks."""
    weight_rank = rank(weight)
    difference = weight_rank - rank(y_pred)

    def expanded() -> Any:
        return cond(equal(difference, -1), lambda: expand_dims(weight, [-1]), lambda: weight)

    def adjusted() -> Any:
        return cond(equal(difference, 1), lambda: squeeze(weight, [-1]), expanded)

    return cond(equal(weight_rank, 0), lambda: weight, adjusted)


def scale_losses_by_sample_weight(losses: Any, sample_weight: Any) -> Tensor:
    """Losses times weights, as float32."""
    losses = cast(losses, float32)
    sample_weight = cast(sample_weight, float32)
    losses, _, sample_weight = squeeze_or_expand_dimensions(losses, None, sample_weight)
    return multiply(losses, broadcast_weights(sample_weight, losses))


def reduce_weighted_loss(weighted_losses: Tensor, reduction: str = Reduction.SUM_OVER_BATCH_SIZE) -> Tensor:
    """Weighted losses brought to one number."""
    if reduction == Reduction.NONE:
        return weighted_losses
    loss = reduce_sum(weighted_losses)
    if reduction == Reduction.SUM_OVER_BATCH_SIZE:
        with name_scope("num_elements") as scope:
            count = cast(size(weighted_losses, name=scope), weighted_losses.dtype)
        loss = div_no_nan(reduce_sum(loss), count, name="value")
    return loss


def compute_weighted_loss(
    losses: Any,
    sample_weight: Any = None,
    reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    name: str | None = None,
) -> Tensor:
    """The losses of elements, weighted and brought to one number.

    Args:
        losses: the losses of the elements.
        sample_weight: weights that fit them; 1 if None.
        reduction: a constant of `Reduction`.
        name: the name scope.

    Raises:
        ValueError: an unknown reduction.
    """
    Reduction.validate(reduction)
    if reduction == Reduction.AUTO:
        reduction = Reduction.SUM_OVER_BATCH_SIZE
    with name_scope(name or "weighted_loss"):
        losses = convert_to_tensor(losses)
        dtype = losses.dtype
        weighted = scale_losses_by_sample_weight(losses, 1.0 if sample_weight is None else sample_weight)
        return cast(reduce_weighted_loss(weighted, reduction), dtype)
