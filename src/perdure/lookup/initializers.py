"""Where tables get their keys and values."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, device, get_default_graph, init_scope, name_scope
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.lookup.interface import LookupInterface, check_table_dtypes
from perdure.tracking.trackable import Trackable


def outside_control_flow() -> Any:
    """The scope of what must be made outside of branches and loops, if it would not be."""
    inside = get_default_graph()._get_control_flow_context() is not None
    return init_scope() if inside else nullcontext()


class TableInitializerBase(Trackable):
    """What fills a table.

    Args:
        key_dtype: the dtype of keys.
        value_dtype: the dtype of values.
    """

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype = as_dtype(key_dtype)
        self._value_dtype = as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        """The dtype of keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The dtype of values."""
        return self._value_dtype

    def initialize(self, table: LookupInterface) -> Operation:
        """Make the operation that fills a table."""
        raise NotImplementedError

    @property
    def _shared_name(self) -> str:
        """The name that tables with the same contents share; "" if each has its own."""
        return ""


class KeyValueTensorInitializer(TableInitializerBase):
    """Fills a table with the elements of two tensors.

    Args:
        keys: a tensor of keys.
        values: a tensor of values, of the same shape.
        key_dtype: the dtype of keys, if they are no tensor.
        value_dtype: the dtype of values, likewise.
        name: the name of the scope; "key_value_init" by default.
    """

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        with outside_control_flow():
            self._keys = convert_to_tensor(keys, dtype=key_dtype, name="keys")
            self._values = convert_to_tensor(values, dtype=value_dtype, name="values")
        self._name = name if name is not None else "key_value_init"
        super().__init__(self._keys.dtype, self._values.dtype)

    def initialize(self, table: LookupInterface) -> Operation:
        """Make the operation that fills a table.

        Raises:
            TypeError: the table is of other dtypes.
        """
        check_table_dtypes(table, self._keys.dtype, self._values.dtype)
        with name_scope(self._name, values=(table.resource_handle, self._keys, self._values)):
            fill = g.lookup_table_import_v2(table.resource_handle, self._keys, self._values)
        add_to_collection(GraphKeys.TABLE_INITIALIZERS, fill)
        return fill


class TextFileIndex:
    """What of a file, besides its columns, can be keys or values."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class TextFileInitializer(TableInitializerBase):
    """Fills a table from the lines of a text file.

    Args:
        filename: its name, or a scalar tensor with it.
        key_dtype: the dtype of keys.
        key_index: the column that holds the keys, or one of `TextFileIndex`.
        value_dtype: the dtype of values.
        value_index: the column that holds the values, or one of `TextFileIndex`.
        vocab_size: the number of lines that count; all by default.
        delimiter: what separates columns.
        name: the name of the scope; "text_file_init" by default.

    Raises:
        ValueError: there is no name, a column is none, or cannot be of the dtype.
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
    ) -> None:
        if not isinstance(filename, Tensor) and not filename:
            raise ValueError(f"Filename required for {name}.")
        key_dtype, value_dtype = as_dtype(key_dtype), as_dtype(value_dtype)
        if key_index < -2:
            raise ValueError(f"Invalid key index {key_index}.")
        _check_line_number("Keys", key_index, key_dtype)
        if key_index == TextFileIndex.WHOLE_LINE and not key_dtype.is_integer and key_dtype != dtypes.string:
            raise ValueError(f"Signature mismatch. Keys must be integer or string, got {key_dtype}.")
        if value_index < -2:
            raise ValueError(f"Invalid value index {value_index}.")
        _check_line_number("Values", value_index, value_dtype)
        if value_index == TextFileIndex.WHOLE_LINE and value_dtype != dtypes.string:
            raise ValueError(f"Signature mismatch. Values must be dtype {dtypes.string}, got {value_dtype}.")
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"Invalid vocab_size {vocab_size}.")
        self._filename_arg = filename
        self._key_index = key_index
        self._value_index = value_index
        self._vocab_size = vocab_size
        self._delimiter = delimiter
        self._name = name
        with init_scope(), device("CPU"):
            self._filename = convert_to_tensor(filename, dtypes.string, name="asset_path")
        super().__init__(key_dtype, value_dtype)

    def initialize(self, table: LookupInterface) -> Operation:
        """Make the operation that fills a table.

        Raises:
            TypeError: the table is of other dtypes.
        """
        check_table_dtypes(table, self.key_dtype, self.value_dtype)
        with name_scope(self._name, "text_file_init", (table.resource_handle,)):
            fill = g.initialize_table_from_text_file_v2(
                table.resource_handle,
                self._filename,
                key_index=self._key_index,
                value_index=self._value_index,
                vocab_size=-1 if self._vocab_size is None else self._vocab_size,
                delimiter=self._delimiter,
            )
        add_to_collection(GraphKeys.TABLE_INITIALIZERS, fill)
        if self._filename.op.type == "Const":
            add_to_collection(GraphKeys.ASSET_FILEPATHS, self._filename)
        return fill

    @property
    def _shared_name(self) -> str:
        parts = ["hash_table", self._filename_arg, self._key_index, self._value_index]
        if self._vocab_size:
            parts.insert(2, self._vocab_size)
        return "_".join(map(str, parts))


def _check_line_number(what: str, index: int, dtype: DType) -> None:
    if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
        raise ValueError(f"Signature mismatch. {what} must be dtype {dtypes.int64}, got {dtype}.")


class TextFileStringTableInitializer(TextFileInitializer):
    """Fills a table of strings by numbers from the lines of a text file; see `TextFileInitializer`."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = TextFileIndex.LINE_NUMBER,
        value_column_index: int = TextFileIndex.WHOLE_LINE,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_string_table_init",
    ) -> None:
        super().__init__(
            filename,
            dtypes.int64,
            key_column_index,
            dtypes.string,
            value_column_index,
            vocab_size=vocab_size,
            delimiter=delimiter,
            name=name,
        )


class TextFileIdTableInitializer(TextFileInitializer):
    """Fills a table of numbers by strings from the lines of a text file; see `TextFileInitializer`."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = TextFileIndex.WHOLE_LINE,
        value_column_index: int = TextFileIndex.LINE_NUMBER,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_id_table_init",
        key_dtype: Any = dtypes.string,
    ) -> None:
        super().__init__(
            filename,
            key_dtype,
            key_column_index,
            dtypes.int64,
            value_column_index,
            vocab_size=vocab_size,
            delimiter=delimiter,
            name=name,
        )
