"""Rows of embedding tables by number: `tf.nn.embedding_lookup` and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array import array
from perdure.functional.array.gathering import dynamic_partition, gather, where
from perdure.functional.array.joining import concat, stack
from perdure.functional.array.rearranging import tile
from perdure.functional.array.searching import unique
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.math.binary import div
from perdure.functional.math.binary import pow as power
from perdure.functional.math.cast import cast
from perdure.functional.math.clip import clip_by_norm
from perdure.functional.math.reductions import reduce_prod, reduce_sum
from perdure.functional.math.segments import (
    segment_sum,
    sparse_segment_mean,
    sparse_segment_sqrt_n,
    sparse_segment_sum,
)
from perdure.functional.sparse.reshaping import sparse_fill_empty_rows, sparse_reshape, sparse_retain
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor, convert_to_tensor_or_indexed_slices
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_value
from perdure.platform import logging

_SPARSE_REDUCTIONS = {
    "sum": sparse_segment_sum,
    "mean": sparse_segment_mean,
    "sqrtn": sparse_segment_sqrt_n,
}


def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: Any = None,
) -> Tensor:
    """The rows `ids` of an embedding table, of shape `shape(ids) + shape(params)[1:]`.

    Args:
        params: a tensor or variable, a list of them that are the parts of one table, or a
            partitioned variable.
        ids: int32 or int64 of any shape.
        partition_strategy: how a table is divided into parts: "mod" puts row i into part
            `i % parts`, "div" puts the first rows into the first part and so on.
        name: the name of the op.
        validate_indices: without effect, as in TensorFlow 1.15: ids are always checked.
        max_norm: the largest Euclidean norm of a row; larger rows are scaled down.

    Raises:
        ValueError: there are no `params`, or `partition_strategy` is neither "mod" nor "div".
    """
    del validate_indices
    return lookup_and_transform(params, ids, partition_strategy, name, max_norm)


def lookup_and_transform(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    max_norm: Any = None,
    transform_fn: Callable[[Tensor], Tensor] | None = None,
) -> Tensor:
    """`embedding_lookup`, with a function applied to the rows of each part where they are.

    Args:
        params, ids, partition_strategy, name, max_norm: as for `embedding_lookup`.
        transform_fn: from the rows of one part, (n, ...), to a tensor with the same first size.

    Raises:
        ValueError: there are no `params`, or `partition_strategy` is neither "mod" nor "div".
    """
    params = _parts(params)
    with name_scope(name, "embedding_lookup", [*params, ids]) as scope:
        if not any(_is_resource_variable(part) for part in params):
            params = [
                convert_to_tensor_or_indexed_slices(part, name=f"params_{i}") for i, part in enumerate(params)
            ]
        ids = convert_to_tensor(ids, name="ids")
        if len(params) == 1 and (transform_fn is None or ids.get_shape().ndims == 1):
            with colocate_with(params[0]):
                rows = _clipped(gather(params[0], ids, name=scope), ids, max_norm)
                if transform_fn is not None:
                    rows = transform_fn(rows)
            return array.identity(rows)
        return _lookup_in_parts(params, ids, partition_strategy, scope, max_norm, transform_fn)


def _lookup_in_parts(
    params: list[Any],
    ids: Tensor,
    partition_strategy: str,
    name: str,
    max_norm: Any,
    transform_fn: Callable[[Tensor], Tensor] | None,
) -> Tensor:
    flat_ids = array.reshape(ids, [-1])
    places = sequence(array.size(flat_ids))
    if partition_strategy == "mod":
        parts, rows_in_part = flat_ids % len(params), flat_ids // len(params)
    elif partition_strategy == "div":
        parts, rows_in_part = _divide(params, flat_ids)
    else:
        raise ValueError(f"Unrecognized partition strategy: {partition_strategy!r}; it is 'mod' or 'div'")
    parts = cast(parts, dtypes.int32)
    rows_of_parts = dynamic_partition(rows_in_part, parts, len(params))
    places_of_parts = dynamic_partition(places, parts, len(params))
    found = []
    for part, rows in zip(params, rows_of_parts, strict=True):
        with colocate_with(part):
            values = gather(part, rows)
            if transform_fn is not None:
                values = transform_fn(_clipped(values, rows, max_norm))
        found.append(values)
    result = g.parallel_dynamic_stitch(places_of_parts, found, name=name)

    if transform_fn is None:
        row_shape = params[0].get_shape()[1:]
        for part in params[1:]:
            row_shape = row_shape.merge_with(part.get_shape()[1:])
    else:
        row_shape = result.get_shape()[1:]
    if row_shape.is_fully_defined():
        row_sizes: Any = row_shape
    elif transform_fn is None:
        with colocate_with(params[0]):
            sizes = array.shape(params[0])
        row_sizes = sizes[1:]
    else:
        row_sizes = array.shape(result)[1:]
    result = array.reshape(result, concat([array.shape(ids), row_sizes], 0))
    result.set_shape(ids.get_shape().concatenate(row_shape))
    return result if transform_fn is not None else _clipped(result, ids, max_norm)


def _divide(params: list[Any], flat_ids: Tensor) -> tuple[Tensor, Tensor]:
    """Part and row in the part of each id, where the first parts may have one row more."""
    known: list[Any] = [dimension_value(part.get_shape()[0]) for part in params]
    if None not in known and sum(known):
        total = constant(sum(known), flat_ids.dtype)
    else:
        sizes: list[Any] = []
        for part, size in zip(params, known, strict=True):
            if size is None:
                with colocate_with(part):
                    size = array.shape(part)[0]
            sizes.append(size)
        total = reduce_sum(cast(stack(sizes), flat_ids.dtype))
    each = total // len(params)
    extras = total % len(params)
    parts = g.maximum(flat_ids // (each + 1), (flat_ids - extras) // each)
    rows = where(parts < extras, flat_ids % (each + 1), (flat_ids - extras) % each)
    return parts, rows


def _parts(params: Any) -> list[Any]:
    if params is None:
        raise ValueError("params must be specified")
    if isinstance(params, (list, tuple)) and not params:
        raise ValueError("Need at least one param")
    if hasattr(params, "_get_variable_list"):  # a partitioned variable
        params = list(params)
    return params if isinstance(params, list) else [params]


def _is_resource_variable(value: Any) -> bool:
    return getattr(value, "handle", None) is not None and hasattr(value, "sparse_read")


def _clipped(rows: Tensor, ids: Any, max_norm: Any) -> Tensor:
    """`rows` with each row's norm, over the dimensions that `ids` does not have, limited."""
    if max_norm is None:
        return rows
    ids_rank, ids_known = _rank(ids)
    rows_rank, rows_known = _rank(rows)
    if ids_known and rows_known:
        axes: Any = list(range(ids_rank, rows_rank))
    else:
        axes = sequence(ids_rank, rows_rank)
    return clip_by_norm(rows, max_norm, axes=axes)


