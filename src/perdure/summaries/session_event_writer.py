"""EventFileWriterV2: puts `Event` messages into a file by operations that a session runs."""

from __future__ import annotations

from typing import Any

from perdure.filesystem.files import FILES
from perdure.functional.array.array import placeholder_with_default
from perdure.graph.constants import constant
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import string
from perdure.summaries.graph_writer import always_record_summaries, create_file_writer, import_event


class EventFileWriterV2:
    """Writes events to the file that a session has for a folder, with all others of the session who do.

    Args:
        session: the session; its graph gets the operations.
        logdir: the folder, which is made if it is not there.
        max_queue: so many events may wait to be written.
        flush_secs: the seconds after which they are written at the latest.
        filename_suffix: what the file's name ends with.
    """

    def __init__(
        self,
        session: Any,
        logdir: Any,
        max_queue: int = 10,
        flush_secs: float = 120,
        filename_suffix: Any = "",
    ) -> None:
        self._session = session
        self._logdir = logdir
        self._closed = False
        if not FILES.is_directory(logdir):
            FILES.make_directories(logdir)
        with session.graph.as_default(), name_scope("filewriter"):
            writer = create_file_writer(
                logdir=logdir,
                max_queue=max_queue,
                flush_millis=flush_secs * 1000,
                filename_suffix=filename_suffix,
            )
            with always_record_summaries(), writer.as_default():
                self._event_placeholder = placeholder_with_default(constant("unused", string), shape=[])
                self._add_event_op = import_event(self._event_placeholder)
            self._init_op = writer.init()
            self._flush_op = writer.flush()
            self._close_op = writer.close()
        session.run(self._init_op)

    def get_logdir(self) -> Any:
        """The folder."""
        return self._logdir

    def reopen(self) -> None:
        """Take events again after `close`, for a new file; nothing happens if it was not closed."""
        if self._closed:
            self._closed = False
            self._session.run(self._init_op)

    def add_event(self, event: Any) -> None:
        """Add an `Event`; nothing happens after `close`."""
        if not self._closed:
            feeds = {self._event_placeholder: event.SerializeToString()}
            self._session.run(self._add_event_op, feed_dict=feeds)

    def flush(self) -> None:
        """Write all events that were added."""
        self._session.run(self._flush_op)

    def close(self) -> None:
        """Write all events that were added, and close the file; more than once is fine."""
        if not self._closed:
            self.flush()
            self._session.run(self._close_op)
            self._closed = True
