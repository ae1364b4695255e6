"""tf.parse_single_sequence_example and tf.io.parse_sequence_example."""

from __future__ import annotations

from typing import Any

from perdure.functional.parsing.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RawParameters,
    VarLenFeature,
    as_node_name,
    check_apart,
    default_of,
    raw_parameters,
)
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import as_shape


def _raw(context_features: Any, sequence_features: Any) -> tuple[RawParameters, RawParameters]:
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    context = raw_parameters(context_features, [VarLenFeature, FixedLenFeature])
    lists = raw_parameters(sequence_features, [VarLenFeature, FixedLenSequenceFeature])
    return context, lists


def _check(context: RawParameters, lists: RawParameters) -> list[Any]:
    """Refuse what does not go together; returns the keys of lists that may be missing."""
    check_apart(context.dense_keys, context.sparse_keys, "context_dense and context_sparse")
    check_apart(lists.dense_keys, lists.sparse_keys, "feature_list_dense and feature_list_sparse")
    for key, value in lists.dense_defaults.items():
        if value is not None:
            raise ValueError(f"Value feature_list_dense_defaults[{key}] must be None")
    return list(lists.dense_defaults)


def _by_key(raw: RawParameters, indices: Any, values: Any, shapes: Any, dense: Any) -> dict[Any, Any]:
    sparse = [SparseTensor(*each) for each in zip(indices, values, shapes, strict=True)]
    return dict(zip((*raw.sparse_keys, *raw.dense_keys), (*sparse, *dense), strict=True))


def parse_single_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """The features of one serialized `tf.train.SequenceExample`.

    Args:
        serialized: a string.
        context_features: descriptions of the features of its context by key: `FixedLenFeature`,
            `VarLenFeature`.
        sequence_features: descriptions of its lists by key: `FixedLenSequenceFeature`, `VarLenFeature`.
        example_name: a string, for messages.
        name: the name of the scope.

    Returns:
        By key the features of the context, and the lists with a first dimension more.

    Raises:
        ValueError: a description is not complete or contradicts another.
    """
    context, lists = _raw(context_features, sequence_features)
    with name_scope(name, "ParseSingleSequenceExample", [serialized]):
        optional = _check(context, lists)
        defaults = [
            default_of(key, dtype, shape, context.dense_defaults.get(key))
            for key, dtype, shape in zip(
                context.dense_keys, context.dense_types, context.dense_shapes, strict=True
            )
        ]
        found = g.parse_single_sequence_example(
            serialized=serialized,
            feature_list_dense_missing_assumed_empty=optional,
            context_sparse_keys=context.sparse_keys,
            context_dense_keys=context.dense_keys,
            feature_list_sparse_keys=lists.sparse_keys,
            feature_list_dense_keys=lists.dense_keys,
            context_dense_defaults=defaults,
            debug_name="" if example_name is None else example_name,
            context_sparse_types=context.sparse_types,
            context_dense_shapes=[as_shape(shape) for shape in context.dense_shapes],
            feature_list_sparse_types=lists.sparse_types,
            feature_list_dense_types=lists.dense_types,
            feature_list_dense_shapes=[as_shape(shape) for shape in lists.dense_shapes],
            name=name,
        )
        return _by_key(context, *found[:4]), _by_key(lists, *found[4:])


def parse_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_names: Any = None,
    name: str | None = None,
) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, Tensor]]:
    """The features of a batch of serialized `tf.train.SequenceExample` messages.

    Args:
        serialized: a vector of strings.
        context_features, sequence_features: as of `parse_single_sequence_example`.
        example_names: a vector of strings, for messages.
        name: the name of the scope.

    Returns:
        By key the features of the contexts, the lists, filled up to the longest, and the lengths of the dense
        ones.

    Raises:
        ValueError: a description is not complete or contradicts another.
    """
    context, lists = _raw(context_features, sequence_features)
    with name_scope(name, "ParseSequenceExample", [serialized]):
        optional = _check(context, lists)
        defaults = []
        for key, dtype in zip(context.dense_keys, context.dense_types, strict=True):
            value = context.dense_defaults.get(key)
            if value is None or isinstance(value, Tensor):
                defaults.append(default_of(key, dtype, None, value))
            else:
                defaults.append(convert_to_tensor(value, dtype=dtype, name=f"key_{as_node_name(key)}"))
        found = g.parse_sequence_example(
            serialized=serialized,
            debug_name=[] if example_names is None else example_names,
            context_dense_defaults=defaults,
            feature_list_dense_missing_assumed_empty=optional,
            context_sparse_keys=context.sparse_keys,
            context_dense_keys=context.dense_keys,
            feature_list_sparse_keys=lists.sparse_keys,
            feature_list_dense_keys=lists.dense_keys,
            Ncontext_sparse=len(context.sparse_keys),
            Ncontext_dense=len(context.dense_keys),
            Nfeature_list_sparse=len(lists.sparse_keys),
            Nfeature_list_dense=len(lists.dense_keys),
            context_sparse_types=context.sparse_types,
            context_dense_shapes=[as_shape(shape) for shape in context.dense_shapes],
            feature_list_sparse_types=lists.sparse_types,
            feature_list_dense_types=lists.dense_types,
            feature_list_dense_shapes=[as_shape(shape) for shape in lists.dense_shapes],
            name=name,
        )
        lengths = dict(zip(lists.dense_keys, found[8], strict=True))
        return _by_key(context, *found[:4]), _by_key(lists, *found[4:8]), lengths