def _rank(x: Any) -> tuple[Any, bool]:
    """The rank of `x` and whether it is known; TensorFlow counts a scalar's as not known."""
    rank = convert_to_tensor(x).get_shape().ndims
    return (rank, True) if rank else (array.rank(x), False)


def embedding_lookup_sparse(
    params: Any,
    sp_ids: Any,
    sp_weights: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    combiner: str | None = None,
    max_norm: Any = None,
) -> Tensor:
    """For each row of a sparse matrix of ids, the combined embeddings of these ids.

    Args:
        params: an embedding table, as for `embedding_lookup`.
        sp_ids: a SparseTensor of int64 ids, (rows, any); each row has at least one id.
        sp_weights: a SparseTensor of weights with the same indices, or None for weights of one.
        partition_strategy: as for `embedding_lookup`.
        name: the name of the op.
        combiner: "sum" of the weighted embeddings, their "mean" (the sum over the total weight;
            the default), or "sqrtn" (over the root of the sum of squared weights).
        max_norm: the largest norm of an embedding before it is combined.

    Raises:
        TypeError: `sp_ids` or `sp_weights` is not a SparseTensor.
        ValueError: `combiner` is none of these, or ids and weights differ in shape.
    """
    if combiner is None:
        logging.warn('The default value of combiner will change from "mean" to "sqrtn" after 2016/11/01.')
        combiner = "mean"
    if not isinstance(combiner, str) or combiner not in _SPARSE_REDUCTIONS:
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', but is {combiner!r}")
    params = _parts(params)
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError(f"sp_ids must be SparseTensor, but is a {type(sp_ids).__name__}")
    if sp_weights is not None:
        _check_weights(sp_ids, sp_weights)
    with name_scope(name, "embedding_lookup_sparse", [*params, sp_ids]) as scope:
        rows = sp_ids.indices[:, 0]
        if rows.dtype != dtypes.int32:
            rows = cast(rows, dtypes.int32)
        ids, places = unique(sp_ids.values)
        embeddings = embedding_lookup(params, ids, partition_strategy=partition_strategy, max_norm=max_norm)
        if embeddings.dtype in (dtypes.float16, dtypes.bfloat16):
            embeddings = cast(embeddings, dtypes.float32)
        if sp_weights is None:
            return _SPARSE_REDUCTIONS[combiner](embeddings, places, rows, name=scope)
        weights = sp_weights.values
        if weights.dtype != embeddings.dtype:
            weights = cast(weights, embeddings.dtype)
        embeddings = gather(embeddings, places)
        weights = _as_columns(weights, embeddings)
        embeddings *= weights
        if combiner == "sum":
            return segment_sum(embeddings, rows, name=scope)
        total = segment_sum(embeddings, rows)
        if combiner == "mean":
            return div(total, segment_sum(weights, rows), name=scope)
        squares = segment_sum(power(weights, 2), rows)
        return div(total, g.sqrt(squares), name=scope)


