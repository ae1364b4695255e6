"""Columns of categories: numbers of strings or integers, by hashing, vocabularies, or as they are."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from perdure.feature_column.checks import check_input_dtype, check_key, check_string_or_integer
from perdure.feature_column.configured import Configured
from perdure.feature_column.interface import (
    BothCategoricalColumn,
    CategoricalColumn,
    OldCategoricalColumn,
    Sequential,
    buckets_of,
    is_new,
    spec_of,
)
from perdure.feature_column.transformation import to_sparse_input
from perdure.filesystem.functions import file_exists
from perdure.filesystem.gfile import GFile
from perdure.functional.array.array import fill, identity, shape
from perdure.functional.array.gathering import where_v2
from perdure.functional.control.check_ops import assert_greater_equal, assert_less
from perdure.functional.math.binary import logical_or
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_prod
from perdure.functional.parsing.features import VarLenFeature
from perdure.functional.sparse.crossing import sparse_cross_hashed
from perdure.functional.sparse.reshaping import sparse_reshape
from perdure.functional.strings.hashing import string_to_hash_bucket_fast
from perdure.functional.strings.numerals import as_string
from perdure.graph import dtypes
from perdure.graph.composite import SparseTensor, convert_to_tensor_or_sparse_tensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.dtypes import DType, as_dtype
from perdure.lookup.vocabularies import index_table_from_file, index_table_from_tensor
from perdure.platform import logging


class _Keyed(BothCategoricalColumn, Configured):
    """A categorical column of the feature of a key.

    Attributes:
        key: the key.
    """

    key: str

    @property
    def name(self) -> str:
        """The key."""
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        return {self.key: VarLenFeature(getattr(self, "dtype", dtypes.int64))}

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return [self.key]

    def _transformed(self, source: Any) -> Any:
        return self._numbers(to_sparse_input(source.get(self.key)), source)

    def _numbers(self, tensor: SparseTensor, source: Any) -> Any:
        """The numbers of the categories in a feature."""
        raise NotImplementedError


class HashedCategoricalColumn(
    _Keyed, namedtuple("HashedCategoricalColumn", ("key", "hash_bucket_size", "dtype"))
):
    """See `categorical_column_with_hash_bucket`."""

    @property
    def num_buckets(self) -> int:
        """See `CategoricalColumn`."""
        return self.hash_bucket_size

    def _numbers(self, tensor: SparseTensor, source: Any) -> SparseTensor:
        check_string_or_integer(tensor.dtype, f"column_name: {self.key} input_tensor")
        check_input_dtype(self.key, self.dtype, tensor.dtype)
        words = tensor.values if self.dtype == dtypes.string else as_string(tensor.values)
        numbers = string_to_hash_bucket_fast(words, self.hash_bucket_size, name="lookup")
        return SparseTensor(tensor.indices, numbers, tensor.dense_shape)


class _Vocabulary(_Keyed):
    """A column of the places of words in a vocabulary."""

    dtype: Any
    num_oov_buckets: int
    default_value: int

    def _numbers(self, tensor: SparseTensor, source: Any) -> Any:
        check_input_dtype(self.key, self.dtype, tensor.dtype)
        check_string_or_integer(tensor.dtype, f"column_name: {self.key} input_tensor")
        dtype, keys = self.dtype, tensor
        if tensor.dtype.is_integer:
            dtype, keys = dtypes.int64, cast(tensor, dtypes.int64)  # type: ignore[assignment]
        name = f"{self.key}_lookup"
        table = self._table(dtype, name)
        source.keep_table(self, name, table)
        return table.lookup(keys)

    def _table(self, dtype: DType, name: str) -> Any:
        raise NotImplementedError


class VocabularyFileCategoricalColumn(
    _Vocabulary,
    namedtuple(
        "VocabularyFileCategoricalColumn",
        ("key", "vocabulary_file", "vocabulary_size", "num_oov_buckets", "dtype", "default_value"),
    ),
):
    """See `categorical_column_with_vocabulary_file`."""

    @property
    def num_buckets(self) -> int:
        """See `CategoricalColumn`."""
        return self.vocabulary_size + self.num_oov_buckets

    def _table(self, dtype: DType, name: str) -> Any:
        return index_table_from_file(
            vocabulary_file=self.vocabulary_file,
            num_oov_buckets=self.num_oov_buckets,
            vocab_size=self.vocabulary_size,
            default_value=self.default_value,
            key_dtype=dtype,
            name=name,
        )


class VocabularyListCategoricalColumn(
    _Vocabulary,
    namedtuple(
        "VocabularyListCategoricalColumn",
        ("key", "vocabulary_list", "dtype", "default_value", "num_oov_buckets"),
    ),
):
    """See `categorical_column_with_vocabulary_list`."""

    @property
    def num_buckets(self) -> int:
        """See `CategoricalColumn`."""
        return len(self.vocabulary_list) + self.num_oov_buckets

    def _table(self, dtype: DType, name: str) -> Any:
        return index_table_from_tensor(
            vocabulary_list=tuple(self.vocabulary_list),
            default_value=self.default_value,
            num_oov_buckets=self.num_oov_buckets,
            dtype=dtype,
            name=name,
        )


class IdentityCategoricalColumn(
    _Keyed, namedtuple("IdentityCategoricalColumn", ("key", "number_buckets", "default_value"))
):
    """See `categorical_column_with_identity`."""

    @property
    def num_buckets(self) -> int:
        """See `CategoricalColumn`."""
        return self.number_buckets

    def _numbers(self, tensor: SparseTensor, source: Any) -> SparseTensor:
        if not tensor.dtype.is_integer:
            raise ValueError(f"Invalid input, not integer. key: {self.key} dtype: {tensor.dtype}")
        values = cast(tensor.values, dtypes.int64, name="values")
        end = cast(self.num_buckets, dtypes.int64, name="num_buckets")
        zero = cast(0, dtypes.int64, name="zero")
        if self.default_value is None:
            column = f'for categorical column "{self.name}"'
            checks = (
                assert_less(
                    values,
                    end,
                    data=(values, end),
                    message=f"Bucket index {column} exceeds number of buckets",
                    name="assert_less_than_num_buckets",
                ),
                assert_greater_equal(
                    values,
                    zero,
                    data=(values,),
                    message=f"Negative bucket index {column}",
                    name="assert_greater_or_equal_0",
                ),
            )
            with control_dependencies(checks):
                values = identity(values)
        else:
            is_outside = logical_or(values < zero, values >= end, name="out_of_range")
            default = fill(
                dims=shape(values), value=cast(self.default_value, dtypes.int64), name="default_values"
            )
            values = where_v2(is_outside, default, values)
        return SparseTensor(tensor.indices, values, tensor.dense_shape)


class WeightedCategoricalColumn(
    BothCategoricalColumn,
    Configured,
    namedtuple("WeightedCategoricalColumn", ("categorical_column", "weight_feature_key", "dtype")),
):
    """See `weighted_categorical_column`."""

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.categorical_column)

    @property
    def name(self) -> str:
        """The name, after the column and the key of the weights."""
        return f"{self.categorical_column.name}_weighted_by_{self.weight_feature_key}"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        spec, key = spec_of(self.categorical_column), self.weight_feature_key
        if key in spec:
            raise ValueError(f"Parse config {spec[key]} already exists for {key}.")
        spec[key] = VarLenFeature(self.dtype)
        return spec

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return [self.categorical_column, self.weight_feature_key]

    @property
    def num_buckets(self) -> int:
        """See `CategoricalColumn`."""
        return buckets_of(self.categorical_column)

    def _transformed(self, source: Any) -> Any:
        weights = source.get(self.weight_feature_key)
        if weights is None:
            raise ValueError(f"Missing weights {self.weight_feature_key}.")
        weights = convert_to_tensor_or_sparse_tensor(weights)
        if self.dtype != weights.dtype.base_dtype:
            raise ValueError(f"Bad dtype, expected {self.dtype}, but got {weights.dtype}.")
        weights = to_sparse_input(weights, ignore_value=0.0)
        if not weights.dtype.is_floating:
            weights = cast(weights, dtypes.float32)
        return source.get(self.categorical_column), weights

    def _pair(self, source: Any) -> Any:
        return CategoricalColumn.IdWeightPair(*source.get(self))


class CrossedColumn(
    BothCategoricalColumn, Configured, namedtuple("CrossedColumn", ("keys", "hash_bucket_size", "hash_key"))
):
    """See `crossed_column`."""

    @property
    def _is_v2_column(self) -> bool:
        return all(isinstance(key, str) or is_new(key) for key in leaves_of(self))

    @property
    def name(self) -> str:
        """The name, after what is crossed."""
        return "_X_".join(sorted(key if isinstance(key, str) else key.name for key in leaves_of(self)))

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        spec: dict[str, Any] = {}
        for key in self.keys:
            spec |= {key: VarLenFeature(dtypes.string)} if isinstance(key, str) else spec_of(key)
        return spec

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return list(self.keys)

    @property
    def num_buckets(self) -> int:
        """See `CategoricalColumn`."""
        return self.hash_bucket_size

    def _transformed(self, source: Any) -> SparseTensor:
        tensors = []
        for key in leaves_of(self):
            if isinstance(key, str):
                tensors.append(source.get(key))
            elif isinstance(key, (CategoricalColumn, OldCategoricalColumn)):
                pair = source.pair(key)
                if pair.weight_tensor is not None:
                    raise ValueError(
                        "crossed_column does not support weight_tensor, but the given column populates "
                        f"weight_tensor. Given column: {key.name}"
                    )
                tensors.append(pair.id_tensor)
            else:
                raise ValueError(f"Unsupported column type. Given: {key}")
        return sparse_cross_hashed(inputs=tensors, num_buckets=self.hash_bucket_size, hash_key=self.hash_key)


def leaves_of(column: Any) -> list[Any]:
    """What is crossed in the end: the keys of a crossed column, with those of crossed ones among them."""
    leaves: list[Any] = []
    for key in column.keys:
        leaves += leaves_of(key) if isinstance(key, CrossedColumn) else [key]
    return leaves


class SequenceCategoricalColumn(
    BothCategoricalColumn,
    Sequential,
    Configured,
    namedtuple("SequenceCategoricalColumn", ("categorical_column",)),
):
    """A categorical column of sequences, (batch, time, any)."""

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.categorical_column)

    @property
    def name(self) -> str:
        """The name of the column of an element."""
        return self.categorical_column.name

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """See `FeatureColumn`."""
        return spec_of(self.categorical_column)

    @property
    def parents(self) -> list[Any]:
        """See `FeatureColumn`."""
        return [self.categorical_column]

    @property
    def num_buckets(self) -> int:
        """See `CategoricalColumn`."""
        return buckets_of(self.categorical_column)

    def _transformed(self, source: Any) -> Any:
        return source.transform(self.categorical_column)

    def _pair(self, source: Any) -> Any:
        ids, weights = source.pair(self.categorical_column)
        sizes = shape(ids)
        target = [sizes[0], sizes[1], reduce_prod(sizes[2:])]
        ids = sparse_reshape(ids, target)
        if weights is not None:
            weights = sparse_reshape(weights, target)
        return CategoricalColumn.IdWeightPair(ids, weights)


# -- making them -------------------------------------------------------------------------------


def categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: DType = dtypes.string
) -> HashedCategoricalColumn:
    """A column of the buckets that strings or integers are hashed to.

    Args:
        key: the key of the feature.
        hash_bucket_size: the number of buckets.
        dtype: the dtype of the feature.

    Raises:
        ValueError: an argument is none it can be.
    """
    if hash_bucket_size is None:
        raise ValueError(f"hash_bucket_size must be set. key: {key}")
    if hash_bucket_size < 1:
        raise ValueError(
            f"hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}"
        )
    check_key(key)
    check_string_or_integer(dtype, f"column_name: {key}")
    return HashedCategoricalColumn(key, hash_bucket_size, dtype)


def categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    num_oov_buckets: int | None = 0,
    default_value: int | None = None,
    dtype: DType = dtypes.string,
) -> VocabularyFileCategoricalColumn:
    """A column of the places of words in a file.

    Args:
        key: the key of the feature.
        vocabulary_file: the file, a word in each line.
        vocabulary_size: how many lines count; all by default.
        num_oov_buckets: how many buckets there are for other words.
        default_value: the number of other words; -1 by default.
        dtype: the dtype of the feature.

    Raises:
        ValueError: there is no such file, or an argument is none it can be.
    """
    if not vocabulary_file:
        raise ValueError(f"Missing vocabulary_file in {key}.")
    if vocabulary_size is None:
        if not file_exists(vocabulary_file):
            raise ValueError(f"vocabulary_file in {key} does not exist.")
        with GFile(vocabulary_file) as lines:
            vocabulary_size = sum(1 for _ in lines)
        logging.info(
            "vocabulary_size = %d in %s is inferred from the number of elements in the vocabulary_file %s.",
            vocabulary_size,
            key,
            vocabulary_file,
        )
    if vocabulary_size < 1:
        raise ValueError(f"Invalid vocabulary_size in {key}.")
    _check_buckets(key, num_oov_buckets, default_value is not None)
    check_string_or_integer(dtype, f"column_name: {key}")
    check_key(key)
    return VocabularyFileCategoricalColumn(
        key=key,
        vocabulary_file=vocabulary_file,
        vocabulary_size=vocabulary_size,
        num_oov_buckets=num_oov_buckets or 0,
        dtype=dtype,
        default_value=-1 if default_value is None else default_value,
    )


def _check_buckets(key: str, number: int | None, has_default: bool) -> None:
    if number:
        if has_default:
            raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
        if number < 0:
            raise ValueError(f"Invalid num_oov_buckets {number} in {key}.")


def categorical_column_with_vocabulary_file_v2(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    dtype: DType = dtypes.string,
    default_value: int | None = None,
    num_oov_buckets: int | None = 0,
) -> VocabularyFileCategoricalColumn:
    """`categorical_column_with_vocabulary_file` with the order of arguments of TensorFlow 2."""
    return categorical_column_with_vocabulary_file(
        key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype
    )


def categorical_column_with_vocabulary_list(
    key: str,
    vocabulary_list: Any,
    dtype: DType | None = None,
    default_value: int = -1,
    num_oov_buckets: int = 0,
) -> VocabularyListCategoricalColumn:
    """A column of the places of words in a list.

    Args:
        key: the key of the feature.
        vocabulary_list: the words, strings or integers.
        dtype: the dtype of the feature; that of the list by default.
        default_value: the number of other words.
        num_oov_buckets: how many buckets there are for other words.

    Raises:
        ValueError: a word is in the list twice, or an argument is none it can be.
    """
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError(f"vocabulary_list {vocabulary_list} must be non-empty, column_name: {key}")
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError(f"Duplicate keys in vocabulary_list {vocabulary_list}, column_name: {key}")
    of_list = as_dtype(np.array(vocabulary_list).dtype)
    _check_buckets(key, num_oov_buckets, default_value != -1)
    check_string_or_integer(of_list, f"column_name: {key} vocabulary")
    if dtype is None:
        dtype = of_list
    elif dtype.is_integer != of_list.is_integer:
        raise ValueError(f"dtype {dtype} and vocabulary dtype {of_list} do not match, column_name: {key}")
    check_string_or_integer(dtype, f"column_name: {key}")
    check_key(key)
    return VocabularyListCategoricalColumn(
        key=key,
        vocabulary_list=tuple(vocabulary_list),
        dtype=dtype,
        default_value=default_value,
        num_oov_buckets=num_oov_buckets,
    )


def categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> IdentityCategoricalColumn:
    """A column of integers that are numbers of categories.

    Args:
        key: the key of the feature.
        num_buckets: the number of categories.
        default_value: what stands for integers out of range; they are errors by default.

    Raises:
        ValueError: an argument is none it can be.
        InvalidArgumentError: when run, if an integer is out of range.
    """
    if num_buckets < 1:
        raise ValueError(f"num_buckets {num_buckets} < 1, column_name {key}")
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(f"default_value {default_value} not in range [0, {num_buckets}), column_name {key}")
    check_key(key)
    return IdentityCategoricalColumn(key=key, number_buckets=num_buckets, default_value=default_value)


def weighted_categorical_column(
    categorical_column: Any, weight_feature_key: str, dtype: DType = dtypes.float32
) -> WeightedCategoricalColumn:
    """A column with a weight for each category.

    Args:
        categorical_column: the column of the categories.
        weight_feature_key: the key of the feature with the weights.
        dtype: the dtype of the weights.

    Raises:
        ValueError: the weights are no numbers.
    """
    if dtype is None or not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype {dtype} is not convertible to float.")
    return WeightedCategoricalColumn(
        categorical_column=categorical_column, weight_feature_key=weight_feature_key, dtype=dtype
    )


def crossed_column(keys: Any, hash_bucket_size: int, hash_key: int | None = None) -> CrossedColumn:
    """A column of all combinations of the categories of others, hashed.

    Args:
        keys: keys of features, and categorical columns that hash nothing.
        hash_bucket_size: the number of buckets.
        hash_key: the key of the hash.

    Raises:
        ValueError: an argument is none it can be.
    """
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}")
    if not keys or len(keys) < 2:
        raise ValueError(f"keys must be a list with length > 1. Given: {keys}")
    for key in keys:
        if not isinstance(key, (str, CategoricalColumn, OldCategoricalColumn)):
            raise ValueError(
                "Unsupported key type. All keys must be either string, or categorical column except "
                f"HashedCategoricalColumn. Given: {key}"
            )
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError(
                "categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing "
                "will increase probability of collision. Instead, use the feature name as a string. Given: "
                f"{key}"
            )
    return CrossedColumn(keys=tuple(keys), hash_bucket_size=hash_bucket_size, hash_key=hash_key)
