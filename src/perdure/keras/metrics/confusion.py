"""Metrics of right and wrong decisions: Precision, Recall, AUC, MeanIoU and kin."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np

from perdure.functional.array.array import expand_dims, ones_like, reshape, size
from perdure.functional.array.gathering import where
from perdure.functional.array.joining import stack
from perdure.functional.array.rearranging import tile
from perdure.functional.array.searching import one_hot
from perdure.functional.control.check_ops import assert_greater_equal, assert_less_equal
from perdure.functional.control.control import group
from perdure.functional.linalg.matrix import diag_part
from perdure.functional.math import binary, unary
from perdure.functional.math.cast import cast
from perdure.functional.math.counting import confusion_matrix
from perdure.functional.math.reductions import argmin, reduce_sum
from perdure.functional.nn.top_k import top_k as top_k_op
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.keras import initializers
from perdure.keras.backend.state import batch_set_value, set_value
from perdure.keras.config import epsilon
from perdure.keras.metrics.metric import Metric
from perdure.keras.utils.objects import to_list
from perdure.keras.utils.weighting import squeeze_or_expand_dimensions
from perdure.losses.weights import broadcast_weights

_NEGATIVE_INFINITY = -1e10


class ConfusionMatrix(enum.Enum):
    """The four kinds of decisions."""

    TRUE_POSITIVES = "tp"
    FALSE_POSITIVES = "fp"
    TRUE_NEGATIVES = "tn"
    FALSE_NEGATIVES = "fn"


class AUCCurve(enum.Enum):
    """Which curve is summed."""

    ROC = "ROC"
    PR = "PR"

    @staticmethod
    def from_str(key: str) -> AUCCurve:
        """The curve of a name.

        Raises:
            ValueError: unknown.
        """
        if key in ("pr", "PR"):
            return AUCCurve.PR
        if key in ("roc", "ROC"):
            return AUCCurve.ROC
        raise ValueError(f'Invalid AUC curve value "{key}".')


class AUCSummationMethod(enum.Enum):
    """What lies between two points of a curve."""

    INTERPOLATION = "interpolation"
    MAJORING = "majoring"
    MINORING = "minoring"

    @staticmethod
    def from_str(key: str) -> AUCSummationMethod:
        """The method of a name.

        Raises:
            ValueError: unknown.
        """
        if key not in ("interpolation", "Interpolation", "majoring", "Majoring", "minoring", "Minoring"):
            raise ValueError(f'Invalid AUC summation method value "{key}".')
        return AUCSummationMethod(key.lower())


def _checked_thresholds(thresholds: Any, default_threshold: float = 0.5) -> list[float]:
    if thresholds is None:
        return to_list(default_threshold)
    found = to_list(thresholds)
    invalid = [t for t in found if t is None or t < 0 or t > 1]
    if invalid:
        raise ValueError(f"Threshold values must be in [0, 1]. Invalid values: {invalid}")
    return found


def update_confusion_matrix_variables(
    variables_to_update: dict[ConfusionMatrix, Any],
    y_true: Any,
    y_pred: Any,
    thresholds: Any,
    top_k: int | None = None,
    class_id: int | None = None,
    sample_weight: Any = None,
) -> Any:
    """The operation that counts decisions.

    Args:
        variables_to_update: the variables of the kinds that are counted, with an element for each threshold.
        y_true: targets of 0 and 1.
        y_pred: predictions between 0 and 1.
        thresholds: above which of them a decision is positive.
        top_k: how many of the largest predictions can be positive at all.
        class_id: the only class that is looked at.
        sample_weight: what decisions count for.

    Raises:
        ValueError: unknown kinds.
    """
    y_true = cast(y_true, dtypes.float32)
    y_pred = cast(y_pred, dtypes.float32)
    y_pred.shape.assert_is_compatible_with(y_true.shape)
    checks = [
        assert_greater_equal(y_pred, cast(0.0, y_pred.dtype), message="predictions must be >= 0"),
        assert_less_equal(y_pred, cast(1.0, y_pred.dtype), message="predictions must be <= 1"),
    ]
    with control_dependencies(checks):
        if sample_weight is None:
            y_pred, y_true = squeeze_or_expand_dimensions(y_pred, y_true)
        else:
            y_pred, y_true, sample_weight = squeeze_or_expand_dimensions(
                y_pred, y_true, sample_weight=sample_weight
            )
    if top_k is not None:
        _, best = top_k_op(y_pred, top_k, sorted=False)
        depth = y_pred.shape.as_list()[-1]
        mask = reduce_sum(one_hot(best, depth, axis=-1), axis=-2)
        y_pred = y_pred * mask + _NEGATIVE_INFINITY * (1 - mask)
    if class_id is not None:
        y_true, y_pred = y_true[..., class_id], y_pred[..., class_id]
    thresholds = to_list(thresholds)
    count = len(thresholds)
    predictions = size(y_pred)
    predicted = reshape(y_pred, [1, -1])
    labels = reshape(cast(y_true, dtypes.bool), [1, -1])
    tiled_thresholds = tile(expand_dims(constant(thresholds), 1), stack([1, predictions]))
    is_predicted = binary.greater(tile(predicted, [count, 1]), tiled_thresholds)
    is_label = tile(labels, [count, 1])
    weights = None
    if sample_weight is not None:
        broadcast = broadcast_weights(cast(sample_weight, dtypes.float32), y_pred)
        weights = tile(reshape(broadcast, [1, -1]), [count, 1])
    kinds = {ConfusionMatrix.TRUE_POSITIVES: (is_label, is_predicted)}
    negative = {ConfusionMatrix.FALSE_NEGATIVES, ConfusionMatrix.TRUE_NEGATIVES} & {*variables_to_update}
    wrong = {ConfusionMatrix.FALSE_POSITIVES, ConfusionMatrix.TRUE_NEGATIVES} & {*variables_to_update}
    if negative:
        not_predicted = unary.logical_not(is_predicted)
        kinds[ConfusionMatrix.FALSE_NEGATIVES] = (is_label, not_predicted)
    if wrong:
        not_label = unary.logical_not(is_label)
        kinds[ConfusionMatrix.FALSE_POSITIVES] = (not_label, is_predicted)
        if ConfusionMatrix.TRUE_NEGATIVES in variables_to_update:
            kinds[ConfusionMatrix.TRUE_NEGATIVES] = (not_label, not_predicted)
    updates = []
    for kind, (label, prediction) in kinds.items():
        if kind in variables_to_update:
            both = cast(binary.logical_and(label, prediction), dtypes.float32)
            if weights is not None:
                both *= weights
            updates.append(variables_to_update[kind].assign_add(reduce_sum(both, 1)))
    return group(*updates)


class _Counting(Metric):
    """A metric with variables that count decisions."""

    def _add_counts(self, *names: str, count: int) -> None:
        for name in names:
            weight = self.add_weight(name, shape=(count,), initializer=initializers.Zeros)
            setattr(self, name, weight)

    def _counts(self) -> dict[ConfusionMatrix, Any]:
        return {
            kind: getattr(self, kind.name.lower())
            for kind in ConfusionMatrix
            if hasattr(self, kind.name.lower())
        }

    def reset_states(self) -> None:
        batch_set_value([(v, np.zeros(v.shape.as_list())) for v in self.variables])


class _ConditionCount(Metric):
    """How often decisions are of one kind.

    Args:
        thresholds: above which predictions a decision is positive; 0.5 if None.
        name, dtype: see `Metric`.
    """

    _kind: ConfusionMatrix

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = _checked_thresholds(thresholds)
        self.accumulator = self.add_weight(
            "accumulator", shape=(len(self.thresholds),), initializer=initializers.Zeros
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that counts the decisions of a batch."""
        return update_confusion_matrix_variables(
            {self._kind: self.accumulator},
            y_true,
            y_pred,
            thresholds=self.thresholds,
            sample_weight=sample_weight,
        )

    def result(self) -> Any:
        return convert_to_tensor(self.accumulator[0] if len(self.thresholds) == 1 else self.accumulator)

    def reset_states(self) -> None:
        batch_set_value([(v, np.zeros(len(self.thresholds))) for v in self.variables])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "thresholds": self.init_thresholds}


