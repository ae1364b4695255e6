"""Readers as a program uses them: classes whose methods make nodes."""

from __future__ import annotations

from typing import Any

from perdure.filesystem.tf_record import TFRecordOptions
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.platform.deprecation import warn_once

_MODULE = "tensorflow.python.ops.io_ops"
_INSTRUCTIONS = "Queue-based input pipelines have been replaced by `tf.data`. Use "


def _warn(name: str, instead: str) -> None:
    warn_once(f"{name}.__init__", _MODULE, f"{_INSTRUCTIONS}{instead}.")


class ReaderBase:
    """A reader of the session: it takes names of files from a queue, and gives what is in them.

    Args:
        reader_ref: the tensor that holds its handle.
        supports_serialize: whether it tells its state.
    """

    def __init__(self, reader_ref: Tensor, supports_serialize: bool = False) -> None:
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize
        self._is_resource = reader_ref.dtype == dtypes.resource

    @property
    def reader_ref(self) -> Tensor:
        """The tensor that holds its handle."""
        return self._reader_ref

    @property
    def supports_serialize(self) -> bool:
        """Whether it tells its state."""
        return self._supports_serialize

    def _queue(self, queue: Any) -> Tensor:
        handle: Tensor = queue if isinstance(queue, Tensor) else queue.queue_ref
        return handle if self._is_resource else g.fake_queue(handle)

    def read(self, queue: Any, name: str | None = None) -> Any:
        """The next record as a pair of strings, `key` and `value`; waits for a name if it needs one.

        Args:
            queue: a queue of names, or the tensor that holds its handle.
            name: the name of the node.
        """
        make = g.reader_read_v2 if self._is_resource else g.reader_read
        return make(self._reader_ref, self._queue(queue), name=name)

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """The next records as a pair of vectors of strings, `keys` and `values`.

        Args:
            queue: a queue of names, or the tensor that holds its handle.
            num_records: how many at most; those of one run are of one file.
            name: the name of the node.
        """
        make = g.reader_read_up_to_v2 if self._is_resource else g.reader_read_up_to
        return make(self._reader_ref, self._queue(queue), num_records, name=name)

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """How many records it gave, an int64."""
        new, old = g.reader_num_records_produced_v2, g.reader_num_records_produced
        return (new if self._is_resource else old)(self._reader_ref, name=name)

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """How many files it is done with, an int64."""
        new, old = g.reader_num_work_units_completed_v2, g.reader_num_work_units_completed
        return (new if self._is_resource else old)(self._reader_ref, name=name)

    def serialize_state(self, name: str | None = None) -> Tensor:
        """Its state as a string; running it raises UnimplementedError if it does not tell."""
        make = g.reader_serialize_state_v2 if self._is_resource else g.reader_serialize_state
        return make(self._reader_ref, name=name)

    def restore_state(self, state: Any, name: str | None = None) -> Operation:
        """An operation that takes on a state.

        Args:
            state: what `serialize_state` gave.
            name: the name of the operation.
        """
        make = g.reader_restore_state_v2 if self._is_resource else g.reader_restore_state
        return make(self._reader_ref, state, name=name)

    def reset(self, name: str | None = None) -> Operation:
        """An operation that lets it forget the open file, and begin anew."""
        return (g.reader_reset_v2 if self._is_resource else g.reader_reset)(self._reader_ref, name=name)


class WholeFileReader(ReaderBase):
    """Gives whole files; a key is the name of the file.

    Args:
        name: the name of the node.
    """

    def __init__(self, name: str | None = None) -> None:
        _warn("WholeFileReader", "`tf.data.Dataset.map(tf.read_file)`")
        super().__init__(g.whole_file_reader_v2(name=name), supports_serialize=True)


class TextLineReader(ReaderBase):
    """Gives the lines of text files; a key is the name of the file and the number of the line.

    Args:
        skip_header_lines: so many lines of each file are left out.
        name: the name of the node.
    """

    def __init__(self, skip_header_lines: int | None = None, name: str | None = None) -> None:
        _warn("TextLineReader", "`tf.data.TextLineDataset`")
        super().__init__(g.text_line_reader_v2(skip_header_lines=skip_header_lines or 0, name=name))


class FixedLengthRecordReader(ReaderBase):
    """Gives runs of bytes of one length; a key is the name of the file and the number of the run.

    Args:
        record_bytes: the bytes of each.
        header_bytes, footer_bytes: the bytes before the first and behind the last.
        hop_bytes: the bytes from the beginning of one to that of the next; `record_bytes` when None.
        name: the name of the node.
        encoding: "ZLIB", "GZIP" or "".
    """

    def __init__(
        self,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        hop_bytes: int | None = None,
        name: str | None = None,
        encoding: str | None = None,
    ) -> None:
        _warn("FixedLengthRecordReader", "`tf.data.FixedLengthRecordDataset`")
        handle = g.fixed_length_record_reader_v2(
            record_bytes=record_bytes,
            header_bytes=header_bytes or 0,
            footer_bytes=footer_bytes or 0,
            hop_bytes=hop_bytes or 0,
            encoding=encoding or "",
            name=name,
        )
        super().__init__(handle)


class TFRecordReader(ReaderBase):
    """Gives the records of record files; a key is the name of the file and the place of the record.

    Args:
        name: the name of the node.
        options: how the files are compressed: a `TFRecordOptions`, or what that takes.
    """

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        _warn("TFRecordReader", "`tf.data.TFRecordDataset`")
        compression = TFRecordOptions.get_compression_type_string(options)
        super().__init__(g.tf_record_reader_v2(name=name, compression_type=compression))


class LMDBReader(ReaderBase):
    """Gives the entries of LMDB databases; running it needs the library lmdb.

    Args:
        name: the name of the node.
        options: nothing; TensorFlow has it, and looks at it as little.
    """

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        _warn("LMDBReader", "`tf.contrib.data.LMDBDataset`")
        super().__init__(g.lmdb_reader(name=name))


class IdentityReader(ReaderBase):
    """Gives the names themselves as keys and values.

    Args:
        name: the name of the node.
    """

    def __init__(self, name: str | None = None) -> None:
        _warn("IdentityReader", "`tf.data.Dataset.map(...)`")
        super().__init__(g.identity_reader_v2(name=name), supports_serialize=True)
