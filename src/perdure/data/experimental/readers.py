"""tf.data.experimental: datasets of rows and of Examples in files, and of databases."""

from __future__ import annotations

import collections
import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from perdure.data import nest, structure
from perdure.data.convert import optional_param_to_tensor
from perdure.data.dataset import AUTOTUNE
from perdure.data.dataset_v1 import Dataset, DatasetV1Adapter
from perdure.data.experimental.interleaving import parallel_interleave
from perdure.data.experimental.parsing import parse_example_dataset
from perdure.data.experimental.passing import ignore_errors as leave_errors_out
from perdure.data.experimental.passing import shuffle_and_repeat
from perdure.data.mapping import MapDataset
from perdure.data.options_of_datasets import Options
from perdure.data.parents import DatasetSource
from perdure.data.readers import TFRecordDataset
from perdure.filesystem.functions import get_matching_files
from perdure.filesystem.gfile import GFile
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_n_to_tensor, convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.type_spec import TensorSpec
from perdure.queues.readers import ReaderBase

_CSV_TYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)
_BUFFER_SIZE = 4 * 1024 * 1024

# -- comma-separated values -------------------------------------------------------------------------


def _is_csv_type(value: Any) -> bool:
    return not isinstance(value, (Tensor, list, tuple, np.ndarray)) and value in _CSV_TYPES


class CsvDatasetV2(DatasetSource):
    """The records of files with comma-separated values; see `CsvDataset`."""

    def __init__(
        self,
        filenames: Any,
        record_defaults: Sequence[Any],
        compression_type: Any = None,
        buffer_size: Any = None,
        header: Any = False,
        field_delim: Any = ",",
        use_quote_delim: Any = True,
        na_value: Any = "",
        select_cols: Any = None,
    ) -> None:
        names = convert_to_tensor(filenames, dtype=dtypes.string, name="filenames")
        compression = optional_param_to_tensor("compression_type", compression_type, "", dtypes.string)
        defaults = [constant([], dtype=each) if _is_csv_type(each) else each for each in record_defaults]
        defaults = convert_n_to_tensor(defaults, name="record_defaults")
        buffer = optional_param_to_tensor("buffer_size", buffer_size, _BUFFER_SIZE)
        header = convert_to_tensor(header, dtype=dtypes.bool, name="header")
        delimiter = convert_to_tensor(field_delim, dtype=dtypes.string, name="field_delim")
        quotes = convert_to_tensor(use_quote_delim, dtype=dtypes.bool, name="use_quote_delim")
        absent = convert_to_tensor(na_value, dtype=dtypes.string, name="na_value")
        chosen = optional_param_to_tensor("select_cols", select_cols, [], dtypes.int64)
        self._element_spec = tuple(TensorSpec([], default.dtype) for default in defaults)
        super().__init__(
            g.csv_dataset(
                names,
                compression,
                buffer,
                header,
                delimiter,
                quotes,
                absent,
                chosen,
                defaults,
                output_shapes=self._flat_shapes,
            )
        )

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


class CsvDatasetV1(DatasetV1Adapter):
    """The records of files with comma-separated values, RFC 4180.

    Args:
        filenames: names of files, a tensor of strings.
        record_defaults: for each column what stands for an empty field, or its type if it must not be empty.
        compression_type: "ZLIB", "GZIP" or "".
        buffer_size: bytes that are read at a time; 4 MiB when None.
        header: whether the first line of each file is no record.
        field_delim: what is between fields.
        use_quote_delim: whether quotation marks around a field protect what is in it.
        na_value: what a field may have in it that means nothing, like an empty one.
        select_cols: which columns are wanted, in ascending order; all when None.
    """

    def __init__(
        self,
        filenames: Any,
        record_defaults: Sequence[Any],
        compression_type: Any = None,
        buffer_size: Any = None,
        header: Any = False,
        field_delim: Any = ",",
        use_quote_delim: Any = True,
        na_value: Any = "",
        select_cols: Any = None,
    ) -> None:
        super().__init__(
            CsvDatasetV2(
                filenames,
                record_defaults,
                compression_type,
                buffer_size,
                header,
                field_delim,
                use_quote_delim,
                na_value,
                select_cols,
            )
        )