class FalsePositives(_ConditionCount):
    """How often a prediction is positive and the target is not."""

    _kind = ConfusionMatrix.FALSE_POSITIVES


class FalseNegatives(_ConditionCount):
    """How often a target is positive and the prediction is not."""

    _kind = ConfusionMatrix.FALSE_NEGATIVES


class TrueNegatives(_ConditionCount):
    """How often neither is positive."""

    _kind = ConfusionMatrix.TRUE_NEGATIVES


class TruePositives(_ConditionCount):
    """How often both are positive."""

    _kind = ConfusionMatrix.TRUE_POSITIVES


class _Ratio(_Counting):
    """The share of true positives.

    Args:
        thresholds: above which predictions a decision is positive; 0.5 if None.
        top_k: how many of the largest predictions can be positive at all.
        class_id: the only class that is looked at.
        name, dtype: see `Metric`.
    """

    _other: str

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        default = 0.5 if top_k is None else _NEGATIVE_INFINITY
        self.thresholds = _checked_thresholds(thresholds, default)
        self._add_counts("true_positives", self._other, count=len(self.thresholds))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that counts the decisions of a batch."""
        return update_confusion_matrix_variables(
            self._counts(),
            y_true,
            y_pred,
            thresholds=self.thresholds,
            top_k=self.top_k,
            class_id=self.class_id,
            sample_weight=sample_weight,
        )

    def result(self) -> Any:
        positives: Any = self.true_positives  # type: ignore[attr-defined]
        found = binary.div_no_nan(positives, positives + getattr(self, self._other))
        return found[0] if len(self.thresholds) == 1 else found

    def get_config(self) -> dict[str, Any]:
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **own}


class Precision(_Ratio):
    """The share of the positive predictions that are right."""

    _other = "false_positives"


class Recall(_Ratio):
    """The share of the positive targets that are found."""

    _other = "false_negatives"


_ALL_KINDS = ("true_positives", "true_negatives", "false_positives", "false_negatives")


class _AtThresholds(_Counting):
    """What is computed from decisions at many thresholds."""

    thresholds: list[float]
    true_positives: Any
    true_negatives: Any
    false_positives: Any
    false_negatives: Any

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that counts the decisions of a batch."""
        return update_confusion_matrix_variables(
            self._counts(), y_true, y_pred, thresholds=self.thresholds, sample_weight=sample_weight
        )


