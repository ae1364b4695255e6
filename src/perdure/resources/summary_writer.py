"""Writers of event files that belong to a graph: what tf.contrib.summary writes to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from perdure.graph.errors import NotFoundError
from perdure.graph.forking import free_in_children
from perdure.resources.resource import Resource

if TYPE_CHECKING:
    from perdure.filesystem.event_queue import EventQueue


class SummaryWriter(Resource):
    """An event file that operations write to, between the ones that open and close it.  Thread-safe.

    Args:
        name: its name in messages.
    """

    kind = "summary writer"
    tensorflow_class = "tensorflow::SummaryWriterInterface"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._lock = free_in_children(threading.RLock())
        self._queue: EventQueue | None = None

    def open(self, files: Any, logdir: str, most: int, seconds: float, suffix: str) -> None:
        """Make the file; nothing happens if there is one.

        Args:
            files: what the session may touch.
            logdir: the folder, which is made if it is not there.
            most: so many events may wait to be written.
            seconds: how long they wait at most.
            suffix: what the name of the file ends with.

        Raises:
            OpError: it cannot be made.
        """
        # Imported here, since all ops are looked up when a session runs for the first time.
        from perdure.filesystem.event_queue import EventQueue
        from perdure.filesystem.events_writer import EventsWriter

        with self._lock:
            if self._queue is None:
                files.make_directories(logdir)
                writer = EventsWriter(f"{logdir.rstrip('/')}/events", files)
                writer.open_with_suffix(suffix)
                self._queue = EventQueue(writer, most, seconds, first_waits=True)

    def add(self, event: bytes) -> None:
        """Add a serialized event.

        Raises:
            NotFoundError: the file is not open.
            OpError: earlier events cannot be written.
        """
        self._opened().add(event)

    def flush(self) -> None:
        """Write all events that were added; errors as of `add`."""
        self._opened().flush()

    def close(self) -> None:
        """Write all events that were added, and close the file; errors as of `add`."""
        queue = self._opened()
        self._queue = None
        queue.close()

    def _opened(self) -> EventQueue:
        queue = self._queue
        if queue is None:
            raise NotFoundError(
                None,
                None,
                f"Resource localhost/{self.name}/N10tensorflow22SummaryWriterInterfaceE does not exist.",
            )
        return queue

    @property
    def initialized(self) -> bool:
        """Whether the file is open."""
        return self._queue is not None

    def cancel(self) -> None:
        """Its owner is closed: write what waits, and close the file."""
        with self._lock:
            queue, self._queue = self._queue, None
        if queue is not None:
            queue.drop()

    def __del__(self) -> None:
        self.cancel()
