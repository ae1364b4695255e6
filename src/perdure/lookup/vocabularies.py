"""Words as numbers: tables from files and lists, with buckets for words that are not there."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import partial
from numbers import Integral
from typing import Any

from perdure.functional.array.array import size
from perdure.functional.array.gathering import where_v2
from perdure.functional.array.shape_arithmetic import range as sequence
from perdure.functional.control.control import no_op
from perdure.functional.math.binary import add, not_equal
from perdure.functional.math.cast import cast
from perdure.functional.strings.hashing import (
    string_to_hash_bucket,
    string_to_hash_bucket_fast,
    string_to_hash_bucket_strong,
)
from perdure.functional.strings.numerals import as_string
from perdure.graph import dtypes
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.lookup.initializers import (
    KeyValueTensorInitializer,
    TextFileIdTableInitializer,
    TextFileIndex,
    TextFileStringTableInitializer,
)
from perdure.lookup.interface import LookupInterface, like_keys
from perdure.lookup.static import HashTable, StaticHashTableV1
from perdure.platform.deprecation import warn_once


class HasherSpec(namedtuple("HasherSpec", ["hasher", "key"])):
    """Which hash finds the bucket of a word: "fasthash", "legacy", or "stronghash" with a key."""

    __slots__ = ()


FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """A hash with a key.

    Args:
        key: two integers.

    Raises:
        ValueError: they are not two.
        TypeError: they are no integers.
    """

    __slots__ = ()

    def __new__(cls, key: Sequence[int]) -> StrongHashSpec:
        """The specification."""
        if len(key) != 2:
            raise ValueError(f"key must have size 2, got {len(key)}.")
        if not all(isinstance(word, Integral) for word in key):
            raise TypeError(f"Invalid key {key}. Must be unsigned integer values.")
        return super().__new__(cls, "stronghash", key)


def _bucket_function(spec: HasherSpec) -> Callable[..., Tensor]:
    if spec.hasher == "fasthash":
        return string_to_hash_bucket_fast
    if spec.hasher == "legacy":
        return string_to_hash_bucket
    if spec.hasher == "stronghash":
        return partial(string_to_hash_bucket_strong, key=spec.key)
    raise ValueError(f"Unknown hasher {spec.hasher}")


class _WithBuckets(LookupInterface):
    """A table of numbers, whose unknown keys have the numbers of buckets behind them.

    Args:
        table: the table, or None: then all keys are unknown.
        num_oov_buckets: the number of buckets.
        key_dtype: the dtype of keys.
        spec: the hash that finds the bucket of a key.
        name: its name.
    """

    def __init__(
        self, table: Any, num_oov_buckets: int, key_dtype: DType, spec: HasherSpec, name: str | None
    ) -> None:
        if not key_dtype.is_integer and key_dtype != dtypes.string:
            raise TypeError(f"Invalid key_dtype, expected integer or string, got {key_dtype}.")
        self._table = table
        self._num_oov_buckets = num_oov_buckets
        self._hasher_spec = spec
        self._table_name = name.split("/")[-1] if name else None
        super().__init__(key_dtype, dtypes.int64)

    @property
    def initializer(self) -> Operation:
        """The operation that fills the table."""
        if self._table is not None:
            return self._table.initializer
        with name_scope(None, "init"):
            return no_op()

    @property
    def resource_handle(self) -> Tensor | None:
        """The handle of the table; None if there is none."""
        return None if self._table is None else self._table.resource_handle

    @property
    def name(self) -> str | None:
        """The name of the table."""
        return self._table_name

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys and buckets, a scalar of int64.

        Args:
            name: the name of the scope.
        """
        with name_scope(name, f"{self.name}_Size"):
            known = convert_to_tensor(0, dtype=dtypes.int64) if self._table is None else self._table.size()
            return known + self._num_oov_buckets

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The numbers of keys.

        Args:
            keys: a tensor or SparseTensor of keys.
            name: the name of the scope.

        Returns:
            Their numbers, likewise.

        Raises:
            TypeError: keys are of another dtype than the table's.
            FailedPreconditionError: when run, if the table has not been filled.
        """
        self._check_keys(keys.dtype)
        values = keys.values if isinstance(keys, SparseTensor) else keys
        if self._table is not None and self._table.key_dtype.base_dtype == dtypes.int64:
            values = cast(values, dtypes.int64)
        return like_keys(keys, self._numbers(values, name))

    def _numbers(self, values: Any, name: str | None) -> Tensor:
        if self._num_oov_buckets == 0:
            return self._table.lookup(values, name=name)
        with name_scope(name, f"{self.name}_Lookup"):
            text = values if values.dtype.base_dtype == dtypes.string else as_string(values)
            bucket = _bucket_function(self._hasher_spec)
            buckets = bucket(text, num_buckets=self._num_oov_buckets, name="hash_bucket")
            if self._table is None:
                return buckets
            numbers = self._table.lookup(values)
            buckets = add(buckets, self._table.size())
            is_known = not_equal(numbers, self._table.default_value)
            return where_v2(is_known, numbers, buckets)


def _key_dtype(of_table: DType, value_dtype: DType, asked: DType | None) -> DType:
    """The dtype of keys that a table of numbers with buckets takes.

    Raises:
        TypeError: the table's keys cannot be hashed or are of another kind, or its values are no numbers.
    """
    supported = (dtypes.int64, dtypes.string)
    asked = of_table if asked is None else asked
    if of_table not in supported:
        raise TypeError(f"Invalid key dtype, expected one of {supported}, but got {asked}.")
    if of_table.is_integer != asked.is_integer:
        kind = "integer" if asked.is_integer else "non-integer"
        raise TypeError(f"Invalid key dtype, expected {kind} but got {of_table}.")
    if value_dtype != dtypes.int64:
        raise TypeError(f"Invalid value dtype, expected {dtypes.int64} but got {value_dtype}.")
    return asked


class IdTableWithHashBuckets(_WithBuckets):
    """A table of numbers with buckets for unknown keys.

    Args:
        table: a table with int64 values, or None: then every key is hashed.
        num_oov_buckets: the number of buckets.
        hasher_spec: the hash that finds the bucket of a key.
        name: its name; that of the table by default.
        key_dtype: the dtype of keys, if it is not the table's.

    Raises:
        ValueError: there is neither a table nor a bucket.
        TypeError: a dtype is none it can have, or `hasher_spec` is none.
    """

    def __init__(
        self,
        table: Any,
        num_oov_buckets: int,
        hasher_spec: HasherSpec = FastHashSpec,
        name: str | None = None,
        key_dtype: DType | None = None,
    ) -> None:
        name = name.rstrip("/") if name else name
        if table:
            key_dtype = _key_dtype(table.key_dtype, table.value_dtype, key_dtype)
            name = name or table.name
        else:
            if num_oov_buckets <= 0:
                raise ValueError("oov_buckets must be > 0 if no table is supplied.")
            table, key_dtype, name = None, key_dtype or dtypes.string, name or "hash_bucket"
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError(f"hasher_spec must be of type HasherSpec, got {hasher_spec}")
        super().__init__(table, num_oov_buckets, key_dtype, hasher_spec, name)

    @property
    def init(self) -> Operation:
        """The older name of `initializer`."""
        warn_once(
            "IdTableWithHashBuckets.init", "tensorflow.python.ops.lookup_ops", "Use `initializer` instead."
        )
        return self.initializer


class StaticVocabularyTable(_WithBuckets):
    """A table of numbers that is filled once, with buckets for unknown keys.

    Args:
        initializer: what fills it; None: then every key is hashed.
        num_oov_buckets: the number of buckets.
        lookup_key_dtype: the dtype of keys, if it is not the initializer's.
        name: its name; that of the table by default.

    Raises:
        ValueError: there is no bucket.
        TypeError: a dtype is none it can have.
    """

    def __init__(
        self,
        initializer: Any,
        num_oov_buckets: int,
        lookup_key_dtype: DType | None = None,
        name: str | None = None,
    ) -> None:
        if num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0.")
        name = name.rstrip("/") if name else name
        table = None
        if initializer:
            lookup_key_dtype = _key_dtype(initializer.key_dtype, initializer.value_dtype, lookup_key_dtype)
            table = HashTable(initializer, default_value=-1)
            name = name or table.name
        else:
            lookup_key_dtype, name = dtypes.string, name or "hash_bucket"
        super().__init__(table, num_oov_buckets, lookup_key_dtype, FastHashSpec, name)


def index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    key_dtype: DType = dtypes.string,
    name: str | None = None,
    key_column_index: int = TextFileIndex.WHOLE_LINE,
    value_column_index: int = TextFileIndex.LINE_NUMBER,
    delimiter: str = "\t",
) -> Any:
    """A table from the words in a file to their numbers.

    Args:
        vocabulary_file: the name of the file, or a scalar tensor with it.
        num_oov_buckets: how many buckets there are for words that are not in it.
        vocab_size: how many lines count; all by default.
        default_value: the number of other words if there are no buckets.
        hasher_spec: the hash that finds the bucket of a word.
        key_dtype: the dtype of keys, integers or strings.
        name: the name of the scope.
        key_column_index: the column of the words, or one of `TextFileIndex`.
        value_column_index: the column of the numbers, or one of `TextFileIndex`.
        delimiter: what separates columns.

    Raises:
        ValueError: there is no file, or a number is out of range.
        TypeError: keys are neither integers nor strings.
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    _check_buckets(num_oov_buckets)
    if vocab_size is not None and vocab_size < 1:
        shown = vocabulary_file
        if isinstance(vocabulary_file, Tensor):
            shown = constant_value(vocabulary_file) or "?"
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}. vocabulary_file: {shown}")
    _check_key_dtype(key_dtype)
    with name_scope(name, "string_to_index"):
        with name_scope(None, "hash_table"):
            initializer = TextFileIdTableInitializer(
                vocabulary_file,
                vocab_size=vocab_size,
                key_dtype=dtypes.int64 if key_dtype.is_integer else key_dtype,
                name="table_init",
                key_column_index=key_column_index,
                value_column_index=value_column_index,
                delimiter=delimiter,
            )
            table = StaticHashTableV1(initializer, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, key_dtype)


