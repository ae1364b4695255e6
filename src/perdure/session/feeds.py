"""From a feed dictionary to tensors and arrays of their types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.graph import dtypes
from perdure.graph.composite import (
    IndexedSlices,
    IndexedSlicesValue,
    SparseTensor,
    SparseTensorValue,
)
from perdure.graph.graph import Graph
from perdure.graph.tensor import Tensor

_expansions: list[tuple[type, Callable[[Any, Any], list[tuple[Any, Any]]]]] = []


def register_feed_expansion(
    kind: type, expand: Callable[[Any, Any], list[tuple[Any, Any]]]
) -> None:
    """Teach `Session.run` to feed objects of a class.

    Args:
        kind: the class of the key.
        expand: from key and value to the feeds it consists of.
    """
    _expansions.insert(0, (kind, expand))


def map_feeds(feed_dict: Any, graph: Graph) -> dict[Tensor, Any]:
    """The fed tensors with their values as arrays of the right type.

    Args:
        feed_dict: from tensors (or names, variables, sparse values) to anything NumPy makes an array of.
        graph: the graph they belong to.

    Raises:
        TypeError: a key is no tensor of the graph, or a value does not fit its type.
        ValueError: a value does not fit the tensor's static shape, or the tensor may not be fed.
    """
    feeds: dict[Tensor, Any] = {}
    for key, value in feed_dict.items():
        if type(key) is Tensor and key.op.graph is graph:
            feeds[key] = feed_array(key, value)
        else:
            for tensor, part in _expanded(key, value, graph):
                feeds[tensor] = feed_array(tensor, part)
    return feeds


def _expanded(key: Any, value: Any, graph: Graph) -> list[tuple[Tensor, Any]]:
    if isinstance(key, tuple):
        if not isinstance(value, tuple) or len(value) != len(key):
            raise TypeError(f"a feed for {len(key)} tensors must be a tuple of as many values, not {value!r}")
        return [pair for k, v in zip(key, value, strict=True) for pair in _expanded(k, v, graph)]
    for kind, expand in _expansions:
        if isinstance(key, kind):
            return [pair for k, v in expand(key, value) for pair in _expanded(k, v, graph)]
    if isinstance(key, SparseTensor):
        sparse = SparseTensorValue(*value)
        return [
            (key.indices, sparse.indices),
            (key.values, sparse.values),
            (key.dense_shape, sparse.dense_shape),
        ]
    if isinstance(key, IndexedSlices):
        parts = value if isinstance(value, IndexedSlicesValue) else (*value, None)[:3]
        pairs = [(key.values, parts[0]), (key.indices, parts[1])]
        return pairs if key.dense_shape is None else [*pairs, (key.dense_shape, parts[2])]
    try:
        tensor = graph.as_graph_element(key, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        raise TypeError(f"Cannot interpret feed_dict key as Tensor: {error}") from None
    return [(tensor, value)]


def feed_array(tensor: Tensor, value: Any) -> Any:
    """`value` as an array that may be fed for `tensor`; see `map_feeds`."""
    if isinstance(value, Tensor):
        raise TypeError(
            "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python "
            "scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, the tensor object "
            f"was {value} which was passed to the feed with key {tensor}."
        )
    dtype = tensor._dtype.as_numpy_dtype
    if type(value) is np.ndarray and value.dtype == dtype:
        # A read-only view: no kernel and no fetch can then reach the user's own array.
        array = value.view()
        array.flags.writeable = False
    else:
        array = _converted(tensor, value, dtype)
    shape = tensor._shape
    if shape is not None and array.shape != shape and not _compatible(array.shape, shape):
        raise ValueError(
            f"Cannot feed value of shape {array.shape!r} for Tensor {tensor.name!r}, which has shape "
            f"{str(tensor.get_shape())!r}"
        )
    if tensor.op.graph._unfeedable and not tensor.op.graph.is_feedable(tensor):
        raise ValueError(f"Tensor {tensor} may not be fed.")
    return array


def _compatible(given: tuple[int, ...], static: tuple[int | None, ...]) -> bool:
    if len(given) != len(static):
        return False
    return all(want is None or have == want for have, want in zip(given, static, strict=True))


def _converted(tensor: Tensor, value: Any, dtype: Any) -> np.ndarray:
    if tensor._dtype.base_dtype is dtypes.string:
        return _bytes_array(value)
    if isinstance(value, int) and not _fits(value, dtype):
        raise TypeError(
            f"Type of feed value {value!r} with type {type(value)} is not compatible with Tensor type "
            f"{dtype}. Try explicitly setting the type of the feed tensor to a larger type (e.g. int64)."
        )
    array = np.asarray(value, dtype=dtype)
    if array is value or array.base is not None:
        array = array.view()
    array.flags.writeable = False
    return array


def _fits(value: int, dtype: Any) -> bool:
    try:
        return dtype(value) == value
    except OverflowError:
        return False


def _bytes_array(value: Any) -> np.ndarray:
    array = np.asarray(value, dtype=object)
    if any(not isinstance(item, bytes) for item in array.flat):
        encoded = [item.encode() if isinstance(item, str) else item for item in array.flat]
        wrong = next((item for item in encoded if not isinstance(item, bytes)), None)
        if wrong is not None:
            raise TypeError(f"Unsupported object type {type(wrong).__name__} in a feed of strings")
        shape, array = array.shape, np.empty(len(encoded), object)
        array[:] = encoded
        array = array.reshape(shape)
    return array
