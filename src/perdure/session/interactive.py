"""InteractiveSession: a session that is the default one from the moment it is made."""

from __future__ import annotations

import threading
import warnings
from typing import Any

from perdure.graph.forking import free_in_children
from perdure.graph.graph import Graph
from perdure.graph.stacks import graph_stack, session_stack
from perdure.session.session import BaseSession


class InteractiveSession(BaseSession):
    """A session for shells and notebooks: it makes itself (and its graph, if one is given) the default.

    Args:
        target, graph, config: as for `Session`.
    """

    # The graph of a notebook holds mistakes that later cells need not trip over.
    _places_pruned = True
    _active_lock = free_in_children(threading.RLock())
    _active_count = 0

    def __init__(self, target: Any = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        with InteractiveSession._active_lock:
            if InteractiveSession._active_count > 0:
                warnings.warn(
                    "An interactive session is already active. This can cause out-of-memory errors in some "
                    "cases. You must explicitly call `InteractiveSession.close()` to release resources "
                    "held by the other session(s).",
                    stacklevel=2,
                )
            InteractiveSession._active_count += 1
        self._explicit_graph = graph
        session_stack.stack.append(self)
        if graph is not None:
            graph_stack.stack.append(graph)

    def close(self) -> None:
        """Stop being the default session and give back everything the session owns."""
        if not self._closed:
            with InteractiveSession._active_lock:
                InteractiveSession._active_count -= 1
            # Others may have become the default since: take out this one, wherever it stands.
            _remove_last(session_stack.stack, self)
            if self._explicit_graph is not None:
                _remove_last(graph_stack.stack, self._explicit_graph)
        super().close()


def _remove_last(stack: list[Any], item: Any) -> None:
    for index in range(len(stack) - 1, -1, -1):
        if stack[index] is item:
            del stack[index]
            return
