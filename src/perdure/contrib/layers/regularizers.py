"""Penalties on large weights: functions from a variable to a scalar loss."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable
from typing import Any

from perdure.functional.math import binary, unary
from perdure.functional.math.products import add_n
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.nn.normalization import l2_loss
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, get_collection, name_scope
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.platform import logging

Regularizer = Callable[[Any], Tensor | None]


def l1_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """scale * sum(|weights|).

    Args:
        scale: a float or a scalar tensor; 0.0 for no penalty at all.
        scope: the name scope of the operations.

    Raises:
        ValueError: `scale` is an integer or negative.
    """
    if not _is_on(scale, ""):
        return _nothing

    def l1(weights: Any, name: str | None = None) -> Tensor:
        with name_scope(scope, "l1_regularizer", [weights]) as name:
            factor = _factor(scale, weights)
            return binary.multiply(factor, reduce_sum(unary.abs(weights)), name=name)

    return l1


def l2_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """scale * sum(weights ** 2) / 2.

    Args:
        scale: a float or a scalar tensor; 0.0 for no penalty at all.
        scope: the name scope of the operations.

    Raises:
        ValueError: `scale` is an integer or negative.
    """
    if not _is_on(scale, "."):
        return _nothing

    def l2(weights: Any) -> Tensor:
        with name_scope(scope, "l2_regularizer", [weights]) as name:
            factor = _factor(scale, weights)
            return binary.multiply(factor, l2_loss(weights), name=name)

    return l2


def l1_l2_regularizer(
    scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None
) -> Regularizer | None:
    """The sum of an L1 and an L2 penalty.

    Args:
        scale_l1, scale_l2: see `l1_regularizer`, `l2_regularizer`.
        scope: the name scope of the operations.

    Raises:
        ValueError: a scale is an integer or negative.
    """
    for label, scale in (("scale_l1", scale_l1), ("scale_l2", scale_l2)):
        if isinstance(scale, numbers.Integral):
            raise ValueError(f"{label} cannot be an integer: {scale}")
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


def sum_regularizer(
    regularizer_list: Iterable[Regularizer | None], scope: str | None = None
) -> Regularizer | None:
    """The sum of penalties; None if there is none.

    Args:
        regularizer_list: the penalties; Nones are left out.
        scope: the name scope of the operations.
    """
    regularizers = [regularizer for regularizer in regularizer_list if regularizer is not None]
    if not regularizers:
        return None

    def sum_of_all(weights: Any) -> Tensor | None:
        with name_scope(scope, "sum_regularizer", [weights]) as name:
            made = [regularizer(weights) for regularizer in regularizers]
            penalties = [penalty for penalty in made if penalty is not None]
            return add_n(penalties, name=name) if penalties else None

    return sum_of_all


def apply_regularization(regularizer: Regularizer, weights_list: Any = None) -> Tensor:
    """The sum of the penalties of weights, which is added to `GraphKeys.REGULARIZATION_LOSSES`.

    Args:
        regularizer: a function from a tensor to a scalar.
        weights_list: tensors or variables; those of `GraphKeys.WEIGHTS` if there are none.

    Raises:
        ValueError: there are no weights, or a penalty is no scalar.
    """
    weights_list = weights_list or get_collection(GraphKeys.WEIGHTS)
    if not weights_list:
        raise ValueError("No weights to regularize.")
    with name_scope("get_regularization_penalty", values=weights_list) as scope:
        made = [regularizer(weights) for weights in weights_list]
        penalties = [constant(0.0) if penalty is None else penalty for penalty in made]
        for penalty in penalties:
            if penalty.shape.ndims != 0:
                raise ValueError(
                    "regularizer must return a scalar Tensor instead of a Tensor with rank "
                    f"{penalty.shape.ndims}."
                )
        total = add_n(penalties, name=scope)
        add_to_collection(GraphKeys.REGULARIZATION_LOSSES, total)
        return total


def _is_on(scale: Any, end: str) -> bool:
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"scale cannot be an integer: {scale}")
    if not isinstance(scale, numbers.Real):
        return True
    if scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}{end}")
    if scale == 0.0:
        logging.info("Scale of 0 disables regularizer.")
    return scale != 0.0


def _nothing(weights: Any) -> None:
    return None


def _factor(scale: Any, weights: Any) -> Tensor:
    return convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