def _check_weights(sp_ids: SparseTensor, sp_weights: Any) -> None:
    if not isinstance(sp_weights, SparseTensor):
        raise TypeError(
            f"sp_weights must be either None or SparseTensor, but is a {type(sp_weights).__name__}"
        )
    for part in ("values", "indices", "dense_shape"):
        ids, weights = getattr(sp_ids, part).get_shape(), getattr(sp_weights, part).get_shape()
        ids.assert_is_compatible_with(weights)


def _as_columns(weights: Tensor, embeddings: Tensor) -> Tensor:
    """`weights`, (n,), with ones for the further dimensions of `embeddings`."""
    ones = array.fill(array.expand_dims(array.rank(embeddings) - 1, 0), 1)
    sizes = concat([array.shape(weights), ones], 0)
    length = weights.get_shape()
    weights = array.reshape(weights, sizes)
    rank = embeddings.get_shape().ndims
    if rank is not None:
        weights.set_shape(length.concatenate([1] * (rank - 1)))
    return weights


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: SparseTensor,
    sparse_weights: SparseTensor | None = None,
    combiner: str | None = "mean",
    default_id: Any = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: Any = None,
) -> Tensor:
    """`embedding_lookup_sparse` for ids that may be invalid and rows that may be empty.

    Negative ids are left out, and so are ids without a positive weight unless the combiner is "sum".

    Args:
        embedding_weights: an embedding table, as for `embedding_lookup`.
        sparse_ids: a SparseTensor of ids, (..., any); embeddings are combined along the last axis.
        sparse_weights: a SparseTensor of weights with the same indices, or None for weights of one.
        combiner: see `embedding_lookup_sparse`.
        default_id: the id of rows without ids; their embedding is zero if None.
        name: the name of the op.
        partition_strategy: as for `embedding_lookup`.
        max_norm: the largest norm of an embedding before it is combined.

    Returns:
        A tensor of shape `shape(sparse_ids)[:-1] + shape(embedding_weights)[1:]`.

    Raises:
        ValueError: there are no `embedding_weights`.
    """
    if embedding_weights is None or (isinstance(embedding_weights, list) and not embedding_weights):
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    dtype = None if sparse_weights is None else sparse_weights.dtype
    tables = [
        table
        if _is_resource_variable(table) and dtype in (None, table.dtype)
        else convert_to_tensor(table, dtype=dtype)
        for table in _parts(embedding_weights)
    ]
    with name_scope(name, "embedding_lookup", [*tables, sparse_ids, sparse_weights]) as scope:
        # Rows of whatever rank are numbered.
        shape = sparse_ids.dense_shape
        known_rank = dimension_value(shape.get_shape()[0])
        rank: Any = array.size(shape) if known_rank is None else known_rank
        rows = reduce_prod(slice_of(shape, [0], [rank - 1]))
        sparse_ids = sparse_reshape(sparse_ids, [rows, gather(shape, rank - 1)])
        if sparse_weights is not None:
            sparse_weights = SparseTensor(sparse_ids.indices, sparse_weights.values, sparse_ids.dense_shape)
        sparse_ids, sparse_weights = _valid(sparse_ids, sparse_weights, combiner)
        sparse_ids, is_row_empty = sparse_fill_empty_rows(sparse_ids, default_id or 0)
        if sparse_weights is not None:
            sparse_weights, _ = sparse_fill_empty_rows(sparse_weights, 1.0)
        result = embedding_lookup_sparse(
            tables,
            sparse_ids,
            sparse_weights,
            combiner=combiner,
            partition_strategy=partition_strategy,
            name=None if default_id is None else scope,
            max_norm=max_norm,
        )
        if default_id is None:
            column = array.reshape(is_row_empty, [-1, 1])
            is_row_empty = tile(column, stack([1, array.shape(result)[1]]))
            result = where(is_row_empty, array.zeros_like(result), result, name=scope)
        outer = slice_of(cast(shape, dtypes.int32), [0], [rank - 1])
        final = array.reshape(result, concat([outer, slice_of(array.shape(result), [1], [-1])], 0))
        outer_shape = TensorShape(None if known_rank is None else [None] * (known_rank - 1))
        final.set_shape(outer_shape.concatenate(result.get_shape()[1:]))
        return final


def _valid(
    ids: SparseTensor, weights: SparseTensor | None, combiner: str | None
) -> tuple[SparseTensor, SparseTensor | None]:
    """Ids that are not negative and, unless they are summed, have a positive weight, and these weights."""
    is_valid = g.greater_equal(ids.values, 0)
    if weights is None:
        return sparse_retain(ids, is_valid), None
    is_valid = g.logical_and(is_valid, array.ones_like(weights.values, dtype=dtypes.bool))
    ids, weights = sparse_retain(ids, is_valid), sparse_retain(weights, is_valid)
    if combiner != "sum":
        is_positive = g.greater(weights.values, 0)
        ids, weights = sparse_retain(ids, is_positive), sparse_retain(weights, is_positive)
    return ids, weights
