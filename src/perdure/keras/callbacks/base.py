"""Callback, the list that calls them all, and those that every training has: BaseLogger, History, ..."""

from __future__ import annotations

import collections
import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from perdure.keras.utils.progress import Progbar
from perdure.platform import logging

TRAIN, TEST, PREDICT = "train", "test", "predict"
_EVENTS = ("begin", "end")


def as_double(value: Any) -> Any:
    """A number in double precision, in which NumPy computed with a float32 and a Python number then."""
    return np.float64(value) if isinstance(value, np.float32) else value


class Callback:
    """What is called while a model trains, is tested or predicts; a subclass overrides what it wants.

    Attributes:
        params: the arguments of the training: "epochs", "batch_size", "metrics", ...
        model: the model.
    """

    params: dict[str, Any]

    def __init__(self) -> None:
        self.validation_data: Any = None
        self.model: Any = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Tell it the arguments of the training."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Tell it the model."""
        self.model = model

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The same as `on_train_batch_begin`, which calls it."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """The same as `on_train_batch_end`, which calls it."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Called before an epoch of training."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Called behind an epoch of training, with the losses and metrics as `logs`."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before a batch of training."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called behind a batch of training, with its losses and metrics as `logs`."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before a batch of a test."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called behind a batch of a test."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before a batch of predictions."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called behind a batch of predictions."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Called before training."""

    def on_train_end(self, logs: Any = None) -> None:
        """Called behind training."""

    def on_test_begin(self, logs: Any = None) -> None:
        """Called before a test."""

    def on_test_end(self, logs: Any = None) -> None:
        """Called behind a test."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """Called before predictions."""

    def on_predict_end(self, logs: Any = None) -> None:
        """Called behind predictions."""


class CallbackList:
    """Calls several callbacks.

    Args:
        callbacks: the callbacks.
        queue_length: over how many batches the time they take is watched.
    """

    def __init__(self, callbacks: Iterable[Any] | None = None, queue_length: int = 10) -> None:
        self.callbacks = list(callbacks or ())
        self.queue_length = queue_length
        self.params: dict[str, Any] = {}
        self.model: Any = None
        self._reset_batch_timing()

    def _reset_batch_timing(self) -> None:
        self._batch_time = 0.0
        self._times: dict[str, collections.deque[float]] = collections.defaultdict(
            lambda: collections.deque([], maxlen=self.queue_length)
        )

    def __iter__(self) -> Iterator[Any]:
        return iter(self.callbacks)

    def append(self, callback: Any) -> None:
        """Add a callback."""
        self.callbacks.append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        """Tell all of them the arguments of the training."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Tell all of them the model."""
        self.model = model
        for callback in self.callbacks:
            callback.set_model(model)

    def _call_batch_hook(self, mode: str, hook: str, batch: int, logs: Any = None) -> None:
        if not self.callbacks:
            return
        now = time.time()
        if hook == "begin":
            self._entered = now
        else:
            self._batch_time = now - self._entered
        name = f"on_{mode}_batch_{hook}"
        logs = logs or {}
        for callback in self.callbacks:
            getattr(callback, name)(batch, logs)
        times = self._times[name]
        times.append(time.time() - now)
        if times[-1] > 0.1:  # computing a median costs more than most callbacks
            median = np.median(times)
            if self._batch_time > 0.0 and median > 0.95 * self._batch_time and median > 0.1:
                logging.warning(
                    "Method (%s) is slow compared to the batch update (%f). Check your callbacks.",
                    name,
                    median,
                )

    def _call_begin_hook(self, mode: str) -> None:
        for callback in self.callbacks:
            getattr(callback, f"on_{mode}_begin")(None)

    def _call_end_hook(self, mode: str) -> None:
        for callback in self.callbacks:
            getattr(callback, f"on_{mode}_end")(None)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Call all of them before an epoch."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs or {})
        self._reset_batch_timing()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Call all of them behind an epoch."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def __getattr__(self, name: str) -> Any:
        """`on_batch_begin`, `on_train_begin` and so on: the same method of all callbacks."""
        parts = name.split("_")
        if name in ("on_batch_begin", "on_batch_end"):
            return lambda batch, logs=None: self._call_batch_hook(TRAIN, parts[-1], batch, logs)
        if len(parts) == 4 and parts[2] == "batch" and parts[1] in (TRAIN, TEST, PREDICT):
            return lambda batch, logs=None: self._call_batch_hook(parts[1], parts[-1], batch, logs)
        if len(parts) == 3 and parts[1] in (TRAIN, TEST, PREDICT) and parts[2] in _EVENTS:

            def call(logs: Any = None) -> None:
                for callback in self.callbacks:
                    getattr(callback, name)(logs)

            return call
        raise AttributeError(f"'CallbackList' object has no attribute {name!r}")


