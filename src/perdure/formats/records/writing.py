"""Writing records to a file; see `layout.py`."""

from __future__ import annotations

import zlib
from typing import Any, BinaryIO

from perdure.formats.checksums import masked_crc32c, masked_crc32c_of_each
from perdure.formats.records.compression import Compression
from perdure.formats.records.layout import FOOTER, Headers
from perdure.graph.errors import FailedPreconditionError

_MOST_BYTES = 1 << 18
_MOST_RECORDS = 256
_FEW = 32  # so few records are faster framed one by one


class _Closed(list[bytes]):
    """What stands for the gathered records of a writer that is closed."""

    def append(self, record: bytes) -> None:
        raise FailedPreconditionError(None, None, "Writer not initialized or previously closed")


class RecordWriter:
    """Writes records to a file.  They are gathered, and what is gathered is passed on whole.

    Not thread-safe.  An error of the file's is an OSError, after which nobody knows what of it is in the
    file.

    Args:
        file: the file, open for writing, which the writer closes.
        compression: how it is compressed; None if it is not.

    Raises:
        InvalidArgumentError: zlib cannot compress so.
    """

    def __init__(self, file: BinaryIO, compression: Compression | None = None) -> None:
        self._file = file
        self._compressor: Any = None
        self._flush_mode = zlib.Z_NO_FLUSH
        self._most_bytes = _MOST_BYTES
        if compression is not None:
            self._compressor = compression.compressor()
            self._flush_mode = compression.flush_mode
            self._most_bytes = compression.gathered
        self._headers = Headers()
        self._gathered: list[bytes] = []
        self._size = 0

    def write(self, record: bytes) -> None:
        """Add a record.

        Raises:
            TypeError: it is not bytes.
            FailedPreconditionError: the writer is closed.
        """
        if type(record) is not bytes and not isinstance(record, bytes):
            raise TypeError(f"expected bytes, {type(record).__name__} found")
        gathered = self._gathered
        gathered.append(record)
        self._size += len(record)
        if self._size >= self._most_bytes or len(gathered) >= _MOST_RECORDS:
            self._pass_on(self._flush_mode)

    def flush(self) -> None:
        """Pass on what was gathered, so that whoever opens the file finds it.

        Raises:
            FailedPreconditionError: the writer is closed.
        """
        if isinstance(self._gathered, _Closed):
            self._gathered.append(b"")
        self._pass_on(zlib.Z_PARTIAL_FLUSH)

    def close(self) -> None:
        """Pass on what was gathered, and close the file, even if this fails; more than once is fine."""
        if isinstance(self._gathered, _Closed):
            return
        with self._file:
            try:
                self._pass_on(zlib.Z_FINISH)
            finally:
                self._gathered = _Closed()

    def abandon(self) -> None:
        """Forget what was gathered, and close the file."""
        self._gathered = _Closed()
        self._file.close()

    def _pass_on(self, mode: int) -> None:
        """Frame and write what was gathered; `mode` is what a compressor is to do with what it holds then."""
        framed = self._framed()
        if self._compressor is not None:
            framed = self._compressor.compress(framed)
            if mode != zlib.Z_NO_FLUSH:
                framed += self._compressor.flush(mode)
        if framed:
            self._file.write(framed)
            self._file.flush()  # so that a forked process finds nothing in it that it would write again

    def _framed(self) -> bytes:
        """What was gathered as it stands in a file."""
        if not self._gathered:
            return b""
        # A signal handler may add more meanwhile.
        records, self._gathered, self._size = self._gathered, [], 0
        if len(records) < _FEW:
            few: list[bytes] = []
            for record in records:
                few += self._headers[len(record)], record, masked_crc32c(record).to_bytes(FOOTER, "little")
            return b"".join(few)
        parts: list[Any] = [None] * (3 * len(records))
        parts[::3] = map(self._headers.__getitem__, map(len, records))
        parts[1::3] = records
        parts[2::3] = masked_crc32c_of_each(records).astype("<u4").view(f"V{FOOTER}").tolist()
        return b"".join(parts)
