"""tf.io.TFRecordWriter, tf.io.tf_record_iterator and their options."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Self

from perdure.filesystem.errors import translated
from perdure.filesystem.files import FILES, Name, text_of
from perdure.formats.records.compression import Compression, Inflated
from perdure.formats.records.reading import read_records
from perdure.formats.records.writing import RecordWriter
from perdure.graph.errors import FailedPreconditionError, InvalidArgumentError
from perdure.platform.deprecation import warn_once

# The options that zlib is told, with the names of these fields of `Compression`.
_FIELDS = {
    "flush_mode": "flush_mode",
    "input_buffer_size": "gathered",
    "window_bits": "window_bits",
    "compression_level": "level",
    "compression_method": "method",
    "mem_level": "memory_level",
    "compression_strategy": "strategy",
}


class TFRecordCompressionType:
    """How a record file is compressed."""

    NONE = 0
    ZLIB = 1
    GZIP = 2


class TFRecordOptions:
    """How a record file is written; only `compression_type` matters when one is read.

    What is None is left to a default.  See `perdure.formats.records.compression.Compression`.

    Args:
        compression_type: "GZIP", "ZLIB" or "" for none; or a constant of `TFRecordCompressionType`.
        flush_mode: how what was gathered is passed on, a number of zlib's.
        input_buffer_size: how many bytes are gathered before they are compressed.
        output_buffer_size: how many bytes TensorFlow gathers after that; what is compressed is written at
            once here, so that it only has to be a positive number.
        window_bits: the logarithm of the size of the window, with zlib's signs.
        compression_level: 0 to 9, or -1.
        compression_method: 8.
        mem_level: 1 to 9.
        compression_strategy: a number of zlib's.

    Raises:
        ValueError: there is no such compression.
    """

    compression_type_map: ClassVar[dict[Any, str]] = {
        TFRecordCompressionType.ZLIB: "ZLIB",
        TFRecordCompressionType.GZIP: "GZIP",
        TFRecordCompressionType.NONE: "",
    }

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: int | None = None,
        input_buffer_size: int | None = None,
        output_buffer_size: int | None = None,
        window_bits: int | None = None,
        compression_level: int | None = None,
        compression_method: int | None = None,
        mem_level: int | None = None,
        compression_strategy: int | None = None,
    ) -> None:
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """The name of a compression: "GZIP", "ZLIB" or "".

        Args:
            options: that name, a constant of `TFRecordCompressionType`, a `TFRecordOptions` or None.

        Raises:
            ValueError: there is no such compression.
        """
        if not options:
            return ""
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        if isinstance(options, str):
            if options in cls.compression_type_map.values():
                return options
        elif isinstance(options, int) and options in cls.compression_type_map:
            return cls.compression_type_map[options]
        raise ValueError(f'Not a valid compression_type: "{options}"')

    def as_compression(self) -> Compression | None:
        """What the writer is told; None if nothing is compressed.

        Raises:
            TypeError: what should be a number is none.
            InvalidArgumentError: a size is not positive.
        """
        given = {name: getattr(self, name) for name in (*_FIELDS, "output_buffer_size")}
        given = {name: value for name, value in given.items() if value is not None}
        for name, value in given.items():
            if not isinstance(value, int):
                raise TypeError(f"TFRecordOptions: {name} must be an integer, not {value!r}")
            if name.endswith("_size") and value <= 0:
                raise InvalidArgumentError(
                    None, None, f"TFRecordOptions: {name} must be positive, not {value}"
                )
        kind = self.get_compression_type_string(self.compression_type)
        given.pop("output_buffer_size", None)
        return Compression(kind, **{_FIELDS[name]: value for name, value in given.items()}) if kind else None


class TFRecordWriter:
    """Writes records to a file, which it makes anew; `with` closes it, and so do dropping it and the end of
    the program.

    Not thread-safe.

    Args:
        path: the file's name, which may begin with a scheme.
        options: a `TFRecordOptions`, or what that takes as its `compression_type`.

    Raises:
        NotFoundError: the folder for the file is not there.
        FailedPreconditionError: there is a folder of that name.
        ValueError: there is no such compression.
    """

    def __init__(self, path: Name, options: Any = None) -> None:
        if not isinstance(options, TFRecordOptions):
            options = TFRecordOptions(compression_type=options)
        compression = options.as_compression()
        if compression is not None:
            compression.compressor()  # refuses what zlib cannot do, before there is a file
        self._path = text_of(path)
        self._writer: RecordWriter | None = RecordWriter(FILES.open(path, "wb"), compression)
        self._write: Callable[[bytes], object] = self._writer.write
        self._finalizer = weakref.finalize(self, _close, self._writer, os.getpid())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def write(self, record: bytes) -> None:
        """Add a record.

        Raises:
            TypeError: it is not bytes.
            FailedPreconditionError: the writer is closed.
        """
        if type(record) is not bytes and not isinstance(record, bytes):
            raise TypeError(f"expected bytes, {type(record).__name__} found")
        try:
            self._write(record)
        except OSError:
            with translated(self._path):
                raise

    def flush(self) -> None:
        """Let others see what was written.

        Raises:
            FailedPreconditionError: the writer is closed.
        """
        with translated(self._path):
            self._open().flush()

    def close(self) -> None:
        """Write what was not written yet, and close the file; more than once is fine."""
        writer, self._writer, self._write = self._writer, None, _refuse
        if writer is not None:
            self._finalizer.detach()
            with translated(self._path):
                writer.close()

    def _open(self) -> RecordWriter:
        if self._writer is None:
            _refuse(b"")
        return self._writer  # type: ignore[return-value]


def _refuse(_: bytes) -> None:
    raise FailedPreconditionError(None, None, "Writer not initialized or previously closed")


def _close(writer: RecordWriter, process: int) -> None:
    """Close a file that was dropped; in a forked process what was gathered is written by the parent."""
    if os.getpid() == process:
        writer.close()
    else:
        writer.abandon()


def tf_record_iterator(path: Name, options: Any = None) -> Iterator[bytes]:
    """The records of a file, one after the other.

    Args:
        path: the file's name, which may begin with a scheme.
        options: a `TFRecordOptions`, or what that takes as its `compression_type`.

    Returns:
        An iterator of bytes; the file is opened when it is first asked.

    Raises:
        NotFoundError: the file is not there.
        DataLossError: a record is damaged or not complete, or the file is not compressed so.
        ValueError: there is no such compression.
    """
    warn_once(
        "tf_record_iterator", "tensorflow.python.lib.io.tf_record",
        "Use eager execution and: \n`tf.data.TFRecordDataset(path)`",
    )  # fmt: skip
    return read_record_file(path, options)


def read_record_file(path: Name, options: Any = None) -> Iterator[bytes]:
    """The records of a file; see `tf_record_iterator`."""
    compression = TFRecordOptions.get_compression_type_string(options)
    with FILES.open(path) as file, translated(text_of(path)):
        yield from read_records(Inflated(file, compression) if compression else file)
