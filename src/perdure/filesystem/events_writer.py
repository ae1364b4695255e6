"""An event file that grows: it is made when there is a first event for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence

from perdure.filesystem.errors import error_of
from perdure.filesystem.files import FILES, Files
from perdure.formats.events.files import file_name, first_event
from perdure.formats.records.writing import RecordWriter
from perdure.graph.errors import AlreadyExistsError, OpError
from perdure.platform.text import as_text


class EventsWriter:
    """Writes serialized events to a file, whose name is new each time one is opened.

    Not thread-safe.

    Args:
        prefix: what the name begins with, folders included.
        files: what opens it.
    """

    def __init__(self, prefix: str | bytes, files: Files = FILES) -> None:
        self._files = files
        self._prefix = as_text(prefix)
        self._suffix = ""
        self._name = ""
        self._records: RecordWriter | None = None
        self._is_new = False

    @property
    def name(self) -> str:
        """The file that is open or was last; "" if there was none."""
        return self._name

    def open_with_suffix(self, suffix: str | bytes) -> None:
        """Open a file at once, whose name ends like this, as do those of later files."""
        self._suffix = as_text(suffix)
        self.write([])

    def look(self) -> None:
        """If somebody has deleted the file, have a new one made for the next events."""
        if self._records is not None and not self._files.exists(self._name):
            self.abandon()

    def write(self, events: Sequence[bytes]) -> None:
        """Add events, and pass them to the operating system.

        If that fails, the next ones go into a new file, since nobody knows what is in the old one.

        Raises:
            OpError: the file cannot be made or written; none of the events counts as written.
        """
        records = self._opened() if self._records is None else self._records
        try:
            for event in events:
                records.write(event)
            records.flush()
        except OSError as error:
            self._give_up()
            raise error_of(self._name, error) from error
        self._is_new = False

    def _opened(self) -> RecordWriter:
        seconds = int(time.time())
        made = seconds
        while True:
            self._name = file_name(self._prefix, seconds, socket.gethostname(), self._suffix)
            try:
                file = self._files.open(self._name, "xb")
                break
            except AlreadyExistsError:
                seconds += 1  # TensorFlow would overwrite what another writer wrote in the same second
        self._records = RecordWriter(file)
        self._is_new = True
        self._records.write(first_event(made))
        return self._records

    def _give_up(self) -> None:
        """Close a file that could not be written, and delete it if it has nothing of use."""
        self.abandon()
        if self._is_new:
            try:
                self._files.remove(self._name)
            except OpError:
                pass  # it stays behind, with less than one event in it

    def abandon(self) -> None:
        """Close the file as it is."""
        records, self._records = self._records, None
        if records is not None:
            try:
                records.abandon()
            except OSError:
                pass  # what it would say was said when it was written

    def close(self) -> None:
        """Close the file; later events go into a new one.

        Raises:
            OpError: what was written cannot be passed on.
        """
        records, self._records = self._records, None
        if records is not None:
            try:
                records.close()
            except OSError as error:
                raise error_of(self._name, error) from error
