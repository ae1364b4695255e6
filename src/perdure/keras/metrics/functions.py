"""Functions of targets and predictions that are measured."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import squeeze
from perdure.functional.math.binary import equal
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import argmax
from perdure.functional.nn.top_k import in_top_k
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.keras.backend.math import mean
from perdure.keras.config import floatx


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """Whether predictions are equal to targets."""
    y_pred.shape.assert_is_compatible_with(y_true.shape)
    if y_true.dtype != y_pred.dtype:
        y_pred = cast(y_pred, y_true.dtype)
    return cast(equal(y_true, y_pred), floatx())


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """How many predictions above or below a threshold are right, over the last axis."""
    threshold = cast(threshold, y_pred.dtype)
    y_pred = cast(y_pred > threshold, y_pred.dtype)
    return mean(equal(y_true, y_pred), axis=-1)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """Whether the largest prediction is that of the class with the largest target."""
    return cast(equal(argmax(y_true, axis=-1), argmax(y_pred, axis=-1)), floatx())


def _class_numbers(y_true: Any, y_pred: Any) -> Any:
    """Numbers of classes without a last axis of size 1."""
    predicted = convert_to_tensor(y_pred).shape.ndims
    true = convert_to_tensor(y_true).shape.ndims
    if true is not None and predicted is not None and true == predicted:
        return squeeze(y_true, [-1])
    return y_true


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """Whether the largest prediction is that of the class with this number."""
    y_true = _class_numbers(y_true, y_pred)
    y_pred = argmax(y_pred, axis=-1)
    if y_pred.dtype.base_dtype != y_true.dtype.base_dtype:
        y_pred = cast(y_pred, y_true.dtype.base_dtype.name)
    return cast(equal(y_true, y_pred), floatx())


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """Whether the class with the largest target is among the `k` largest predictions."""
    return cast(in_top_k(y_pred, argmax(y_true, axis=-1), k), floatx())


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """Whether the class with this number is among the `k` largest predictions."""
    y_true = _class_numbers(y_true, y_pred)
    return cast(in_top_k(y_pred, cast(y_true, "int32"), k), floatx())
