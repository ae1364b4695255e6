"""Datasets of what is in files: `tf.data.TextLineDataset`, `TFRecordDataset`, `FixedLengthRecordDataset`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.data import structure
from perdure.data.convert import optional_param_to_tensor
from perdure.data.dataset import AUTOTUNE, DatasetV2
from perdure.data.dataset_v1 import DatasetV1Adapter
from perdure.data.experimental.interleaving import ParallelInterleaveDataset
from perdure.data.parents import DatasetSource
from perdure.functional.array.array import reshape
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.graph.type_spec import TensorSpec

_BUFFER_SIZE = 256 * 1024


def _names(filenames: Any) -> Any:
    """A dataset of names of files.

    Raises:
        TypeError: it is one of something else.
    """
    if not isinstance(filenames, DatasetV2):
        filenames = convert_to_tensor(filenames, dtype=dtypes.string)
        return DatasetV2.from_tensor_slices(reshape(filenames, [-1], name="flat_filenames"))
    if structure.legacy_types(filenames.element_spec) != dtypes.string:
        raise TypeError("`filenames` must be a `tf.data.Dataset` of `tf.string` elements.")
    if not structure.legacy_shapes(filenames.element_spec).is_compatible_with(TensorShape([])):
        raise TypeError("`filenames` must be a `tf.data.Dataset` of scalar `tf.string` elements.")
    return filenames


def _read(make: Callable[[Any], Any], filenames: Any, num_parallel_reads: Any) -> Any:
    """The elements of the datasets that are made of names of files."""

    def read_one_file(filename: Any) -> Any:
        return make(convert_to_tensor(filename, dtypes.string, name="filename"))

    if num_parallel_reads is None:
        return filenames.flat_map(read_one_file)
    if num_parallel_reads == AUTOTUNE:
        return filenames.interleave(read_one_file, num_parallel_calls=num_parallel_reads)
    return ParallelInterleaveDataset(filenames, read_one_file, num_parallel_reads, 1, False, None, None)


class _FileDataset(DatasetSource):
    """A dataset of strings that come from one file."""

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return TensorSpec([], dtypes.string)


def _compression(compression_type: Any) -> Any:
    return optional_param_to_tensor("compression_type", compression_type, "", dtypes.string)


def _buffer(buffer_size: Any) -> Any:
    return optional_param_to_tensor("buffer_size", buffer_size, _BUFFER_SIZE)


class _TextLineDataset(_FileDataset):
    def __init__(self, filenames: Any, compression_type: Any = None, buffer_size: Any = None) -> None:
        compression = _compression(compression_type)
        super().__init__(g.text_line_dataset(filenames, compression, _buffer(buffer_size)))


class _TFRecordDataset(_FileDataset):
    def __init__(self, filenames: Any, compression_type: Any = None, buffer_size: Any = None) -> None:
        compression = _compression(compression_type)
        super().__init__(g.tf_record_dataset(filenames, compression, _buffer(buffer_size)))


class _FixedLengthRecordDataset(_FileDataset):
    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
    ) -> None:
        record = convert_to_tensor(record_bytes, dtype=dtypes.int64, name="record_bytes")
        header = optional_param_to_tensor("header_bytes", header_bytes)
        footer = optional_param_to_tensor("footer_bytes", footer_bytes)
        buffer = _buffer(buffer_size)
        compression = _compression(compression_type)
        super().__init__(
            g.fixed_length_record_dataset_v2(filenames, header, record, footer, buffer, compression)
        )


class TextLineDatasetV2(_FileDataset):
    """The lines of text files, without their ends.

    Args:
        filenames: names of files: a tensor or a dataset of strings.
        compression_type: "ZLIB", "GZIP" or "".
        buffer_size: bytes that are read at a time; 256 KiB when None.
        num_parallel_reads: how many files are read by turns; one after the other when None.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        self._filenames = _names(filenames)
        self._compression_type, self._buffer_size = compression_type, buffer_size
        self._impl = _read(
            lambda name: _TextLineDataset(name, compression_type, buffer_size),
            self._filenames,
            num_parallel_reads,
        )
        super().__init__(self._impl._variant_tensor)


