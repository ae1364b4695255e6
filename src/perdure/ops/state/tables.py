"""Lookup tables: HashTable, MutableHashTable, MutableDenseHashTable and what is done with them.

Names of inputs, outputs and attributes are rows of the signature table.  Each op exists twice: the older one
takes the handle of a table as a reference to strings, the newer one as a resource.
"""

import os

import numpy as np

from perdure.graph.errors import InvalidArgumentError, OutOfRangeError
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.files.files import scalar
from perdure.ops.registry import op
from perdure.ops.strings.numerals import parse_float, parse_integer
from perdure.resources.tables import DenseTable, StaticTable, Table

_WHOLE_LINE, _LINE_NUMBER = -2, -1


def _both(old, new, shape, kernel, reason="it deals with a table"):
    """Give the two ops that do one thing their rules."""
    for definition in (old, new):
        definition.shape(shape)
        definition.kernel(kernel)
        definition.not_differentiable(reason)


def _old_handle_shape():
    return (2,)


def _handle_shape():
    return ()


# -- making tables ------------------------------------------------------------------------


def _makes(old, new, kernel):
    """Give the two ops that make tables of one kind their rules."""
    old.shape(_old_handle_shape)
    new.shape(_handle_shape)
    for definition in (old, new):
        definition.kernel(kernel)
        definition.not_differentiable("it makes a table")


def hash_table_kernel(xp, *, obtain, key_dtype, value_dtype):
    return obtain(key_dtype=key_dtype, value_dtype=value_dtype)


def mutable_hash_table_kernel(xp, *, obtain, key_dtype, value_dtype):
    return obtain(key_dtype=key_dtype, value_dtype=value_dtype)


def mutable_hash_table_of_tensors_kernel(xp, *, obtain, key_dtype, value_dtype, value_shape):
    if value_shape is None or len(value_shape) != 1:
        raise invalid(f"Default value must be a vector, got shape {format_shape(value_shape)}")
    return obtain(key_dtype=key_dtype, value_dtype=value_dtype, value_shape=value_shape)


_makes(
    op("HashTable", host=True, makes=StaticTable),
    op("HashTableV2", host=True, makes=StaticTable),
    hash_table_kernel,
)
_makes(
    op("MutableHashTable", host=True, makes=Table),
    op("MutableHashTableV2", host=True, makes=Table),
    mutable_hash_table_kernel,
)
_makes(
    op("MutableHashTableOfTensors", host=True, makes=Table),
    op("MutableHashTableOfTensorsV2", host=True, makes=Table),
    mutable_hash_table_of_tensors_kernel,
)

# The kernel of the older MutableDenseHashTable asks for an input that it has not, so that it always fails.
mutable_dense_hash_table_v2 = op("MutableDenseHashTableV2", host=True, makes=DenseTable)
mutable_dense_hash_table_v2.shape(_handle_shape)
mutable_dense_hash_table_v2.not_differentiable("it makes a table")


@mutable_dense_hash_table_v2.kernel
def mutable_dense_hash_table_v2_kernel(
    xp,
    empty_key,
    deleted_key,
    *,
    obtain,
    key_dtype,
    value_dtype,
    value_shape,
    initial_num_buckets,
    max_load_factor,
):
    types = {"key_dtype": key_dtype, "value_dtype": value_dtype, "value_shape": value_shape}
    places = {"places": _checked_buckets(initial_num_buckets), "max_load": max_load_factor}
    return obtain(**types, **places, empty_key=empty_key, deleted_key=deleted_key)


def _checked_buckets(number):
    if number < 4 or number & (number - 1):
        raise invalid(f"Number of buckets must be at least 4 and a power of 2, got: {number}")
    return number


# -- filling them -------------------------------------------------------------------------

_TABLE = {"table_handle": Table}


def _no_shape():
    return []


def _replace(xp, table_handle, keys, values):
    table_handle.replace(np.asarray(keys), np.asarray(values))
    return ()


def initialize_table_shape(keys, values):
    if keys is not None and values is not None and len(keys) != len(values):
        raise ValueError(f"Shapes must be equal rank, but are {len(keys)} and {len(values)}")
    return []


def initialize_table_kernel(xp, table_handle, keys, values):
    if not isinstance(table_handle, StaticTable):
        raise invalid(f"Table {table_handle.name} is not initializable")
    return _replace(xp, table_handle, keys, values)


_both(
    op("InitializeTable", host=True, handles=_TABLE),
    op("InitializeTableV2", host=True, handles=_TABLE),
    initialize_table_shape,
    initialize_table_kernel,
)
_both(
    op("LookupTableImport", host=True, handles=_TABLE),
    op("LookupTableImportV2", host=True, handles=_TABLE),
    _no_shape,
    _replace,
)


