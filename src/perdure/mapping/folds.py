"""tf.foldl, tf.foldr and tf.scan: a function of each row and of what it gave for those before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import shape
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.graph import nest
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.mapping.rows import Structure, cached_variables, check_callable, known_size, stacked, unstacked


def foldl(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The rows combined from the first to the last.

    Args:
        fn: from what it gave before and a row to the next value.
        elems: a tensor of shape (n, ...), or a nest of such.
        initializer: what it starts with; the first row if None.
        parallel_iterations: how many iterations may run at a time.
        back_prop: whether gradients flow through it.
        swap_memory: whether what its gradient needs may be moved to the host.
        name: the name scope.

    Returns:
        What `fn` gives for the last row.

    Raises:
        TypeError: `fn` is not callable.
    """
    check_callable(fn)
    with name_scope(name, "foldl", [elems]), cached_variables():
        size, arrays = _unstacked(elems)
        if initializer is None:
            start = nest.map_structure(lambda array: array.read(0), arrays)
            first = constant(1)
        else:
            start = initializer
            first = constant(0)

        def compute(i: Any, value: Any) -> Any:
            row = nest.map_structure(lambda array: array.read(i), arrays)
            value = fn(value, row)
            return [i + 1, value]

        _, result = while_loop(
            lambda i, _: i < size,
            compute,
            [first, start],
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=size,
        )
        return result


def foldr(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The rows combined from the last to the first; see `foldl`."""
    check_callable(fn)
    with name_scope(name, "foldr", [elems]), cached_variables():
        size, arrays = _unstacked(elems)
        if initializer is None:
            first = size - 1
            start = nest.map_structure(lambda array: array.read(first), arrays)
        else:
            first = size
            start = initializer

        def compute(i: Any, value: Any) -> Any:
            i -= 1
            row = nest.map_structure(lambda array: array.read(i), arrays)
            return [i, fn(value, row)]

        _, result = while_loop(
            lambda i, _: i > 0,
            compute,
            [first, start],
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=size,
        )
        return result


def _unstacked(elems: Any) -> tuple[Any, Any]:
    """The number of rows, and the rows."""
    tensors = [convert_to_tensor(elem, name="elem") for elem in nest.flatten(elems)]
    size = known_size(tensors[0]) or shape(tensors[0])[0]
    return size, nest.map_structure(lambda elem: unstacked(elem, size), elems)


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All that `foldl` (`foldr`, if `reverse`) gives on the way, stacked.

    Args:
        fn: from what it gave before and a row to the next value, nested as `initializer`.
        elems: a tensor of shape (n, ...), or a nest of such.
        initializer: what it starts with; the first row if None.
        parallel_iterations: how many iterations may run at a time.
        back_prop: whether gradients flow through it.
        swap_memory: whether what its gradient needs may be moved to the host.
        infer_shape: whether all values have the same shape.
        reverse: whether it begins with the last row.
        name: the name scope.

    Returns:
        A tensor of shape (n, ...), or a nest of such.

    Raises:
        TypeError: `fn` is not callable, or a value is nested in another way.
        ValueError: the number of values is another one.
    """
    check_callable(fn)
    rows = Structure(elems)
    values = rows if initializer is None else Structure(initializer)
    tensors = rows.flatten(elems)
    with name_scope(name, "scan", tensors), cached_variables():
        tensors = [convert_to_tensor(tensor, name="elem") for tensor in tensors]
        size: Any = known_size(tensors[0])
        if size is None:
            size = shape(tensors[0])[0]
        made = [
            TensorArray(
                dtype=tensor.dtype,
                size=size,
                dynamic_size=False,
                element_shape=tensor.shape[1:],
                infer_shape=True,
            )
            for tensor in tensors
        ]
        arrays = [array.unstack(tensor) for array, tensor in zip(made, tensors, strict=True)]
        if initializer is None:
            begin = size - 1 if reverse else 0
            start = [array.read(begin) for array in arrays]
            done = 1
        else:
            start = [convert_to_tensor(value) for value in values.flatten(initializer)]
            done = 0
        written = [
            TensorArray(
                dtype=value.dtype,
                size=size,
                element_shape=value.shape if infer_shape else None,
                dynamic_size=False,
                infer_shape=infer_shape,
            )
            for value in start
        ]
        if initializer is None:
            begin = size - 1 if reverse else 0
            written = [array.write(begin, value) for array, value in zip(written, start, strict=True)]

        def compute(i: Any, before: Any, written: Any) -> Any:
            row = rows.pack([array.read(i) for array in arrays])
            result = fn(values.pack(before), row)
            nest.assert_same_structure(elems if initializer is None else initializer, result)
            flat = values.flatten(result)
            written = [array.write(i, value) for array, value in zip(written, flat, strict=False)]
            return (i - 1 if reverse else i + 1), flat, written

        _, _, written = while_loop(
            (lambda i, _, __: i >= 0) if reverse else (lambda i, _, __: i < size),
            compute,
            (size - 1 - done if reverse else done, start, written),
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=size,
        )
        return values.pack(stacked(written, tensors))
