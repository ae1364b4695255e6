"""Functions that run one step of a session again and again."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from perdure.graph.errors import CancelledError, InvalidArgumentError, NotFoundError
from perdure.graph.tensor import Tensor
from perdure.runtime.execution.partial import PartialRun
from perdure.session.feeds import encoded, feed_array
from perdure.session.fetches import FetchMapping
from perdure.session.steps import step_key

if TYPE_CHECKING:
    from perdure.session.session import BaseSession


def with_feeds(session: BaseSession, fetches: Any, feed_list: Sequence[Any]) -> Callable[..., Any]:
    """A function of values for `feed_list` that returns what `session.run` would.

    As in TensorFlow it also takes `options` and `run_metadata`; values beyond `feed_list` are dropped, and
    tensors beyond the values not fed.
    """
    graph = session.graph
    feeds = tuple(feed for feed in feed_list if type(feed) is Tensor and feed.op.graph is graph)
    is_simple = len(feeds) == len(feed_list) == len(set(feeds)) and bool(feeds)
    mapping: FetchMapping | None = None
    key: Any = None

    def run(*values: Any, **options: Any) -> Any:
        nonlocal mapping, key
        if not is_simple or options or len(values) != len(feeds):
            return session.run(fetches, dict(zip(feed_list, values, strict=False)), **options)
        if mapping is None:
            mapping = session._mapping_of(fetches)
            key = (mapping, *feeds)
        arrays = [feed_array(tensor, value) for tensor, value in zip(feeds, values, strict=True)]
        step = session._ready.get(key)
        if step is None or session._placed_revision != graph._revision:
            step = session._step(mapping, feeds)
        return mapping.rebuild(step.run(arrays))

    return run


def without_feeds(session: BaseSession, fetches: Any, accept_options: bool) -> Callable[..., Any]:
    """A function without arguments (but RunOptions and RunMetadata) that returns what `run` would."""
    graph, mapping = session.graph, session._mapping_of(fetches)
    session._step(mapping, ())

    def step() -> Any:
        found = session._ready.get(mapping)
        if found is None or session._placed_revision != graph._revision:
            if session._closed:  # other than `run`, which says it as a RuntimeError
                raise CancelledError(None, None, "Session has been closed.")
            session._check_usable()
            # TensorFlow has bound the step to the graph as it was: what is new is not placed.
            found = session._steps.step(mapping, ())
        return found

    def run() -> Any:
        return mapping.rebuild(step().run(()))

    def run_with_options(*, options: Any = None, run_metadata: Any = None) -> Any:
        if options is None and run_metadata is None:
            return run()
        step()
        return session._run_watched(mapping, (), (), options, run_metadata)

    return run_with_options if accept_options else run


class OptionsCallable:
    """A function of arrays that runs the step of a CallableOptions and returns a list of arrays.

    Args:
        session: the session.
        options: the CallableOptions.

    Raises:
        InvalidArgumentError: the name of a tensor means nothing in the graph, a tensor is fed twice or both
            fed and fetched, or there is nothing to run.
        NotFoundError: that of a target does not.
    """

    def __init__(self, session: BaseSession, options: Any) -> None:
        self._session = weakref.proxy(session)
        self._run_options = options.run_options if options.HasField("run_options") else None
        self._feeds = tuple(self._tensor(name) for name in options.feed)
        self._fetches = tuple(self._tensor(name) for name in options.fetch)
        self._connections = {
            self._tensor(c.to_tensor): self._tensor(c.from_tensor) for c in options.tensor_connection
        }
        for name in (*options.feed_devices, *options.fetch_devices):
            self._tensor(name)
        targets = tuple(self._operation(name) for name in options.target)
        distinct = tuple(dict.fromkeys(self._fetches))
        positions = [distinct.index(tensor) for tensor in self._fetches]
        self._mapping = FetchMapping(
            distinct, targets, lambda values: [values[position] for position in positions]
        )
        self._check_ends([*self._feeds, *self._connections])
        session._extend_graph()

    def __call__(self, *args: Any, run_metadata: Any = None) -> list[Any]:
        session = self._session
        if session._closed:
            raise CancelledError(None, None, "Session has been closed.")
        if len(args) != len(self._feeds):
            raise InvalidArgumentError(
                None, None, f"Expected {len(self._feeds)} feed tensors, but got {len(args)}"
            )
        values = [_checked(t, value) for t, value in zip(self._feeds, args, strict=True)]
        if self._connections:
            return self._run_connected(values)
        if self._run_options is not None or run_metadata is not None:
            return session._run_watched(self._mapping, self._feeds, values, self._run_options, run_metadata)
        return self._mapping.rebuild(session._step(self._mapping, self._feeds).run(values))

    def _check_ends(self, fed: list[Tensor]) -> None:
        if not self._fetches and not self._mapping.targets:
            raise InvalidArgumentError(None, None, "Must specify at least one target to fetch or execute.")
        for tensor in fed:
            if fed.count(tensor) > 1:
                raise InvalidArgumentError(None, None, f'Endpoint "{tensor.name}" fed more than once.')
            if tensor in self._fetches:
                raise InvalidArgumentError(None, None, f"{tensor.name} is both fed and fetched.")

    def _run_connected(self, values: list[Any]) -> list[Any]:
        """Run as far as to the tensors that are fed to others, and then the rest."""
        session, sources = self._session, dict.fromkeys(self._connections.values())
        fetches = list(dict.fromkeys([*self._fetches, *sources]))
        fed = [*self._feeds, *self._connections]
        key = step_key(fetches, self._mapping.targets, fed, in_parts=True)
        step = PartialRun(session._steps.in_parts(key), key.feeds, key.tensors)
        feeds = {t: encoded(t, value) for t, value in zip(self._feeds, values, strict=True)}
        known = dict(zip(sources, step.run(feeds, list(sources)), strict=True))
        rest = [tensor for tensor in self._mapping.tensors if tensor not in known]
        connected = {to: _array(known[source]) for to, source in self._connections.items()}
        known.update(zip(rest, step.run(connected, rest), strict=True))
        return [known[tensor] for tensor in self._fetches]

    def _tensor(self, name: str) -> Tensor:
        try:
            return self._session.graph.as_graph_element(
                name if ":" in name else f"{name}:0", allow_operation=False
            )
        except (KeyError, ValueError):
            raise InvalidArgumentError(
                None, None, f"Tensor {name}, specified in CallableOptions, was not found in the Graph"
            ) from None

    def _operation(self, name: str) -> Any:
        try:
            return self._session.graph.get_operation_by_name(name.removesuffix(":0"))
        except (KeyError, ValueError):
            raise NotFoundError(
                None, None, f"Target {name}, specified in CallableOptions, was not found in the Graph"
            ) from None


def _array(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=object if isinstance(value, bytes) else None)


def _checked(tensor: Tensor, value: Any) -> Any:
    array = np.asarray(value)
    wanted = tensor.dtype.base_dtype
    if wanted.name != "string" and array.dtype != wanted.as_numpy_dtype:
        raise InvalidArgumentError(
            None, None, f"Type mismatch for {tensor.name}: actual {array.dtype} vs. expect {wanted.name}"
        )
    return feed_array(tensor, array)
