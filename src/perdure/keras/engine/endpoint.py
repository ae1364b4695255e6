"""TrainingEndpoint: an output of a model with its loss, its target and its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perdure.functional.array.array import placeholder_with_default
from perdure.graph.constants import constant
from perdure.keras import losses
from perdure.keras.backend.shapes import int_shape, is_placeholder, placeholder
from perdure.keras.backend.state import dtype, is_sparse
from perdure.keras.config import floatx, image_data_format
from perdure.keras.utils.objects import check_for_unexpected_keys
from perdure.keras.utils.weighting import Reduction
from perdure.platform import logging


class TrainingEndpoint:
    """An output of a model, and what it is trained with.

    Args:
        output: the tensor.
        output_name: its name in dictionaries.
        loss_fn: its loss; None if it has none, and no target.

    Attributes:
        target: the tensor that it is compared with, or None.
        is_fed: whether the target is fed, and has weights.
        loss_weight: what its loss counts for.
        loss_metric: the mean of its loss, if the model has several outputs.
        sample_weight: the tensor of weights, or None.
        sample_weight_mode: None, "samplewise" or "temporal".
    """

    def __init__(self, output: Any, output_name: str, loss_fn: Any) -> None:
        self.output = output
        self.output_name = output_name
        self.loss_fn = loss_fn
        self.loss_weight: Any = None
        self.target: Any = None
        self.is_fed = False
        self.loss_metric: Any = None
        self.sample_weight: Any = None
        self._mode: str | None = None

    @property
    def sample_weight_mode(self) -> str | None:
        """How its weights are shaped: None for no weights."""
        return self._mode

    @sample_weight_mode.setter
    def sample_weight_mode(self, value: str | None) -> None:
        self._mode = value

    @property
    def shape(self) -> Any:
        """The static shape of the output."""
        return int_shape(self.output)

    @property
    def is_skipped(self) -> bool:
        """Whether it has no loss."""
        return self.loss_fn is None

    @property
    def has_fed_target(self) -> bool:
        """Whether data for its target is needed."""
        return not self.is_skipped and self.is_fed

    @property
    def loss_name(self) -> str | None:
        """What its loss is called."""
        return None if self.loss_fn is None else self.output_name + "_loss"

    def make_target(self, target: Any) -> None:
        """Fix its target: a given tensor, or a placeholder."""
        if self.is_skipped:
            return
        self.is_fed = target is None or is_placeholder(target)
        if target is None:
            target = placeholder(
                ndim=len(self.shape),
                name=self.output_name + "_target",
                sparse=is_sparse(self.output),
                dtype=losses.label_dtype(self.loss_fn) or dtype(self.output),
            )
        self.target = target

    @property
    def feed_shape(self) -> Any:
        """The shape that data for its target must have, or None if the loss does not say."""
        loss: Any = self.loss_fn
        shape = self.shape
        function = loss.fn if isinstance(loss, losses.LossFunctionWrapper) else None
        if function == losses.sparse_categorical_crossentropy:
            if image_data_format() == "channels_first":
                return (shape[0], 1, *shape[2:])
            return (*shape[:-1], 1)
        if not isinstance(loss, losses.Loss):
            return None
        if function and getattr(losses, getattr(function, "__name__", ""), None) is None:
            return None
        return shape

    @property
    def has_wrong_weights(self) -> bool:
        """Whether it has weights that are not wanted any more, or lacks wanted ones."""
        return (self._mode is not None) != (self.sample_weight is not None)

    def make_sample_weight(self, sample_weight: Any) -> None:
        """Fix its weights: a given tensor, or a placeholder if weights are wanted.

        Raises:
            ValueError: the tensor has another rank.
        """
        if sample_weight is None and (self.is_skipped or not self.is_fed or self._mode is None):
            self.sample_weight = None
            return
        is_temporal = self._mode == "temporal"
        shape = [None, None] if is_temporal else [None]
        if sample_weight is not None:
            if not sample_weight.shape.is_compatible_with(shape):
                raise ValueError(
                    f"Received sample weight with shape {sample_weight.shape}. Expected shape {shape}."
                )
            self.sample_weight = sample_weight
            return
        default = constant([[1.0]] if is_temporal else [1.0], dtype=floatx())
        self.sample_weight = placeholder_with_default(
            default, shape=shape, name=self.output_name + "_sample_weights"
        )


def set_sample_weight_modes(endpoints: Sequence[TrainingEndpoint], mode: Any) -> None:
    """Say how the weights of the outputs are shaped.

    Args:
        endpoints: the outputs.
        mode: one mode, one for each output in a list, or some by name in a dictionary.

    Raises:
        ValueError: a mode is missing, or there are too many.
    """
    wanted = [e for e in endpoints if not e.is_skipped and e.is_fed]
    if isinstance(mode, Mapping):
        check_for_unexpected_keys("sample_weight_mode", mode, [e.output_name for e in endpoints])
        for endpoint in wanted:
            if endpoint.output_name not in mode:
                raise ValueError(
                    f"Output {endpoint.output_name}missing from `_sample_weight_modes` dictionary"
                )
            endpoint.sample_weight_mode = mode.get(endpoint.output_name)
    elif isinstance(mode, (list, tuple)):
        if len(mode) != len(endpoints):
            raise ValueError(
                "When passing a list as sample_weight_mode, it should have one entry per model output. The "
                f"model has {len(endpoints)} outputs, but you passed {len(mode)}_sample_weight_modes."
            )
        for own, endpoint in zip(mode, endpoints, strict=True):
            if endpoint in wanted:
                endpoint.sample_weight_mode = own
    else:
        for endpoint in wanted:
            endpoint.sample_weight_mode = mode


def set_loss_weights(endpoints: Sequence[TrainingEndpoint], loss_weights: Any) -> None:
    """Say what the losses of the outputs count for; 1 unless told otherwise.

    Args:
        endpoints: the outputs.
        loss_weights: None, a list, or a dictionary by name.

    Raises:
        ValueError: a list of another length, or unknown names.
        TypeError: none of these.
    """
    if loss_weights is None:
        loss_weights = {}
    if isinstance(loss_weights, Mapping):
        check_for_unexpected_keys("loss_weights", loss_weights, [e.output_name for e in endpoints])
        for endpoint in endpoints:
            endpoint.loss_weight = loss_weights.get(endpoint.output_name, 1.0)
    elif isinstance(loss_weights, list):
        if len(loss_weights) != len(endpoints):
            raise ValueError(
                "When passing a list as loss_weights, it should have one entry per model output. The model "
                f"has {len(endpoints)} outputs, but you passed loss_weights={loss_weights}"
            )
        for weight, endpoint in zip(loss_weights, endpoints, strict=True):
            endpoint.loss_weight = weight
    else:
        raise TypeError(
            f"Could not interpret loss_weights argument: {loss_weights} - expected a list of dicts."
        )


def loss_functions(loss: Any, output_names: Sequence[str]) -> list[Any]:
    """The losses of the outputs, as objects.

    Args:
        loss: one loss, one for each output in a list, or some by name in a dictionary.
        output_names: the names of the outputs.

    Raises:
        ValueError: a list of another length, or unknown names.
    """
    if isinstance(loss, Mapping):
        check_for_unexpected_keys("loss", loss, output_names)
        for name in output_names:
            if name not in loss:
                logging.warning(
                    f"Output {name} missing from loss dictionary. We assume this was done on purpose. "
                    f"The fit and evaluate APIs will not be expecting any data to be passed to {name}."
                )
        return [_loss_function(loss.get(name)) for name in output_names]
    if isinstance(loss, Sequence) and not isinstance(loss, str):
        if len(loss) != len(output_names):
            raise ValueError(
                "When passing a list as loss, it should have one entry per model outputs. The model has "
                f"{len(output_names)} outputs, but you passed loss={loss}"
            )
        return [_loss_function(item) for item in loss]
    return [_loss_function(loss) for _ in output_names]


def _loss_function(loss: Any) -> Any:
    if loss is None or isinstance(loss, losses.Loss):
        return loss
    if isinstance(loss, Mapping):
        loss = losses.get(loss)
    if callable(loss) and not hasattr(loss, "__name__"):
        return loss
    function = losses.get(loss)
    return losses.LossFunctionWrapper(
        function, name=function.__name__, reduction=Reduction.SUM_OVER_BATCH_SIZE
    )
