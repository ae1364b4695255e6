"""What map_fn, the folds and scan have in common: rows in TensorArrays, and variables read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from perdure.functional.control.tensor_arrays import TensorArray
from perdure.graph import nest
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import Dimension, TensorShape
from perdure.variables.variable_scope import get_variable_scope


class Structure:
    """How a function's argument or result is nested: as `like`, or a single value if that is not nested."""

    def __init__(self, like: Any) -> None:
        self._like = like
        self._is_nested = nest.is_nested(like)

    def flatten(self, value: Any) -> list[Any]:
        """The leaves of a value of this structure."""
        return nest.flatten(value) if self._is_nested else [value]

    def pack(self, leaves: Sequence[Any]) -> Any:
        """The value of this structure with other leaves."""
        return nest.pack_sequence_as(self._like, leaves) if self._is_nested else leaves[0]


@contextmanager
def cached_variables() -> Iterator[None]:
    """Let variables made in the block be read where they are, once, instead of in each iteration."""
    scope = get_variable_scope()
    if scope.caching_device is not None:
        yield
        return
    scope.set_caching_device(lambda op: op.device)
    try:
        yield
    finally:
        scope.set_caching_device(None)


def known_size(tensor: Tensor) -> int | None:
    """The number of rows, if it is known while the graph is built."""
    return tensor.shape.with_rank_at_least(1).as_list()[0] if tensor.shape.ndims is not None else None


def unstacked(tensor: Tensor, size: Any, **options: Any) -> TensorArray:
    """The rows of a tensor."""
    array = TensorArray(dtype=tensor.dtype, size=size, dynamic_size=False, infer_shape=True, **options)
    return array.unstack(tensor)


def stacked(arrays: Sequence[TensorArray], rows_of: Sequence[Tensor]) -> list[Tensor]:
    """The results as tensors, with as many rows as the arguments have."""
    results = [array.stack() for array in arrays]
    size = Dimension(known_size(rows_of[0]))
    for other in rows_of[1:]:
        size.assert_is_compatible_with(Dimension(known_size(other)))
    for result in results:
        result.set_shape(TensorShape([size]).concatenate(result.shape[1:]))
    return results


def check_callable(fn: Callable[..., Any]) -> None:
    """Refuse what cannot be called.

    Raises:
        TypeError: it cannot.
    """
    if not callable(fn):
        raise TypeError("fn must be callable.")
