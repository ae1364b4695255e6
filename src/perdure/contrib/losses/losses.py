"""Losses of predictions and labels, each the weighted mean over a batch that is kept in a collection."""

from __future__ import annotations

from typing import Any

from perdure.contrib.losses.weighting import add_loss, compute_weighted_loss, present_in_each, scaled
from perdure.functional.array.array import ones_like, reshape, zeros_like
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import where
from perdure.functional.math import binary, unary
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.nn import losses as nn
from perdure.functional.nn.activations import relu
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def _as_floats(predictions: Any, labels: Any) -> tuple[Any, Any]:
    predictions.shape.assert_is_compatible_with(labels.shape)
    return cast(predictions, dtypes.float32), cast(labels, dtypes.float32)


def absolute_difference(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """|predictions - labels|.

    Args:
        predictions, labels: tensors of one shape.
        weights, scope: see `compute_weighted_loss`.
    """
    with name_scope(scope, "absolute_difference", [predictions, labels, weights]) as scope:
        predictions, labels = _as_floats(predictions, labels)
        return compute_weighted_loss(unary.abs(binary.subtract(predictions, labels)), weights, scope=scope)


def sigmoid_cross_entropy(
    logits: Any,
    multi_class_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Tensor:
    """The cross entropy of labels that do not exclude each other.

    Args:
        logits, multi_class_labels: [batch size, classes].
        label_smoothing: how far labels are moved towards 1/2.
        weights, scope: see `compute_weighted_loss`.
    """
    labels = multi_class_labels
    with name_scope(scope, "sigmoid_cross_entropy_loss", [logits, labels, weights]) as scope:
        logits.shape.assert_is_compatible_with(labels.shape)
        labels = cast(labels, logits.dtype)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=scope)


def softmax_cross_entropy(
    logits: Any,
    onehot_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Tensor:
    """The cross entropy of labels that exclude each other.

    Args:
        logits, onehot_labels: [batch size, classes].
        label_smoothing: how far labels are moved towards 1 / classes.
        weights, scope: see `compute_weighted_loss`.
    """
    labels = onehot_labels
    with name_scope(scope, "softmax_cross_entropy_loss", [logits, labels, weights]) as scope:
        logits.shape.assert_is_compatible_with(labels.shape)
        labels = cast(labels, logits.dtype)
        if label_smoothing > 0:
            classes = cast(shape_op(labels)[1], logits.dtype)
            negatives = label_smoothing / classes
            labels = labels * (1.0 - label_smoothing) + negatives
        losses = nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=scope)


def sparse_softmax_cross_entropy(
    logits: Any, labels: Any, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """The cross entropy of labels that are numbers of classes.

    Args:
        logits: [batch size, classes].
        labels: [batch size] or [batch size, 1].
        weights, scope: see `compute_weighted_loss`.
    """
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", [logits, labels, weights]) as scope:
        labels = reshape(labels, shape=[shape_op(labels)[0]])
        losses = nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=scope)


def log_loss(
    predictions: Any,
    labels: Any = None,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: str | None = None,
) -> Tensor:
    """-labels * log(predictions) - (1 - labels) * log(1 - predictions).

    Args:
        predictions, labels: tensors of one shape.
        epsilon: added to what the logarithm is taken of.
        weights, scope: see `compute_weighted_loss`.
    """
    with name_scope(scope, "log_loss", [predictions, labels, weights]) as scope:
        predictions, labels = _as_floats(predictions, labels)
        losses = -binary.multiply(labels, unary.log(predictions + epsilon)) - binary.multiply(
            1 - labels, unary.log(1 - predictions + epsilon)
        )
        return compute_weighted_loss(losses, weights, scope=scope)


def hinge_loss(logits: Any, labels: Any = None, scope: str | None = None) -> Tensor:
    """max(0, 1 - logits) where a label is 1, max(0, 1 + logits) where it is 0; neither averaged nor kept.

    Args:
        logits, labels: tensors of one shape.
        scope: the name scope.
    """
    with name_scope(scope, "hinge_loss", [logits, labels]):
        logits.shape.assert_is_compatible_with(labels.shape)
        labels = cast(labels, dtypes.float32)
        one = ones_like(labels)
        signs = binary.subtract(2 * labels, one)
        margins: Tensor = relu(binary.subtract(one, binary.multiply(signs, logits)))
        return margins


def mean_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """(predictions - labels) ** 2.

    Args:
        predictions, labels: tensors of one shape.
        weights, scope: see `compute_weighted_loss`.
    """
    with name_scope(scope, "mean_squared_error", [predictions, labels, weights]) as scope:
        predictions, labels = _as_floats(predictions, labels)
        return compute_weighted_loss(binary.squared_difference(predictions, labels), weights, scope=scope)


def mean_pairwise_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """The squared errors of differences between elements of one example.

    Args:
        predictions, labels: tensors of one shape.
        weights, scope: see `compute_weighted_loss`.

    Raises:
        ValueError: an unknown rank.
    """
    with name_scope(scope, "mean_pairwise_squared_error", [predictions, labels, weights]):
        predictions, labels = _as_floats(predictions, labels)
        weights = cast(convert_to_tensor(weights), dtypes.float32)
        differences = binary.subtract(predictions, labels)
        for label, given in (("diffs", differences), ("weights", weights)):
            if given.shape.ndims is None:
                raise ValueError(f"{label}.get_shape().ndims cannot be None")
        axes = list(range(1, differences.shape.ndims))
        squares = reduce_sum(unary.square(differences), axis=axes)
        present = present_in_each(differences, weights)
        first = 2.0 * binary.div_no_nan(squares, present, name="value")
        sums = reduce_sum(differences, axis=axes)
        second = 2.0 * binary.div_no_nan(unary.square(sums), unary.square(present), name="value")
        loss = scaled(first - second, weights)
        mean: Tensor = where(reduce_sum(present) > 0, loss, zeros_like(loss), name="value")
        add_loss(mean)
        return mean


def cosine_distance(
    predictions: Any,
    labels: Any = None,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    dim: int | None = None,
) -> Tensor:
    """1 - the sum of predictions * labels along an axis, both of unit length.

    Args:
        predictions, labels: tensors of one shape.
        axis: the axis.
        weights, scope: see `compute_weighted_loss`.
        dim: an older name of `axis`.

    Raises:
        ValueError: no axis, or two.
    """
    if dim is not None:
        if axis is not None:
            raise ValueError("Cannot specify both 'axis' and 'dim'")
        axis = dim
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    with name_scope(scope, "cosine_distance_loss", [predictions, labels, weights]) as scope:
        predictions, labels = _as_floats(predictions, labels)
        losses = 1 - reduce_sum(binary.multiply(predictions, labels), axis=[axis])
        return compute_weighted_loss(losses, weights, scope=scope)
