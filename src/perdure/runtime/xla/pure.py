"""A part of a graph as a pure function of JAX.

It is traced wherever JAX calls it: inside `jax.jit`, `jax.grad`, `jax.vmap` of a program's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from perdure.arrays import numpy_arrays
from perdure.graph.dtypes import DType
from perdure.graph.errors import InvalidArgumentError, UnimplementedError
from perdure.graph.operation import Operation
from perdure.graph.shapes import Shape
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.ops.registry import traits_of
from perdure.resources.resources import Resources, Variable
from perdure.runtime.execution.bind import bind
from perdure.runtime.execution.function import PlannedFunction
from perdure.runtime.execution.step import Step
from perdure.runtime.planning.cut import is_setup
from perdure.runtime.planning.effects import handles_inside, is_writer
from perdure.runtime.planning.legality import CannotCompile, KernelFailed, reason_for_host
from perdure.runtime.planning.lifting.frames import has_control_flow
from perdure.runtime.planning.lifting.lift import lift
from perdure.runtime.planning.lifting.liveness import NotLiftable
from perdure.runtime.planning.order import ordered
from perdure.runtime.planning.prune import needed_operations
from perdure.runtime.xla.trace import trace_nodes


class PurePart:
    """What a few tensors are computed from, if that is fed tensors and variables alone.

    Args:
        fetches: the tensors that are computed.
        feeds: tensors whose values are given.
        resources: the session's; variables are found in them.

    Attributes:
        variables: the variables it reads, by the operations that make them.

    Raises:
        tf.errors.InvalidArgumentError: a placeholder is needed that is not fed.
        tf.errors.UnimplementedError: something in it is no function of feeds and variables; each such
            operation is named with the reason.
    """

    def __init__(self, fetches: Sequence[Tensor], feeds: Sequence[Tensor], resources: Resources) -> None:
        self._fetches, self._feeds, self._resources = fetches, feeds, resources
        fed = set(feeds)
        needed = needed_operations((), fetches, fed)
        if has_control_flow(needed):
            try:
                lifted = lift(needed, fetches, (), fed)
            except NotLiftable as error:
                raise UnimplementedError(
                    None, None, f"this part of the graph is made of no conditionals and loops: {error}"
                ) from None
            needed, self._fetches = lifted.operations, lifted.fetches
            needed |= {tensor.op for op in needed for tensor in handles_inside(op)}
        _check_pure(needed, fed)
        self._constants: dict[Tensor, Any] = {}
        self._handles: dict[Tensor, Variable] = {}
        self._nodes: list[Operation] = []
        self.variables: dict[Operation, Variable] = {}
        for op in ordered(needed, fed, is_writer):
            assert isinstance(op, Operation)
            if op.type == "Const":
                self._constants[op.outputs[0]] = op.attrs["value"]
            elif is_setup(op):
                variable = bind(op, numpy_arrays(), resources, PlannedFunction, []).call()
                self._handles[op.outputs[0]] = self.variables[op] = variable
            else:
                self._nodes.append(op)

    def value_of(self, op: Operation) -> np.ndarray:
        """What the variable that `op` makes has in the session, copied.

        Raises:
            tf.errors.FailedPreconditionError: it has no value.
        """
        return np.array(Step(self._resources).read(self.variables[op]))

    def __call__(self, values: Mapping[Operation, Any], fed: Sequence[Any]) -> list[Any]:
        """The fetched values, traced or not.

        Args:
            values: of the variables.
            fed: of the fed tensors, in their order.

        Raises:
            tf.errors.InvalidArgumentError: a value does not fit its tensor.
            tf.errors.UnimplementedError: a size depends on what is computed.
        """
        known: dict[Tensor, Any] = {**self._constants, **self._handles}
        for tensor, value in zip(self._feeds, fed, strict=True):
            known[tensor] = _as_argument(tensor.name, tensor.op, tensor.dtype, tensor._shape, value)
        variables = {
            variable: _as_argument(op.name, op, variable.dtype, variable.declared_shape, values[op])
            for op, variable in self.variables.items()
        }
        with _settings():
            try:
                made, _, held, _ = trace_nodes(self._nodes, known, variables, {})
            except KernelFailed as error:
                raise error.error from None
            except (jax.errors.JAXTypeError, jax.errors.JAXIndexError, CannotCompile) as error:
                raise UnimplementedError(
                    None,
                    None,
                    "a size in this part of the graph depends on what is computed, or on a value that is "
                    f"fed, and XLA wants to know sizes beforehand: {error}",
                ) from error
            results = [made[tensor] for tensor in self._fetches]
            results = [variables[v] if isinstance(v, Variable) else v for v in results]
            return [_guarded(jnp.asarray(value), held) for value in results]


def _guarded(value: Any, held: Any) -> Any:
    """`value`, or NaN if a check has failed: a function of JAX cannot raise."""
    if held is None or not jnp.issubdtype(value.dtype, jnp.inexact):
        return value
    return jnp.where(held, value, jnp.full((), jnp.nan, value.dtype))


def _as_argument(name: str, op: Operation, wanted: DType, static: Shape, value: Any) -> Any:
    dtype = np.dtype(wanted.base_dtype.as_numpy_dtype)
    if not hasattr(value, "dtype"):
        value = np.asarray(value, dtype)
    if value.dtype != dtype and not (value.dtype.kind == dtype.kind and jnp.can_cast(value.dtype, dtype)):
        raise InvalidArgumentError(None, op, f"{name} is of type {wanted.base_dtype.name}, not {value.dtype}")
    if not _fits(value.shape, static):
        raise InvalidArgumentError(
            None, op, f"{name} of shape {TensorShape(static)} cannot have a value of shape {value.shape}"
        )
    with _settings():
        return jnp.asarray(value, dtype)


def _fits(shape: Sequence[Any], static: Shape) -> bool:
    """Whether a shape, sizes of which may be names, can be one that is partly known."""
    if static is None:
        return True
    if len(shape) != len(static):
        return False
    return all(known is None or size == known for size, known in zip(shape, static, strict=True))


def _check_pure(needed: Collection[Operation], fed: Collection[Tensor]) -> None:
    reasons = []
    for op in sorted(needed, key=lambda op: op.node_id):
        traits = traits_of(op.type)
        if traits.placeholder and op.outputs[0] not in fed and not op.inputs:
            raise InvalidArgumentError(
                None, op, f"{op.name} is a placeholder; its value has to be one of the feeds"
            )
        if op.type == "Const" or is_setup(op) or traits.orders:
            continue
        if is_writer(op):
            reasons.append(f"{op.name} ({op.type}): it changes a variable")
        elif traits.draws:
            reasons.append(f"{op.name} ({op.type}): it draws random numbers; feed what it makes")
        elif why := reason_for_host(op):
            reasons.append(f"{op.name} ({op.type}): {why}")
    if reasons:
        raise UnimplementedError(
            None,
            None,
            "this part of the graph is no pure function of numbers; feed what these operations make, or "
            "fetch something before them:\n  " + "\n  ".join(reasons),
        )


@contextmanager
def _settings() -> Iterator[None]:
    """What kernels rely on, whatever the program's own settings of JAX are."""
    with (
        jax.enable_x64(True),
        jax.numpy_dtype_promotion("standard"),
        jax.numpy_rank_promotion("allow"),
    ):
        yield


def exported(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """A function compiled to portable StableHLO.

    Args:
        function: a function of arrays, or nested dictionaries and lists of them.
        arguments: for each argument the arrays' shapes and types; a shape may be text, such as "batch, 784".

    Returns:
        A `jax.export.Exported`.
    """
    from jax import export

    with jax.enable_x64(True):
        return export.export(jax.jit(function))(*arguments)


def argument_of(tensor: Tensor, shape: Any, scope: Any) -> Any:
    """What stands for a fed tensor while a function is exported.

    Args:
        tensor: the tensor.
        shape: its shape; text such as "batch, 784" for one of which a size may be any number.
        scope: where such names mean the same size.
    """
    from jax import export

    if isinstance(shape, str):
        shape = export.symbolic_shape(shape, scope=scope)
    with jax.enable_x64(True):
        return jax.ShapeDtypeStruct(tuple(shape), tensor.dtype.base_dtype.as_numpy_dtype)


def new_scope() -> Any:
    """A scope for the names of sizes."""
    from jax import export

    return export.SymbolicScope()
