"""What is written to a checkpoint, of either version."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perdure.formats.slices.tensor_slice import Shape, TensorSlice
from perdure.graph.dtypes import DType


class Saved(NamedTuple):
    """A tensor that is written, or a part of one.

    Attributes:
        name: the tensor.
        dtype: its type.
        array: what is written; strings are objects.
        shape: the shape of the whole tensor.
        part: which part of it `array` is; None if it is all.
    """

    name: bytes
    dtype: DType
    array: np.ndarray
    shape: Shape
    part: TensorSlice | None = None
