"""The hash table and the functions of `tf.contrib.lookup` that differ from those of `tf.lookup`."""

from __future__ import annotations

from typing import Any

from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.lookup import vocabularies
from perdure.lookup.interface import table_name
from perdure.lookup.static import HashTable as _HashTable
from perdure.lookup.static import InitializableLookupTableBase
from perdure.lookup.vocabularies import FastHashSpec, HasherSpec
from perdure.platform.deprecation import warn_once

_MODULE = "tensorflow.contrib.lookup.lookup_ops"


class HashTable(_HashTable):
    """A table that is filled once.

    Args:
        initializer: what fills it.
        default_value: the value of keys that it has not, a scalar.
        shared_name: the name under which sessions of a server share it; by itself by default.
        name: its name; "hash_table" by default.
    """

    def __init__(
        self, initializer: Any, default_value: Any, shared_name: str | None = None, name: str | None = None
    ) -> None:
        self._initializer = initializer
        self._shared_name = shared_name
        self._name = name or "hash_table"
        InitializableLookupTableBase.__init__(self, default_value, initializer)
        self._value_shape = self._default_value.get_shape()

    def _create_resource(self) -> Tensor:
        options = {} if self._shared_name is None else {"shared_name": self._shared_name}
        handle = g.hash_table_v2(
            key_dtype=self._initializer.key_dtype,
            value_dtype=self._initializer.value_dtype,
            name=self._name,
            **options,
        )
        self._table_name = table_name(handle)
        return handle

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys and values, two vectors.

        Args:
            name: the name of the node.
        """
        with name_scope(name, f"{self.name}_Export", [self.resource_handle]) as scope:
            return self._exported(scope)


def index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    dtype: DType = dtypes.string,
    name: str | None = None,
) -> Any:
    """A table from the words of a list to their places in it; see `vocabularies.index_table_from_tensor`."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    return vocabularies.index_table_from_tensor(
        mapping, num_oov_buckets, default_value, hasher_spec, dtype, name
    )


def index_to_string_table_from_tensor(
    mapping: Any, default_value: Any = "UNK", name: str | None = None
) -> Any:
    """A table from places in a list to its words; see `vocabularies.index_to_string_table_from_tensor`."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    return vocabularies.index_to_string_table_from_tensor(mapping, default_value, name)


def string_to_index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    name: str | None = None,
) -> Any:
    """The older name of `index_table_from_file`, for strings."""
    warn_once("string_to_index_table_from_file", _MODULE, "Use `index_table_from_file`.", "2017-04-10")
    return vocabularies.index_table_from_file(
        vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, dtypes.string, name
    )


def string_to_index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    name: str | None = None,
) -> Any:
    """The older name of `index_table_from_tensor`, for strings.

    Raises:
        ValueError: the words are no strings.
    """
    warn_once("string_to_index_table_from_tensor", _MODULE, "Use `index_table_from_tensor`.", "2017-04-10")
    with name_scope(name, "string_to_index") as scope:
        mapping = convert_to_tensor(mapping)
    if mapping.dtype.base_dtype != dtypes.string:
        raise ValueError("string_to_index_table_from_tensor requires string.")
    return index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, name=scope)


def string_to_index(tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None) -> Any:
    """The places of words in a list, by a table of their own.

    Args:
        tensor: a tensor of words.
        mapping: the list.
        default_value: the number of other words.
        name: the name of the scope.
    """
    warn_once(
        "string_to_index",
        _MODULE,
        "This op will be removed after the deprecation date. Please switch to index_table_from_tensor and "
        "call the lookup method of the returned table.",
        "2017-01-07",
    )
    return index_table_from_tensor(mapping=mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string(tensor: Any, mapping: Any, default_value: Any = "UNK", name: str | None = None) -> Any:
    """The words in places of a list, by a table of their own.

    Args:
        tensor: a tensor of int64 places.
        mapping: the list.
        default_value: the word of other numbers.
        name: the name of the scope.
    """
    warn_once(
        "index_to_string",
        _MODULE,
        "This op will be removed after the deprecation date. Please switch to "
        "index_to_string_table_from_tensor and call the lookup method of the returned table.",
        "2017-01-07",
    )
    table = index_to_string_table_from_tensor(mapping=mapping, default_value=default_value, name=name)
    return table.lookup(tensor)