def initialize_table_from_text_file_kernel(
    xp, table_handle, filename, *, files, key_index, value_index, vocab_size, delimiter
):
    path = scalar(filename, "filename")
    if not path:
        raise invalid("filename cannot be empty.")
    lines = _lines(files, path, vocab_size)
    of_keys = _column(lines, key_index, table_handle.key_dtype, delimiter, path)
    of_values = _column(lines, value_index, table_handle.value_dtype, delimiter, path)
    return _replace(xp, table_handle, of_keys, of_values)


_both(
    op("InitializeTableFromTextFile", host=True, handles=_TABLE),
    op("InitializeTableFromTextFileV2", host=True, handles=_TABLE),
    _no_shape,
    initialize_table_from_text_file_kernel,
)


def _lines(files, path, vocab_size):
    """The lines of a file; as many as the vocabulary has words, if that is said."""
    text = files.read(path)
    if not text:
        raise OutOfRangeError(None, None, "Read less bytes than requested")
    lines = [line.removesuffix(b"\r") for line in text.removesuffix(b"\n").split(b"\n")]
    if vocab_size < 0:
        return lines
    if len(lines) < vocab_size:
        raise invalid(
            f"Invalid vocab_size in {os.fsdecode(path)}: expected {vocab_size} but got {len(lines)}"
        )
    return lines[:vocab_size]


def _column(lines, index, dtype, delimiter, path):
    """What a column of a file holds: fields, whole lines or their numbers."""
    kind = np.dtype(dtype.as_numpy_dtype)
    if index == _LINE_NUMBER:
        return np.arange(len(lines), dtype=kind)
    column = np.empty(len(lines), kind)
    mark = delimiter if isinstance(delimiter, bytes) else delimiter.encode()
    for number, line in enumerate(lines):
        field = line
        if index != _WHOLE_LINE:
            fields = line.split(mark)
            if index >= len(fields):
                raise invalid(
                    f"Invalid number of columns in {os.fsdecode(path)} line {number} "
                    f"({line.decode('utf-8', 'replace')}) : expected {index} got {len(fields)}"
                )
            field = fields[index]
        column[number] = _field(field, kind, number, dtype)
    return column


def _field(text, kind, line, dtype):
    if kind.kind == "O":
        return text
    value = parse_integer(text, kind) if kind.kind == "i" else parse_float(text, kind)
    if value is None:
        raise invalid(f"Field {text.decode('utf-8', 'replace')} in line {line} is not a valid {dtype.name}.")
    return value


def lookup_table_insert_kernel(xp, table_handle, keys, values):
    table_handle.insert(np.asarray(keys), np.asarray(values))
    return ()


_both(
    op("LookupTableInsert", host=True, handles=_TABLE),
    op("LookupTableInsertV2", host=True, handles=_TABLE),
    _no_shape,
    lookup_table_insert_kernel,
)

lookup_table_remove = op("LookupTableRemoveV2", host=True, handles=_TABLE)
lookup_table_remove.shape(_no_shape)
lookup_table_remove.not_differentiable("it deals with a table")


@lookup_table_remove.kernel
def lookup_table_remove_kernel(xp, table_handle, keys):
    table_handle.remove(np.asarray(keys))
    return ()


# -- asking them --------------------------------------------------------------------------


def lookup_table_find_shape(keys, default_value):
    return None


def lookup_table_find_kernel(xp, table_handle, keys, default_value):
    return table_handle.find(np.asarray(keys), np.asarray(default_value))


_both(
    op("LookupTableFind", host=True, handles=_TABLE),
    op("LookupTableFindV2", host=True, handles=_TABLE),
    lookup_table_find_shape,
    lookup_table_find_kernel,
)


def lookup_table_size_shape():
    return ()


def lookup_table_size_kernel(xp, table_handle):
    return np.int64(len(table_handle))


_both(
    op("LookupTableSize", host=True, handles=_TABLE),
    op("LookupTableSizeV2", host=True, handles=_TABLE),
    lookup_table_size_shape,
    lookup_table_size_kernel,
)


def lookup_table_export_shape():
    return None, None


def lookup_table_export_kernel(xp, table_handle, *, Tkeys, Tvalues):
    for asked, has in ((Tkeys, table_handle.key_dtype), (Tvalues, table_handle.value_dtype)):
        if asked != has:
            raise InvalidArgumentError(
                None, None, f"The table holds {has.name}, but {asked.name} is asked for"
            )
    return table_handle.items()


_both(
    op("LookupTableExport", host=True, handles=_TABLE),
    op("LookupTableExportV2", host=True, handles=_TABLE),
    lookup_table_export_shape,
    lookup_table_export_kernel,
)
