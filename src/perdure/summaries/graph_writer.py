"""Writers that are operations of a graph: what tf.contrib.summary and `FileWriter(session=...)` write to.

Which writer is the default, and whether anything is recorded, is a matter of the thread.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any, NoReturn, Self

from perdure.functional.array.array import identity, placeholder
from perdure.functional.control.control import no_op
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, control_dependencies, device, get_collection
from perdure.graph.dtypes import int64, string
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_session
from perdure.graph.tensor import Tensor

_INITIALIZERS = "_SUMMARY_WRITER_V2"
_DEFAULT_QUEUE, _DEFAULT_MILLISECONDS, _DEFAULT_SUFFIX = 10, 2 * 60 * 1000, ".v2"


class _State(threading.local):
    """What holds for a thread."""

    writer: Any = None
    recording: Any = None


_state = _State()


def current_writer() -> ResourceSummaryWriter | None:
    """The default writer of this thread."""
    return _state.writer  # type: ignore[no-any-return]


# -- whether to record -------------------------------------------------------------------------------


def recording() -> Any:
    """Whether summaries are recorded here: a bool, a tensor, or None if nobody has said."""
    return _state.recording


def should_record_summaries() -> Tensor:
    """Whether summaries are recorded here, as a tensor; False if nobody has said."""
    return g.logical_and(True, _state.recording if _state.recording is not None else False)


@contextmanager
def record_if(condition: Any) -> Iterator[None]:
    """Record summaries in the block if a condition holds.

    Args:
        condition: a bool or a boolean tensor.
    """
    before, _state.recording = _state.recording, condition
    try:
        yield
    finally:
        _state.recording = before


def always_record_summaries() -> AbstractContextManager[None]:
    """Record all summaries of a block."""
    return record_if(True)


def never_record_summaries() -> AbstractContextManager[None]:
    """Record no summaries of a block."""
    return record_if(False)


# -- writers -----------------------------------------------------------------------------------------


class SummaryWriter(ABC):
    """Where summaries go."""

    @abstractmethod
    def set_as_default(self) -> None:
        """Make it the default of this thread."""

    @abstractmethod
    def as_default(self) -> AbstractContextManager[Any]:
        """Make it the default of a block, after which it is flushed."""

    def init(self) -> Operation | None:
        """An operation that opens it."""
        raise NotImplementedError

    def flush(self) -> Operation | None:
        """An operation that writes everything."""
        raise NotImplementedError

    def close(self) -> Operation | None:
        """An operation that writes everything and closes it."""
        raise NotImplementedError


class ResourceSummaryWriter(SummaryWriter):
    """An event file that a session has.

    Args:
        shared_name: what sessions of a server call it.
        init_op_fn: makes the operation that opens it, of its handle.
        name: the name of the node.
    """

    def __init__(
        self, shared_name: str | None, init_op_fn: Callable[[Tensor], Operation], name: str | None = None
    ) -> None:
        self._resource = g.summary_writer(shared_name=shared_name, name=name)
        self._init_op_fn = init_op_fn
        self._init_op = init_op_fn(self._resource)
        add_to_collection(_INITIALIZERS, self._init_op)

    def set_as_default(self) -> None:
        """See `SummaryWriter`."""
        _state.writer = self

    @contextmanager
    def as_default(self) -> Iterator[Self]:
        """See `SummaryWriter`."""
        before, _state.writer = _state.writer, self
        try:
            yield self
            self.flush()
        finally:
            _state.writer = before

    def init(self) -> Operation:
        """See `SummaryWriter`."""
        return self._init_op_fn(self._resource)

    def flush(self) -> Operation:
        """See `SummaryWriter`."""
        return flush(writer=self)

    def close(self) -> Operation:
        """See `SummaryWriter`."""
        with control_dependencies([self.flush()]), device("cpu:0"):
            return g.close_summary_writer(self._resource)


class NoopSummaryWriter(SummaryWriter):
    """A writer that writes nothing."""

    def set_as_default(self) -> None:
        """See `SummaryWriter`."""

    def as_default(self) -> AbstractContextManager[None]:
        """See `SummaryWriter`."""
        return nullcontext()

    def init(self) -> None:
        """See `SummaryWriter`."""

    def flush(self) -> None:
        """See `SummaryWriter`."""

    def close(self) -> None:
        """See `SummaryWriter`."""


def create_file_writer(
    logdir: Any,
    max_queue: Any = None,
    flush_millis: Any = None,
    filename_suffix: Any = None,
    name: str | None = None,
) -> SummaryWriter:
    """A writer of an event file; its initializer opens that.

    Args:
        logdir: the folder; None for a writer that writes nothing.
        max_queue: so many events may wait to be written; 10 if None.
        flush_millis: the milliseconds after which they are written at the latest; two minutes if None.
        filename_suffix: what the name of the file ends with; ".v2" if None.
        name: the name that sessions share it by; one made of `logdir` if None.
    """
    if logdir is None:
        return NoopSummaryWriter()
    logdir = str(logdir)
    with device("cpu:0"):
        opening = partial(
            g.create_summary_file_writer,
            logdir=logdir,
            max_queue=constant(_DEFAULT_QUEUE) if max_queue is None else max_queue,
            flush_millis=constant(_DEFAULT_MILLISECONDS) if flush_millis is None else flush_millis,
            filename_suffix=constant(_DEFAULT_SUFFIX) if filename_suffix is None else filename_suffix,
        )
        return ResourceSummaryWriter(f"logdir:{logdir}" if name is None else name, opening)


def create_db_writer(
    db_uri: Any,
    experiment_name: Any = None,
    run_name: Any = None,
    user_name: Any = None,
    name: str | None = None,
) -> NoReturn:
    """Refused: TensorFlow's experiment of summaries in a database of SQLite has no readers any more.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        f"tf.contrib.summary.create_db_writer({db_uri!r}): perdure writes no summaries to databases; "
        "create_file_writer writes them to files"
    )


