"""Session: runs parts of a graph and owns what they need between runs."""

from __future__ import annotations

import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from perdure.graph.dtypes import resource
from perdure.graph.errors import (
    AbortedError,
    CancelledError,
    FailedPreconditionError,
    InvalidArgumentError,
)
from perdure.graph.forking import free, held_in_forks, in_children
from perdure.graph.graph import Graph
from perdure.graph.source import creation_site, source_line
from perdure.graph.stacks import (
    check_thread,
    default_session,
    get_default_graph,
    graph_stack,
    session_stack,
)
from perdure.graph.tensor import Tensor
from perdure.resources.resources import Resources
from perdure.runtime.options import interpret_only
from perdure.session import handles, servers
from perdure.session.config import placer_of, settings_of
from perdure.session.feeds import echo, encoded, feed_keys, map_feeds
from perdure.session.fetches import FetchMapping, map_fetches, structure_key
from perdure.session.steps import Steps, step_key

# Sessions that are not closed yet, and functions that are called with each session when it is closed.
open_sessions: weakref.WeakSet[BaseSession] = weakref.WeakSet()


@held_in_forks
def _write_locks() -> Iterable[Any]:
    """A child gets what steps have committed, none of them half done."""
    return [session._resources.write_lock for session in list(open_sessions)]


@in_children
def _forget_threads() -> None:
    """What the sessions of a forked child have no use for: the waits and half steps of the parent's threads.

    Nor are XLA's threads there, so that programs would never end: such a child interprets.
    """
    if "jax" in sys.modules:
        interpret_only()
    for session in list(open_sessions):
        free(session._lock)
        session._steps.clear()
        session._resources.forget_threads()


close_observers: list[Callable[[BaseSession], None]] = []
# A program may fetch ever new structures; those beyond so many are forgotten, and taken apart again.
MAX_MAPPINGS = 1000