CsvDataset = CsvDatasetV1


def _is_int32(text: str) -> bool:
    try:
        return -(2**31) <= int(text) < 2**31
    except ValueError:
        return False


def _is_int64(text: str) -> bool:
    try:
        return -(2**63) <= int(text) < 2**63
    except ValueError:
        return False


def _is_float(text: str, kind: Any) -> bool:
    try:
        with np.errstate(over="ignore"):
            return bool(kind(text) < np.inf)
    except ValueError:
        return False


_GUESSES: Sequence[tuple[Any, Callable[[str], bool]]] = (
    (dtypes.int32, _is_int32),
    (dtypes.int64, _is_int64),
    (dtypes.float32, lambda text: _is_float(text, np.float32)),
    (dtypes.float64, lambda text: _is_float(text, np.float64)),
    (dtypes.string, lambda text: True),
)


def _guess(text: str, na_value: str, before: Any) -> Any:
    """The narrowest type that a field and those before it can have."""
    if text in ("", na_value):
        return before
    known = [dtype for dtype, _ in _GUESSES]
    for i, (dtype, fits) in enumerate(_GUESSES):
        if fits(text) and (before is None or before in known[: i + 1]):
            return dtype
    return dtypes.string


def _csv_options(field_delim: str, use_quote_delim: bool) -> dict[str, Any]:
    return {
        "delimiter": field_delim,
        "quoting": csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE,
    }


def _rows(
    names: Sequence[str], width: int, how: dict[str, Any], header: bool, opened: Callable[[str], Any]
) -> Iterator[list[str]]:
    for name in names:
        with opened(name) as file:
            rows = csv.reader(file, **how)
            if header:
                next(rows)
            for row in rows:
                if len(row) != width:
                    raise ValueError(
                        "Problem inferring types: CSV row has different number of fields than expected."
                    )
                yield row


def _guessed_defaults(
    rows: Iterator[list[str]], chosen: Sequence[int], na_value: str, most: int | None
) -> list[Any]:
    types: list[Any] = [None] * len(chosen)
    for i, row in enumerate(rows):
        if most is not None and i >= most:
            break
        for j, column in enumerate(chosen):
            types[j] = _guess(row[column], na_value, types[j])
    found = [dtype or dtypes.string for dtype in types]
    return [constant(["" if dtype is dtypes.string else 0], dtype=dtype) for dtype in found]


def _names_in_headers(names: Sequence[str], how: dict[str, Any], opened: Callable[[str], Any]) -> list[str]:
    found: list[str] | None = None
    for name in names:
        with opened(name) as file:
            try:
                header = next(csv.reader(file, **how))
            except StopIteration:
                raise ValueError(
                    f"Received StopIteration when reading the header line of {names[0]}.  Empty file?"
                ) from None
        if found is not None and header != found:
            raise ValueError("Files have different column names in the header row.")
        found = header
    assert found is not None
    return found


def _chosen_columns(select_columns: Any, column_names: Sequence[str]) -> list[int]:
    places = {name: i for i, name in enumerate(column_names)}
    for i, column in enumerate(select_columns):
        if isinstance(column, int):
            if not 0 <= column < len(column_names):
                raise ValueError(f"Column index {column} specified in select_columns out of valid range.")
        elif column not in places:
            raise ValueError(
                f"Value '{column}' specified in select_columns not a valid column index or name."
            )
        else:
            select_columns[i] = places[column]
    found = sorted({*select_columns})
    if len(found) != len(select_columns):
        raise ValueError("select_columns contains duplicate columns")
    return found


