"""Control: grouping operations, gates, assertions and printing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perdure.graph.builder import g
from perdure.graph.composite import (
    IndexedSlices,
    SparseTensor,
    convert_to_tensor_or_indexed_slices,
)
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import colocate_with, control_dependencies, device, name_scope
from perdure.graph.nest import flatten
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor, is_tensor_like


def no_op(name: str | None = None) -> Operation:
    """An operation that does nothing, to hang control inputs on."""
    return g.no_op(name=name)


def timestamp(name: str | None = None) -> Tensor:
    """The time when it runs, a float64: seconds since the beginning of 1970.

    Args:
        name: the name of the node.
    """
    return g.timestamp(name=name)


def group(*inputs: Any, **kwargs: Any) -> Operation:
    """An operation that has run when all of `inputs` have.

    Args:
        *inputs: tensors or operations, or (nested) lists of them.
        name: the name of the operation.

    Raises:
        ValueError: an unknown keyword argument.
        TypeError: an input is neither a tensor nor an operation.
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError(f"Unknown keyword arguments: {', '.join(kwargs)}")
    with name_scope(name, "group_deps", inputs) as scope:
        if not inputs:
            return no_op(name=scope)
        by_device: dict[str, list[Any]] = {}
        for item in flatten(inputs, expand_composites=True):
            if not hasattr(item, "device"):
                raise TypeError(
                    f"Expected tf.group() expected Tensor arguments not '{item}' with type '{type(item)}'"
                )
            by_device.setdefault(item.device, []).append(item)
        if len(by_device) == 1:
            ((where, items),) = by_device.items()
            return _group_on_device(where, items, scope)
        # One gate for each device, so that only one signal crosses between any two.
        gates = [_group_on_device(where, by_device[where]) for where in sorted(by_device)]
        with control_dependencies(gates):
            return no_op(name=scope)


def _group_on_device(where: str, items: list[Any], name: str | None = None) -> Operation:
    with control_dependencies(items), device(where):
        return no_op(name=name)


def with_dependencies(dependencies: Iterable[Any], output_tensor: Any, name: str | None = None) -> Any:
    """`output_tensor`, available only after `dependencies` have run.

    Args:
        dependencies: operations or tensors.
        output_tensor: a Tensor or IndexedSlices.
        name: the name of the new node.

    Raises:
        TypeError: `output_tensor` is neither.
    """
    dependencies = list(dependencies)
    with (
        name_scope(name, "control_dependency", [*dependencies, output_tensor]) as scope,
        colocate_with(output_tensor),
        control_dependencies(dependencies),
    ):
        output = convert_to_tensor_or_indexed_slices(output_tensor)
        if isinstance(output, Tensor):
            return _pass_on(output, scope)
        return IndexedSlices(_pass_on(output.values, scope), output.indices, output.dense_shape)


def _pass_on(tensor: Tensor, name: str) -> Tensor:
    if tensor.dtype.is_ref_dtype:
        return g.ref_identity(tensor, name=name)
    return g.identity(tensor, name=name)


def tuple(  # noqa: A001 - TensorFlow's name
    tensors: Any, name: str | None = None, control_inputs: Any = None
) -> list[Any]:
    """The tensors, each available only after all of them are computed.

    Args:
        tensors: tensors, IndexedSlices, operations or None.
        name: the name scope of the gates.
        control_inputs: further operations to wait for.

    Raises:
        ValueError: there is no tensor among them.
        TypeError: a control input is neither a tensor nor an operation.
    """
    with name_scope(name, "tuple", tensors):
        tensors = [
            t
            if t is None or isinstance(t, (Operation, IndexedSlices, SparseTensor)) or is_tensor_like(t)
            else convert_to_tensor(t)
            for t in tensors
        ]
        gates = [t if isinstance(t, Operation) else t.op for t in tensors if t is not None]
        for control in control_inputs or ():
            if isinstance(control, Tensor):
                control = control.op
            elif not isinstance(control, Operation):
                raise TypeError(f"Control input must be Operation or Tensor: {control}")
            gates.append(control)
        if not gates:
            raise ValueError(f"Must have at least one Tensor: {tensors}")
        gate = group(*sorted(set(gates), key=lambda op: op.node_id))
        results: list[Any] = []
        for t in tensors:
            if t is None:
                results.append(None)
            elif isinstance(t, Operation):
                with control_dependencies([gate]):
                    results.append(group(t))
            else:
                results.append(with_dependencies([gate], t))
        return results


def Print(  # noqa: N802 - TensorFlow's name
    input_: Any,
    data: Any,
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Tensor:
    """`input_`; each time it is computed, `data` is written to the standard error stream.

    Args:
        input_: a tensor.
        data: tensors to show.
        message: text before them.
        first_n: how often at most; always when None.
        summarize: how many elements of each are shown; 3 when None.
        name: the name of the node.
    """
    return g.Print(input_, data, message=message, first_n=first_n, summarize=summarize, name=name)