class TFRecordDatasetV2(_FileDataset):
    """The records of TFRecord files.

    Args:
        filenames: names of files: a tensor or a dataset of strings.
        compression_type: "ZLIB", "GZIP" or "".
        buffer_size: bytes that are read at a time; 256 KiB when None.
        num_parallel_reads: how many files are read by turns; one after the other when None.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        self._filenames = _names(filenames)
        self._compression_type, self._buffer_size = compression_type, buffer_size
        self._num_parallel_reads = num_parallel_reads
        self._impl = _read(
            lambda name: _TFRecordDataset(name, compression_type, buffer_size),
            self._filenames,
            num_parallel_reads,
        )
        super().__init__(self._impl._variant_tensor)

    def _clone(
        self,
        filenames: Any = None,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> TFRecordDatasetV2:
        return TFRecordDatasetV2(
            filenames or self._filenames,
            compression_type or self._compression_type,
            buffer_size or self._buffer_size,
            num_parallel_reads or self._num_parallel_reads,
        )

    def _inputs(self) -> list[Any]:
        inputs: list[Any] = self._impl._inputs()
        return inputs


class FixedLengthRecordDatasetV2(_FileDataset):
    """The runs of bytes of one length in files, between a header and a footer.

    Args:
        filenames: names of files: a tensor or a dataset of strings.
        record_bytes: the bytes of each.
        header_bytes: the bytes before the first; none when None.
        footer_bytes: the bytes behind the last; none when None.
        buffer_size: bytes that are read at a time; 256 KiB when None.
        compression_type: "ZLIB", "GZIP" or "".
        num_parallel_reads: how many files are read by turns; one after the other when None.
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        self._filenames = _names(filenames)
        self._record_bytes = record_bytes
        self._impl = _read(
            lambda name: _FixedLengthRecordDataset(
                name, record_bytes, header_bytes, footer_bytes, buffer_size, compression_type
            ),
            self._filenames,
            num_parallel_reads,
        )
        super().__init__(self._impl._variant_tensor)


class _OfFiles(DatasetV1Adapter):
    """A dataset of files with the methods of a DatasetV1."""

    @property
    def _filenames(self) -> Any:
        return self._dataset._filenames

    @_filenames.setter
    def _filenames(self, value: Any) -> None:
        self._dataset._filenames = value


class TextLineDatasetV1(_OfFiles):
    """The lines of text files, without their ends.

    Args:
        filenames: names of files: a tensor or a dataset of strings.
        compression_type: "ZLIB", "GZIP" or "".
        buffer_size: bytes that are read at a time; 256 KiB when None.
        num_parallel_reads: how many files are read by turns; one after the other when None.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        super().__init__(TextLineDatasetV2(filenames, compression_type, buffer_size, num_parallel_reads))


class TFRecordDatasetV1(_OfFiles):
    """The records of TFRecord files.

    Args:
        filenames: names of files: a tensor or a dataset of strings.
        compression_type: "ZLIB", "GZIP" or "".
        buffer_size: bytes that are read at a time; 256 KiB when None.
        num_parallel_reads: how many files are read by turns; one after the other when None.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        super().__init__(TFRecordDatasetV2(filenames, compression_type, buffer_size, num_parallel_reads))

    def _clone(
        self,
        filenames: Any = None,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> TFRecordDatasetV1:
        return TFRecordDatasetV1(
            filenames or self._dataset._filenames,
            compression_type or self._dataset._compression_type,
            buffer_size or self._dataset._buffer_size,
            num_parallel_reads or self._dataset._num_parallel_reads,
        )


class FixedLengthRecordDatasetV1(_OfFiles):
    """The runs of bytes of one length in files, between a header and a footer.

    Args:
        filenames: names of files: a tensor or a dataset of strings.
        record_bytes: the bytes of each.
        header_bytes: the bytes before the first; none when None.
        footer_bytes: the bytes behind the last; none when None.
        buffer_size: bytes that are read at a time; 256 KiB when None.
        compression_type: "ZLIB", "GZIP" or "".
        num_parallel_reads: how many files are read by turns; one after the other when None.
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        super().__init__(
            FixedLengthRecordDatasetV2(
                filenames,
                record_bytes,
                header_bytes,
                footer_bytes,
                buffer_size,
                compression_type,
                num_parallel_reads,
            )
        )


TextLineDataset, TFRecordDataset = TextLineDatasetV1, TFRecordDatasetV1
FixedLengthRecordDataset = FixedLengthRecordDatasetV1
