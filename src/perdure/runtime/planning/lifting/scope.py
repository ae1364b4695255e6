"""What lifting makes: operations of its own, in the step or in the body of a conditional or loop.

An operation of the user's graph that goes into a body is made again there, with inputs from there; so is one
whose inputs have changed.  Constants and handles are the same everywhere, and are taken into no body.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from perdure.graph import signatures
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.func_graph import Function
from perdure.graph.operation import Operation, is_snapshot
from perdure.graph.shapes import Shape
from perdure.graph.tensor import Tensor
from perdure.ops.registry import traits_of
from perdure.runtime.planning.effects import has_effects, variable_behind


class LiftedGraph:
    """The body of a function, as those see it who ask an operation for its graph.

    Args:
        outer: the graph around it.
    """

    def __init__(self, outer: Any) -> None:
        self.outer = outer
        self._operations: list[Operation] = []

    @property
    def root(self) -> Any:
        """The program's graph."""
        return self.outer.root

    def get_operations(self) -> list[Operation]:
        """What is in it."""
        return self._operations


class LiftedOperation(Operation):
    """An operation that lifting has made.

    Attributes:
        lifted_from: the operation of the user's graph that it stands for in messages.
    """

    __slots__ = ("lifted_from",)
    lifted_from: Operation


def made(
    graph: Any,
    op_type: str,
    inputs: Sequence[Tensor],
    attrs: dict[str, Any],
    outputs: Sequence[tuple[DType, Shape]],
    like: Operation,
    controls: Iterable[Operation] = (),
    name: str | None = None,
) -> LiftedOperation:
    """Make an operation.

    Args:
        graph: the step's graph, or the body that it is part of.
        op_type: its type.
        inputs: what it takes.
        attrs: its attributes.
        outputs: types and shapes of what it makes.
        like: the operation that it is named and placed after.
        controls: what it waits for.
        name: its name; that of `like` when None.
    """
    signature = signatures.find(op_type)
    assert signature is not None
    types = [dtype for dtype, _ in outputs]
    op = LiftedOperation(
        graph, name or like.name, signature, tuple(inputs), tuple(controls), attrs, types, like._site
    )
    for tensor, (_, shape) in zip(op.outputs, outputs, strict=True):
        tensor._shape = shape
    op.node_id = like.node_id
    op._device = like._device
    op.lifted_from = getattr(like, "lifted_from", like)
    return op


class Constants:
    """Constants and handles, which are the same in all bodies.

    Args:
        fed: tensors whose values are given.
    """

    def __init__(self, fed: Iterable[Tensor]) -> None:
        self._fed = set(fed)
        self._known: dict[Tensor, Tensor] = {}

    def is_fed(self, tensor: Tensor) -> bool:
        """Whether the value of a tensor is given."""
        return tensor in self._fed

    def find(self, tensor: Tensor) -> Tensor | None:
        """What stands for a tensor everywhere; None if it is neither a constant nor a handle."""
        op = tensor.op
        if tensor in self._fed or not (op.type == "Const" or traits_of(op.type).setup):
            return None
        if not op._control_inputs:
            return tensor
        found = self._known.get(tensor)
        if found is None:
            # What it waits for is waited for by those that take it.
            outputs = [(t.dtype, t._shape) for t in op.outputs]
            again = made(op.graph, op.type, (), op.attrs, outputs, op)
            found = self._known[tensor] = again.outputs[tensor.value_index]
        return found

    def number(self, value: int, like: Operation) -> Tensor:
        """A constant of type int32."""
        array = np.asarray(value, np.int32)
        dtype = as_dtype(np.int32)
        op = made(like.graph, "Const", (), {"value": array, "dtype": dtype}, [(dtype, ())], like)
        return op.outputs[0]


