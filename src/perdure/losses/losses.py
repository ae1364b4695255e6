"""The losses of tf.losses.

Each takes labels and predictions (or logits) and the same four last arguments, which go to
`compute_weighted_loss`: `weights`, `scope`, `loss_collection` and `reduction`.
"""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.array.array import ones_like, rank, squeeze, stop_gradient, zeros_like
from perdure.functional.array.array import shape as shape_of
from perdure.functional.array.gathering import where
from perdure.functional.array.shape_arithmetic import range as range_of
from perdure.functional.control.conditionals import cond
from perdure.functional.math.binary import (
    add,
    div_no_nan,
    equal,
    maximum,
    minimum,
    multiply,
    squared_difference,
    subtract,
)
from perdure.functional.math.cast import cast
from perdure.functional.math.counting import remove_squeezable_dimensions
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import abs, log, square
from perdure.functional.nn.activations import relu
from perdure.functional.nn.losses import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
)
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.dtypes import float32
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.losses.collection import add_loss
from perdure.losses.reduction import Reduction, compute_weighted_loss, num_present
from perdure.losses.weights import (
    assert_broadcastable,
    may_end_in_one,
)


def _require(**arguments: Any) -> None:
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f"{name} must not be None.")


def _as_floats(predictions: Any, labels: Any) -> tuple[Tensor, Tensor]:
    """Both as float32, their shapes checked against each other."""
    predictions, labels = cast(predictions, float32), cast(labels, float32)
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    return predictions, labels


