"""The gradient of a conditional: a conditional whose branches are the gradients of its branches.

What the gradient of a branch needs of the values inside the branch becomes a further result of the forward
operation; the other branch, in which they do not exist, gives an empty value that nobody looks at.
"""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import zeros, zeros_like
from perdure.functional.builder import g
from perdure.gradients.driver import gradients, is_trainable
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_default_graph
from perdure.graph.func_graph import FuncGraph, Function
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

_BRANCHES = ("then_branch", "else_branch")


def if_gradient(op: Operation, d_outputs: list[Any]) -> list[Any]:
    """The gradients of the inputs of an If, its condition left out.

    Args:
        op: the operation.
        d_outputs: the gradient of each of its outputs, or None.
    """
    graph = get_default_graph()
    wanted = [i for i, tensor in enumerate(op.inputs[1:]) if _has_gradient(tensor)]
    # Results that were added for other gradients come behind those that have gradients here.
    known = [i for i, gradient in enumerate(d_outputs) if gradient is not None]
    bodies = [_GradientBody(graph, op, op.attrs[name], d_outputs, known, wanted) for name in _BRANCHES]
    reached = [k for k in range(len(wanted)) if any(body.found[k] is not None for body in bodies)]
    result: list[Any] = [None] * (len(op.inputs) - 1)
    if not reached:
        return result
    outputs = [[body.gradient(k) for k in reached] for body in bodies]
    inputs = list(dict.fromkeys(tensor for body in bodies for tensor in body.external_captures))
    functions = [
        Function(
            _function_name(graph, name),
            body,
            [body.substitute(tensor) for tensor in inputs],
            body_outputs,
        )
        for name, body, body_outputs in zip(_BRANCHES, bodies, outputs, strict=True)
    ]
    make = g.If if op.type == "If" else g.stateless_if
    made = make(
        op.inputs[0],
        inputs,
        Tout=[tensor.dtype.base_dtype for tensor in outputs[0]],
        then_branch=functions[0],
        else_branch=functions[1],
        output_shapes=[_merged_shape(*pair) for pair in zip(*outputs, strict=True)],
        name="If",
    )
    for k, tensor in zip(reached, made, strict=True):
        result[wanted[k]] = tensor
    return result


def _has_gradient(tensor: Tensor) -> bool:
    return is_trainable(tensor) and tensor.dtype is not dtypes.variant


class _GradientBody(FuncGraph):
    """The gradient of one branch of `op`.

    Tensors of the branch that it uses are taken from the inputs of `op`, or made results of it.

    Attributes:
        found: for each wanted input its gradient in this branch, or None.
    """

    def __init__(
        self,
        outer: Any,
        op: Operation,
        branch: Function,
        d_outputs: list[Any],
        known: list[int],
        wanted: list[int],
    ) -> None:
        super().__init__(outer=outer)
        self._op = op
        self._branch = branch
        self._wanted = wanted
        with self.as_default():
            self.found = gradients(
                [branch.outputs[i] for i in known],
                [branch.inputs[i] for i in wanted],
                grad_ys=[d_outputs[i] for i in known],
            )

    def gradient(self, k: int) -> Tensor:
        """The gradient of a wanted input, zeros if this branch does not reach it."""
        with self.as_default():
            found = self.found[k]
            if found is None:
                tensor = self._branch.inputs[self._wanted[k]]
                if tensor.dtype is dtypes.resource:
                    return zeros(g.variable_shape(tensor))
                return zeros_like(tensor)
            return self.capture(convert_to_tensor(found))  # rows of a gather become a whole tensor

    def capture(self, tensor: Tensor, name: str | None = None) -> Tensor:
        """As for any body; a tensor of the branch stands for its value in the forward step."""
        if tensor.op.graph is self._branch.graph:
            tensor = self._value_of(tensor)
        return super().capture(tensor, name)

    def substitute(self, tensor: Tensor) -> Tensor:
        """The argument that stands for a tensor outside, whether this branch needs it or not."""
        return super().capture(tensor)

    def _value_of(self, tensor: Tensor) -> Tensor:
        """The tensor outside the branch that has the value of one inside."""
        if tensor in self._branch.inputs:
            return self._op.inputs[1 + self._branch.inputs.index(tensor)]
        if tensor not in self._branch.outputs:
            _add_result(self._op, self._branch, tensor)
        return self._op.outputs[self._branch.outputs.index(tensor)]


def _add_result(op: Operation, branch: Function, tensor: Tensor) -> None:
    """Make a tensor of a branch a result of the operation."""
    if tensor.dtype.is_ref_dtype:
        raise NotImplementedError(
            f"the gradient of {op.type} '{op.name}' needs the variable that '{tensor.op.name}' assigns to "
            "in a branch: this is not supported yet; use its value (tf.identity) instead"
        )
    for name in _BRANCHES:
        function = op.attrs[name]
        function.outputs.append(tensor if function is branch else _lacking(function.graph, tensor))
    op.attrs["Tout"] = [*op.attrs["Tout"], tensor.dtype.base_dtype]
    op.attrs["output_shapes"] = [*op.attrs["output_shapes"], None]
    added = Tensor(op, len(op.outputs), tensor.dtype.base_dtype)
    op.outputs.append(added)
    op.graph.structure_changed()
    op.graph.root.structure_changed()


def _lacking(body: FuncGraph, like: Tensor) -> Tensor:
    with body.as_default(), body.scopes.replaced(control=()):
        return g.fake_param(dtype=like.dtype.base_dtype, shape=None)


def _function_name(graph: Any, kind: str) -> str:
    """A name for the body of an operation that is made in the open name scope."""
    return f"{graph.scopes.name.replace('/', '_')}_{kind}_{graph.version}"


def _merged_shape(one: Tensor, other: Tensor) -> tuple[int | None, ...] | None:
    """What the shapes of two tensors have in common."""
    first, second = one._shape, other._shape
    if first is None or second is None or len(first) != len(second):
        return None
    return tuple(a if a == b else None for a, b in zip(first, second, strict=True))