class Scope:
    """The step, or the body of a conditional or loop, while it is made.

    Args:
        graph: the step's graph, or the body.
        outer: the scope around it; None of the step.
        constants: those of the step.
        written: makers of variables that what is in the body may change; the step's own are not asked for.

    Attributes:
        values: what stands here for tensors of the user's graph.
        taken: what is taken in from the scope around, with what stands for it here.
        placed: for each item (`items.py`) that has been made here, the operations that do it.
        effects: the operations that are run for more than what they make.
    """

    def __init__(
        self,
        graph: Any,
        outer: Scope | None,
        constants: Constants,
        written: frozenset[Operation] = frozenset(),
    ) -> None:
        self.graph = graph
        self.outer = outer
        self.constants = constants
        self.written = written
        self.values: dict[Tensor, Tensor] = {}
        self.taken: dict[Tensor, Tensor] = {}
        self.placed: dict[Any, tuple[Operation, ...]] = {}
        self.operations: list[Operation] = []
        self.effects: list[Operation] = []

    def inner(self, written: frozenset[Operation]) -> Scope:
        """A body in this scope."""
        return Scope(LiftedGraph(self.graph), self, self.constants, written)

    def add(self, op: Operation) -> None:
        """Take in an operation that was made for this scope, or one of the step's own."""
        if has_effects(op):
            self.effects.append(op)
        self.operations.append(op)
        if self.outer is not None:
            self.graph.get_operations().append(op)

    def has(self, key: Tensor) -> bool:
        """Whether a tensor of the user's graph has a value here."""
        if key in self.values or self.constants.find(key) is not None:
            return True
        return self.outer is not None and self.outer.has(key)

    def value(self, key: Tensor) -> Tensor:
        """What stands here for a tensor of the user's graph."""
        found = self.values.get(key)
        if found is None:
            found = self.constants.find(key)
        if found is None and key.dtype.is_ref_dtype:
            # It is the variable itself, whose handle is known everywhere.
            variable = variable_behind(key)
            if variable is not None and traits_of(variable.type).setup:
                return variable.outputs[0]
        if found is None:
            assert self.outer is not None, f"{key} is used before it is made"
            found = self._taken_in(key)
            self.values[key] = found
        return found

    def _taken_in(self, key: Tensor) -> Tensor:
        assert self.outer is not None
        is_fed = self.constants.is_fed(key)
        if not is_fed and is_snapshot(key.op) and variable_behind(key.op.inputs[0]) in self.written:
            # The variable changes in here: its value is the one that it has where it is used.
            return self.made_again(key.op, [self.value(key.op.inputs[0])], ()).outputs[0]
        outside = self.outer.value(key)
        return self.take(outside)

    def take(self, outside: Tensor) -> Tensor:
        """What stands here for a tensor of the scope around."""
        known = self.constants.find(outside)
        if known is not None:
            return known
        found = self.taken.get(outside)
        if found is None:
            found = self.taken[outside] = self.argument(outside)
        return found

    def read(self, tensor: Tensor) -> Tensor:
        """The value of a tensor of this scope that leaves it: a variable is read here."""
        if not tensor.dtype.is_ref_dtype:
            return tensor
        dtype = tensor.dtype.base_dtype
        op = made(self.graph, "Identity", [tensor], {"T": dtype}, [(dtype, tensor._shape)], tensor.op)
        self.add(op)
        return op.outputs[0]

    def argument(self, like: Tensor, shape: Any = ...) -> Tensor:
        """A new argument of the body."""
        shape = like._shape if shape is ... else shape
        attrs = {"dtype": like.dtype.base_dtype, "shape": shape}
        name = f"{like.op.name}/argument"
        op = made(self.graph, "Placeholder", (), attrs, [(like.dtype, shape)], like.op, name=name)
        return op.outputs[0]

    def lacking(self, key: Tensor) -> Tensor:
        """What stands for a value that only the other branch of a conditional has."""
        dtype = key.dtype.base_dtype
        shape = key._shape if key._shape is not None and None not in key._shape else ()
        op = made(self.graph, "FakeParam", (), {"dtype": dtype, "shape": shape}, [(dtype, shape)], key.op)
        self.add(op)
        return op.outputs[0]

    def made_again(
        self, op: Operation, inputs: Sequence[Tensor], controls: Sequence[Operation], is_in_loop: bool = False
    ) -> Operation:
        """An operation of the user's graph, in this scope; itself if nothing about it changes."""
        if (
            self.outer is None
            and not is_in_loop
            and _are_same(inputs, op.inputs)
            and _are_same(controls, op._control_inputs)
        ):
            self.add(op)
            return op
        outputs = [(tensor.dtype, tensor._shape) for tensor in op.outputs]
        again = made(self.graph, op.type, inputs, op.attrs, outputs, op, controls)
        self.add(again)
        return again

    def function(self, name: str, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> Function:
        """The body as a function."""
        return Function(name, self.graph, list(inputs), list(outputs), tuple(self.effects), True)


def _are_same(these: Sequence[Any], those: Sequence[Any]) -> bool:
    return len(these) == len(those) and all(a is b for a, b in zip(these, those, strict=True))
