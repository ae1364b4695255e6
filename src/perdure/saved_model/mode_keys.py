"""What a model is used for: training, evaluation, prediction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class KerasModeKeys:
    """What Keras calls it."""

    TRAIN = "train"
    TEST = "test"
    PREDICT = "predict"


class EstimatorModeKeys:
    """What estimators call it."""

    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"


def is_predict(mode: str) -> bool:
    """Whether a mode is one of prediction."""
    return mode in (KerasModeKeys.PREDICT, EstimatorModeKeys.PREDICT)


def is_eval(mode: str) -> bool:
    """Whether a mode is one of evaluation."""
    return mode in (KerasModeKeys.TEST, EstimatorModeKeys.EVAL)


def is_train(mode: str) -> bool:
    """Whether a mode is one of training."""
    return mode in (KerasModeKeys.TRAIN, EstimatorModeKeys.TRAIN)


class ModeKeyMap(Mapping[str, Any]):
    """Values by mode, whatever the mode is called.

    Args:
        **kwargs: the values.

    Raises:
        ValueError: a mode has two values, or is none.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._internal_dict: dict[str, Any] = {}
        self._keys = list(kwargs)
        for key, value in kwargs.items():
            mode = _internal(key)
            if mode in self._internal_dict:
                raise ValueError(f"Error creating ModeKeyMap. Multiple keys/values found for {mode} mode.")
            self._internal_dict[mode] = value

    def __getitem__(self, key: str) -> Any:
        return self._internal_dict[_internal(key)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def _internal(key: str) -> str:
    for is_mode, mode in (
        (is_train, KerasModeKeys.TRAIN),
        (is_eval, KerasModeKeys.TEST),
        (is_predict, KerasModeKeys.PREDICT),
    ):
        if is_mode(key):
            return mode
    raise ValueError(f"Invalid mode key: {key}.")
