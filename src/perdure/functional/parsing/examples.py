"""tf.parse_example, tf.parse_single_example and tf.io.decode_json_example."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, rank, squeeze
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.control.assertions import Assert
from perdure.functional.control.control import with_dependencies
from perdure.functional.math.binary import equal
from perdure.functional.parsing.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RawParameters,
    SparseFeature,
    VarLenFeature,
    as_node_name,
    check_apart,
    check_lengths,
    default_of,
    raw_parameters,
    with_rows,
    with_sparse_features,
)
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import as_shape

_KINDS = [VarLenFeature, SparseFeature, FixedLenFeature, FixedLenSequenceFeature]


def parse_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[Any, Any]:
    """The features of a batch of serialized `tf.train.Example` messages.

    Args:
        serialized: a vector of strings.
        features: descriptions by key: `FixedLenFeature`, `VarLenFeature`, `SparseFeature`,
            `FixedLenSequenceFeature`.
        name: the name of the scope.
        example_names: a vector of strings, for messages.

    Returns:
        By key a Tensor with a row for each message, or a SparseTensor.

    Raises:
        ValueError: a description is not complete or contradicts another.
    """
    if not features:
        raise ValueError(f"Missing: features was {features}.")
    features = with_rows(features)
    found = _parse_batch(serialized, example_names, raw_parameters(features, _KINDS), name)
    return with_sparse_features(features, found)


def _parse_batch(serialized: Any, names: Any, raw: RawParameters, name: str | None) -> dict[Any, Any]:
    with name_scope(name, "ParseExample", [serialized, names]):
        shapes, defaults = dense_inputs(raw)
        indices, values, dense_shapes, dense = g.parse_example(
            serialized=serialized,
            names=[] if names is None else names,
            sparse_keys=raw.sparse_keys,
            dense_keys=raw.dense_keys,
            dense_defaults=defaults,
            sparse_types=raw.sparse_types,
            dense_shapes=shapes,
            name=name,
        )
        return _by_key(raw, indices, values, dense_shapes, dense)


def dense_inputs(raw: RawParameters) -> tuple[list[Any], list[Tensor]]:
    """The shapes and default values of the dense features."""
    check_lengths("dense", raw.dense_keys, raw.dense_shapes, raw.dense_types)
    if not raw.dense_keys and not raw.sparse_keys:
        raise ValueError("Must provide at least one sparse key or dense key")
    check_apart(raw.dense_keys, raw.sparse_keys, "Dense and sparse")
    shapes = [as_shape(shape) for shape in raw.dense_shapes]
    defaults = [
        default_of(key, dtype, shape, raw.dense_defaults.get(key))
        for key, dtype, shape in zip(raw.dense_keys, raw.dense_types, shapes, strict=True)
    ]
    return shapes, defaults


def _by_key(raw: RawParameters, indices: Any, values: Any, shapes: Any, dense: Any) -> dict[Any, Any]:
    sparse = [SparseTensor(*each) for each in zip(indices, values, shapes, strict=True)]
    return dict(zip((*raw.sparse_keys, *raw.dense_keys), (*sparse, *dense), strict=True))


def parse_single_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[Any, Any]:
    """The features of one serialized `tf.train.Example`; see `parse_example`.

    Args:
        serialized: a string.
        features: descriptions by key.
        name: the name of the scope.
        example_names: a string, for messages.

    Returns:
        By key a Tensor of the shape that was described, or a SparseTensor of one dimension.

    Raises:
        ValueError: a description is not complete or contradicts another.
    """
    if not features:
        raise ValueError("Missing features.")
    features = with_rows(features)
    raw = raw_parameters(features, _KINDS)
    if example_names is None:
        found = _parse_single(serialized, raw, name)
    else:
        found = _parse_batch_of_one(serialized, example_names, raw, name)
    return with_sparse_features(features, found)


def _parse_single(serialized: Any, raw: RawParameters, name: str | None) -> dict[Any, Any]:
    with name_scope(name, "ParseSingleExample", [serialized]):
        serialized = convert_to_tensor(serialized, name="serialized")
        shapes, defaults = dense_inputs(raw)
        indices, values, dense_shapes, dense = g.parse_single_example(
            serialized=serialized,
            dense_defaults=defaults,
            num_sparse=len(raw.sparse_keys),
            sparse_keys=raw.sparse_keys,
            dense_keys=raw.dense_keys,
            sparse_types=raw.sparse_types,
            dense_shapes=shapes,
            name=name,
        )
        return _by_key(raw, indices, values, dense_shapes, dense)


def _parse_batch_of_one(serialized: Any, names: Any, raw: RawParameters, name: str | None) -> dict[Any, Any]:
    """Parse a batch with one message in it, which has a name."""
    with name_scope(name, "ParseSingleExample", [serialized, names]):
        serialized = expand_dims(_as_scalar(serialized, "serialized", "Serialized"), 0)
        names = expand_dims(_as_scalar(names, "names", "Names"), 0)
        found = _parse_batch(serialized, names, raw, name)
        for key in raw.dense_keys:
            found[key] = squeeze(found[key], [0], name=f"Squeeze_{as_node_name(key)}")
        for key in raw.sparse_keys:
            batch, ending = found[key], as_node_name(key)
            found[key] = SparseTensor(
                slice_of(batch.indices, [0, 1], [-1, -1], name=f"Slice_Indices_{ending}"),
                batch.values,
                slice_of(batch.dense_shape, [1], [-1], name=f"Squeeze_Shape_{ending}"),
            )
        return found


def _as_scalar(value: Any, what: str, prefix: str) -> Tensor:
    """A scalar of strings, which is checked when it runs if its rank is not known before."""
    tensor = convert_to_tensor(value)
    complaint = f"Input {what} must be a scalar"
    if tensor.shape.ndims is None:
        check = Assert(equal(rank(tensor), 0), [complaint], name=f"{prefix}IsScalar")
        return with_dependencies([check], tensor, name=f"{prefix}Dependencies")
    if tensor.shape.ndims != 0:
        raise ValueError(complaint)
    return tensor


def decode_json_example(json_examples: Any, name: str | None = None) -> Tensor:
    """`tf.train.Example` messages in JSON as serialized ones.

    Args:
        json_examples: strings of any shape.
        name: the name of the node.
    """
    return g.decode_json_example(json_examples, name=name)
