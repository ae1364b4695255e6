"""tf.summary.FileWriterCache: one writer for each folder."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from perdure.graph.defaults import get_default_graph
from perdure.graph.forking import free_in_children
from perdure.summaries.writer import FileWriter


class FileWriterCache:
    """The writers of the process by folder, so that several parts of a program write to one file."""

    _cache: ClassVar[dict[str, Any]] = {}
    _lock = free_in_children(threading.RLock())

    @staticmethod
    def clear() -> None:
        """Close all writers and forget them."""
        with FileWriterCache._lock:
            writers, FileWriterCache._cache = FileWriterCache._cache, {}
            for writer in writers.values():
                writer.close()

    @staticmethod
    def get(logdir: str) -> Any:
        """The writer of a folder, which is given the default graph when it is made.

        Args:
            logdir: the folder.
        """
        with FileWriterCache._lock:
            if logdir not in FileWriterCache._cache:
                FileWriterCache._cache[logdir] = FileWriter(logdir, graph=get_default_graph())
            return FileWriterCache._cache[logdir]
