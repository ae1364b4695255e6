"""tf.io.TFRecordWriter, tf.io.tf_record_iterator and their options."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from typing import Any, ClassVar, Self
from weakref import WeakSet

from perdure.filesystem.errors import error_of, translated
from perdure.filesystem.files import FILES, Name, text_of
from perdure.formats.records.compression import Compression, Inflated
from perdure.formats.records.reading import read_records
from perdure.formats.records.writing import RecordWriter
from perdure.graph.errors import InvalidArgumentError
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


class TFRecordWriter(RecordWriter):
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
        super().__init__(FILES.open(path, "wb"), compression)
        self._process = os.getpid()
        _open_writers.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_process"):  # it was made
            self._end()

    def _end(self) -> None:
        """Close it; in a forked process, what was gathered is left to the parent."""
        if os.getpid() == self._process:
            self.close()
        else:
            self.abandon()

    def close(self) -> None:
        """Write what was not written yet, and close the file; more than once is fine."""
        try:
            super().close()
        except OSError as error:
            raise error_of(self._path, error) from error

    def _pass_on(self, mode: int) -> None:
        try:
            super()._pass_on(mode)
        except OSError as error:
            raise error_of(self._path, error) from error


_open_writers: WeakSet[TFRecordWriter] = WeakSet()


@atexit.register
def _close_all() -> None:
    """At the end of the program, while everything is still there that closing needs."""
    for writer in list(_open_writers):
        writer._end()


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
