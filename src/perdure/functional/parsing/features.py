"""How features of an Example are described, and what a description comes to as the inputs of an op."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from perdure.functional.array.array import reshape
from perdure.functional.sparse.merging import sparse_merge_impl
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.platform import logging


class VarLenFeature(NamedTuple):
    """A feature with any number of values, which becomes a SparseTensor.

    Args:
        dtype: the type of the values: float32, int64 or string.
    """

    dtype: Any


class SparseFeature(NamedTuple):
    """A sparse tensor that is written as features of its own for the values and for each column of indices.

    Args:
        index_key: the key of the indices, or a list of keys, one for each dimension.
        value_key: the key of the values.
        dtype: the type of the values.
        size: the size, or a list of sizes, one for each dimension.
        already_sorted: whether the entries are in order.
    """

    index_key: Any
    value_key: Any
    dtype: Any
    size: Any
    already_sorted: bool = False


class FixedLenFeature(NamedTuple):
    """A feature of which each Example has as many values, which becomes a Tensor.

    Args:
        shape: its shape in one Example.
        dtype: the type of the values.
        default_value: what an Example has that lacks the feature; it must not lack it when None.
    """

    shape: Any
    dtype: Any
    default_value: Any = None


class FixedLenSequenceFeature(NamedTuple):
    """A feature of any number of rows of a shape, which becomes a Tensor.

    Args:
        shape: the shape of a row.
        dtype: the type of the values.
        allow_missing: whether a SequenceExample may lack it; it must be True for an Example.
        default_value: what shorter features of a batch are filled up with.
    """

    shape: Any
    dtype: Any
    allow_missing: bool = False
    default_value: Any = None


@dataclass
class RawParameters:
    """Features as the inputs and attributes of an op, sparse ones and dense ones, each in the order of keys.

    Attributes:
        sparse_keys, sparse_types: of the features that become sparse.
        dense_keys, dense_types, dense_shapes: of those that become dense.
        dense_defaults: default values by key; None for a feature that may be missing.
    """

    sparse_keys: list[Any] = field(default_factory=list)
    sparse_types: list[Any] = field(default_factory=list)
    dense_keys: list[Any] = field(default_factory=list)
    dense_types: list[Any] = field(default_factory=list)
    dense_defaults: dict[Any, Any] = field(default_factory=dict)
    dense_shapes: list[Any] = field(default_factory=list)

    def add_sparse(self, key: Any, dtype: Any) -> None:
        """Add a key, which may be there if it is of the same type.

        Raises:
            ValueError: it is there with another type.
        """
        if key not in self.sparse_keys:
            self.sparse_keys.append(key)
            self.sparse_types.append(dtype)
            return
        there = self.sparse_types[self.sparse_keys.index(key)]
        if there != dtype:
            wanted = "int64" if dtype is dtypes.int64 else dtype
            raise ValueError(f"Conflicting type {there} vs {wanted} for feature {key}.")

    def add_dense(self, key: Any, feature: Any) -> None:
        """Add a feature of fixed length, or a sequence of such."""
        self.dense_keys.append(key)
        self.dense_shapes.append(feature.shape)
        self.dense_types.append(feature.dtype)
        if feature.default_value is not None or getattr(feature, "allow_missing", False):
            self.dense_defaults[key] = feature.default_value


def raw_parameters(features: Mapping[Any, Any] | None, kinds: Sequence[type]) -> RawParameters:
    """What descriptions of features come to.

    Args:
        features: them by key.
        kinds: which classes of descriptions are allowed.

    Raises:
        ValueError: a description is not complete, of another class, or in conflict with another.
    """
    made = RawParameters()
    for key in sorted(features or ()):
        feature = (features or {})[key]
        kind = type(feature)
        adder = next((adder for each, adder in _ADDERS.items() if isinstance(feature, each)), None)
        if adder is None:
            raise ValueError(f"Invalid feature {key}:{feature}.")
        if not issubclass(kind, tuple(kinds)):
            raise ValueError(f"Unsupported {_kind_of(feature)} {feature}.")
        adder(made, key, feature)
    return made


def _kind_of(feature: Any) -> str:
    return next(each.__name__ for each in _ADDERS if isinstance(feature, each))


def _check_type(key: Any, feature: Any) -> None:
    if not feature.dtype:
        raise ValueError(f"Missing type for feature {key}.")


def _add_var_len(made: RawParameters, key: Any, feature: VarLenFeature) -> None:
    _check_type(key, feature)
    made.sparse_keys.append(key)
    made.sparse_types.append(feature.dtype)


def _add_sparse(made: RawParameters, key: Any, feature: SparseFeature) -> None:
    for name in ("index_key", "value_key"):
        if not getattr(feature, name):
            raise ValueError(f"Missing {name} for SparseFeature {feature}.")
    _check_type(key, feature)
    index_keys = feature.index_key
    if isinstance(index_keys, str):
        index_keys = [index_keys]
    elif len(index_keys) > 1:
        logging.warning(
            "SparseFeature is a complicated feature config and should only be used after careful "
            "consideration of VarLenFeature."
        )
    for index_key in sorted(index_keys):
        made.add_sparse(index_key, dtypes.int64)
    made.add_sparse(feature.value_key, feature.dtype)


def _add_fixed_len(made: RawParameters, key: Any, feature: FixedLenFeature) -> None:
    _check_type(key, feature)
    if feature.shape is None:
        raise ValueError(f"Missing shape for feature {key}.")
    shape = as_shape(feature.shape)
    if feature.shape and shape.ndims and shape.as_list()[0] is None:
        raise ValueError(
            f"First dimension of shape for feature {key} unknown. Consider using FixedLenSequenceFeature."
        )
    if not shape.is_fully_defined():
        raise ValueError(
            f"All dimensions of shape for feature {key} need to be known but received {feature.shape}."
        )
    made.add_dense(key, feature)


def _add_sequence(made: RawParameters, key: Any, feature: FixedLenSequenceFeature) -> None:
    _check_type(key, feature)
    if feature.shape is None:
        raise ValueError(f"Missing shape for feature {key}.")
    made.add_dense(key, feature)


_ADDERS: dict[type, Any] = {
    VarLenFeature: _add_var_len,
    SparseFeature: _add_sparse,
    FixedLenFeature: _add_fixed_len,
    FixedLenSequenceFeature: _add_sequence,
}


def with_rows(features: Any) -> Any:
    """Features of Examples, in which a sequence is one of any number of rows.

    Raises:
        ValueError: a sequence must not be missing, which cannot be asked of Examples.
    """
    if not features:
        return features
    changed = dict(features)
    for key, feature in features.items():
        if isinstance(feature, FixedLenSequenceFeature):
            if not feature.allow_missing:
                raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
            changed[key] = feature._replace(shape=[None, *feature.shape])
    return changed


def with_sparse_features(features: Any, found: Mapping[Any, Any]) -> dict[Any, Any]:
    """What was parsed, with one SparseTensor for each SparseFeature instead of its parts."""
    made = dict(found)
    for key in sorted(features):
        feature = features[key]
        if isinstance(feature, SparseFeature):
            index_key = feature.index_key
            indices = made[index_key] if isinstance(index_key, str) else [made[each] for each in index_key]
            made[key] = sparse_merge_impl(
                indices,
                made[feature.value_key],
                vocab_size=feature.size,
                already_sorted=feature.already_sorted,
            )
    return {key: value for key, value in made.items() if key in features}


def as_node_name(key: Any) -> str:
    """A key as it can stand in the name of a node."""
    return re.sub("[^A-Za-z0-9_.\\-/]", "_", key)


def default_of(key: Any, dtype: Any, shape: Any, value: Any) -> Tensor:
    """The default value of a dense feature as an input of an op.

    Args:
        key: its key.
        dtype: its type.
        shape: its static shape; with an unknown first size, the value is what rows are filled up with.
        value: what was given, or None.
    """
    if isinstance(shape, TensorShape) and shape.ndims and shape.as_list()[0] is None:
        if value is None:
            return convert_to_tensor("" if dtype == dtypes.string else 0, dtype=dtype)
        padding = convert_to_tensor(value, dtype=dtype, name=f"padding_{as_node_name(key)}")
        return reshape(padding, [])
    if value is None:
        return constant([], dtype=dtype)
    if isinstance(value, Tensor):
        return value
    return reshape(convert_to_tensor(value, dtype=dtype, name=f"key_{as_node_name(key)}"), shape)


def check_lengths(what: str, keys: Sequence[Any], shapes: Sequence[Any], types: Sequence[Any]) -> None:
    """Refuse shapes or types that are not as many as keys.

    Raises:
        ValueError: they are more or fewer.
    """
    if len(shapes) != len(keys):
        raise ValueError(f"len({what}_shapes) != len({what}_keys): {len(shapes)} vs. {len(keys)}")
    if len(types) != len(keys):
        raise ValueError(f"len({what}_types) != len(num_{what}): {len(types)} vs. {len(keys)}")


def check_apart(dense: Sequence[Any], sparse: Sequence[Any], words: str) -> None:
    """Refuse keys of dense features that are keys of sparse ones, too.

    Raises:
        ValueError: some are; the message begins with `words`.
    """
    both = set(dense) & set(sparse)
    if both:
        raise ValueError(f"{words} keys must not intersect; intersection: {both}")