class BaseLogger(Callback):
    """Puts the means over an epoch into its logs.

    Args:
        stateful_metrics: the names of those whose last value counts.
    """

    def __init__(self, stateful_metrics: Iterable[str] | None = None) -> None:
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.seen = 0
        self.totals: dict[str, Any] = {}

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        logs = logs or {}
        size = logs.get("size", 0)
        self.seen += size * logs.get("num_steps", 1)
        for k, v in logs.items():
            if k in self.stateful_metrics:
                self.totals[k] = v
            elif k in self.totals:
                self.totals[k] += as_double(v) * size
            else:
                self.totals[k] = as_double(v) * size

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            for k in self.params["metrics"]:
                if k in self.totals:
                    is_stateful = k in self.stateful_metrics
                    logs[k] = self.totals[k] if is_stateful else self.totals[k] / self.seen


class History(Callback):
    """Keeps the losses and metrics of all epochs.

    Attributes:
        epoch: the numbers of the epochs.
        history: lists of values by name.
    """

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for k, v in (logs or {}).items():
            self.history.setdefault(k, []).append(v)


class ProgbarLogger(Callback):
    """Draws a bar for each epoch.

    Args:
        count_mode: "samples" or "steps".
        stateful_metrics: the names of those whose last value is shown.

    Raises:
        ValueError: another mode.
    """

    def __init__(self, count_mode: str = "samples", stateful_metrics: Iterable[str] | None = None) -> None:
        super().__init__()
        if count_mode not in ("samples", "steps"):
            raise ValueError("Unknown `count_mode`: " + str(count_mode))
        self.use_steps = count_mode == "steps"
        self.stateful_metrics = set(stateful_metrics or ())

    def on_train_begin(self, logs: Any = None) -> None:
        self.verbose = self.params["verbose"]
        self.epochs = self.params["epochs"]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.seen = 0
        self.target = self.params["steps" if self.use_steps else "samples"]
        if self.verbose and self.epochs > 1:
            print(f"Epoch {epoch + 1}/{self.epochs}")
        self.progbar = Progbar(
            target=self.target,
            verbose=self.verbose,
            stateful_metrics=self.stateful_metrics,
            unit_name="step" if self.use_steps else "sample",
        )

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.log_values: list[Any] = []

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        logs = logs or {}
        steps = logs.get("num_steps", 1)
        self.seen += steps if self.use_steps else logs.get("size", 0) * steps
        self._log(logs)
        if self.verbose and (self.target is None or self.seen < self.target):
            self.progbar.update(self.seen, self.log_values)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._log(logs or {})
        if self.verbose:
            self.progbar.update(self.seen, self.log_values)

    def _log(self, logs: dict[str, Any]) -> None:
        self.log_values.extend((k, logs[k]) for k in self.params["metrics"] if k in logs)


def configure_callbacks(
    callbacks: Any,
    model: Any,
    do_validation: bool = False,
    batch_size: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    samples: Any = None,
    verbose: int = 1,
    count_mode: str = "steps",
    mode: str = TRAIN,
) -> CallbackList:
    """The callbacks of a training, a test or predictions, with those that every training has.

    Args:
        callbacks: the program's own, or a list that is used as it is.
        model: the model.
        do_validation: whether each epoch ends with a test.
        batch_size, epochs, steps_per_epoch, samples, verbose: what callbacks are told.
        count_mode: "samples" or "steps".
        mode: "train", "test" or "predict".
    """
    if isinstance(callbacks, CallbackList):
        return callbacks
    found = list(callbacks or ())
    if mode == TRAIN:
        model.history = History()
        found = [BaseLogger(), *found, model.history]
        if verbose:
            found.append(ProgbarLogger(count_mode))
    callback_list = CallbackList(found)
    callback_list.set_model(model)
    for callback in callback_list:
        if isinstance(callback, (BaseLogger, ProgbarLogger)):
            callback.stateful_metrics = model.metrics_names[1:]
    names: list[str] = []
    if mode != PREDICT:
        names = list(model.metrics_names)
        if do_validation:
            names += ["val_" + name for name in model.metrics_names]
    callback_list.set_params(
        {
            "batch_size": batch_size,
            "epochs": epochs,
            "steps": steps_per_epoch,
            "samples": samples,
            "verbose": verbose,
            "do_validation": do_validation,
            "metrics": names,
        }
    )
    model.stop_training = False
    return callback_list


def make_logs(model: Any, logs: dict[str, Any], outputs: Any, mode: str, prefix: str = "") -> dict[str, Any]:
    """Put what a step returned into logs, by name."""
    if mode == PREDICT:
        logs["outputs"] = outputs
    else:
        for label, output in zip(model.metrics_names, outputs, strict=False):
            logs[prefix + label] = output
    return logs
