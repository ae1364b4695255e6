"""Summaries of tensors, activations and whole collections: `summarize_collection` and its kind."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

from perdure.functional.math import binary
from perdure.functional.math.cast import cast, to_float
from perdure.functional.math.reductions import reduce_mean
from perdure.functional.summaries.values import histogram, scalar
from perdure.graph import dtypes
from perdure.graph.defaults import get_collection
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor


def summarize_activation(op: Any) -> Tensor:
    """A histogram of activations, and the shares of those that are cut off.

    Args:
        op: the tensor; of Relu, Relu6 and Softplus it is said how many inputs are below 0, and of Relu6 how
            many are above 6.
    """
    operation = op.op
    if operation.type in ("Relu", "Softplus", "Relu6"):
        _share(operation, binary.less, 0.0, "zeros")
    if operation.type == "Relu6":
        _share(operation, binary.greater, 6.0, "sixes")
    return histogram(f"{operation.name}/activation", op)


def _share(operation: Any, compare: Callable[..., Any], bound: float, tag: str) -> None:
    source = operation.inputs[0]
    scalar(f"{operation.name}/{tag}", reduce_mean(to_float(compare(source, cast(bound, source.dtype)))))


def summarize_tensor(tensor: Any, tag: str | None = None) -> Tensor | None:
    """A summary of a scalar, or a histogram; None for strings and booleans.

    Args:
        tensor: the tensor.
        tag: the tag; the name of its operation and "_summary" if None.
    """
    if tensor.dtype.is_compatible_with(dtypes.string) or tensor.dtype.base_dtype == dtypes.bool:
        return None
    summary = scalar if tensor.shape.ndims == 0 else histogram
    return summary(tag or f"{tensor.op.name}_summary", tensor)


def summarize_tensors(
    tensors: Iterable[Any], summarizer: Callable[[Any], Any] = summarize_tensor
) -> list[Any]:
    """A summary of each tensor.

    Args:
        tensors: the tensors.
        summarizer: a function from a tensor to its summary.
    """
    return [summarizer(tensor) for tensor in tensors]


def summarize_collection(
    collection: Any, name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_tensor
) -> list[Any]:
    """A summary of each tensor of a collection.

    Args:
        collection: the collection.
        name_filter: a regular expression that the names of operations begin with; None for all.
        summarizer: a function from a tensor to its summary.
    """
    found = get_collection(collection)
    if name_filter is not None:
        found = [tensor for tensor in found if re.match(name_filter, tensor.op.name)]
    return summarize_tensors(found, summarizer)


summarize_variables = functools.partial(summarize_collection, GraphKeys.GLOBAL_VARIABLES)
summarize_weights = functools.partial(summarize_collection, GraphKeys.WEIGHTS)
summarize_biases = functools.partial(summarize_collection, GraphKeys.BIASES)


def summarize_activations(
    name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_activation
) -> list[Any]:
    """A summary of each tensor of `GraphKeys.ACTIVATIONS`; see `summarize_collection`."""
    return summarize_collection(GraphKeys.ACTIVATIONS, name_filter, summarizer)
