"""Features as tensors, each made and transformed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perdure.feature_column.interface import FeatureColumn, OldFeatureColumn
from perdure.functional.array.array import expand_dims, rank, shape
from perdure.functional.array.gathering import gather_nd, where_v2
from perdure.functional.control.check_ops import assert_positive
from perdure.functional.control.conditionals import cond
from perdure.functional.math.binary import equal, not_equal
from perdure.functional.math.cast import cast
from perdure.functional.sparse.reshaping import sparse_reshape
from perdure.graph import dtypes
from perdure.graph.composite import SparseTensor, convert_to_tensor_or_sparse_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.platform import logging


class _Cache:
    """Features by key, and what columns made of them.

    Args:
        features: tensors, SparseTensors or values, by key.
    """

    def __init__(self, features: Any) -> None:
        self._features = features.copy()
        self._feature_tensors: dict[Any, Any] = {}

    def _get(self, key: Any, kind: type, kind_name: str, transform: Callable[[Any], Any]) -> Any:
        if key in self._feature_tensors:
            return self._feature_tensors[key]
        if key in self._features:
            self._feature_tensors[key] = found = _as_tensor(key, self._features[key])
            return found
        if isinstance(key, str):
            raise ValueError(f"Feature {key} is not in features dictionary.")
        if not isinstance(key, kind):
            raise TypeError(f'"key" must be either a "str" or "{kind_name}". Provided: {key}')
        logging.debug("Transforming feature_column %s.", key)
        transformed = transform(key)
        if transformed is None:
            raise ValueError(f"Column {key.name} is not supported.")  # type: ignore[attr-defined]
        self._feature_tensors[key] = transformed
        return transformed


class FeatureTransformationCache(_Cache):
    """The transformed features of a model.

    Args:
        features: tensors, SparseTensors or values, by key.
    """

    def get(self, key: Any, state_manager: Any) -> Any:
        """The feature of a key, with a last axis if it was a vector, or what a column makes of it.

        Args:
            key: a key of `features`, or a column.
            state_manager: what holds the variables of columns.

        Raises:
            ValueError: there is no such feature, or it is a scalar.
            TypeError: the key is neither.
        """
        return self._get(
            key, FeatureColumn, "FeatureColumn", lambda column: column.transform_feature(self, state_manager)
        )


class LazyBuilder(_Cache):
    """The transformed features of a model, for columns of the older interface.

    Args:
        features: tensors, SparseTensors or values, by key.
    """

    def get(self, key: Any) -> Any:
        """The feature of a key, or what a column makes of it; see `FeatureTransformationCache`."""
        return self._get(
            key, OldFeatureColumn, "_FeatureColumn", lambda column: column._transform_feature(self)
        )


def _as_tensor(key: Any, feature: Any) -> Any:
    tensor = convert_to_tensor_or_sparse_tensor(feature)
    scalar = f"Feature (key: {key}) cannot have rank 0. Given: {tensor}"

    def with_last_axis() -> Any:
        if isinstance(tensor, SparseTensor):
            return sparse_reshape(tensor, [shape(tensor)[0], 1])
        return expand_dims(tensor, -1)

    known = tensor.get_shape().ndims
    if known is not None:
        if known == 0:
            raise ValueError(scalar)
        return with_last_axis() if known == 1 else tensor
    with control_dependencies([assert_positive(rank(tensor), message=scalar)]):
        return cond(equal(1, rank(tensor)), with_last_axis, lambda: tensor)


def to_sparse_input(tensor: Any, ignore_value: Any = None) -> SparseTensor:
    """A feature as a sparse tensor, without the values that stand for none.

    Args:
        tensor: a tensor or a SparseTensor, which is returned as it is.
        ignore_value: the value that stands for none; by default "" or -1.
    """
    tensor = convert_to_tensor_or_sparse_tensor(tensor)
    if isinstance(tensor, SparseTensor):
        return tensor
    with name_scope(None, "to_sparse_input", (tensor, ignore_value)):
        if ignore_value is None:
            if tensor.dtype == dtypes.string:
                ignore_value = ""
            else:
                ignore_value = -1 if tensor.dtype.is_integer else tensor.dtype.as_numpy_dtype()
        ignore_value = cast(ignore_value, tensor.dtype, name="ignore_value")
        indices = where_v2(not_equal(tensor, ignore_value), name="indices")
        return SparseTensor(
            indices=indices,
            values=gather_nd(tensor, indices, name="values"),
            dense_shape=shape(tensor, out_type=dtypes.int64, name="dense_shape"),
        )


def normalized(columns: Any, kind: type = FeatureColumn, kind_name: str = "FeatureColumn") -> list[Any]:
    """Columns in the order of their names.

    Args:
        columns: a column, or some.
        kind: the interface that they must have, and what it is called.

    Raises:
        ValueError: there are none, one is no column, or two have one name.
    """
    if isinstance(columns, kind):
        columns = [columns]
    if isinstance(columns, Iterator):
        columns = list(columns)
    if isinstance(columns, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    for column in columns:
        if not isinstance(column, kind):
            raise ValueError(
                f"Items of feature_columns must be a {kind_name}. Given (type {type(column)}): {column}."
            )
    if not columns:
        raise ValueError("feature_columns must not be empty.")
    by_name: dict[str, Any] = {}
    for column in columns:
        if column.name in by_name:
            raise ValueError(
                f"Duplicate feature column name found for columns: {column} and {by_name[column.name]}. This "
                "usually means that these columns refer to same base feature. Either one must be discarded "
                "or a duplicated but renamed item must be inserted in features dict."
            )
        by_name[column.name] = column
    return sorted(columns, key=lambda column: column.name)


def check_batch_sizes(tensors: Sequence[Any], columns: Sequence[Any]) -> None:
    """Refuse tensors whose first dimensions are known to differ.

    Raises:
        ValueError: they do.
    """
    first = None
    for column, tensor in zip(columns, tensors, strict=False):
        size = tensor.shape[0].value
        if size is None:
            continue
        if first is None:
            first = column, size
        elif first[1] != size:
            raise ValueError(
                "Batch size (first dimension) of each feature must be same. Batch size of columns "
                f"({first[0].name}, {column.name}): ({first[1]}, {size})"
            )


def transform_features(features: Any, feature_columns: Any, state_manager: Any) -> dict[Any, Any]:
    """What columns make of features, by column.

    Args:
        features: tensors, SparseTensors or values, by key.
        feature_columns: the columns.
        state_manager: what holds their variables.
    """
    columns, outputs = normalized(feature_columns), {}
    with name_scope(None, default_name="transform_features", values=features.values()):
        cache = FeatureTransformationCache(features)
        for column in columns:
            with name_scope(None, default_name=column.name):
                outputs[column] = cache.get(column, state_manager)
    return outputs


def transform_features_old(features: Any, feature_columns: Any) -> dict[Any, Any]:
    """What columns of the older interface make of features, by column; see `transform_features`."""
    columns, outputs = normalized(feature_columns, OldFeatureColumn, "_FeatureColumn"), {}
    with name_scope(None, default_name="transform_features", values=features.values()):
        builder = LazyBuilder(features)
        for column in columns:
            with name_scope(None, default_name=column.name):
                outputs[column] = builder.get(column)
    return outputs
