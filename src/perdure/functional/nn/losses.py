"""tf.nn: losses of classifiers and of counts."""

from __future__ import annotations

import math
from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.array import array, joining, shape_arithmetic
from perdure.functional.array.gathering import where
from perdure.functional.array.rearranging import transpose
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.control.check_ops import assert_equal
from perdure.functional.math import binary, cast, unary
from perdure.functional.nn.activations import relu
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor

# -- shared by the family ---------------------------------------------------------


def _require_names(function: str, sentinel: Any, labels: Any, logits: Any) -> None:
    if sentinel is not None:
        raise ValueError(f"Only call `{function}` with named arguments (labels=..., logits=..., ...)")
    if labels is None or logits is None:
        raise ValueError("Both labels and logits must be provided.")


def _require_same_shape(first: Tensor, second: Tensor, names: str) -> None:
    try:
        first.get_shape().merge_with(second.get_shape())
    except ValueError:
        raise ValueError(
            f"{names} must have the same shape ({second.get_shape()} vs {first.get_shape()})"
        ) from None


# -- sigmoid ----------------------------------------------------------------------


def sigmoid_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross entropy of independent yes-or-no probabilities, for each element.

    Args:
        _sentinel: nothing; catches calls without argument names.
        labels: probabilities, of the type and shape of `logits`.
        logits: the log-odds.
        name: the name of the last node.

    Raises:
        ValueError: `labels` or `logits` is missing, or their shapes differ.
    """
    _require_names("sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "logistic_loss", [logits, labels]) as name:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        _require_same_shape(labels, logits, "logits and labels")
        # max(x, 0) - x * z + log(1 + exp(-|x|)), by selections whose gradient at 0 is right.
        zeros = array.zeros_like(logits, dtype=logits.dtype)
        is_positive = logits >= zeros
        positive_part = where(is_positive, logits, zeros)
        minus_size = where(is_positive, -logits, logits)
        return binary.add(
            positive_part - logits * labels,
            unary.log1p(unary.exp(minus_size)),
            name=name,
        )


def weighted_cross_entropy_with_logits(
    labels: Any = None,
    logits: Any = None,
    pos_weight: Any = None,
    name: str | None = None,
    targets: Any = None,
) -> Tensor:
    """Sigmoid cross entropy in which the positive examples weigh `pos_weight`.

    Args:
        labels: probabilities, of the type and shape of `logits`.
        logits: the log-odds.
        pos_weight: the weight of positive examples.
        name: the name of the last node.
        targets: the older name of `labels`.

    Raises:
        ValueError: the shapes of labels and logits differ.
    """
    labels = renamed("labels", labels, "targets", targets)
    with name_scope(name, "logistic_loss", [logits, labels]) as name:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        _require_same_shape(labels, logits, "logits and labels")
        weight = 1 + (pos_weight - 1) * labels
        base = (1 - labels) * logits
        minus_size = unary.exp(-unary.abs(logits))
        return binary.add(base, weight * (unary.log1p(minus_size) + relu(-logits)), name=name)


# -- softmax ----------------------------------------------------------------------


def softmax_cross_entropy_with_logits_v2(
    labels: Any, logits: Any, axis: Any = None, name: str | None = None, dim: Any = None
) -> Tensor:
    """The cross entropy of softmax(logits) against the distributions `labels`.

    Args:
        labels: probabilities along `axis`, of the shape of `logits`; gradients flow into them.
        logits: unscaled log probabilities.
        axis: the axis of the classes; the last if None.
        name: the name of the node.
        dim: the older name of `axis`.

    Returns:
        The losses, of the shape of `logits` without `axis`.
    """
    axis = renamed("axis", axis, "dim", dim)
    if axis is None:
        axis = -1
    with name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as name:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        is_half = logits.dtype in (dtypes.float16, dtypes.bfloat16)
        precise = cast.cast(logits, dtypes.float32) if is_half else logits
        labels = cast.cast(labels, precise.dtype)
        rank = array.rank(precise)
        shape = logits.get_shape()
        if axis != -1:
            precise = _move_to_end(precise, axis, rank)
            labels = _move_to_end(labels, axis, rank)
        moved_shape = array.shape(precise)
        precise, labels = _as_matrix(precise), _as_matrix(labels)
        loss, _ = g.softmax_cross_entropy_with_logits(precise, labels, name=name)
        result_shape = slice_of(moved_shape, [0], [binary.subtract(rank, 1)])
        loss = array.reshape(loss, result_shape)
        if shape.dims is not None:
            sizes = shape.as_list()
            del sizes[axis]
            loss.set_shape(sizes)
        return cast.cast(loss, logits.dtype) if is_half else loss


def softmax_cross_entropy_with_logits(
    _sentinel: Any = None,
    labels: Any = None,
    logits: Any = None,
    dim: int = -1,
    name: str | None = None,
    axis: Any = None,
) -> Tensor:
    """`softmax_cross_entropy_with_logits_v2` without a gradient for the labels.

    Args:
        _sentinel: nothing; catches calls without argument names.
        labels: probabilities along `dim`, of the shape of `logits`.
        logits: unscaled log probabilities.
        dim: the axis of the classes.
        name: the name of the node.
        axis: the newer name of `dim`; only one of the two may be given.

    Raises:
        ValueError: `labels` or `logits` is missing, or both names of the axis are given.
    """
    dim = renamed("axis", axis, "dim", dim)
    _require_names("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as name:
        labels = array.stop_gradient(labels, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, axis=dim, name=name)


def _move_to_end(tensor: Tensor, axis: Any, rank: Tensor) -> Tensor:
    permutation = joining.concat(
        [shape_arithmetic.range(axis), shape_arithmetic.range(axis + 1, rank), [axis]], 0
    )
    return transpose(tensor, permutation)


def _as_matrix(logits: Tensor) -> Tensor:
    """All axes but the last made one."""
    rank = array.rank(logits)
    last_size = slice_of(array.shape(logits), [binary.subtract(rank, 1)], [1])
    output = array.reshape(logits, joining.concat([[-1], last_size], 0))
    if logits._shape and None not in logits._shape[:-1]:
        output.set_shape([math.prod(logits._shape[:-1]), logits._shape[-1]])
    return output


def sparse_softmax_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross entropy of softmax(logits) against one class for each row.

    Args:
        _sentinel: nothing; catches calls without argument names.
        labels: classes, int32 or int64, of the shape of `logits` without its last axis.
        logits: unscaled log probabilities (..., classes).
        name: the name of the node.

    Returns:
        The losses, of the shape of `labels`.

    Raises:
        ValueError: `labels` or `logits` is missing, or their shapes do not go together.
    """
    _require_names("sparse_softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        labels = convert_to_tensor(labels)
        logits = convert_to_tensor(logits)
        is_half = logits.dtype == dtypes.float16
        precise = cast.cast(logits, dtypes.float32) if is_half else logits
        labels_static, logits_static = labels.get_shape(), logits.get_shape()
        labels_shape = array.shape(labels)
        is_known = labels_static.is_fully_defined() and logits_static[:-1].is_fully_defined()
        if logits_static.ndims == 0:
            raise ValueError(f"Logits cannot be scalars - received shape {logits_static}.")
        if None not in (logits_static.ndims, labels_static.ndims) and (
            labels_static.ndims != logits_static.ndims - 1
        ):
            raise ValueError(
                f"Rank mismatch: Rank of labels (received {labels_static.ndims}) should equal rank "
                f"of logits minus 1 (received {logits_static.ndims})."
            )
        if is_known and labels_static != logits_static[:-1]:
            raise ValueError(
                f"Shape mismatch: The shape of labels (received {labels_static}) should equal the "
                f"shape of logits except for the last dimension (received {logits_static})."
            )
        if logits_static.ndims == 2:
            loss, _ = g.sparse_softmax_cross_entropy_with_logits(precise, labels, name=name)
            return cast.cast(loss, dtypes.float16) if is_half else loss
        checks = []
        if not is_known:
            checks.append(assert_equal(array.shape(labels), array.shape(logits)[:-1]))
        with control_dependencies(checks):
            classes = array.shape(logits)[array.rank(logits) - 1]
            precise = array.reshape(precise, [-1, classes])
            labels = array.reshape(labels, [-1])
            loss, _ = g.sparse_softmax_cross_entropy_with_logits(precise, labels, name=name)
            loss = array.reshape(loss, labels_shape)
            loss.set_shape(labels_static)
            return cast.cast(loss, dtypes.float16) if is_half else loss


# -- counts -----------------------------------------------------------------------


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """The negative log-likelihood of counts under a Poisson distribution, up to a constant.

    Args:
        targets: the counts.
        log_input: the logarithms of the expected counts, of the shape of `targets`.
        compute_full_loss: whether Stirling's approximation of log(targets!) is added.
        name: a scope for the nodes.

    Raises:
        ValueError: the shapes differ.
    """
    with name_scope(name, "log_poisson_loss", [log_input, targets]) as name:
        log_input = convert_to_tensor(log_input, name="log_input")
        targets = convert_to_tensor(targets, name="targets")
        _require_same_shape(targets, log_input, "log_input and targets")
        result = unary.exp(log_input) - log_input * targets
        if compute_full_loss:
            half = constant(0.5, dtype=targets.dtype)
            two_pi = constant(2 * math.pi, dtype=targets.dtype)
            stirling = (targets * unary.log(targets)) - targets + (half * unary.log(two_pi * targets))
            zeros = array.zeros_like(targets, dtype=targets.dtype)
            ones = array.ones_like(targets, dtype=targets.dtype)
            is_small = binary.logical_and(targets >= zeros, targets <= ones)
            result += where(is_small, zeros, stirling)
        return result
