"""Features crossed with each other."""

from __future__ import annotations

from typing import Any

from perdure.functional.math.cast import cast
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.tensor import Tensor

# The hash key of whoever gives none.
DEFAULT_HASH_KEY = 0xDECAFCAFFE


def sparse_cross(inputs: list[Any], name: str | None = None) -> SparseTensor:
    """All combinations of a feature of each input, as strings that `_X_` joins.

    Args:
        inputs: tensors and SparseTensors, (batch, any), of strings or integers.
        name: the name of the op.

    Returns:
        A SparseTensor of strings, (batch, the most combinations).

    Raises:
        TypeError: they are no list of tensors.
    """
    return _crossed(inputs, name)


def sparse_cross_hashed(
    inputs: list[Any], num_buckets: int = 0, hash_key: int | None = None, name: str | None = None
) -> SparseTensor:
    """All combinations of a feature of each input, as the numbers of their fingerprints.

    Args:
        inputs: tensors and SparseTensors, (batch, any), of strings or integers.
        num_buckets: what numbers are taken modulo of; 0: numbers are below 2⁶³ - 1.
        hash_key: the fingerprint that those of the features are added to, one by one.
        name: the name of the op.

    Returns:
        A SparseTensor of int64, (batch, the most combinations).

    Raises:
        TypeError: they are no list of tensors.
    """
    return _crossed(inputs, name, hashed_output=True, num_buckets=num_buckets, hash_key=hash_key)


def _crossed(
    inputs: list[Any],
    name: str | None,
    hashed_output: bool = False,
    num_buckets: int = 0,
    hash_key: int | None = None,
) -> SparseTensor:
    if not isinstance(inputs, list):
        raise TypeError("Inputs must be a list")
    if not all(isinstance(value, (SparseTensor, Tensor)) for value in inputs):
        raise TypeError("All inputs must be SparseTensors")
    sparse = [value for value in inputs if isinstance(value, SparseTensor)]
    dense = [value for value in inputs if not isinstance(value, SparseTensor)]
    indices, shapes = [value.indices for value in sparse], [value.dense_shape for value in sparse]
    kinds = [value.dtype for value in inputs]
    values, dense = (
        [tensor if tensor.dtype == dtypes.string else cast(tensor, dtypes.int64) for tensor in tensors]
        for tensors in ([value.values for value in sparse], dense)
    )
    parts = g.sparse_cross(
        indices,
        values,
        shapes,
        dense,
        hashed_output=hashed_output,
        num_buckets=num_buckets,
        hash_key=hash_key or DEFAULT_HASH_KEY,
        out_type=dtypes.int64 if hashed_output else dtypes.string,
        internal_type=dtypes.string if all(kind == dtypes.string for kind in kinds) else dtypes.int64,
        name=name,
    )
    return SparseTensor(*parts)