class _AtBest(_AtThresholds):
    """One share at the threshold where another one is nearest to a value."""

    def __init__(self, value: float, num_thresholds: int, name: str | None, dtype: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        if num_thresholds <= 0:
            raise ValueError("`num_thresholds` must be > 0.")
        self.value = value
        self.num_thresholds = num_thresholds
        self._add_counts(*_ALL_KINDS, count=num_thresholds)
        if num_thresholds == 1:
            self.thresholds = [0.5]
        else:
            inner = [(i + 1) * 1.0 / (num_thresholds - 1) for i in range(num_thresholds - 2)]
            self.thresholds = [0.0, *inner, 1.0]

    def _share_at_best(self, given: tuple[Any, Any], wanted: tuple[Any, Any]) -> Any:
        shares = binary.div_no_nan(given[0], given[0] + given[1])
        index = cast(argmin(unary.abs(shares - self.value), axis=0), dtypes.int32)
        return binary.div_no_nan(wanted[0][index], wanted[0][index] + wanted[1][index])


class SensitivityAtSpecificity(_AtBest):
    """The sensitivity where the specificity is nearest to a given one.

    Args:
        specificity: between 0 and 1.
        num_thresholds: how many thresholds are tried.
        name, dtype: see `Metric`.

    Raises:
        ValueError: an argument is out of range.
    """

    def __init__(
        self, specificity: float, num_thresholds: int = 200, name: str | None = None, dtype: Any = None
    ) -> None:
        if specificity < 0 or specificity > 1:
            raise ValueError("`specificity` must be in the range [0, 1].")
        super().__init__(specificity, num_thresholds, name, dtype)
        self.specificity = specificity

    def result(self) -> Any:
        negatives = self.true_negatives, self.false_positives
        return self._share_at_best(negatives, (self.true_positives, self.false_negatives))

    def get_config(self) -> dict[str, Any]:
        own = {"num_thresholds": self.num_thresholds, "specificity": self.specificity}
        return {**super().get_config(), **own}


class SpecificityAtSensitivity(_AtBest):
    """The specificity where the sensitivity is nearest to a given one; see `SensitivityAtSpecificity`."""

    def __init__(
        self, sensitivity: float, num_thresholds: int = 200, name: str | None = None, dtype: Any = None
    ) -> None:
        if sensitivity < 0 or sensitivity > 1:
            raise ValueError("`sensitivity` must be in the range [0, 1].")
        super().__init__(sensitivity, num_thresholds, name, dtype)
        self.sensitivity = sensitivity

    def result(self) -> Any:
        positives = self.true_positives, self.false_negatives
        return self._share_at_best(positives, (self.true_negatives, self.false_positives))

    def get_config(self) -> dict[str, Any]:
        own = {"num_thresholds": self.num_thresholds, "sensitivity": self.sensitivity}
        return {**super().get_config(), **own}


class AUC(_AtThresholds):
    """The area under a curve of decisions.

    Args:
        num_thresholds: how many thresholds make the curve.
        curve: "ROC" (true over false positives) or "PR" (precision over recall).
        summation_method: "interpolation", "majoring" or "minoring".
        name, dtype: see `Metric`.
        thresholds: the thresholds between 0 and 1, instead of `num_thresholds` even ones.

    Raises:
        ValueError: a wrong argument.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: Any = "ROC",
        summation_method: Any = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
    ) -> None:
        if thresholds is not None:
            num_thresholds = len(thresholds) + 2
            inner = sorted(thresholds)
        else:
            if num_thresholds <= 1:
                raise ValueError("`num_thresholds` must be > 1.")
            inner = [(i + 1) * 1.0 / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        method = summation_method
        curve = curve if isinstance(curve, AUCCurve) else AUCCurve.from_str(curve)
        if not isinstance(method, AUCSummationMethod):
            method = AUCSummationMethod.from_str(method)
        super().__init__(name=name, dtype=dtype)
        self.num_thresholds = num_thresholds
        self.thresholds = [0.0 - epsilon(), *inner, 1.0 + epsilon()]
        self.curve = curve
        self.summation_method = method
        self._add_counts(*_ALL_KINDS, count=num_thresholds)

    def interpolate_pr_auc(self) -> Any:
        """The area under the curve of precision over recall (Davis and Goadrich, 2006)."""
        last = self.num_thresholds - 1
        dtp = self.true_positives[:last] - self.true_positives[1:]
        p = self.true_positives + self.false_positives
        dp = p[:last] - p[1:]
        slope = binary.div_no_nan(dtp, binary.maximum(dp, 0), name="prec_slope")
        intercept = self.true_positives[1:] - binary.multiply(slope, p[1:])
        ratio = where(
            binary.logical_and(p[:last] > 0, p[1:] > 0),
            binary.div_no_nan(p[:last], binary.maximum(p[1:], 0), name="recall_relative_ratio"),
            ones_like(p[1:]),
        )
        return reduce_sum(
            binary.div_no_nan(
                slope * (dtp + intercept * unary.log(ratio)),
                binary.maximum(self.true_positives[1:] + self.false_negatives[1:], 0),
                name="pr_auc_increment",
            ),
            name="interpolate_pr_auc",
        )

    def result(self) -> Any:
        is_interpolated = self.summation_method is AUCSummationMethod.INTERPOLATION
        if self.curve is AUCCurve.PR and is_interpolated:
            return self.interpolate_pr_auc()
        recall = binary.div_no_nan(self.true_positives, self.true_positives + self.false_negatives)
        if self.curve is AUCCurve.ROC:
            x = binary.div_no_nan(self.false_positives, self.false_positives + self.true_negatives)
            y = recall
        else:
            x = recall
            y = binary.div_no_nan(self.true_positives, self.true_positives + self.false_positives)
        last = self.num_thresholds - 1
        if is_interpolated:
            heights = (y[:last] + y[1:]) / 2.0
        elif self.summation_method is AUCSummationMethod.MINORING:
            heights = binary.minimum(y[:last], y[1:])
        else:
            heights = binary.maximum(y[:last], y[1:])
        return reduce_sum(binary.multiply(x[:last] - x[1:], heights), name=self.name)

    def get_config(self) -> dict[str, Any]:
        own = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve.value,
            "summation_method": self.summation_method.value,
            "thresholds": self.thresholds[1:-1],
        }
        return {**super().get_config(), **own}


class MeanIoU(Metric):
    """The mean over classes of true positives / (true positives + false positives + false negatives).

    Args:
        num_classes: the number of classes.
        name, dtype: see `Metric`.
    """

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.total_cm = self.add_weight(
            "total_confusion_matrix",
            shape=(num_classes, num_classes),
            initializer=initializers.Zeros,
            dtype=dtypes.float64,
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """The operation that counts the classes of a batch.

        Args:
            y_true, y_pred: the numbers of the classes.
            sample_weight: what they count for.
        """
        y_true = cast(y_true, self._dtype)
        y_pred = cast(y_pred, self._dtype)
        if (y_pred.shape.ndims or 2) > 1:
            y_pred = reshape(y_pred, [-1])
        if (y_true.shape.ndims or 2) > 1:
            y_true = reshape(y_true, [-1])
        if sample_weight is not None and (sample_weight.shape.ndims or 2) > 1:
            sample_weight = reshape(sample_weight, [-1])
        found = confusion_matrix(
            y_true, y_pred, self.num_classes, weights=sample_weight, dtype=dtypes.float64
        )
        return self.total_cm.assign_add(found)

    def result(self) -> Any:
        over_rows = cast(reduce_sum(self.total_cm, axis=0), self._dtype)
        over_columns = cast(reduce_sum(self.total_cm, axis=1), self._dtype)
        true_positives = cast(diag_part(self.total_cm), self._dtype)
        denominator = over_rows + over_columns - true_positives
        valid = reduce_sum(cast(binary.not_equal(denominator, 0), self._dtype))
        iou = binary.div_no_nan(true_positives, denominator)
        return binary.div_no_nan(reduce_sum(iou, name="mean_iou"), valid)

    def reset_states(self) -> None:
        set_value(self.total_cm, np.zeros((self.num_classes, self.num_classes)))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_classes": self.num_classes}
