"""sequence_loss: the weighted cross entropy of sequences of logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.math.binary import div_no_nan
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import count_nonzero, reduce_sum
from perdure.functional.nn.losses import sparse_softmax_cross_entropy_with_logits
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """The weighted cross entropy of sequences.

    Args:
        logits: (batch, time, classes).
        targets: the right classes, int (batch, time).
        weights: float (batch, time); zeros behind the end of a sequence.
        average_across_timesteps, average_across_batch: whether to sum over that axis and divide by the sum of
            weights.
        sum_over_timesteps, sum_over_batch: whether to sum over that axis and divide by the number of weights
            that are not 0.
        softmax_loss_function: from labels (n,) and logits (n, classes) to losses (n,); cross entropy if None.
        name: the name scope.

    Returns:
        A scalar, or the losses along the axes that stay.

    Raises:
        ValueError: something is of another rank, or an axis is to be treated in both ways.
    """
    if len(logits.get_shape()) != 3:
        raise ValueError("Logits must be a [batch_size x sequence_length x logits] tensor")
    if len(targets.get_shape()) != 2:
        raise ValueError("Targets must be a [batch_size x sequence_length] tensor")
    if len(weights.get_shape()) != 2:
        raise ValueError("Weights must be a [batch_size x sequence_length] tensor")
    if average_across_timesteps and sum_over_timesteps:
        raise ValueError(
            "average_across_timesteps and sum_over_timesteps cannot be set to True at same time."
        )
    if average_across_batch and sum_over_batch:
        raise ValueError("average_across_batch and sum_over_batch cannot be set to True at same time.")
    with name_scope(name, "sequence_loss", [logits, targets, weights]):
        classes = shape_op(logits)[2]
        flat_logits = reshape(logits, [-1, classes])
        targets = reshape(targets, [-1])
        compute = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
        losses = compute(labels=targets, logits=flat_logits)
        losses *= reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            losses = reduce_sum(losses)
            return div_no_nan(losses, reduce_sum(weights))
        if sum_over_timesteps and sum_over_batch:
            losses = reduce_sum(losses)
            return div_no_nan(losses, cast(count_nonzero(weights), losses.dtype))
        losses = reshape(losses, shape_op(logits)[0:2])
        if average_across_timesteps or average_across_batch:
            axis = [0] if average_across_batch else [1]
            losses = reduce_sum(losses, axis=axis)
            return div_no_nan(losses, reduce_sum(weights, axis=axis))
        if sum_over_timesteps or sum_over_batch:
            axis = [0] if sum_over_batch else [1]
            losses = reduce_sum(losses, axis=axis)
            return div_no_nan(losses, cast(count_nonzero(weights, axis=axis), dtype=losses.dtype))
        return losses
