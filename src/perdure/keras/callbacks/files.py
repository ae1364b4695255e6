"""Callbacks that write files or to servers: ModelCheckpoint, CSVLogger, RemoteMonitor."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np

from perdure.keras.callbacks.base import Callback
from perdure.platform import logging
from perdure.training.saving.management import checkpoint_exists, latest_checkpoint


class ModelCheckpoint(Callback):
    """Saves the model while it trains.

    Args:
        filepath: the file; may have the epoch and values of the logs in braces.
        monitor: the name of the value that tells which epoch is best.
        verbose: 1: it is printed.
        save_best_only: whether a model that is not better is not saved.
        save_weights_only: whether only the weights are saved.
        mode: "min" or "max": what is better; "auto": by the name.
        save_freq: "epoch", or a number of items.
        **kwargs: `period`: after how many epochs; `load_weights_on_restart`: whether the training begins with
            the weights of a file.

    Raises:
        ValueError: a wrong frequency.
    """

    _current_epoch: int

    def __init__(
        self,
        filepath: str,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.verbose = verbose
        self.filepath = filepath
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.epochs_since_last_save = 0
        self._samples_seen_since_last_saving = 0
        if "load_weights_on_restart" in kwargs:
            logging.warning(
                "`load_weights_on_restart` argument is deprecated. Please use `model.load_weights()` for "
                "loading weights before the start of `model.fit()`."
            )
        self.load_weights_on_restart = kwargs.get("load_weights_on_restart", False)
        if "period" in kwargs:
            logging.warning(
                "`period` argument is deprecated. Please use `save_freq` to specify the frequency in number "
                "of samples seen."
            )
        self.period = kwargs.get("period", 1)
        if mode not in ("auto", "min", "max"):
            logging.warning("ModelCheckpoint mode %s is unknown, fallback to auto mode.", mode)
            mode = "auto"
        by_name = "acc" in self.monitor or self.monitor.startswith("fmeasure")
        wants_more = mode == "max" or (mode == "auto" and by_name)
        self.monitor_op: Any = np.greater if wants_more else np.less
        self.best: Any = -np.inf if wants_more else np.inf
        if self.save_freq != "epoch" and not isinstance(self.save_freq, int):
            raise ValueError(f"Unrecognized save_freq: {self.save_freq}")

    def set_model(self, model: Any) -> None:
        self.model = model
        # A model without a description cannot be saved as a whole.
        if not model._is_graph_network and type(model).__name__ != "Sequential":
            self.save_weights_only = True

    def on_train_begin(self, logs: Any = None) -> None:
        if not self.load_weights_on_restart:
            return
        path = self._get_most_recently_modified_file_matching_pattern(self.filepath)
        if path is not None and (os.path.exists(path) or checkpoint_exists(path)):
            try:
                self.model.load_weights(path)
            except (OSError, ValueError) as error:
                raise ValueError(f"Error loading file from {path}. Reason: {error}") from error

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        logs = logs or {}
        if isinstance(self.save_freq, int):
            self._samples_seen_since_last_saving += logs.get("size", 1)
            if self._samples_seen_since_last_saving >= self.save_freq:
                self._save_model(epoch=self._current_epoch, logs=logs)
                self._samples_seen_since_last_saving = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._current_epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epochs_since_last_save += 1
        if self.save_freq == "epoch":
            self._save_model(epoch=epoch, logs=logs)

    def _save_model(self, epoch: int, logs: Any) -> None:
        """Save the model, if it is time and it is good enough."""
        logs = logs or {}
        if not isinstance(self.save_freq, int) and self.epochs_since_last_save < self.period:
            return
        self.epochs_since_last_save = 0
        path = self._get_file_path(epoch, logs)
        ahead = f"\nEpoch {epoch + 1:05d}:"
        if not self.save_best_only:
            if self.verbose > 0:
                print(f"{ahead} saving model to {path}")
            self._write(path)
            return
        current = logs.get(self.monitor)
        if current is None:
            logging.warning("Can save best model only with %s available, skipping.", self.monitor)
        elif self.monitor_op(current, self.best):
            if self.verbose > 0:
                change = f"{self.monitor} improved from {self.best:0.5f} to {current:0.5f}"
                print(f"{ahead} {change}, saving model to {path}")
            self.best = current
            self._write(path)
        elif self.verbose > 0:
            print(f"{ahead} {self.monitor} did not improve from {self.best:0.5f}")

    def _write(self, path: str) -> None:
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)

    def _get_file_path(self, epoch: int, logs: Any) -> str:
        """The file of an epoch."""
        return self.filepath.format(epoch=epoch + 1, **logs)

    def _get_most_recently_modified_file_matching_pattern(self, pattern: str) -> str | None:
        """The newest file whose name a pattern with braces describes; of several, the last by name."""
        folder = os.path.dirname(pattern)
        wanted = "^" + re.sub("{.*}", ".*", os.path.basename(pattern)) + "$"
        latest = latest_checkpoint(folder)
        if latest is not None and re.match(wanted, os.path.basename(latest)):
            return latest
        if not os.path.exists(folder):
            return None
        paths = [os.path.join(folder, name) for name in os.listdir(folder) if re.match(wanted, name)]
        if not paths:
            return None
        newest = max(os.path.getmtime(path) for path in paths)
        of_newest = [path for path in paths if os.path.getmtime(path) == newest]
        return of_newest[0] if len(of_newest) == 1 else max(paths)


def _cell(value: Any) -> Any:
    """A value as it stands in a row: several of them in brackets."""
    is_single = isinstance(value, str) or (isinstance(value, np.ndarray) and value.ndim == 0)
    if not is_single and isinstance(value, Iterable):
        return '"[' + ", ".join(map(str, value)) + ']"'
    return value


class CSVLogger(Callback):
    """Writes the logs of each epoch as a row.

    Args:
        filename: the file.
        separator: what stands between values.
        append: whether rows are added to those that are there.
    """

    csv_file: Any

    def __init__(self, filename: str, separator: str = ",", append: bool = False) -> None:
        self.sep = separator
        self.filename = filename
        self.append = append
        self.writer: Any = None
        self.keys: Any = None
        self.append_header = True
        super().__init__()

    def on_train_begin(self, logs: Any = None) -> None:
        if self.append and os.path.exists(self.filename):
            with open(self.filename) as file:
                self.append_header = not file.readline()
        self.csv_file = open(self.filename, "a" if self.append else "w", newline="\n")  # noqa: SIM115

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs.keys())
        if self.model.stop_training:
            logs = {key: logs.get(key, "NA") for key in self.keys}
        if not self.writer:
            names = ["epoch", *self.keys]
            self.writer = csv.DictWriter(self.csv_file, names, dialect="excel", delimiter=self.sep)
            if self.append_header:
                self.writer.writeheader()
        self.writer.writerow({"epoch": epoch, **{key: _cell(logs[key]) for key in self.keys}})
        self.csv_file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        self.csv_file.close()
        self.writer = None


class RemoteMonitor(Callback):
    """Sends the logs of each epoch to a server; needs the package `requests`.

    Args:
        root, path: the address.
        field: the name of the field.
        headers: further headers.
        send_as_json: whether the content is JSON instead of a form.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Any = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        try:
            requests: Any = import_module("requests")
        except ImportError:
            raise ImportError("RemoteMonitor requires the `requests` library.") from None
        content = {"epoch": epoch, **(logs or {})}
        address = self.root + self.path
        try:
            if self.send_as_json:
                requests.post(address, json=content, headers=self.headers)
            else:
                requests.post(address, {self.field: json.dumps(content)}, headers=self.headers)
        except requests.exceptions.RequestException:
            logging.warning(f"Warning: could not reach RemoteMonitor root server at {self.root}")
