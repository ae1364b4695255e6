"""tf.sets: rows of values as sets."""

from __future__ import annotations

from typing import Any

from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor, convert_to_tensor_or_sparse_tensor
from perdure.graph.tensor import Tensor

_TYPES = {
    dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16, dtypes.string,
}  # fmt: skip


def set_size(a: Any, validate_indices: bool = True) -> Tensor:
    """How many different values each row has.

    Args:
        a: a SparseTensor, whose last dimension is that of the values.
        validate_indices: whether its entries must be in order.

    Raises:
        TypeError: it is not sparse, or of a type that has no sets.
    """
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    if a.values.dtype.base_dtype not in _TYPES:
        raise TypeError(f"Invalid dtype {a.values.dtype}.")
    return g.set_size(a.indices, a.values, a.dense_shape, validate_indices=validate_indices)


def _both(a: Any, b: Any) -> tuple[Any, Any, bool]:
    """Two inputs, a dense one first, and whether they changed places."""
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    if a.dtype.base_dtype not in _TYPES:
        raise TypeError(f"'a' invalid dtype {a.dtype}.")
    b = convert_to_tensor_or_sparse_tensor(b, name="b")
    if b.dtype.base_dtype != a.dtype.base_dtype:
        raise TypeError(f"Types don't match, {a.dtype} vs {b.dtype}.")
    if isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        return b, a, True
    return a, b, False


def _combined(a: Any, b: Any, operation: str, validate_indices: bool) -> SparseTensor:
    attrs = {"set_operation": operation, "validate_indices": validate_indices}
    if isinstance(a, SparseTensor):
        parts = a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape
        return SparseTensor(*g.sparse_to_sparse_set_operation(*parts, **attrs))
    if isinstance(b, SparseTensor):
        return SparseTensor(*g.dense_to_sparse_set_operation(a, b.indices, b.values, b.dense_shape, **attrs))
    return SparseTensor(*g.dense_to_dense_set_operation(a, b, **attrs))


def set_intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The values that are in a row of both.

    Args:
        a, b: tensors or SparseTensors with the same sizes but for the last, which is that of the values.
        validate_indices: whether entries of sparse ones must be in order.

    Returns:
        A SparseTensor with the values of each row in ascending order.

    Raises:
        TypeError: the types differ, or have no sets.
    """
    a, b, _ = _both(a, b)
    return _combined(a, b, "intersection", validate_indices)


def set_difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """The values that are in a row of one and not of the other; see `set_intersection`.

    Args:
        a, b, validate_indices: as of `set_intersection`.
        aminusb: whether those of `a` that are not in `b`; else the other way round.
    """
    a, b, swapped = _both(a, b)
    return _combined(a, b, "a-b" if aminusb != swapped else "b-a", validate_indices)


def set_union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The values that are in a row of either; see `set_intersection`."""
    a, b, _ = _both(a, b)
    return _combined(a, b, "union", validate_indices)
