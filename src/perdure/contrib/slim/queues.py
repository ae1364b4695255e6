"""The queue runners of a graph, running while a block does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perdure.graph.defaults import get_collection
from perdure.graph.keys import GraphKeys
from perdure.queues.coordinator import Coordinator

_running = threading.Lock()


class NestedQueueRunnerError(Exception):
    """`QueueRunners` was entered within itself."""


@contextmanager
def QueueRunners(session: Any) -> Iterator[None]:
    """Run the queue runners of the default graph in this block.

    Args:
        session: the session they run in.

    Raises:
        NestedQueueRunnerError: such a block is running already.
    """
    if not _running.acquire(blocking=False):
        raise NestedQueueRunnerError("QueueRunners cannot be nested")
    coord = Coordinator()
    threads: list[Any] = []
    for runner in get_collection(GraphKeys.QUEUE_RUNNERS):
        threads.extend(runner.create_threads(session, coord=coord, daemon=True, start=True))
    try:
        yield
    finally:
        coord.request_stop()
        try:
            coord.join(threads, stop_grace_period_secs=120)
        except RuntimeError:
            session.close()
        _running.release()