class SessionInterface:
    """What every session has; a class of a program's own that stands for a session can be one of these."""

    @property
    def graph(self) -> Graph:
        """The graph the session runs."""
        raise NotImplementedError("graph")

    @property
    def sess_str(self) -> Any:
        """The target, as bytes."""
        raise NotImplementedError("sess_str")

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Run one step; see `BaseSession.run`."""
        raise NotImplementedError("run")

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> Any:
        """Announce a step in parts; see `BaseSession.partial_run_setup`."""
        raise NotImplementedError("partial_run_setup")

    def partial_run(self, handle: Any, fetches: Any, feed_dict: Any = None) -> Any:
        """Run a part of a step; see `BaseSession.partial_run`."""
        raise NotImplementedError("partial_run")


class BaseSession(SessionInterface):
    """Runs operations of a graph and evaluates its tensors.

    It owns the variables of the programs it runs, their queues and compiled programs; `close` gives them
    back.  On a server, variables and shared queues are the server's.  All methods may be called from several
    threads.

    Args:
        target: "", or the target of a `tf.train.Server` of this process.
        graph: the graph to run; the default graph when None.
        config: a `tf.ConfigProto`.

    Raises:
        TypeError: an argument of the wrong type.
        NotFoundError: there is no such target.
        UnimplementedError: a target or a cluster on other machines.
    """

    _places_pruned = False

    def __init__(self, target: Any = "", graph: Graph | None = None, config: Any = None) -> None:
        _check_arguments(target, graph, config)
        self._server = servers.find(target)
        self._not_admitted_by = self._server  # until it runs a step
        self._graph = get_default_graph() if graph is None else graph
        self._target = target.encode() if isinstance(target, str) else target
        self._config = config
        if self._server is not None:
            config = self._server.config_for(config)
        self._settings = settings_of(config)
        self._closed = False
        self._was_reset = False
        self._lock = threading.RLock()
        if self._server is None:
            self._placer, self._resources = placer_of(config, self._places_pruned), Resources()
        else:
            self._placer, self._resources = self._server.provide(config)
        line = source_line(creation_site())
        self.made_at = "?" if line is None else f"{line.filename}:{line.lineno}"
        self._mappings: dict[Any, FetchMapping] = {}
        self._steps = Steps(self._graph, self._resources, self._placer, self._settings, self.made_at)
        self._ready = self._steps.ready  # looked up at every run
        self._partial_runs: dict[str, Any] = {}
        self._partial_run_count = 0
        self._dead_handles: list[str] = []
        self._placed_revision = -1
        self._release = weakref.finalize(self, _release_dropped, self._resources, self.made_at)
        # At exit everything is released anyway, and a script need not close its session.
        self._release.atexit = False
        open_sessions.add(self)

    @property
    def graph(self) -> Graph:
        """The graph this session runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph as a `GraphDef` proto."""
        return self._graph.as_graph_def(add_shapes=self._settings.add_shapes)

    @property
    def sess_str(self) -> Any:
        """The target, as bytes."""
        return self._target

    def _repr_html_(self) -> str:
        """The session, and what it owns, as a notebook shows them."""
        from perdure.session.notebook import describe

        return describe(self)

    def list_devices(self) -> list[Any]:
        """The devices this session can use: their names, types and memory.

        Raises:
            CancelledError: the session is closed.
            InvalidArgumentError: the server of the session was reset.
        """
        from perdure.session.devices import session_devices

        if self._was_reset and not self._closed and self._server is not None:
            raise InvalidArgumentError(None, None, f"{servers.aborted(self)}")
        if self._closed or self._was_reset:
            raise CancelledError(None, None, "Session has been closed.")
        return session_devices(self._placer.devices)

    # -- running -----------------------------------------------------------------------

    def run(
        self,
        fetches: Any,
        feed_dict: dict[Any, Any] | None = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        """Run one step: evaluate tensors and run operations.

        Args:
            fetches: a tensor, an operation, a name, or any nesting of these in lists, tuples and
                dictionaries.
            feed_dict: values for placeholders, or for any other tensor of the graph.
            options: a `tf.RunOptions`: whether to trace the step, how long it may take.
            run_metadata: a `tf.RunMetadata`, which is filled with what `options` asks for.

        Returns:
            The values, in the structure of `fetches`; None for an operation.

        Raises:
            RuntimeError: the session is closed, or its graph is empty.
            TypeError, ValueError: fetches or feeds do not fit the graph.
            DeadlineExceededError: the step took too long.
            tf.errors.OpError: an operation failed; no variable was changed.
        """
        mapping = None
        if type(fetches) is not list:  # raising and catching what `get` says of one takes a while
            try:
                mapping = self._mappings.get(fetches)
            except TypeError:  # dictionaries are looked up by a key of their structure
                pass
        if mapping is None:
            mapping = self._mapping_of(fetches)
        if feed_dict:
            feeds = map_feeds(feed_dict, self._graph)
            key = (mapping, *feeds)
            values: Any = feeds.values()
        else:
            key, values = mapping, ()  # type: ignore[assignment]
        step = self._ready.get(key)
        if (
            step is None
            or options is not None
            or run_metadata is not None
            or self._placed_revision != self._graph._revision
        ):
            fed = tuple(feeds) if feed_dict else ()
            if options is not None or run_metadata is not None:
                return self._run_watched(mapping, fed, values, options, run_metadata)
            step = self._step(mapping, fed)
        try:
            return mapping.rebuild(step.run(values))
        except FailedPreconditionError as error:
            raise self._cause(error) from error.__cause__

    def _cause(self, error: Exception) -> Exception:
        """Why a step failed: a variable has no value any more when the session was closed meanwhile."""
        if self._was_reset:
            return servers.aborted(self)
        if self._closed:
            return CancelledError(None, None, "Session has been closed.")
        return error

    def _run_watched(
        self,
        mapping: FetchMapping,
        feeds: tuple[Tensor, ...],
        values: Iterable[Any],
        options: Any,
        run_metadata: Any,
    ) -> Any:
        from perdure.session.watching import run_with_options

        step = self._step(mapping, feeds)
        results = run_with_options(self, step, mapping, feeds, list(values), options, run_metadata)
        return mapping.rebuild(results)

    @property
    def _executables(self) -> dict[Any, Any]:
        """The planned steps."""
        return self._steps.planned

    def _step(self, mapping: FetchMapping, feeds: tuple[Tensor, ...]) -> Any:
        """What runs a step; before it, the operations that are new in the graph are placed."""
        self._check_usable()
        # As in TensorFlow, a step in which nothing runs does not look at the graph.
        if mapping.targets or any(tensor not in feeds for tensor in mapping.tensors):
            self._extend_graph()
        return self._steps.step(mapping, feeds)

    def _extend_graph(self) -> None:
        """Place what the graph has more than before; TensorFlow hands it to its runtime here."""
        revision = self._graph._revision
        if self._placed_revision != revision:
            self._placer.extend(self._graph)
            self._placed_revision = revision

    def _mapping_of(self, fetches: Any) -> FetchMapping:
        self._check_usable()
        try:
            key = structure_key(fetches)
            mapping = self._mappings.get(key)
        except TypeError:  # something in it is not hashable
            return self._new_mapping(fetches)
        if mapping is None:
            mapping = self._new_mapping(fetches)
            if len(self._mappings) >= MAX_MAPPINGS:
                self._mappings.clear()
            self._mappings[key] = mapping
        return mapping

    def _new_mapping(self, fetches: Any) -> FetchMapping:
        mapping = map_fetches(fetches, self._graph)
        if any(tensor._dtype.base_dtype is resource for tensor in mapping.tensors):
            from perdure.session.resource_handles import with_handles

            container = "localhost" if self._server is None else self._server.state.container
            mapping = with_handles(mapping, self._placer.devices[0], container)
        if any(handles.is_handle(tensor) for tensor in mapping.tensors):
            # The session keeps the mapping, which must not keep the session.
            session = weakref.ref(self)
            tensors, rebuild = mapping.tensors, mapping.rebuild

            def rebuild_with_handles(values: Sequence[Any]) -> Any:
                return rebuild(handles.handles_for(list(values), tensors, session()))  # type: ignore[arg-type]

            return FetchMapping(tensors, mapping.targets, rebuild_with_handles)
        return mapping

    def make_callable(
        self, fetches: Any, feed_list: list[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """A function that runs one step again and again.

        Args:
            fetches: as for `run`.
            feed_list: the tensors its arguments are fed for, in order.
            accept_options: whether the function takes `options` and `run_metadata`, as `run` does.

        Returns:
            A function of the fed values that returns what `run` would.

        Raises:
            TypeError, ValueError: fetches or feeds do not fit the graph.
        """
        from perdure.session import callables

        if feed_list is not None:
            if not isinstance(feed_list, (list, tuple)):
                raise TypeError("`feed_list` must be a list or tuple.")
            return callables.with_feeds(self, fetches, feed_list)
        return callables.without_feeds(self, fetches, accept_options)

    def _make_callable_from_options(self, callable_options: Any) -> Callable[..., list[Any]]:
        """A function that runs the step a `CallableOptions` proto describes.

        Args:
            callable_options: names of feeds, fetches, targets and tensor connections, and run options.

        Returns:
            A function of the fed arrays that returns a list of the fetched ones.

        Raises:
            InvalidArgumentError: a name means nothing in the graph.
        """
        from perdure.session.callables import OptionsCallable

        return OptionsCallable(self, callable_options)

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> str:
        """Announce a step that is run in parts.

        Args:
            fetches: everything that will be fetched, and the operations to run.
            feeds: a tensor, or the list of tensors that will be fed.

        Returns:
            The handle for `partial_run`.

        Raises:
            RuntimeError: the session is closed, or its graph is empty.
            TypeError, ValueError: fetches or feeds do not fit the graph.
            InvalidArgumentError: there is nothing to run.
        """
        from perdure.runtime.execution.partial import PartialRun
        from perdure.session import watching

        self._check_usable()
        keys = feeds if isinstance(feeds, (list, tuple)) else [] if feeds is None else [feeds]
        fed = list(dict.fromkeys(t for key in keys for t in feed_keys(key, self._graph)))
        mapping = map_fetches(fetches, self._graph)
        if not mapping.tensors and not mapping.targets:
            raise InvalidArgumentError(None, None, "Must specify at least one target to fetch or execute.")
        for tensor in mapping.tensors:
            if tensor in fed:
                raise InvalidArgumentError(None, None, f"{tensor.name} is both fed and fetched.")
        self._extend_graph()
        key = step_key(mapping.tensors, mapping.targets, fed, in_parts=True)
        executable = self._steps.in_parts(key)
        names = [",".join(x.name for x in part) for part in (fed, mapping.tensors, mapping.targets)]
        with self._lock:
            handle = f"{names[0]}->{names[1]}/{names[2]}/1/;{self._partial_run_count}"
            self._partial_run_count += 1
            self._partial_runs[handle] = PartialRun(executable, key.feeds, key.tensors)
        if watching.recording is not None:
            watching.recording.count_partial_run()
        return handle

    def partial_run(self, handle: str, fetches: Any, feed_dict: dict[Any, Any] | None = None) -> Any:
        """Run the next part of a step: as far as the values fed so far allow.

        Args:
            handle: what `partial_run_setup` returned.
            fetches: some of the announced fetches.
            feed_dict: values for some of the announced feeds.

        Returns:
            The values, in the structure of `fetches`.

        Raises:
            RuntimeError: the session is closed, or an operation is fetched.
            TypeError, ValueError: fetches or feeds do not fit the graph.
            InvalidArgumentError: a feed or fetch was not announced, or came before, or the step is over.
        """
        self._check_usable()
        feeds = map_feeds(feed_dict, self._graph) if feed_dict else {}
        mapping = self._new_mapping(fetches)
        wanted = [tensor for tensor in mapping.tensors if tensor not in feeds]
        if not wanted and not mapping.targets and not feeds:
            return mapping.rebuild([])
        if mapping.targets:
            raise RuntimeError("partial_run() requires empty target_list.")
        part = self._partial_runs.get(handle)
        if part is None:
            raise InvalidArgumentError(None, None, "Must run 'setup' before performing partial runs!")
        taken = {tensor: encoded(tensor, value) for tensor, value in feeds.items()}
        results = dict(zip(wanted, part.run(taken, wanted), strict=True))
        if part.is_done:
            self._partial_runs.pop(handle, None)
        return mapping.rebuild([echo(feeds[t]) if t in feeds else results[t] for t in mapping.tensors])

    def explain(self, fetches: Any, feeds: Iterable[Any] = ()) -> str:
        """How a step is cut into clusters and host operations, which tier each runs in, and why.

        Args:
            fetches: as for `run`.
            feeds: the tensors that are fed, or a feed dictionary.

        Returns:
            Text for a person to read; tiers are those that the runs so far have led to.

        Raises:
            TypeError, ValueError: fetches or feeds do not fit the graph.
        """
        from perdure.runtime.explain import explain

        mapping = self._mapping_of(fetches)
        fed = dict.fromkeys(tensor for feed in feeds for tensor in feed_keys(feed, self._graph))
        return explain(self._step(mapping, tuple(fed)))

    # -- lifetime ------------------------------------------------------------------------

    def close(self) -> None:
        """Give back everything the session owns; closing twice is allowed.

        Its steps that wait for a queue in other threads fail with CancelledError.  What belongs to its server
        stays.

        Raises:
            AbortedError: the session was on a server that was reset; it is closed nevertheless.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for observe in close_observers:
            observe(self)
        self._give_back()
        if self._was_reset and self._server is not None:
            raise servers.aborted(self)

    def _give_back(self) -> None:
        open_sessions.discard(self)
        if self._server is not None:
            self._server.dismiss(self)
        self._release.detach()
        self._mappings.clear()
        self._steps.clear()
        self._partial_runs.clear()
        self._resources.close()

    def _register_dead_handle(self, handle: str) -> None:
        """Note that a TensorHandle was dropped; its tensor is forgotten together with a few others."""
        # Called by the garbage collector, at any time: no lock may be taken here.
        self._dead_handles.append(handle)

    def _check_usable(self) -> None:
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if self._was_reset:
            raise servers.aborted(self)
        if self._not_admitted_by is not None:
            self._not_admitted_by.admit(self)
            self._not_admitted_by = None
        if self._graph.version == 0:
            raise RuntimeError(
                "The Session graph is empty.  Add operations to the graph before calling run()."
            )

    def as_default(self) -> AbstractContextManager[BaseSession]:
        """Make this the default session of the thread while the block runs; does not close it."""
        return default_session(self)


