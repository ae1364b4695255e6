"""EventFileWriter: puts `Event` messages into a file of a folder."""

from __future__ import annotations

import math
import os
import weakref
from typing import Any

from perdure.filesystem.event_queue import EventQueue
from perdure.filesystem.events_writer import EventsWriter
from perdure.filesystem.files import FILES
from perdure.formats.messages import Event


class EventFileWriter:
    """Writes events to a file, some time after they are added; see `EventQueue`.

    Args:
        logdir: the folder, which is made if it is not there.
        max_queue: so many events may wait to be written; any number if it is not positive.
        flush_secs: the seconds after which they are written at the latest; at once if it is not positive.
        filename_suffix: what the file's name ends with. The file is then made at once, else with the first
            event.
    """

    def __init__(
        self, logdir: Any, max_queue: int = 10, flush_secs: float = 120, filename_suffix: Any = None
    ) -> None:
        self._logdir = str(logdir)
        if not FILES.is_directory(self._logdir):
            FILES.make_directories(self._logdir)
        writer = EventsWriter(os.path.join(self._logdir, "events"))
        self._queue = EventQueue(writer, max_queue if max_queue > 0 else math.inf, flush_secs)
        self._finalizer = weakref.finalize(self, self._queue.drop)
        if filename_suffix:
            writer.open_with_suffix(filename_suffix)
        self._closed = False

    def get_logdir(self) -> str:
        """The folder."""
        return self._logdir

    def reopen(self) -> None:
        """Take events again after `close`, for a new file; nothing happens if it was not closed."""
        self._closed = False

    def add_event(self, event: Any) -> None:
        """Add an `Event`; nothing happens after `close`.

        Raises:
            TypeError: it is none.
            OpError: earlier events could not be written, for which there may be no room on the disk.
        """
        if self._closed:
            return
        if not isinstance(event, Event):
            raise TypeError(f"Expected an event_pb2.Event proto,  but got {type(event)}")
        self._queue.add(event.SerializeToString())

    def add_serialized_event(self, event: bytes) -> None:
        """Add the bytes of an `Event`, as `add_event` does."""
        if not self._closed:
            self._queue.add(event)

    def flush(self) -> None:
        """Write all events that were added.

        Raises:
            OpError: they cannot be written.
        """
        if not self._closed:
            self._queue.flush()

    def close(self) -> None:
        """Write all events that were added, and close the file; more than once is fine.

        Raises:
            OpError: they cannot be written.
        """
        if not self._closed:
            self._closed = True
            self._queue.close()
