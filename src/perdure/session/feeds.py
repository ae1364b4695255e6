"""From a feed dictionary to tensors and arrays of their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from perdure.graph import dtypes
from perdure.graph.errors import InternalError
from perdure.graph.graph import Graph
from perdure.graph.nest import flatten
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.values import MAX_RANK
from perdure.session.expansions import expansion_of
from perdure.session.handles import TensorHandle


def map_feeds(feed_dict: Any, graph: Graph) -> dict[Tensor, Any]:
    """The fed tensors with their values as arrays of the right type.

    Args:
        feed_dict: from tensors (or names, variables, sparse values) to anything NumPy makes an array of.
        graph: the graph they belong to.

    Raises:
        TypeError: a key is no tensor of the graph, or a value does not fit its type.
        ValueError: a value does not fit the tensor's static shape, or the tensor may not be fed.
    """
    if type(feed_dict) is not dict and not isinstance(feed_dict, Mapping):
        raise TypeError("input must be a dictionary: a feed_dict goes from tensors to values")
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
        keys, values = flatten(key), flatten(value)
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} "
                f"elements. Key: {keys}, value: {values}."
            )
        return [pair for k, v in zip(keys, values, strict=True) for pair in _expanded(k, v, graph)]
    expansion = expansion_of(key)
    if expansion is None:
        return [(feed_key(key, graph), value)]
    if expansion.feed is None:
        raise TypeError(f"{expansion.kind} was registered without a function that feeds it: {key!r}")
    return [(feed_key(part, graph), inner) for part, inner in expansion.feed(key, value)]


def feed_key(key: Any, graph: Graph) -> Tensor:
    """The tensor that a key of a feed dictionary means.

    Raises:
        TypeError: it means none of the graph.
    """
    try:
        return graph.as_graph_element(key, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        raise TypeError(f"Cannot interpret feed_dict key as Tensor: {error.args[0]}") from None


def feed_keys(key: Any, graph: Graph) -> list[Tensor]:
    """The tensors that a key consists of, for a partial run.

    Raises:
        TypeError: a part of it is no tensor of the graph, or its class cannot be fed.
    """
    expansion = expansion_of(key)
    if expansion is None:
        return [feed_key(key, graph)]
    if expansion.feed_keys is None:
        raise TypeError(
            f"{expansion.kind} was registered without a function that feeds it in partial runs: {key!r}"
        )
    return [feed_key(part, graph) for part in expansion.feed_keys(key)]


def feed_array(tensor: Tensor, value: Any) -> Any:
    """`value` as an array that may be fed for `tensor`; see `map_feeds`.

    Strings stay what they are, since a fetch of what is fed gives them back: kernels get them `encoded`.
    """
    dtype = tensor._dtype._numpy
    if type(value) is np.ndarray and dtype is not None and value.dtype == dtype:
        # A read-only view: no kernel and no fetch can then reach the user's own array.
        array = value.view()
        array.setflags(write=False)
    elif isinstance(value, Tensor):
        raise TypeError(
            "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python "
            "scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, the tensor object "
            f"was {value} which was passed to the feed with key {tensor}."
        )
    elif isinstance(value, TensorHandle):
        return value.value_for_feed(tensor)
    else:
        array = _converted(tensor, value, tensor._dtype.as_numpy_dtype)
    shape = tensor._shape
    if shape is not None and array.shape != shape and not _compatible(array.shape, shape):
        raise ValueError(
            f"Cannot feed value of shape {array.shape!r} for Tensor {tensor.name!r}, which has shape "
            f"{str(tensor.get_shape())!r}"
        )
    graph = tensor.op.graph
    if graph._unfeedable and not graph.is_feedable(tensor):
        raise ValueError(f"Tensor {tensor} may not be fed.")
    return array


def _compatible(given: tuple[int, ...], static: tuple[int | None, ...]) -> bool:
    if len(given) != len(static):
        return False
    for have, want in zip(given, static, strict=True):  # noqa: SIM110 - all(...) takes three times as long
        if have != want and want is not None:
            return False
    return True


def _converted(tensor: Tensor, value: Any, dtype: Any) -> np.ndarray:
    is_text = tensor._dtype.base_dtype is dtypes.string
    if isinstance(value, int) and (is_text or not _fits(value, dtype)):
        raise TypeError(
            f"Type of feed value {value!r} with type {type(value)} is not compatible with Tensor type "
            f"{dtype}. Try explicitly setting the type of the feed tensor to a larger type (e.g. int64)."
        )
    try:
        if is_text:
            array = np.asarray(value.item() if isinstance(value, np.generic) else value, dtype=object)
        elif (kind := type(value)) is int or kind is float and abs(value) < 65000:  # even a half holds it
            array = np.asarray(value, dtype=dtype)
        else:
            array = _silently(value, dtype)
    except NotImplementedError as error:  # a tensor somewhere inside
        raise ValueError(f"setting an array element with a sequence. ({error})") from None
    except OverflowError:
        # Whole arrays wrap around, as they did before NumPy 2.
        array = np.asarray(value, dtype=np.int64).astype(dtype)
    if array.ndim > MAX_RANK:
        if is_text:
            raise InternalError(None, None, f"Unsupported object type list: more than {MAX_RANK} dimensions")
        raise ValueError(f"setting an array element with a sequence: more than {MAX_RANK} dimensions")
    if array is value or array.base is not None:
        array = array.view()
    array.flags.writeable = False
    return array


@np.errstate(over="ignore", invalid="ignore")
def _silently(value: Any, dtype: Any) -> np.ndarray:
    """`np.asarray`, where what is too large becomes infinite without a warning, as before NumPy 1.24."""
    return np.asarray(value, dtype=dtype)


@np.errstate(over="ignore")
def _fits(value: int, dtype: Any) -> bool:
    try:
        return dtype(value).item() == value
    except OverflowError:
        if not -(2**63) <= value < 2**64:
            raise OverflowError("Python int too large to convert to C long") from None
        return False


def encoded(tensor: Tensor, array: Any) -> Any:
    """A fed array as kernels take it: strings as bytes.

    Raises:
        InternalError: one of them is no string.
    """
    return _encoded(array) if tensor._dtype.base_dtype is dtypes.string else array


def _encoded(array: Any) -> Any:
    if type(array) is bytes:
        return array
    for item in array.flat:  # `all(...)` takes twice as long
        if type(item) is not bytes:
            break
    else:
        return array
    made = np.empty(array.size, object)
    made[:] = [_as_bytes(item) for item in array.flat]
    return made.reshape(array.shape)


def _as_bytes(item: Any) -> bytes:
    # Neither is a TypeError: TensorFlow finds it when the step is about to run.
    if isinstance(item, bytes):
        return bytes(item)
    if isinstance(item, str):
        try:
            return item.encode()
        except UnicodeEncodeError:
            raise InternalError(None, None, "Unable to convert element to UTF-8") from None
    raise InternalError(None, None, f"Unsupported object type {type(item).__name__} in a feed of strings")


def echo(value: Any) -> Any:
    """A fed value as it is fetched: arrays stay arrays, also without axes."""
    return np.array(value) if isinstance(value, np.ndarray) else value


class FedStep:
    """A step that is fed strings, or fetches what it is fed: that comes back as it was given.

    Args:
        inner: what runs the step.
        texts: positions of strings among the feeds.
        echoes: positions among the fetches, with those among the feeds.
    """

    __slots__ = ("inner", "_texts", "_echoes")

    def __init__(self, inner: Any, texts: Sequence[int], echoes: Sequence[tuple[int, int]]) -> None:
        self.inner = inner
        self._texts = texts
        self._echoes = echoes

    @property
    def units(self) -> Any:
        """The units of the step."""
        return self.inner.units

    def run(self, feeds: Iterable[Any]) -> list[Any]:
        """Run the step; see `Executable.run`."""
        given = list(feeds)
        results = self.inner.run(self.encoded(given) if self._texts else given)
        if self._echoes:
            self.echo(given, results)
        return results

    def encoded(self, given: Sequence[Any]) -> list[Any]:
        """The fed values as kernels take them."""
        values = list(given)
        for position in self._texts:
            values[position] = _encoded(values[position])
        return values

    def echo(self, given: Sequence[Any], results: list[Any]) -> None:
        """Put copies of the fed values in the place of the fetched ones."""
        for fetch, feed in self._echoes:
            results[fetch] = echo(given[feed])


def as_fed(
    step: Any, tensors: Sequence[Tensor], targets: Sequence[Operation], feeds: Sequence[Tensor]
) -> Any:
    """What runs a step whose feeds are as `map_feeds` makes them; usually the step itself.

    Args:
        step: runs it with what kernels take.
        tensors: what is fetched.
        targets: what is run besides.
        feeds: what is fed.
    """
    position = {tensor: index for index, tensor in enumerate(feeds)}
    echoes = [(index, position[tensor]) for index, tensor in enumerate(tensors) if tensor in position]
    runs = bool(targets) or len(echoes) < len(tensors)
    # As in TensorFlow nothing looks at what is fed to a step in which nothing runs.
    texts = [i for i, t in enumerate(feeds) if runs and t._dtype.base_dtype is dtypes.string]
    return FedStep(step, texts, echoes) if texts or echoes else step
