"""Looking at what is known while a graph is built."""

from typing import Any

import numpy as np

from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.tensor import is_tensor_like


def is_tensor(x: Any) -> bool:
    """Whether `x` is a Tensor, or what TensorFlow treats as one: a variable, a sparse tensor."""
    return is_tensor_like(x) or isinstance(x, SparseTensor | IndexedSlices)


def make_ndarray(tensor: Any) -> np.ndarray:
    """The array that a TensorProto holds.

    Raises:
        TypeError: its type has no array.
    """
    from perdure.formats.graph.tensors import proto_to_array

    return proto_to_array(tensor)
