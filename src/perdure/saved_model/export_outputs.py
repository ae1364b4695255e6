"""What a model gives when it is served, for each of its signatures."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Any

from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.saved_model.signatures import (
    classification_signature_def,
    predict_signature_def,
    regression_signature_def,
    supervised_eval_signature_def,
    supervised_train_signature_def,
)


class ExportOutput(abc.ABC):
    """What a signature of a model gives."""

    _SEPARATOR_CHAR = "/"

    @abc.abstractmethod
    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """The signature.

        Args:
            receiver_tensors: the tensors that are fed, by name.

        Raises:
            ValueError: they are not what it takes.
        """

    def _check_output_key(self, key: Any, error_label: str) -> str:
        if isinstance(key, tuple):
            key = self._SEPARATOR_CHAR.join(key)
        if not isinstance(key, str):
            raise ValueError(f"{error_label} output key must be a string; got {key}.")
        return key

    def _wrap_and_check_outputs(
        self, outputs: Any, single_output_default_name: str, error_label: str | None = None
    ) -> dict[str, Tensor]:
        if not isinstance(outputs, dict):
            outputs = {single_output_default_name: outputs}
        label, checked = error_label or single_output_default_name, {}
        for key, value in outputs.items():
            key = self._check_output_key(key, label)
            if not isinstance(value, Tensor):
                raise ValueError(f"{label} output value must be a Tensor; got {value}.")
            checked[key] = value
        return checked


def _single_string(receiver_tensors: dict[str, Any], what: str) -> Tensor:
    """The one tensor of strings that is fed."""
    tensors = list(receiver_tensors.values())
    if len(tensors) != 1 or tensors[0].dtype.base_dtype != dtypes.string:
        raise ValueError(f"{what} input must be a single string Tensor; got {receiver_tensors}")
    return tensors[0]


class ClassificationOutput(ExportOutput):
    """The classes of an example and their scores.

    Args:
        scores: a tensor of floats, or None.
        classes: a tensor of strings, or None.

    Raises:
        ValueError: there is neither, or one is of another dtype.
    """

    def __init__(self, scores: Tensor | None = None, classes: Tensor | None = None) -> None:
        if scores is not None and not (isinstance(scores, Tensor) and scores.dtype.is_floating):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and not (
            isinstance(classes, Tensor) and classes.dtype.base_dtype == dtypes.string
        ):
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self._scores, self._classes = scores, classes

    @property
    def scores(self) -> Tensor | None:
        """The scores."""
        return self._scores

    @property
    def classes(self) -> Tensor | None:
        """The classes."""
        return self._classes

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """See `ExportOutput`; it takes one tensor of strings."""
        examples = _single_string(receiver_tensors, "Classification")
        return classification_signature_def(examples, self.classes, self.scores)


class RegressionOutput(ExportOutput):
    """A number for an example.

    Args:
        value: a tensor of floats.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, value: Tensor) -> None:
        if not (isinstance(value, Tensor) and value.dtype.is_floating):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self._value = value

    @property
    def value(self) -> Tensor:
        """The number."""
        return self._value

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """See `ExportOutput`; it takes one tensor of strings."""
        return regression_signature_def(_single_string(receiver_tensors, "Regression"), self.value)


class PredictOutput(ExportOutput):
    """Tensors of any kind.

    Args:
        outputs: tensors by name, or one, which is called "output".

    Raises:
        ValueError: one is no tensor, or a name is no string.
    """

    _SINGLE_OUTPUT_DEFAULT_NAME = "output"

    def __init__(self, outputs: Any) -> None:
        self._outputs = self._wrap_and_check_outputs(
            outputs, self._SINGLE_OUTPUT_DEFAULT_NAME, error_label="Prediction"
        )

    @property
    def outputs(self) -> dict[str, Tensor]:
        """The tensors by name."""
        return self._outputs

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """See `ExportOutput`."""
        return predict_signature_def(receiver_tensors, self.outputs)


class SupervisedOutput(ExportOutput):
    """The loss, predictions and metrics of a model that is trained or evaluated.

    Args:
        loss: a tensor, or tensors by name.
        predictions: a tensor, or tensors by name.
        metrics: pairs of value and update by name, or metrics of Keras.

    Raises:
        ValueError: one is no tensor, or a name is no string.
    """

    LOSS_NAME = "loss"
    PREDICTIONS_NAME = "predictions"
    METRICS_NAME = "metrics"
    METRIC_VALUE_SUFFIX = "value"
    METRIC_UPDATE_SUFFIX = "update_op"

    def __init__(self, loss: Any = None, predictions: Any = None, metrics: Any = None) -> None:
        self._loss = self._prefixed(loss, self.LOSS_NAME)
        self._predictions = self._prefixed(predictions, self.PREDICTIONS_NAME)
        self._metrics = None if metrics is None else self._wrap_and_check_metrics(metrics)

    def _prefixed(self, outputs: Any, name: str) -> dict[str, Tensor] | None:
        if outputs is None:
            return None
        checked = self._wrap_and_check_outputs(outputs, name)
        return {self._prefix_key(key, name): value for key, value in checked.items()}

    def _prefix_key(self, key: str, output_name: str) -> str:
        return key if key.startswith(output_name) else output_name + self._SEPARATOR_CHAR + key

    def _wrap_and_check_metrics(self, metrics: Any) -> dict[str, Tensor]:
        if not isinstance(metrics, dict):
            metrics = {self.METRICS_NAME: metrics}
        outputs = {}
        for key, metric in metrics.items():
            if isinstance(metric, tuple):
                value, update = metric
            else:
                value = metric.result()
                (update,) = metric.updates
            key = self._prefix_key(self._check_output_key(key, self.METRICS_NAME), self.METRICS_NAME)
            if not isinstance(value, Tensor):
                raise ValueError(f"{key} output value must be a Tensor; got {value}.")
            if not isinstance(update, (Tensor, Operation)):
                raise ValueError(f"{key} update_op must be a Tensor or Operation; got {update}.")
            if isinstance(update, Operation):  # a signature has tensors only
                with control_dependencies([update]):
                    update = constant([], name="metric_op_wrapper")
            outputs[f"{key}{self._SEPARATOR_CHAR}{self.METRIC_VALUE_SUFFIX}"] = value
            outputs[f"{key}{self._SEPARATOR_CHAR}{self.METRIC_UPDATE_SUFFIX}"] = update
        return outputs

    @property
    def loss(self) -> dict[str, Tensor] | None:
        """The losses by name."""
        return self._loss

    @property
    def predictions(self) -> dict[str, Tensor] | None:
        """The predictions by name."""
        return self._predictions

    @property
    def metrics(self) -> dict[str, Tensor] | None:
        """The values and updates of the metrics by name."""
        return self._metrics

    @abc.abstractmethod
    def _get_signature_def_fn(self) -> Callable[..., Any]:
        """What makes the signature."""

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """See `ExportOutput`."""
        make = self._get_signature_def_fn()
        return make(receiver_tensors, self.loss, self.predictions, self.metrics)


class TrainOutput(SupervisedOutput):
    """What a model gives that is trained; see `SupervisedOutput`."""

    def _get_signature_def_fn(self) -> Callable[..., Any]:
        return supervised_train_signature_def


class EvalOutput(SupervisedOutput):
    """What a model gives that is evaluated; see `SupervisedOutput`."""

    def _get_signature_def_fn(self) -> Callable[..., Any]:
        return supervised_eval_signature_def
