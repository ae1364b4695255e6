"""The default graph and the default session of each thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from threading import get_ident
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from perdure.graph.forking import free_in_children

if TYPE_CHECKING:
    from perdure.graph.graph import Graph

T = TypeVar("T")


class DefaultStack(threading.local, Generic[T]):
    """A stack of defaults, one for each thread."""

    def __init__(self) -> None:
        self.stack: list[T] = []
        self._enforce_nesting = True

    def get_default(self) -> T | None:
        """The innermost default of this thread, or None."""
        return self.stack[-1] if self.stack else None

    def is_cleared(self) -> bool:
        """Whether this thread has no default."""
        return not self.stack

    def reset(self) -> None:
        """Forget all defaults of this thread."""
        self.stack = []

    @property
    def enforce_nesting(self) -> bool:
        """Whether leaving the scopes of two defaults in the wrong order is an error."""
        return self._enforce_nesting

    @enforce_nesting.setter
    def enforce_nesting(self, value: bool) -> None:
        self._enforce_nesting = value

    def get_controller(self, default: T) -> _Controller[T]:
        """Make `default` the default while the block runs.

        Raises:
            AssertionError: the block left another default open.
        """
        return _Controller(self, default)

    def take_back(self, default: T) -> None:
        """Undo the entering of a default."""
        # A reset inside the block empties the stack: then there is nothing to take back.
        if not self.stack:
            return
        self.check_innermost(default)
        if self._enforce_nesting:
            self.stack.pop()
        elif default in self.stack:
            self.stack.remove(default)

    def check_innermost(self, default: T) -> None:
        """Refuse to leave the scope of `default` where others are open in it.

        Raises:
            AssertionError: there are others.
        """
        if self._enforce_nesting and self.stack and self.stack[-1] is not default:
            raise AssertionError(f"Nesting violated for default stack of {type(default)} objects")


class _Controller(ContextDecorator, Generic[T]):
    """Makes something the default while a block runs."""

    def __init__(self, stack: DefaultStack[T], default: T) -> None:
        self._stack = stack
        self._default = default

    def __enter__(self) -> T:
        self._stack.stack.append(self._default)
        return self._default

    def __exit__(self, *exc_info: object) -> None:
        self._stack.take_back(self._default)


class _GraphController(_Controller["Graph"]):
    """Makes a graph the default one of a thread, which must leave the block."""

    def _recreate_cm(self) -> _GraphController:
        return _GraphController(
            self._stack, self._default
        )  # each call of a decorated function enters its own

    def __enter__(self) -> Graph:
        self._thread = get_ident()
        self._stack.stack.append(self._default)
        return self._default

    def __exit__(self, *exc_info: object) -> None:
        # Entered and left for each operator of a tensor: what is right is found right at once.
        stack = self._stack
        graphs = stack.stack
        if self._thread == get_ident() and graphs and graphs[-1] is self._default and stack._enforce_nesting:
            graphs.pop()
            return
        stack.check_innermost(self._default)
        check_thread(self._thread, "a graph the default one")
        stack.take_back(self._default)


def check_thread(entered_in: int, what: str) -> None:
    """Refuse to leave a block in another thread than it was entered in, whose defaults would stay.

    Args:
        entered_in: the thread, as `threading.get_ident` names it.
        what: what the block makes of what.

    Raises:
        IndexError: this is another one; TensorFlow says "pop from empty list".
    """
    if get_ident() != entered_in:
        raise IndexError(
            f"The block that makes {what} was entered in another thread, and must be left there: defaults "
            "belong to threads."
        )


class _GraphStack(DefaultStack["Graph"]):
    """The graph stack; a thread that entered no graph shares the process's global default graph."""

    def get_controller(self, default: Graph) -> _Controller[Graph]:
        """Make `default` the default graph while the block runs.

        Raises:
            AssertionError: the block left another default open.
            IndexError: the block is left in another thread.
        """
        return _GraphController(self, default)

    def get_default(self) -> Graph:
        if self.stack:
            return self.stack[-1]
        return global_default_graph()


_make_graph: Callable[[], Graph]


def set_graph_class(kind: type[Graph]) -> None:
    """Say what a default graph is: for `graph/graph.py`, which stands on this module."""
    global _make_graph
    _make_graph = kind


_global_lock = free_in_children(threading.RLock())
_global_graph: Graph | None = None
graph_stack = _GraphStack()
session_stack: DefaultStack[Any] = DefaultStack()


def global_default_graph() -> Graph:
    """The graph used where no `with graph.as_default()` is open."""
    global _global_graph
    if _global_graph is None:
        with _global_lock:
            if _global_graph is None:
                _global_graph = _make_graph()
    return _global_graph


def get_default_graph() -> Graph:
    """The graph that operations are added to now."""
    stack = graph_stack.stack
    return stack[-1] if stack else (_global_graph or global_default_graph())


def building_graph(graph: Graph) -> Graph:
    """Where operations on things of `graph` are made now: in it, or in the body of a function inside it."""
    default = get_default_graph()
    return default if default.outer is not None and default.root is graph.root else graph


def reset_default_graph() -> None:
    """Drop the global default graph; the next operation starts a new one.

    Raises:
        AssertionError: called inside `with graph.as_default()`.
    """
    global _global_graph
    if graph_stack.stack:
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. "
            "If you need a cleared graph, exit the nesting and create a new graph."
        )
    _global_graph = None


def has_default_graph() -> bool:
    """Whether a graph was entered in this thread."""
    return bool(graph_stack.stack)


def get_default_session() -> Any:
    """The session of the innermost `with session` block of this thread, or None."""
    return session_stack.get_default()


def default_session(session: Any) -> Any:
    """A context manager that makes `session` the default one without closing it at the end."""
    return session_stack.get_controller(session)


def session_for(graph: Graph, session: Any, subject: str, action: str) -> Any:
    """The session that `tensor.eval()` or `operation.run()` means.

    Args:
        graph: the graph of the tensor or operation.
        session: what the caller passed, or None for the default session.
        subject: "tensor" or "operation", for the message.
        action: "eval()" or "run()", for the message.

    Raises:
        ValueError: there is no default session, or the session runs another graph.
    """
    verb = "evaluate tensor" if subject == "tensor" else "execute operation"
    if session is None:
        session = session_stack.get_default()
        if session is None:
            raise ValueError(
                f"Cannot {verb} using `{action}`: No default session is registered. Use `with "
                f"sess.as_default(){':' if action == 'run()' else ''}` or pass an explicit session to "
                f"`{action[:-2]}(session=sess)`"
            )
        if session.graph is not graph:
            mark = "" if action == "run()" else "`"
            raise ValueError(
                f"Cannot use the default session to {verb}: the {subject}'s graph is different from the "
                f"session's graph. Pass an explicit session to {mark}{action[:-2]}(session=sess){mark}."
            )
    elif session.graph is not graph:
        raise ValueError(
            f"Cannot use the given session to {verb}: the {subject}'s graph is different from the "
            "session's graph."
        )
    return session