def _names_of_files(file_pattern: Any) -> list[str]:
    if isinstance(file_pattern, list):
        if not file_pattern:
            raise ValueError("File pattern is empty.")
        names = [name for entry in file_pattern for name in get_matching_files(entry)]
    else:
        names = list(get_matching_files(file_pattern))
    if not names:
        raise ValueError(f"No files match {file_pattern}.")
    return sorted(names)


def _shuffled_and_repeated(
    dataset: Any, num_epochs: Any, shuffle: bool, shuffle_buffer_size: Any, shuffle_seed: Any
) -> Any:
    if num_epochs != 1 and shuffle:
        return dataset.apply(shuffle_and_repeat(shuffle_buffer_size, num_epochs, shuffle_seed))
    if shuffle:
        return dataset.shuffle(shuffle_buffer_size, shuffle_seed)
    return dataset if num_epochs == 1 else dataset.repeat(num_epochs)


def _opener(compression_type: Any) -> Callable[[str], Any]:
    if compression_type is not None:
        kind = constant_value(compression_type) if isinstance(compression_type, Tensor) else compression_type
        if kind is None:
            raise ValueError("Received unkown compression_type")
        kind = kind.decode() if isinstance(kind, bytes) else str(kind)
        if kind == "GZIP":
            return lambda name: gzip.open(name, "rt")
        if kind == "ZLIB":
            raise ValueError(f"compression_type ({compression_type}) is not supported for probing columns")
        if kind != "":
            raise ValueError(f"compression_type ({compression_type}) is not supported")
    return lambda name: GFile(name, "r")


def make_csv_dataset_v2(
    file_pattern: Any,
    batch_size: Any,
    column_names: Any = None,
    column_defaults: Any = None,
    label_name: str | None = None,
    select_columns: Any = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: Any = None,
    shuffle: bool = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    num_parallel_reads: Any = None,
    sloppy: bool = False,
    num_rows_for_inference: int | None = 100,
    compression_type: Any = None,
    ignore_errors: bool = False,
) -> Any:
    """Batches of the records of files with comma-separated values; see `make_csv_dataset`."""
    if num_parallel_reads is None:
        num_parallel_reads = 1
    if prefetch_buffer_size is None:
        prefetch_buffer_size = AUTOTUNE
    names = _names_of_files(file_pattern)
    dataset = Dataset.from_tensor_slices(names)
    if shuffle:
        dataset = dataset.shuffle(len(names), shuffle_seed)
    opened: Any = None
    if column_names is None or column_defaults is None:
        opened = _opener(compression_type)
    how = _csv_options(field_delim, use_quote_delim)
    if column_names is None:
        if not header:
            raise ValueError("Cannot infer column names without a header line.")
        column_names = _names_in_headers(names, how, opened)
    if len(column_names) != len({*column_names}):
        raise ValueError("Cannot have duplicate column names.")
    if select_columns is not None:
        select_columns = _chosen_columns(select_columns, column_names)
    if column_defaults is not None:
        column_defaults = [
            constant([], dtype=each) if _is_csv_type(each) else each for each in column_defaults
        ]
    else:
        rows = _rows(names, len(column_names), how, header, opened)
        chosen = range(len(column_names)) if select_columns is None else select_columns
        column_defaults = _guessed_defaults(rows, chosen, na_value, num_rows_for_inference)
    if select_columns is not None and len(column_defaults) != len(select_columns):
        raise ValueError("If specified, column_defaults and select_columns must have same length.")
    if select_columns is not None and len(column_names) > len(select_columns):
        column_names = [column_names[i] for i in select_columns]
    if label_name is not None and label_name not in column_names:
        raise ValueError("`label_name` provided must be one of the columns.")

    def filename_to_dataset(filename: Any) -> Any:
        made = CsvDataset(
            filename,
            record_defaults=column_defaults,
            field_delim=field_delim,
            use_quote_delim=use_quote_delim,
            na_value=na_value,
            select_cols=select_columns,
            header=header,
            compression_type=compression_type,
        )
        return made.apply(leave_errors_out()) if ignore_errors else made

    def map_fn(*columns: Any) -> Any:
        features = collections.OrderedDict(zip(column_names, columns, strict=True))
        if label_name is None:
            return features
        label = features.pop(label_name)
        return features, label

    dataset = _interleaved(dataset, filename_to_dataset, num_parallel_reads, sloppy)
    dataset = _shuffled_and_repeated(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size=batch_size, drop_remainder=num_epochs is None)
    dataset = MapDataset(dataset, map_fn, use_inter_op_parallelism=False)
    return dataset.prefetch(prefetch_buffer_size)