def _check_buckets(number: int) -> None:
    if number < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {number}.")


def _check_key_dtype(dtype: DType) -> None:
    if not dtype.is_integer and dtype.base_dtype != dtypes.string:
        raise TypeError("Only integer and string keys are supported.")


def _with_buckets(table: Any, buckets: int, spec: HasherSpec, dtype: DType) -> Any:
    if not buckets:
        return table
    return IdTableWithHashBuckets(table, num_oov_buckets=buckets, hasher_spec=spec, key_dtype=dtype)


def index_table_from_tensor(
    vocabulary_list: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    dtype: DType = dtypes.string,
    name: str | None = None,
) -> Any:
    """A table from the words of a list to their places in it.

    Args:
        vocabulary_list: a vector of words, strings or integers.
        num_oov_buckets: how many buckets there are for words that are not in it.
        default_value: the number of other words if there are no buckets.
        hasher_spec: the hash that finds the bucket of a word.
        dtype: the dtype of keys, integers or strings.
        name: the name of the scope.

    Raises:
        ValueError: there is no list, it is of another dtype, or a number is out of range.
        TypeError: keys are neither integers nor strings.
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    _check_buckets(num_oov_buckets)
    _check_key_dtype(dtype)
    with name_scope(name, "string_to_index"):
        keys = convert_to_tensor(vocabulary_list)
        if keys.dtype.is_integer != dtype.is_integer:
            kind = "integer" if dtype.is_integer else "non-integer"
            raise ValueError(f"Expected {kind}, got {keys.dtype}.")
        if not dtype.is_integer and keys.dtype.base_dtype != dtype:
            raise ValueError(f"Expected {dtype}, got {keys.dtype}.")
        numbers = cast(sequence(size(keys)), dtypes.int64)
        with name_scope(None, "hash_table"):
            keys = cast(keys, dtypes.int64) if keys.dtype.is_integer else keys
            initializer = KeyValueTensorInitializer(
                keys, numbers, keys.dtype.base_dtype, dtypes.int64, name="table_init"
            )
            table = StaticHashTableV1(initializer, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, dtype)


def index_to_string_table_from_file(
    vocabulary_file: Any,
    vocab_size: int | None = None,
    default_value: Any = "UNK",
    name: str | None = None,
    key_column_index: int = TextFileIndex.LINE_NUMBER,
    value_column_index: int = TextFileIndex.WHOLE_LINE,
    delimiter: str = "\t",
) -> StaticHashTableV1:
    """A table from the numbers of words in a file to the words.

    Args:
        vocabulary_file: the name of the file, or a scalar tensor with it.
        vocab_size: how many lines count; all by default.
        default_value: the word of other numbers.
        name: the name of the scope.
        key_column_index: the column of the numbers, or one of `TextFileIndex`.
        value_column_index: the column of the words, or one of `TextFileIndex`.
        delimiter: what separates columns.

    Raises:
        ValueError: there is no file, or `vocab_size` is out of range.
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}.")
    with name_scope(name, "index_to_string"):
        initializer = TextFileStringTableInitializer(
            vocabulary_file,
            vocab_size=vocab_size,
            name="table_init",
            key_column_index=key_column_index,
            value_column_index=value_column_index,
            delimiter=delimiter,
        )
        return StaticHashTableV1(initializer, default_value)


def index_to_string_table_from_tensor(
    vocabulary_list: Any, default_value: Any = "UNK", name: str | None = None
) -> StaticHashTableV1:
    """A table from places in a list of words to the words.

    Args:
        vocabulary_list: a vector of words.
        default_value: the word of other numbers.
        name: the name of the scope.

    Raises:
        ValueError: there is no list.
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    with name_scope(name, "index_to_string"):
        words = convert_to_tensor(vocabulary_list, dtypes.string)
        numbers = cast(sequence(size(words)), dtypes.int64)
        initializer = KeyValueTensorInitializer(
            numbers, words, dtypes.int64, dtypes.string, name="table_init"
        )
        return StaticHashTableV1(initializer, default_value)
