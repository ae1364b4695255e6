"""Data sets in CSV files: reading them, two that come along, and downloading others."""

from __future__ import annotations

import csv
import os
import random
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from perdure.filesystem import functions as files
from perdure.filesystem.gfile import GFile

# The error number of a connection that timed out.
_TIMED_OUT = 110


class Dataset(NamedTuple):
    """Examples: `data`, a row for each, and `target`."""

    data: Any
    target: Any


class Datasets(NamedTuple):
    """The parts that a data set is split into."""

    train: Any
    validation: Any
    test: Any


def load_csv_with_header(
    filename: str, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Dataset:
    """Read a CSV file whose first line says how many examples and features it has.

    Args:
        filename: the file.
        target_dtype: the NumPy type of targets.
        features_dtype: that of features.
        target_column: which column the target is.
    """
    with GFile(filename) as file:
        rows = csv.reader(file)
        header = next(rows)
        data = np.zeros((int(header[0]), int(header[1])), dtype=features_dtype)
        target = np.zeros((int(header[0]),), dtype=target_dtype)
        for index, row in enumerate(rows):
            target[index] = np.asarray(row.pop(target_column), dtype=target_dtype)
            data[index] = np.asarray(row, dtype=features_dtype)
    return Dataset(data, target)


def load_csv_without_header(
    filename: str, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Dataset:
    """Read a CSV file of examples.

    Args:
        filename: the file.
        target_dtype: the NumPy type of targets.
        features_dtype: that of features.
        target_column: which column the target is.
    """
    with GFile(filename) as file:
        rows = list(csv.reader(file))
    target = np.array([row.pop(target_column) for row in rows], dtype=target_dtype)
    return Dataset(np.array([np.asarray(row, dtype=features_dtype) for row in rows]), target)


def shrink_csv(filename: str, ratio: int) -> None:
    """Write every `ratio`-th row of a CSV file into `<name>_small.<ending>`.

    Args:
        filename: the file.
        ratio: how many rows become one.
    """
    with GFile(filename.replace(".", "_small."), "w") as small, GFile(filename) as file:
        writer = csv.writer(small)
        for index, row in enumerate(csv.reader(file)):
            if index % ratio == 0:
                writer.writerow(row)


def load_iris(data_path: str | None = None) -> Dataset:
    """Fisher's irises: 150 examples of four features, int64 classes 0 to 2.

    Args:
        data_path: a file in the same format; None for the one that comes along.
    """
    return load_csv_with_header(data_path or _own("iris.csv"), np.int64, np.float64)


def load_boston(data_path: str | None = None) -> Dataset:
    """House prices of Boston: 506 examples of 13 features.

    Args:
        data_path: a file in the same format; None for the one that comes along.
    """
    return load_csv_with_header(data_path or _own("boston_house_prices.csv"), np.float64, np.float64)


def _own(name: str) -> str:
    return os.path.join(os.path.dirname(__file__), "files", name)


def retry(
    initial_delay: float,
    max_delay: float,
    factor: float = 2.0,
    jitter: float = 0.25,
    is_retriable: Callable[[Exception], bool] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator of functions that are tried again when they fail, later each time.

    Args:
        initial_delay: how many seconds to wait the first time.
        max_delay: the longest time to wait.
        factor: by what the time grows.
        jitter: which part of the time is random.
        is_retriable: whether there is a point in trying again after an error; without it there always is, and
            nothing is waited for.

    Raises:
        ValueError: the time would shrink, or be negative.
    """
    if factor < 1:
        raise ValueError(f"factor must be >= 1; was {factor:f}")
    if jitter >= 1:
        raise ValueError(f"jitter must be < 1; was {jitter:f}")

    def delays() -> Iterator[float]:
        delay = initial_delay
        while delay <= max_delay:
            yield delay * random.uniform(1 - jitter, 1 + jitter)
            delay *= factor

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def tried(*args: Any, **kwargs: Any) -> Any:
            for delay in delays():
                try:
                    return function(*args, **kwargs)
                except Exception as error:
                    if is_retriable is None:
                        continue
                    if not is_retriable(error):
                        raise
                    time.sleep(delay)
            return function(*args, **kwargs)

        return tried

    return wrap


def _has_timed_out(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == _TIMED_OUT


@retry(initial_delay=1.0, max_delay=16.0, is_retriable=_has_timed_out)
def urlretrieve_with_retry(url: str, filename: str | None = None) -> Any:
    """Download a file; returns where it is, and the headers of the answer.

    Args:
        url: its address.
        filename: where to put it; None for a temporary file.

    Raises:
        OSError: it cannot be had.
    """
    return urllib.request.urlretrieve(url, filename)


def maybe_download(filename: str, work_directory: str, source_url: str) -> str:
    """The path of a file, which is downloaded if it is not there.

    Args:
        filename: its name.
        work_directory: its folder, which is made if it is not there.
        source_url: its address.

    Raises:
        OSError: it cannot be downloaded; the error names the address and where to put the file.
    """
    if not files.file_exists(work_directory):
        files.recursive_create_dir(work_directory)
    path = os.path.join(work_directory, filename)
    if not files.file_exists(path):
        try:
            downloaded, _ = urlretrieve_with_retry(source_url)
        except OSError as error:
            message = f"{source_url} cannot be downloaded ({error}): get it elsewhere and put it at {path}"
            raise type(error)(error.errno, message) if error.errno else OSError(message) from error
        files.copy(downloaded, path)
        with GFile(path) as file:
            print("Successfully downloaded", filename, file.size(), "bytes.")
    return path