def _interleaved(dataset: Any, make: Callable[[Any], Any], count: Any, sloppy: bool) -> Any:
    """The elements of the datasets that are made of names of files."""
    if count != AUTOTUNE:
        return dataset.apply(parallel_interleave(make, cycle_length=count, sloppy=sloppy))
    options = Options()
    options.experimental_deterministic = not sloppy
    return dataset.interleave(make, num_parallel_calls=count).with_options(options)


def make_csv_dataset(
    file_pattern: Any,
    batch_size: Any,
    column_names: Any = None,
    column_defaults: Any = None,
    label_name: str | None = None,
    select_columns: Any = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: Any = None,
    shuffle: bool = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    num_parallel_reads: Any = None,
    sloppy: bool = False,
    num_rows_for_inference: int | None = 100,
    compression_type: Any = None,
    ignore_errors: bool = False,
) -> Any:
    """Batches of the records of files with comma-separated values, as dictionaries of columns.

    Args:
        file_pattern: a pattern, or a list of them.
        batch_size: how many records are put together.
        column_names: the names of all columns; those in the headers when None.
        column_defaults: as `record_defaults` of `CsvDataset`, for the wanted columns; guessed when None.
        label_name: the column that is given apart, or None.
        select_columns: the wanted columns, by name or number; all when None.
        field_delim, use_quote_delim, na_value, header, compression_type: as of `CsvDataset`.
        num_epochs: how often all files are read; for ever when None.
        shuffle: whether records come in random order.
        shuffle_buffer_size: among how many records the next one is chosen.
        shuffle_seed: the seed.
        prefetch_buffer_size: how many batches are made ahead; open when None.
        num_parallel_reads: how many files are read by turns.
        sloppy: whether the order may vary; it does not here.
        num_rows_for_inference: how many records are looked at to guess types; all when None.
        ignore_errors: whether damaged records are left out.

    Raises:
        ValueError: no file matches, or the columns make no sense.
    """
    return DatasetV1Adapter(
        make_csv_dataset_v2(
            file_pattern,
            batch_size,
            column_names,
            column_defaults,
            label_name,
            select_columns,
            field_delim,
            use_quote_delim,
            na_value,
            header,
            num_epochs,
            shuffle,
            shuffle_buffer_size,
            shuffle_seed,
            prefetch_buffer_size,
            num_parallel_reads,
            sloppy,
            num_rows_for_inference,
            compression_type,
            ignore_errors,
        )
    )


# -- Examples ---------------------------------------------------------------------------------------


