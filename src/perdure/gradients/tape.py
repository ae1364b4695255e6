"""`tf.GradientTape` in graphs: gradients along the operations that were made within it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perdure.functional.array.array import reshape, shape, size, zeros, zeros_like
from perdure.functional.array.gathering import gather
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import transpose
from perdure.functional.array.values import is_tensor
from perdure.functional.control.check_ops import assert_equal
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.gradients.driver import UnconnectedGradients, gradients
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.keys import GraphKeys
from perdure.graph.nest import flatten, pack_sequence_as
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.platform import logging

_NOT_AGAIN = "GradientTape.gradient can only be called once on non-persistent tapes."


class GradientTape:
    """Remembers which operations are made within it, and gives gradients along those.

    Args:
        persistent: whether it can be asked more than once.
        watch_accessed_variables: whether trainable variables that are read within it are watched.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watch_accessed_variables = watch_accessed_variables
        self._recording = False
        self._forget()

    def _forget(self) -> None:
        # Of each stretch of operations the graph, the number of the first, and that behind the last.
        self._spans: list[tuple[Any, int, int | None]] = []
        self._watched: list[Any] = []
        self._is_used_up = False

    def __enter__(self) -> GradientTape:
        self._start()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._recording:
            self._stop()

    def _start(self) -> None:
        if self._recording:
            raise ValueError("Tape is already recording.")
        graph = get_default_graph()
        self._spans.append((graph, graph._last_id + 1, None))
        self._recording = True

    def _stop(self) -> None:
        if not self._recording:
            raise ValueError("Tape is not recording.")
        graph, first, _ = self._spans[-1]
        self._spans[-1] = graph, first, graph._last_id + 1
        self._recording = False

    def watch(self, tensor: Any) -> None:
        """Follow what is made of a tensor, or of each of a structure.

        Raises:
            ValueError: it is neither a tensor nor a variable.
        """
        for each in flatten(tensor):
            if not is_tensor(each):
                raise ValueError(f"Passed in object of type {type(each)}, not tf.Tensor")
            if not each.dtype.is_floating:
                logging.log_first_n(
                    logging.WARN,
                    "The dtype of the watched tensor must be floating (e.g. tf.float32), got %r",
                    5,
                    each.dtype,
                )
            self._watched.append(each)

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """What is made within it is not followed."""
        self._stop()
        try:
            yield
        finally:
            self._start()

    def reset(self) -> None:
        """Forget what was recorded and watched so far."""
        self._stop()
        self._forget()
        self._start()

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables that are watched, in the order they were made."""
        return tuple(self._variables(self._operations()))

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: UnconnectedGradients = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradients of the sum of targets.

        Args:
            target: a tensor or a structure of tensors.
            sources: a tensor or variable, or a structure of those.
            output_gradients: what comes into the targets; ones when None.
            unconnected_gradients: what comes of sources that the targets do not depend on.

        Returns:
            A structure as that of `sources`.

        Raises:
            RuntimeError: a tape that is not persistent was asked before.
        """
        if self._is_used_up:
            raise RuntimeError(_NOT_AGAIN)
        if self._recording and not self._persistent:
            self._stop()
        targets = [t if isinstance(t, Tensor) else self._read(t) for t in flatten(target)]
        flat = flatten(sources)
        followed, stops = self._followed()
        arrivals = None if output_gradients is None else flatten(output_gradients)
        pairs = [
            (target, None if arrivals is None else arrivals[i])
            for i, target in enumerate(targets)
            if target in followed
        ]
        wanted = [i for i, source in enumerate(flat) if _tensor_of(source) in followed]
        found: list[Any] = [None] * len(flat)
        if pairs and wanted:
            made = gradients(
                [target for target, _ in pairs],
                [flat[i] for i in wanted],
                None if arrivals is None else [arrival for _, arrival in pairs],
                stop_gradients=stops,
                unconnected_gradients=UnconnectedGradients(unconnected_gradients),
            )
            for i, each in zip(wanted, made, strict=True):
                found[i] = each
        if UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO:
            found = [zeros_like(x) if d is None else d for x, d in zip(flat, found, strict=True)]
        self._is_used_up = not self._persistent
        return pack_sequence_as(sources, found)

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: UnconnectedGradients = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The derivatives of each element of a target; a loop makes them element by element.

        Args:
            target: a tensor.
            sources: a tensor or variable, or a structure of those.
            unconnected_gradients: what comes of sources that the target does not depend on.
            parallel_iterations: how many passes of the loop may overlap.
            experimental_use_pfor: not used: the numbers are the same either way.

        Returns:
            A structure as that of `sources`, of tensors of shape `target.shape + source.shape`.

        Raises:
            RuntimeError: a tape that is not persistent was asked before.
        """
        with self._recorded():
            rows = reshape(target, [-1])
        flat = flatten(sources)
        found = self._by_rows(rows, 0, size(target), flat, unconnected_gradients, parallel_iterations)
        for i, made in enumerate(found):
            if made is not None:
                found[i] = reshape(made, concat([shape(target), shape(made)[1:]], 0))
                found[i].set_shape(target.shape.concatenate(flat[i].shape))
        return pack_sequence_as(sources, found)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: UnconnectedGradients = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The derivatives of each row of a target with respect to the same row of a source.

        Args:
            target: a tensor of shape (b, ...).
            source: a tensor of shape (b, ...), each row of which only that row of the target depends on.
            unconnected_gradients, parallel_iterations, experimental_use_pfor: as of `jacobian`.

        Returns:
            A tensor of shape `target.shape + source.shape[1:]`.

        Raises:
            ValueError: their numbers of rows differ.
            RuntimeError: a tape that is not persistent was asked before.
        """
        ranks_fit = target.shape.ndims != 1 and source.shape.ndims not in (0, 1)
        rows = [None if t.shape.ndims is None else dimension_value(t.shape[0]) for t in (target, source)]
        if not ranks_fit or (None not in rows and rows[0] != rows[1]):
            raise ValueError(
                f"Need first dimension of target shape ({target.shape}) and source shape ({source.shape}) to "
                "match."
            )
        sizes, source_sizes = shape(target), shape(source)
        with self._recorded(), control_dependencies([assert_equal(sizes[0], source_sizes[0])]):
            flat = reshape(target, [sizes[0], size(target) // sizes[0]])
        (found,) = self._by_rows(
            flat, 1, shape(flat)[1], [source], unconnected_gradients, parallel_iterations
        )
        whole = concat([sizes, source_sizes[1:]], 0)
        if found is None:
            return zeros(whole)
        by_element = reshape(found, [shape(flat)[1], sizes[0], -1])
        return reshape(transpose(by_element, [1, 0, 2]), whole)

    def _by_rows(
        self,
        target: Any,
        axis: int,
        count: Any,
        sources: list[Any],
        unconnected_gradients: UnconnectedGradients,
        parallel_iterations: int | None,
    ) -> list[Any]:
        """The gradients of each part of a target, stacked; None for what it does not depend on."""
        followed, _ = self._followed()
        zeros_wanted = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
        used_up, persistent = self._is_used_up, self._persistent
        if used_up:
            raise RuntimeError(_NOT_AGAIN)
        places = [i for i, x in enumerate(sources) if zeros_wanted or _tensor_of(x) in followed]
        if target not in followed and not zeros_wanted:
            places = []
        found: list[Any] = [None] * len(sources)
        if not places:
            return found
        self._persistent = True

        def body(i: Any, arrays: list[Any]) -> tuple[Any, list[Any]]:
            with self._recorded():
                part = gather(target, i, axis=axis)
            made = self.gradient(part, [sources[p] for p in places], None, UnconnectedGradients.ZERO)
            return i + 1, [a.write(i, convert_to_tensor(d)) for a, d in zip(arrays, made, strict=True)]

        arrays = [TensorArray(sources[p].dtype.base_dtype, count) for p in places]
        kwargs: dict[str, Any] = (
            {} if parallel_iterations is None else {"parallel_iterations": parallel_iterations}
        )
        try:
            _, arrays = while_loop(
                lambda i, _: i < count, body, [constant(0, dtypes.int32), arrays], **kwargs
            )
        finally:
            self._persistent = persistent
        self._is_used_up = not persistent
        for place, array in zip(places, arrays, strict=True):
            found[place] = array.stack()
        return found

    @contextmanager
    def _recorded(self) -> Iterator[None]:
        """What is made within it is followed, too."""
        if self._recording:
            yield
            return
        self._start()
        try:
            yield
        finally:
            self._stop()

    def _read(self, variable: Any) -> Tensor:
        with self._recorded():
            return convert_to_tensor(variable)

    def _operations(self) -> list[Operation]:
        """What was made while it recorded, in order."""
        found: list[Operation] = []
        for graph, first, end in self._spans:
            last = graph._last_id if end is None else end - 1
            found += [op for op in graph.get_operations() if first <= op.node_id <= last]
        return found

    def _variables(self, operations: list[Operation]) -> list[Any]:
        """The variables that it watches."""
        chosen = [each for each in self._watched if not isinstance(each, Tensor)]
        if self._watch_accessed_variables and operations:
            used = {tensor for op in operations for tensor in op.inputs}
            known = operations[0].graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)
            chosen += [v for v in known if not used.isdisjoint(_values_of(v)) and v not in chosen]
        return chosen

    def _followed(self) -> tuple[set[Tensor], list[Tensor]]:
        """The tensors that gradients flow to, and those that count as constants."""
        operations = self._operations()
        followed = {each for each in self._watched if isinstance(each, Tensor)}
        for variable in self._variables(operations):
            followed.update(_values_of(variable))
        made = {tensor for op in operations for tensor in op.outputs}
        # What brings a value into a loop is made after what takes it there.
        waiting = operations
        while True:
            reached = [op for op in waiting if not followed.isdisjoint(op.inputs)]
            waiting = [op for op in waiting if followed.isdisjoint(op.inputs)]
            if not reached:
                break
            followed.update(tensor for op in reached for tensor in op.outputs)
        stops = {tensor: None for op in operations for tensor in (*op.inputs, *op.outputs)}
        begins = [each for each in self._watched if isinstance(each, Tensor) and each not in made]
        return followed, begins + [tensor for tensor in stops if tensor not in followed]


def _tensor_of(source: Any) -> Any:
    """The tensor that stands for a source."""
    return source if isinstance(source, Tensor) else _values_of(source)[0]


def _values_of(variable: Any) -> list[Tensor]:
    """The tensors by which a variable is read: its handle, or its reference and what is read once of it."""
    handle = getattr(variable, "handle", None)
    return [variable._ref(), variable.value()] if handle is None else [handle]
