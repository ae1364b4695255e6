"""The nodes that conditionals and loops are made of: Switch and Merge, Enter, Exit and NextIteration.

Those of composites (IndexedSlices, SparseTensor) are made part by part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import identity, shape_internal
from perdure.functional.array.shape_arithmetic import range
from perdure.functional.math.cast import cast
from perdure.functional.structure import check_same, leaves_of, pack
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.conversion import convert_to_tensor, internal_convert_to_tensor
from perdure.graph.defaults import colocate_with, name_scope
from perdure.graph.tensor import Tensor


def reference(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`value` as a tensor, of a ref variable its reference; composites stay what they are."""
    if isinstance(value, (IndexedSlices, SparseTensor)):
        return value
    return internal_convert_to_tensor(value, dtype, name, as_ref=True)


def _each(make: Callable[[Tensor], Tensor], value: Any) -> Any:
    return pack(value, [make(part) for part in leaves_of(value)])


def pass_on(data: Any, name: str | None = None) -> Any:
    """An Identity of `data`, which keeps a reference one."""
    data = reference(data)
    if not isinstance(data, Tensor):
        return _each(pass_on, data)
    return g.ref_identity(data, name=name) if data.dtype.is_ref_dtype else identity(data, name=name)


def next_iteration(data: Any, name: str | None = None) -> Any:
    """`data` in the next iteration of the loop."""
    data = reference(data)
    if not isinstance(data, Tensor):
        return _each(next_iteration, data)
    make = g.ref_next_iteration if data.dtype.is_ref_dtype else g.next_iteration
    return make(data, name=name)


def enter(
    data: Any,
    frame_name: str,
    is_constant: bool = False,
    parallel_iterations: int = 10,
    use_input_shape: bool = True,
    name: str | None = None,
) -> Any:
    """`data` inside of a loop.

    Args:
        data: a tensor or a composite.
        frame_name: the loop's name.
        is_constant: whether it is the same in all iterations, or there in the first one only.
        parallel_iterations: how many iterations may run at a time.
        use_input_shape: whether the result has the static shape of `data`.
        name: the name of the node.
    """
    data = reference(data)
    if not isinstance(data, Tensor):
        return _each(
            lambda part: enter(part, frame_name, is_constant, parallel_iterations, use_input_shape), data
        )
    make = g.ref_enter if data.dtype.is_ref_dtype else g.enter
    result = make(
        data,
        frame_name=frame_name,
        is_constant=is_constant,
        parallel_iterations=parallel_iterations,
        name=name,
    )
    if use_input_shape:
        result.set_shape(data.shape)
    return result


def exit(data: Any, name: str | None = None) -> Any:  # noqa: A001 - TensorFlow's name
    """`data` outside of the loop, when that has ended.

    Args:
        data: a tensor or a composite.
        name: the name of the node.
    """
    data = reference(data)
    if not isinstance(data, Tensor):
        return _each(exit, data)
    return (g.ref_exit if data.dtype.is_ref_dtype else g.Exit)(data, name=name)


def loop_cond(condition: Any, name: str | None = None) -> Tensor:
    """The condition of a loop."""
    return g.loop_cond(condition, name=name)


def switch(data: Any, pred: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`data` on one of two sides; what follows from the other one does not run.

    Args:
        data: a tensor or a composite.
        pred: a boolean scalar.
        dtype: the type of `data`, if it is not known.
        name: the name of the node.

    Returns:
        `data` if `pred` is false, and `data` if it is true.
    """
    with name_scope(name, "Switch", [data, pred]) as scope:
        data = reference(data, dtype, "data")
        pred = convert_to_tensor(pred, name="pred")
        if isinstance(data, Tensor):
            return g.switch(data, pred, name=scope)
        sides = [g.switch(part, pred) for part in leaves_of(data)]
        return tuple(pack(data, side) for side in zip(*sides, strict=True))


def switch_ref_or_tensor(data: Any, pred: Any, name: str = "Switch") -> Any:
    """As `switch`, on the device of `data`; a reference stays one.

    Args:
        data: a tensor or a composite.
        pred: a boolean scalar.
        name: the name of the node.
    """
    if not isinstance(data, (IndexedSlices, SparseTensor)):
        data = convert_to_tensor(data, name="data")
    # What an update is colocated with is not where its inputs are.
    with colocate_with(data, ignore_existing=True):
        if isinstance(data, Tensor) and data.dtype.is_ref_dtype:
            return g.ref_switch(data, pred, name=name)
        return switch(data, pred, name=name)


def merge(inputs: Any, name: str | None = None) -> Any:
    """Whichever of `inputs` there is.

    Args:
        inputs: tensors or composites, of which one is not dead.
        name: the name of the node.

    Returns:
        The value, and its place among `inputs`.

    Raises:
        ValueError: one of them is None, or only some IndexedSlices have a dense_shape.
    """
    if any(item is None for item in inputs):
        raise ValueError(f"At least one of the merge inputs is None: {inputs}")
    with name_scope(name, "Merge", inputs) as scope:
        inputs = [reference(item) for item in inputs]
        if all(isinstance(item, Tensor) for item in inputs):
            references = all(item.dtype.is_ref_dtype for item in inputs)
            return (g.ref_merge if references else g.merge)(inputs, name=scope)
        if all(isinstance(item, (IndexedSlices, Tensor)) for item in inputs):
            inputs = all_as_indexed_slices(inputs)
        for other in inputs[1:]:
            check_same(inputs[0], other)
        merged = [g.merge(list(parts)) for parts in zip(*map(leaves_of, inputs), strict=True)]
        return pack(inputs[0], [value for value, _ in merged]), merged[0][1]


def as_indexed_slices(value: Any) -> IndexedSlices:
    """`value` as rows: all of them, if it is a tensor.

    Raises:
        TypeError: it is neither a tensor nor an IndexedSlices.
    """
    if isinstance(value, IndexedSlices):
        return value
    if not isinstance(value, Tensor):
        raise TypeError(f"Not a Tensor or IndexedSlices: {type(value)}")
    sizes = shape_internal(value, optimize=False)
    return IndexedSlices(value, range(0, sizes[0]), sizes)


def all_as_indexed_slices(values: Any) -> list[IndexedSlices]:
    """`values` as rows, with indices of one type."""
    slices = [as_indexed_slices(value) for value in values]
    narrow = [item.indices.dtype is dtypes.int32 for item in slices]
    if all(narrow) or not any(narrow):
        return slices
    return [
        IndexedSlices(item.values, cast(item.indices, dtypes.int64), item.dense_shape) if is_narrow else item
        for item, is_narrow in zip(slices, narrow, strict=True)
    ]
