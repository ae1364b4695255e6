"""HDF5Matrix: a dataset of an HDF5 file, or a part of it, as an array that is read when needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from perdure.keras.utils.optional import h5py_module


class HDF5Matrix:
    """A dataset of an HDF5 file, or a part of its rows.

    Args:
        datapath: the file.
        dataset: the name of the dataset.
        start, end: the rows; all without.
        normalizer: a function that is called on what is read.

    Raises:
        ImportError: h5py is not installed.
    """

    refs: ClassVar[Any] = defaultdict(int)

    def __init__(
        self,
        datapath: str,
        dataset: str,
        start: int = 0,
        end: int | None = None,
        normalizer: Callable[[Any], Any] | None = None,
    ) -> None:
        h5py = h5py_module("HDF5Matrix")
        if datapath not in self.refs:
            self.refs[datapath] = h5py.File(datapath, "r")
        self.data = self.refs[datapath][dataset]
        self.start = start
        self.end = self.data.shape[0] if end is None else end
        self.normalizer = normalizer
        first = self.data[0:1] if normalizer is None else normalizer(self.data[0:1])
        self._base_shape = first.shape[1:]
        self._base_dtype = first.dtype

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key: Any) -> Any:
        beyond = IndexError("End index larger than array length")
        rows: Any
        if isinstance(key, slice):
            start, stop = 0 if key.start is None else key.start, key.stop
            if stop is None:
                stop = self.shape[0]
            if stop + self.start > self.end:
                raise beyond
            rows = slice(start + self.start, stop + self.start)
        elif isinstance(key, int | np.integer):
            if key + self.start >= self.end:
                raise beyond
            rows = key + self.start
        elif isinstance(key, np.ndarray | list):
            if np.max(key) + self.start >= self.end:
                raise beyond
            rows = (np.asarray(key) + self.start).tolist()
        else:
            raise IndexError
        found = self.data[rows]
        return found if self.normalizer is None else self.normalizer(found)

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes."""
        return (self.end - self.start, *self._base_shape)

    @property
    def dtype(self) -> Any:
        """The type."""
        return self._base_dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return int(self.data.ndim)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))