def absolute_difference(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`abs(predictions - labels)`.

    Args:
        labels: what the predictions should be.
        predictions: tensors of the same shape.
        weights, scope, loss_collection, reduction: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(labels=labels, predictions=predictions)
    with name_scope(scope, "absolute_difference", (predictions, labels, weights)) as scope:
        predictions, labels = _as_floats(predictions, labels)
        losses = abs(subtract(predictions, labels))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def cosine_distance(
    labels: Any,
    predictions: Any,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
    dim: int | None = None,
) -> Tensor:
    """`1 - sum(predictions * labels)` along an axis, for vectors of length 1.

    Args:
        labels: what the predictions should be.
        predictions: tensors of the same shape.
        axis: the axis of the vectors.
        weights, scope, loss_collection, reduction: see `compute_weighted_loss`.
        dim: the older name of `axis`.

    Raises:
        ValueError: shapes that do not fit, None, or no axis.
    """
    axis = renamed("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    _require(labels=labels, predictions=predictions)
    with name_scope(scope, "cosine_distance_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _as_floats(predictions, labels)
        losses = 1 - reduce_sum(multiply(predictions, labels), axis=(axis,), keepdims=True)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def hinge_loss(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`max(0, 1 - sign * logits)`, with the sign that the label asks for.

    Args:
        labels: 0 or 1.
        logits: tensors of the same shape.
        weights, scope, loss_collection, reduction: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(labels=labels, logits=logits)
    with name_scope(scope, "hinge_loss", (logits, labels, weights)) as scope:
        logits, labels = _as_floats(logits, labels)
        ones = ones_like(labels)
        signs = subtract(2 * labels, ones)
        losses = relu(subtract(ones, multiply(signs, logits)))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def huber_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    delta: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`error**2 / 2` up to `delta`, and linear beyond.

    Args:
        labels: what the predictions should be.
        predictions: tensors of the same shape.
        weights: see `compute_weighted_loss`.
        delta: the absolute error where it becomes linear.
        scope, loss_collection, reduction: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(labels=labels, predictions=predictions)
    with name_scope(scope, "huber_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _as_floats(predictions, labels)
        error = abs(subtract(predictions, labels))
        quadratic = minimum(error, delta)
        linear = subtract(error, quadratic)
        half = convert_to_tensor(0.5, dtype=quadratic.dtype)
        losses = add(multiply(half, multiply(quadratic, quadratic)), multiply(delta, linear))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def log_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`-labels * log(predictions) - (1 - labels) * log(1 - predictions)`.

    Args:
        labels: between 0 and 1.
        predictions: probabilities, of the same shape.
        weights: see `compute_weighted_loss`.
        epsilon: added below the logarithms.
        scope, loss_collection, reduction: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(labels=labels, predictions=predictions)
    with name_scope(scope, "log_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _as_floats(predictions, labels)
        losses = -multiply(labels, log(predictions + epsilon)) - multiply(
            1 - labels, log(1 - predictions + epsilon)
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
) -> Tensor:
    """The mean squared difference between the errors of each two elements of an item of the batch.

    Args:
        labels: what the predictions should be; the first axis is the batch.
        predictions: tensors of the same shape.
        weights, scope, loss_collection: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(labels=labels, predictions=predictions)
    with name_scope(scope, "mean_pairwise_squared_error", (predictions, labels, weights)) as scope:
        weights = cast(weights, float32)
        labels = cast(labels, float32)
        with control_dependencies((assert_broadcastable(weights, labels),)):
            predictions = cast(predictions, float32)
            predictions.get_shape().assert_is_compatible_with(labels.get_shape())
            errors = subtract(predictions, labels)
            axes = range_of(1, rank(errors))
            squares = reduce_sum(square(errors), axis=axes, keepdims=True)
            count = num_present(errors, weights, per_batch=True)
            # The sum over pairs of (a - b)**2 is 2 * (n * sum(a**2) - sum(a)**2).
            term1 = 2.0 * div_no_nan(squares, maximum(count - 1, 0), name="value")
            total = reduce_sum(errors, axis=axes, keepdims=True)
            total_square = square(total)
            pairs = maximum(multiply(count, count - 1), 0)
            term2 = 2.0 * div_no_nan(total_square, pairs, name="value")
            loss = reduce_sum(multiply(term1 - term2, weights))
            mean = where(reduce_sum(count) > 0, loss, zeros_like(loss), name="value")
            add_loss(mean, loss_collection)
            return mean


def mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`(predictions - labels)**2`.

    Args:
        labels: what the predictions should be.
        predictions: tensors of the same shape.
        weights, scope, loss_collection, reduction: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(labels=labels, predictions=predictions)
    with name_scope(scope, "mean_squared_error", (predictions, labels, weights)) as scope:
        predictions, labels = _as_floats(predictions, labels)
        losses = squared_difference(predictions, labels)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sigmoid_cross_entropy(
    multi_class_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`tf.nn.sigmoid_cross_entropy_with_logits`, for classes that do not exclude each other.

    Args:
        multi_class_labels: between 0 and 1, `(batch, classes)`.
        logits: a tensor of the same shape.
        weights: see `compute_weighted_loss`.
        label_smoothing: how much labels are moved towards 1/2.
        scope, loss_collection, reduction: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(multi_class_labels=multi_class_labels, logits=logits)
    with name_scope(scope, "sigmoid_cross_entropy_loss", (logits, multi_class_labels, weights)) as scope:
        logits = convert_to_tensor(logits)
        labels = cast(multi_class_labels, logits.dtype)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(
    onehot_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`tf.nn.softmax_cross_entropy_with_logits`, with no gradient for the labels.

    Args:
        onehot_labels: a distribution over the classes for each item, `(batch, classes)`.
        logits: a tensor of the same shape.
        weights: see `compute_weighted_loss`; `(batch,)` or a scalar.
        label_smoothing: how much of each distribution is spread evenly.
        scope, loss_collection, reduction: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(onehot_labels=onehot_labels, logits=logits)
    with name_scope(scope, "softmax_cross_entropy_loss", (logits, onehot_labels, weights)) as scope:
        logits = convert_to_tensor(logits)
        labels = cast(onehot_labels, logits.dtype)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        if label_smoothing > 0:
            num_classes = cast(shape_of(labels)[-1], logits.dtype)
            spread = label_smoothing / num_classes
            labels = labels * (1.0 - label_smoothing) + spread
        labels = stop_gradient(labels, name="labels_stop_gradient")
        losses = softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`.

    Args:
        labels: the number of the class of each item, `(batch,)` or `(batch, 1)`.
        logits: `(batch, classes)`.
        weights, scope, loss_collection, reduction: see `compute_weighted_loss`.

    Raises:
        ValueError: shapes that do not fit, or None.
    """
    _require(labels=labels, logits=logits)
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", (logits, labels, weights)) as scope:
        labels, logits = remove_squeezable_dimensions(labels, logits, expected_rank_diff=1)
        if weights is not None:
            weights = _without_surplus_axis(convert_to_tensor(weights), labels)
        losses = sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def _without_surplus_axis(weights: Tensor, labels: Tensor) -> Tensor:
    """`weights` without a last axis of size 1 that `labels` do not have."""
    weights_rank, labels_rank = weights.get_shape().ndims, labels.get_shape().ndims
    if weights_rank is not None and labels_rank is not None:
        return squeeze(weights, [-1]) if weights_rank - labels_rank == 1 else weights
    difference = rank(weights) - rank(labels)
    if may_end_in_one(weights):
        weights = cond(equal(1, difference), lambda: squeeze(weights, [-1]), lambda: weights)
    return weights
