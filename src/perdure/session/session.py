"""Session: runs parts of a graph and owns what they need between runs."""

from __future__ import annotations

import sys
import warnings
import weakref
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from perdure.graph.errors import UnimplementedError
from perdure.graph.graph import Graph
from perdure.graph.source import creation_site, source_line
from perdure.graph.stacks import default_session, get_default_graph
from perdure.graph.tensor import Tensor
from perdure.runtime.executable import Executable
from perdure.runtime.place import Placer
from perdure.runtime.plan import plan
from perdure.runtime.resources import Resources
from perdure.session.feeds import feed_array, map_feeds
from perdure.session.fetches import FetchMapping, map_fetches, structure_key

# Fields of RunOptions that never change what a step computes or reports.
_HINTS_OF_RUN_OPTIONS = ("inter_op_thread_pool", "report_tensor_allocations_upon_oom")


# Sessions that are not closed yet, and functions that are called with each session when it is closed.
open_sessions: weakref.WeakSet[Session] = weakref.WeakSet()
close_observers: list[Callable[[Session], None]] = []


class Session:
    """Runs operations of a graph and evaluates its tensors.

    It owns the variables of the programs it runs; `close`, or leaving a `with` block, gives them back.
    `run` may be called from several threads.

    Args:
        target: the execution engine; only "", this process, is supported.
        graph: the graph to run; the default graph when None.
        config: a `tf.ConfigProto`.

    Raises:
        TypeError: an argument of the wrong type.
        UnimplementedError: another target.
    """

    def __init__(self, target: Any = "", graph: Graph | None = None, config: Any = None) -> None:
        _check_arguments(target, graph, config)
        self._graph = get_default_graph() if graph is None else graph
        self._target = target
        self._config = config
        self._closed = False
        self._resources = Resources()
        self._placer = _placer_of(config)
        self._mappings: dict[Any, FetchMapping] = {}
        self._executables: dict[Any, Executable] = {}
        self._planned_structure = self._graph._structure_version
        self._entered: ExitStack | None = None
        line = source_line(creation_site())
        self.made_at = "?" if line is None else f"{line.filename}:{line.lineno}"
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
        return self._graph.as_graph_def()

    @property
    def sess_str(self) -> bytes:
        """The target, as bytes."""
        return self._target.encode() if isinstance(self._target, str) else self._target

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
            options: a `tf.RunOptions` that asks for no trace, time limit or debugging.
            run_metadata: a `tf.RunMetadata`; emptied, since nothing is traced.

        Returns:
            The values, in the structure of `fetches`; None for an operation.

        Raises:
            RuntimeError: the session is closed, or its graph is empty.
            TypeError, ValueError: fetches or feeds do not fit the graph.
            UnimplementedError: `options` asks for something that is not supported yet.
            tf.errors.OpError: an operation failed; no variable was changed.
        """
        try:
            mapping = self._mappings.get(fetches)
        except TypeError:  # lists and dictionaries are looked up by a key of their structure
            mapping = None
        if mapping is None:
            mapping = self._mapping_of(fetches)
        if feed_dict:
            feeds = map_feeds(feed_dict, self._graph)
            key = (mapping, *feeds)
            values: Any = feeds.values()
        else:
            key, values = mapping, ()  # type: ignore[assignment]
        executable = self._executables.get(key)
        if (
            executable is None
            or options is not None
            or run_metadata is not None
            or self._planned_structure != self._graph._structure_version
        ):
            executable = self._plan(mapping, key, tuple(feeds) if feed_dict else (), options, run_metadata)
        return mapping.rebuild(executable.run(values))

    def _mapping_of(self, fetches: Any) -> FetchMapping:
        self._check_usable()
        try:
            key = structure_key(fetches)
            mapping = self._mappings.get(key)
        except TypeError:  # something in it is not hashable
            return map_fetches(fetches, self._graph)
        if mapping is None:
            mapping = self._mappings[key] = map_fetches(fetches, self._graph)
        return mapping

    def _plan(
        self,
        mapping: FetchMapping,
        key: Any,
        feeds: tuple[Tensor, ...],
        options: Any = None,
        run_metadata: Any = None,
    ) -> Executable:
        self._check_usable()
        if options is not None:
            _check_run_options(options)
        if run_metadata is not None:
            run_metadata.Clear()
        if self._planned_structure != self._graph._structure_version:
            self._executables.clear()
            self._planned_structure = self._graph._structure_version
        executable = self._executables.get(key)
        if executable is None:
            executable = plan(mapping.tensors, mapping.targets, feeds, self._resources, self._placer)
            self._executables[key] = executable
        return executable

    def make_callable(
        self, fetches: Any, feed_list: list[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """A function that runs one step again and again.

        Args:
            fetches: as for `run`.
            feed_list: the tensors its arguments are fed for, in order.
            accept_options: not supported yet; must be False.

        Returns:
            A function of the fed values that returns what `run` would.

        Raises:
            TypeError, ValueError: fetches or feeds do not fit the graph.
        """
        if accept_options:
            raise UnimplementedError(None, None, "make_callable(accept_options=True) is not supported yet")
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError("`feed_list` must be a list or tuple.")
        mapping = self._mapping_of(fetches)
        feeds = tuple(
            self._graph.as_graph_element(feed, allow_operation=False) for feed in feed_list or ()
        )
        key = (mapping, *feeds) if feeds else mapping
        self._plan(mapping, key, feeds)

        def step(*values: Any) -> Any:
            if len(values) != len(feeds):
                raise TypeError(f"the callable feeds {len(feeds)} tensors, got {len(values)} values")
            arrays = [feed_array(tensor, value) for tensor, value in zip(feeds, values, strict=True)]
            return mapping.rebuild(self._plan(mapping, key, feeds).run(arrays))

        return step

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
        fed = tuple(self._graph.as_graph_element(feed, allow_operation=False) for feed in feeds)
        return explain(self._plan(mapping, (mapping, *fed) if fed else mapping, fed))

    # -- lifetime ------------------------------------------------------------------------

    def close(self) -> None:
        """Give back everything the session owns; closing twice is allowed."""
        for observe in close_observers:
            observe(self)
        open_sessions.discard(self)
        self._closed = True
        self._release.detach()
        self._mappings.clear()
        self._executables.clear()
        self._resources.close()

    def _check_usable(self) -> None:
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if self._graph.version == 0:
            raise RuntimeError(
                "The Session graph is empty. Add operations to the graph before calling run()."
            )

    def as_default(self) -> AbstractContextManager[Session]:
        """Make this the default session of the thread while the block runs; does not close it."""
        return default_session(self)

    def __enter__(self) -> Session:
        if self._entered is not None:
            raise RuntimeError(
                "Session context managers are not re-entrant. Use `Session.as_default()` if you want to "
                "enter a session multiple times."
            )
        with ExitStack() as stack:
            stack.enter_context(self._graph.as_default())
            stack.enter_context(self.as_default())
            self._entered = stack.pop_all()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        entered, self._entered = self._entered, None
        try:
            if entered is not None:
                entered.__exit__(*exc_info)
        finally:
            self.close()


def _release_dropped(resources: Resources, made_at: str) -> None:
    resources.close()
    warnings.warn(f"unclosed Session made at {made_at}", ResourceWarning, stacklevel=2)


def _check_arguments(target: Any, graph: Any, config: Any) -> None:
    if not isinstance(target, (str, bytes)):
        hint = " Did you mean Session(config=...)?" if _is_config(target) else ""
        raise TypeError(f"target must be a string, but got {type(target)}.{hint}")
    if graph is not None and not isinstance(graph, Graph):
        raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
    if config is not None and not _is_config(config):
        raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")
    if target:
        raise UnimplementedError(
            None, None, f"target {target!r}: sessions on other machines are not supported yet"
        )


def _is_config(value: Any) -> bool:
    # By name, since importing the protos costs as much as the rest of a small program.
    return getattr(getattr(value, "DESCRIPTOR", None), "name", None) == "ConfigProto"


def _check_run_options(options: Any) -> None:
    for field, _ in options.ListFields():
        if field.name not in _HINTS_OF_RUN_OPTIONS:
            raise UnimplementedError(
                None, None, f"Session.run(options=...) with {field.name} is not supported yet"
            )


def _placer_of(config: Any) -> Placer:
    if config is None:
        return Placer()
    log = _log_placement if config.log_device_placement else None
    return Placer(
        config.device_count.get("CPU", 1) or 1,
        config.allow_soft_placement,
        log,
        config.graph_options.place_pruned_graph,
    )


def _log_placement(line: str) -> None:
    print(line, file=sys.stdout, flush=True)
