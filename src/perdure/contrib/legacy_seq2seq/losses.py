"""Weighted cross entropies of sequences that are lists of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.math.cast import cast
from perdure.functional.math.products import add_n
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.nn.losses import sparse_softmax_cross_entropy_with_logits
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def sequence_loss_by_example(
    logits: list[Any],
    targets: list[Any],
    weights: list[Any],
    average_across_timesteps: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """The weighted cross entropy of each sequence, (batch,).

    Args:
        logits: those of each step, (batch, classes).
        targets: the right classes of each step, int32 (batch,).
        weights: the weights of each step, float32 (batch,).
        average_across_timesteps: whether to divide by the sum of the weights.
        softmax_loss_function: from labels and logits to losses; cross entropy if None.
        name: the name scope.

    Raises:
        ValueError: the lists are of different lengths.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            "Lengths of logits, weights, and targets must be the same "
            f"{len(logits)}, {len(weights)}, {len(targets)}."
        )
    with name_scope(name, "sequence_loss_by_example", logits + targets + weights):
        losses = []
        for logit, target, weight in zip(logits, targets, weights, strict=True):
            if softmax_loss_function is None:
                target = reshape(target, [-1])
                loss = sparse_softmax_cross_entropy_with_logits(labels=target, logits=logit)
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            losses.append(loss * weight)
        total = add_n(losses)
        if average_across_timesteps:
            # Weights may all be 0.
            total /= add_n(weights) + 1e-12
    return total


def sequence_loss(
    logits: list[Any],
    targets: list[Any],
    weights: list[Any],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """The weighted cross entropy of all sequences, a scalar.

    Args:
        logits, targets, weights, average_across_timesteps, softmax_loss_function, name: as of
            `sequence_loss_by_example`.
        average_across_batch: whether to divide by the number of sequences.

    Raises:
        ValueError: the lists are of different lengths.
    """
    with name_scope(name, "sequence_loss", logits + targets + weights):
        cost = reduce_sum(
            sequence_loss_by_example(
                logits,
                targets,
                weights,
                average_across_timesteps=average_across_timesteps,
                softmax_loss_function=softmax_loss_function,
            )
        )
        if not average_across_batch:
            return cost
        return cost / cast(shape_op(targets[0])[0], cost.dtype)
