"""Gradients of TensorArrays: reading becomes writing into the array of the gradients, and writing reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.control.tensor_arrays import TensorArray
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


def _source(name: str) -> str:
    """Which call of `tf.gradients` a node belongs to, so that each has an array of its own.

    Raises:
        ValueError: none that can be told by the name.
    """
    parts = name.split("/")
    scopes = [i for i, part in enumerate(parts) if part.startswith("gradients")]
    if not scopes:
        raise ValueError(
            f"Expected op/tensor name to start with gradients (excluding scope), got: {name}. This means "
            "that a tf.gradients op with this op in its dependency path has a custom name that does not "
            "start with 'gradients'. Please make sure all calls to tf.gradients that have non-empty 'name' "
            "arguments use names that start with 'gradients'."
        )
    return "/".join(parts[: scopes[-1] + 1])


def _gradients_of(handle: Tensor, dtype: Any, gradient: Tensor, flow: Tensor) -> TensorArray:
    """The array of the gradients of an array, behind a flow."""
    array = TensorArray(dtype=dtype, handle=handle, flow=flow, colocate_with_first_write_call=False)
    return array.grad(source=_source(gradient.name), flow=flow)


# What reads waits for the forward flow: only then is the size of the array known.


def _read(op: Operation, d_value: Any) -> list[Any]:
    handle, index, flow = op.inputs
    array = _gradients_of(handle, op.attrs["dtype"], d_value, flow)
    return [None, None, array.write(index, d_value).flow]


def _gather(op: Operation, d_value: Any) -> list[Any]:
    handle, indices, flow = op.inputs
    array = _gradients_of(handle, op.attrs["dtype"], d_value, flow)
    return [None, None, array.scatter(indices, d_value).flow]


def _concat(op: Operation, d_value: Any, _: Any) -> list[Any]:
    handle, flow = op.inputs
    array = _gradients_of(handle, op.attrs["dtype"], d_value, flow)
    return [None, array.split(d_value, lengths=op.outputs[1]).flow]


# What writes hands the flow of the gradient on.


def _write(op: Operation, d_flow: Any) -> list[Any]:
    handle, index = op.inputs[:2]
    array = _gradients_of(handle, op.attrs["T"], d_flow, d_flow)
    return [None, None, array.read(index), d_flow]


def _scatter(op: Operation, d_flow: Any) -> list[Any]:
    handle, indices = op.inputs[:2]
    array = _gradients_of(handle, op.attrs["T"], d_flow, d_flow)
    return [None, None, array.gather(indices), d_flow]


def _split(op: Operation, d_flow: Any) -> list[Any]:
    array = _gradients_of(op.inputs[0], op.attrs["T"], d_flow, d_flow)
    return [None, array.concat(), None, d_flow]


# By op type, from the operation and the gradients of its outputs to those of its inputs.
RULES: dict[str, Callable[..., Any]] = {
    f"{op_type}{version}": rule
    for op_type, rule in (
        ("TensorArrayRead", _read),
        ("TensorArrayGather", _gather),
        ("TensorArrayConcat", _concat),
        ("TensorArrayWrite", _write),
        ("TensorArrayScatter", _scatter),
        ("TensorArraySplit", _split),
    )
    for version in ("", "V2", "V3")
}
# What has no gradient: where arrays come from, and what is asked of them.
CONSTANT = frozenset(
    f"{op_type}{version}"
    for op_type in ("TensorArray", "TensorArrayGrad", "TensorArraySize", "TensorArrayClose")
    for version in ("", "V2", "V3")
) | {"TensorArrayGradWithShape"}