# -- operations of the default writer ----------------------------------------------------------------


def flush(writer: Any = None, name: str | None = None) -> Operation:
    """An operation that writes everything that was given to a writer.

    Args:
        writer: the writer, or its handle; the default one if None.
        name: the name of the operation.
    """
    writer = current_writer() if writer is None else writer
    if writer is None:
        return no_op()
    with device("cpu:0"):
        return g.flush_summary_writer(getattr(writer, "_resource", writer), name=name)


def import_event(tensor: Any, name: str | None = None) -> Operation:
    """An operation that gives the default writer an event.

    Args:
        tensor: a serialized `Event`.
        name: the name of the operation.
    """
    return g.import_event(_state.writer._resource, tensor, name=name)


def write_graph(param: Any, step: Any, name: str | None = None) -> Operation:
    """An operation that gives the default writer a graph.

    Args:
        param: a serialized `GraphDef`, a tensor.
        step: the step it belongs to.
        name: the name of the operation.

    Raises:
        TypeError: it is no tensor.
    """
    if not isinstance(param, Tensor):
        raise TypeError(
            f"graph() needs a tf.Tensor (e.g. tf.placeholder) in graph mode, but was: {type(param)}"
        )
    writer = current_writer()
    if writer is None:
        return no_op()
    with device("cpu:0"):
        tensor = identity(param)
        step = step if isinstance(step, Tensor) else convert_to_tensor(step, int64)
        return g.write_graph_summary(writer._resource, step, tensor, name=name)


def summary_writer_initializer_op() -> list[Operation]:
    """The operations that open the writers of the default graph."""
    return get_collection(_INITIALIZERS)


def all_v2_summary_ops() -> list[Any]:
    """The summaries of the default graph that go to such writers."""
    return get_collection(GraphKeys._SUMMARY_COLLECTION)


def initialize(graph: Any = None, session: Any = None) -> None:
    """Open the writers of the default graph.

    Args:
        graph: a `Graph` or `GraphDef` that the default writer is given.
        session: the session; the default one if None.

    Raises:
        RuntimeError: there is no default writer.
        ValueError: there is no session.
    """
    if current_writer() is None:
        raise RuntimeError("No default tf.contrib.summary.SummaryWriter found")
    session = get_default_session() if session is None else session
    if session is None:
        raise ValueError("session must be passed if no default session exists")
    session.run(summary_writer_initializer_op())
    if graph is not None:
        proto = graph.as_graph_def(add_shapes=True) if isinstance(graph, Graph) else graph
        shown = placeholder(string)
        session.run(write_graph(shown, 0), feed_dict={shown: proto.SerializeToString()})
