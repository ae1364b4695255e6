"""What the layers share: collections of outputs and their aliases, choices by `is_training`, sizes."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterable
from typing import Any

from perdure.functional.control.conditionals import cond
from perdure.graph.constants import constant_value as value_of_tensor
from perdure.graph.defaults import add_to_collections, get_collection, get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.variables.base import Variable

NamedOutputs = namedtuple("NamedOutputs", ["name", "outputs"])

# -- outputs and their aliases -----------------------------------------------------------


def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Add a tensor to collections, under an alias.

    Args:
        collections: a collection or a list of them; with None nothing happens.
        alias: an alias of the tensor.
        outputs: the tensor.

    Returns:
        The tensor.
    """
    if collections:
        append_tensor_alias(outputs, alias)
        add_to_collections(collections, outputs)
    return outputs


def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Add to `tensor.aliases`, without the slash that a name scope ends in; returns the tensor."""
    alias = alias.removesuffix("/")
    if hasattr(tensor, "aliases"):
        tensor.aliases.append(alias)
    else:
        tensor.aliases = [alias]
    return tensor


def gather_tensors_aliases(tensors: Iterable[Any]) -> list[str]:
    """The aliases of all tensors."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def get_tensor_aliases(tensor: Any) -> list[str]:
    """The aliases of a tensor; its name if it has none."""
    aliases: list[str] | None = getattr(tensor, "aliases", None)
    return [tensor.name.removesuffix(":0")] if aliases is None else aliases


def convert_collection_to_dict(collection: Any, clear_collection: bool = False) -> OrderedDict[str, Any]:
    """The tensors of a collection by their aliases.

    Args:
        collection: the collection.
        clear_collection: whether it is emptied.
    """
    found = [(alias, x) for x in get_collection(collection) for alias in get_tensor_aliases(x)]
    if clear_collection:
        get_default_graph().clear_collection(collection)
    return OrderedDict(found)


def get_variable_collections(variables_collections: Any, name: str) -> Any:
    """The collections of a variable, of those of a layer: one list for all, or a dict by name."""
    if isinstance(variables_collections, dict):
        return variables_collections.get(name)
    return variables_collections


# -- choices -----------------------------------------------------------------------------


def constant_value(value_or_tensor_or_var: Any, dtype: Any = None) -> Any:
    """The value, if it is known while the graph is built; else None.

    Args:
        value_or_tensor_or_var: a value, a tensor or a variable.
        dtype: the type that a tensor or variable must have.

    Raises:
        ValueError: None, or another type.
    """
    given = value_or_tensor_or_var
    if given is None:
        raise ValueError("value_or_tensor_or_var cannot be None")
    if not isinstance(given, (Tensor, Variable)):
        return given
    if dtype and given.dtype != dtype:
        raise ValueError(f"It has the wrong type {given.dtype} instead of {dtype}")
    return value_of_tensor(given) if isinstance(given, Tensor) else None


def static_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any]) -> Any:
    """The result of one of two functions, for a condition that is known.

    Raises:
        TypeError: a function is not callable.
    """
    if not callable(fn1):
        raise TypeError("fn1 must be callable.")
    if not callable(fn2):
        raise TypeError("fn2 must be callable.")
    return fn1() if pred else fn2()


def smart_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any], name: str | None = None) -> Any:
    """The result of one of two functions; a condition that is known now decides at once.

    Args:
        pred: a value, a tensor or a variable.
        fn1, fn2: the functions.
        name: the name scope of the conditional, if there is one.
    """
    known = constant_value(pred)
    return cond(pred, fn1, fn2, name=name) if known is None else static_cond(known, fn1, fn2)


# -- sizes -------------------------------------------------------------------------------


def channel_dimension(shape: TensorShape, data_format: str, min_rank: int = 1) -> int:
    """How many channels a shape has.

    Args:
        shape: the shape.
        data_format: "channels_first" or "channels_last".
        min_rank: how many axes there are at least.

    Raises:
        ValueError: there are fewer axes, or the size is not known.
    """
    return _dimension(shape, 1 if data_format == "channels_first" else -1, min_rank)


def last_dimension(shape: TensorShape, min_rank: int = 1) -> int:
    """The size of the last axis; see `channel_dimension`."""
    return _dimension(shape, -1, min_rank)


def _dimension(shape: TensorShape, axis: int, min_rank: int) -> int:
    if shape.ndims is None:
        raise ValueError("dims of shape must be known but is None")
    if shape.ndims < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {shape.ndims}")
    size: int | None = shape.as_list()[axis]
    if size is None:
        raise ValueError(f"dimension {axis} of shape must be known but is None: {shape}")
    return size


def two_element_tuple(int_or_tuple: Any) -> tuple[Any, Any]:
    """A height and a width.

    Args:
        int_or_tuple: both in a list, a tuple or a shape, or one integer for both.

    Raises:
        ValueError: none of these.
    """
    if isinstance(int_or_tuple, (list, tuple)):
        if len(int_or_tuple) != 2:
            raise ValueError(f"Must be a list with 2 elements: {int_or_tuple}")
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    if isinstance(int_or_tuple, int):
        return int(int_or_tuple), int(int_or_tuple)
    if isinstance(int_or_tuple, TensorShape) and len(int_or_tuple) == 2:
        return int_or_tuple[0], int_or_tuple[1]
    raise ValueError("Must be an int, a list with 2 elements or a TensorShape of length 2")


def n_positive_integers(n: int, value: Any) -> tuple[int, ...]:
    """`n` positive integers.

    Args:
        n: how many.
        value: all of them, or one for all.

    Raises:
        ValueError: there are others, or numbers that are not positive.
    """
    if int(n) < 1 or int(n) != n:
        raise ValueError("n must be a positive integer")
    n = int(n)
    try:
        values: tuple[int, ...] = (int(value),) * n
    except (TypeError, ValueError):
        wrong = f"Expected sequence of {n} positive integers, but received {value!r}"
        if len(value) != n:
            raise ValueError(wrong) from None
        try:
            values = tuple(int(x) for x in value)
        except (TypeError, ValueError):
            raise ValueError(wrong) from None
    for x in values:
        if x < 1:
            raise ValueError(f"expected positive integer, but received {x}")
    return values