class Session(BaseSession):
    """Runs operations of a graph and evaluates its tensors; leaving a `with` block closes it.

    Args:
        target: "", or the target of a `tf.train.Server` of this process.
        graph: the graph to run; the default graph when None.
        config: a `tf.ConfigProto`.

    Raises:
        TypeError: an argument of the wrong type.
        NotFoundError: there is no such target.
        UnimplementedError: a target or a cluster on other machines.
    """

    def __init__(self, target: Any = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._entered: tuple[AbstractContextManager[Any], AbstractContextManager[Any]] | None = None
        self._entered_in = 0  # which thread

    def __enter__(self) -> Session:
        if self._entered is not None:
            raise RuntimeError(
                "Session context managers are not re-entrant. Use `Session.as_default()` if you want to "
                "enter a session multiple times."
            )
        graph, session = self._graph.as_default(), self.as_default()
        graph.__enter__()
        try:
            session.__enter__()
            self._entered_in = threading.get_ident()
            self._entered = graph, session
        except BaseException as error:  # an interrupt
            graph.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(self, *exc_info: Any) -> None:
        if self._entered is not None:
            # As in TensorFlow, a session that is not left in the right way stays open.
            session_stack.check_innermost(self)
            graph_stack.check_innermost(self._graph)
            check_thread(self._entered_in, "a session the default one")
        entered, self._entered = self._entered, None
        try:
            if entered is not None:
                graph, session = entered
                session.__exit__(*exc_info)
                graph.__exit__(*exc_info)
        finally:
            try:
                self.close()
            except AbortedError:
                # What leaves the block says more than that the session was reset as well.
                if not any(exc_info):
                    raise

    @staticmethod
    def reset(target: Any, containers: Any = None, config: Any = None) -> None:
        """Close the sessions of a target, and drop variables and queues of its containers.

        A session without a server owns its containers, so all of them go, whatever `containers` says, and
        later runs of those sessions fail with CancelledError.  A server drops the containers that are named,
        and later runs of its sessions fail with AbortedError.

        Args:
            target: "", or the target of a server.
            containers: names of containers; None for all, and for the default one of a server.
            config: a `tf.ConfigProto`.

        Raises:
            TypeError: an argument of the wrong type.
            NotFoundError, UnimplementedError: another target.
        """
        _check_arguments(target, None, config)
        for name in containers or ():
            if not isinstance(name, (str, bytes)):
                raise TypeError(f"containers must be strings, but got {name!r}")
        server = servers.find(target)
        if server is not None:
            server.reset(containers)
            return
        for session in [session for session in open_sessions if session._server is None]:
            session._was_reset = True
            session._give_back()


def _release_dropped(resources: Resources, made_at: str) -> None:
    resources.close()
    warnings.warn(f"unclosed Session made at {made_at}", ResourceWarning, stacklevel=2)


def _check_arguments(target: Any, graph: Any, config: Any) -> None:
    if graph is not None and not isinstance(graph, Graph):
        raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
    if target is not None and not isinstance(target, (str, bytes)):
        hint = (
            '. Did you do "Session(config)" instead of "Session(config=config)"?'
            if _is_config(target)
            else ""
        )
        raise TypeError(f"target must be a string, but got {type(target)}{hint}")
    if config is not None and not _is_config(config):
        raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")


def _is_config(value: Any) -> bool:
    # By name, since importing the protos costs as much as the rest of a small program.
    return getattr(getattr(value, "DESCRIPTOR", None), "name", None) == "ConfigProto"