def make_batched_features_dataset_v2(
    file_pattern: Any,
    batch_size: Any,
    features: Any,
    reader: Any = TFRecordDataset,
    label_key: str | None = None,
    reader_args: Any = None,
    num_epochs: Any = None,
    shuffle: bool = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    reader_num_threads: Any = None,
    parser_num_threads: Any = None,
    sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> Any:
    """Batches of features of Examples in files; see `make_batched_features_dataset`."""
    if reader_num_threads is None:
        reader_num_threads = 1
    if parser_num_threads is None:
        parser_num_threads = 2
    if prefetch_buffer_size is None:
        prefetch_buffer_size = AUTOTUNE
    dataset = Dataset.list_files(file_pattern, shuffle=shuffle, seed=shuffle_seed)
    if isinstance(reader, type) and issubclass(reader, ReaderBase):
        raise TypeError(
            "The `reader` argument must return a `Dataset` object. `tf.ReaderBase` subclasses are not "
            "supported. For example, pass `tf.data.TFRecordDataset` instead of `tf.TFRecordReader`."
        )
    given = reader_args or []
    dataset = _interleaved(
        dataset, lambda filename: reader(filename, *given), reader_num_threads, sloppy_ordering
    )
    if structure.legacy_types(dataset.element_spec) == (dtypes.string, dtypes.string):
        dataset = MapDataset(dataset, lambda _, value: value, use_inter_op_parallelism=False)
    dataset = _shuffled_and_repeated(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    dataset = dataset.apply(parse_example_dataset(features, num_parallel_calls=parser_num_threads))
    if label_key:
        if label_key not in features:
            raise ValueError(f"The `label_key` provided ({label_key!r}) must be one of the `features` keys.")
        dataset = dataset.map(lambda found: (found, found.pop(label_key)))
    return dataset.prefetch(prefetch_buffer_size)


def make_batched_features_dataset(
    file_pattern: Any,
    batch_size: Any,
    features: Any,
    reader: Any = TFRecordDataset,
    label_key: str | None = None,
    reader_args: Any = None,
    num_epochs: Any = None,
    shuffle: bool = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    reader_num_threads: Any = None,
    parser_num_threads: Any = None,
    sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> Any:
    """Batches of features of Examples in files, as dictionaries.

    Args:
        file_pattern: a pattern, or a list of them.
        batch_size: how many Examples are put together.
        features: descriptions by key, as of `tf.io.parse_example`.
        reader: makes a dataset of serialized Examples of a file's name.
        label_key: the feature that is given apart, or None.
        reader_args: what `reader` takes besides.
        num_epochs: how often all files are read; for ever when None.
        shuffle: whether Examples come in random order.
        shuffle_buffer_size: among how many Examples the next one is chosen.
        shuffle_seed: the seed.
        prefetch_buffer_size: how many batches are made ahead; open when None.
        reader_num_threads: how many files are read by turns.
        parser_num_threads: how many batches are parsed at a time.
        sloppy_ordering: whether the order may vary; it does not here.
        drop_final_batch: whether the last batch is left out if it is smaller.

    Raises:
        TypeError: the reader is one of queues.
        ValueError: there is no feature `label_key`.
    """
    return DatasetV1Adapter(
        make_batched_features_dataset_v2(
            file_pattern,
            batch_size,
            features,
            reader,
            label_key,
            reader_args,
            num_epochs,
            shuffle,
            shuffle_buffer_size,
            shuffle_seed,
            prefetch_buffer_size,
            reader_num_threads,
            parser_num_threads,
            sloppy_ordering,
            drop_final_batch,
        )
    )


# -- databases --------------------------------------------------------------------------------------


class SqlDatasetV2(DatasetSource):
    """The rows that a query of a database gives; see `SqlDataset`."""

    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any) -> None:
        driver = convert_to_tensor(driver_name, dtype=dtypes.string, name="driver_name")
        source = convert_to_tensor(data_source_name, dtype=dtypes.string, name="data_source_name")
        query = convert_to_tensor(query, dtype=dtypes.string, name="query")
        self._element_spec = nest.map_structure(lambda dtype: TensorSpec([], dtype), output_types)
        super().__init__(g.sql_dataset(driver, source, query, **self._flat_structure))

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


class SqlDatasetV1(DatasetV1Adapter):
    """The rows that a query of a database gives.

    Args:
        driver_name: the kind of database: "sqlite".
        data_source_name: where it is: the name of its file.
        query: the query.
        output_types: the structure of types of its columns.
    """

    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any) -> None:
        super().__init__(SqlDatasetV2(driver_name, data_source_name, query, output_types))


SqlDataset = SqlDatasetV1
