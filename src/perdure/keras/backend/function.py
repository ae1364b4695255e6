"""K.function: a step of the session as a function of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.functional.array.array import identity
from perdure.functional.array.values import is_tensor
from perdure.functional.control.control import group
from perdure.functional.math.cast import cast
from perdure.functional.state.state import assign
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.nest import flatten, map_structure, pack_sequence_as
from perdure.keras.backend.state import get_session
from perdure.variables.base import Variable

# The keyword arguments of `tf.Session.run`, which are passed on to it.
_SESSION_ARGUMENTS = ("fetches", "feed_dict", "options", "run_metadata")


def cast_variables_to_tensor(tensors: Any) -> Any:
    """A structure with the values of its variables in their places."""
    return map_structure(lambda x: identity(x) if isinstance(x, Variable) else x, tensors)


class GraphExecutionFunction:
    """A function that runs one step; see `function`."""

    def __init__(
        self, inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **session_kwargs: Any
    ) -> None:
        updates = updates or []
        if not isinstance(updates, (list, tuple)):
            raise TypeError("`updates` in a Keras backend function should be a list or tuple.")
        self.inputs = flatten(inputs, expand_composites=True)
        self._outputs_structure = outputs
        self.outputs = cast_variables_to_tensor(flatten(outputs, expand_composites=True))
        with control_dependencies([self.outputs[0]] if self.outputs else None):
            made = [assign(*update) if isinstance(update, tuple) else update for update in updates]
            self.updates_op = group(*made)
        self.name = name
        # Values that are fed beside the inputs, tensors that are fetched beside the outputs, and what is
        # called with each of these: programs set them.
        self.feed_dict = session_kwargs.pop("feed_dict", None)
        fetches = session_kwargs.pop("fetches", [])
        self.fetches = [identity(x) for x in (fetches if isinstance(fetches, list) else [fetches])]
        self.run_options = session_kwargs.pop("options", None)
        self.run_metadata = session_kwargs.pop("run_metadata", None)
        self.fetch_callbacks: dict[Any, Any] = {}
        if session_kwargs:
            raise ValueError(
                f"Some keys in session_kwargs are not supported at this time: {session_kwargs.keys()}"
            )
        self._step: Any = None
        self._made_for: Any = None

    def __call__(self, inputs: Any) -> Any:
        values = flatten(inputs, expand_composites=True)
        session = get_session(values)
        fed, arrays, connected = [], [], []
        for tensor, value in zip(self.inputs, values, strict=False):
            if value is None:
                continue
            if is_tensor(value):
                connected.append((tensor, value))
            else:
                fed.append(tensor)
                arrays.append(np.asarray(value, dtype=tensor.dtype.as_numpy_dtype))
        for key, value in (self.feed_dict or {}).items():
            fed.append(key)
            arrays.append(np.asarray(value, dtype=key.dtype.base_dtype.as_numpy_dtype))
        wanted = (session, fed, connected, list(self.fetches))
        if self._made_for is None or not _same(wanted, self._made_for):
            self._step = self._make_step(session, fed, connected)
            self._made_for = wanted
        fetched = self._run(arrays)
        count = len(self.outputs)
        for fetch, value in zip(self.fetches, fetched[count:], strict=True):
            if fetch in self.fetch_callbacks:
                self.fetch_callbacks[fetch](value)
        packed = pack_sequence_as(self._outputs_structure, fetched[:count], expand_composites=True)
        return map_structure(
            lambda x: session.run(x) if isinstance(x, (SparseTensor, IndexedSlices)) else x, packed
        )

    def _run(self, arrays: Sequence[Any]) -> Any:
        if self.run_options is None and self.run_metadata is None:
            return self._step(*arrays)
        return self._step(*arrays, run_metadata=self.run_metadata)

    def _make_step(self, session: Any, fed: list[Any], connected: list[tuple[Any, Any]]) -> Any:
        if not connected and self.run_options is None and self.run_metadata is None:
            # The plain way: no protos are made, and what the session knows of the step is kept.
            fetched = [*self.outputs, *self.fetches]
            step = session.make_callable([*fetched, self.updates_op], fed)
            return lambda *arrays: step(*arrays)[: len(fetched)]
        return session._make_callable_from_options(self._callable_options(fed, connected))

    def _callable_options(self, fed: list[Any], connected: list[tuple[Any, Any]]) -> Any:
        from perdure.formats.messages import CallableOptions

        options = CallableOptions()
        options.feed.extend(tensor.name for tensor in fed)
        for tensor, value in connected:
            value = value if tensor.dtype == value.dtype else cast(value, tensor.dtype)
            element = getattr(value, "_as_graph_element", lambda value=value: value)()
            options.tensor_connection.add(from_tensor=element.name, to_tensor=tensor.name)
        options.fetch.extend(tensor.name for tensor in [*self.outputs, *self.fetches])
        options.target.append(self.updates_op.name)
        if self.run_options is not None:
            options.run_options.CopyFrom(self.run_options)
        return options


def _same(a: Any, b: Any) -> bool:
    """Whether two nested lists hold the same objects."""
    if isinstance(a, (list, tuple)):
        return isinstance(b, type(a)) and len(a) == len(b) and all(map(_same, a, b))
    return a is b


def function(
    inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **kwargs: Any
) -> GraphExecutionFunction:
    """A function of arrays that returns the values of `outputs`.

    Args:
        inputs: a structure of placeholders, for which the function takes values.
        outputs: a structure of tensors.
        updates: operations that run in the same step, and pairs of a variable and its new value.
        name: ignored, as by TensorFlow 1.15.
        **kwargs: those of `tf.Session.run`.

    Raises:
        ValueError: an unknown argument.
        TypeError: `updates` is no list.
    """
    for key in kwargs:
        if key not in _SESSION_ARGUMENTS:
            raise ValueError(f'Invalid argument "{key}" passed to K.function with TensorFlow backend')
    return GraphExecutionFunction(inputs, outputs, updates=updates, name=name, **kwargs)
