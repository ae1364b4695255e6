"""Loops as calls of functions: the node While, and its gradient.

They are what `tf.while_loop` makes inside of functions, and everywhere after `tf.enable_control_flow_v2()`.
The gradient is a loop of the body's gradient that goes back.  What it needs of the values inside the body the
forward loop collects in lists, which are further loop variables of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.array.array import identity, zeros, zeros_like
from perdure.functional.control.loop_shapes import invariant_of, is_within
from perdure.functional.control.tensor_arrays import flow_of
from perdure.functional.control.tensor_lists import (
    empty_tensor_list,
    tensor_list_pop_back,
    tensor_list_push_back,
)
from perdure.functional.math import binary
from perdure.functions.cond_v2 import (
    add_results,
    create_new_tf_function,
    resource_input_index,
    scalar,
    unique_fn_name,
    unique_grad_fn_name,
)
from perdure.functions.tracing import func_graph_from_py_func, pack_sequence_as
from perdure.gradients.driver import UnconnectedGradients, gradients_through, is_trainable
from perdure.graph import dtypes, hooks, nest
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices, SparseTensor
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, get_default_graph, name_scope
from perdure.graph.func_graph import FuncGraph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.graph.type_spec import TensorSpec

_ORIGINAL = "_num_original_outputs"
_COUNTERS = 2  # loop variables before those of the program: the counter and the limit


class WhileCondFuncGraph(FuncGraph):
    """The condition of a loop."""


class WhileBodyFuncGraph(FuncGraph):
    """The body of a loop."""


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    maximum_iterations: Any = None,
    name: str | None = None,
    return_same_structure: bool = True,
    back_prop: bool = True,
) -> Any:
    """As `tf.while_loop`, as one node.

    Args:
        cond, body, loop_vars, shape_invariants, parallel_iterations, maximum_iterations, name, back_prop: see
            `tf.while_loop`.
        return_same_structure: whether a single loop variable is returned in its list.

    Raises:
        TypeError: a loop variable changes its type.
        ValueError: the body returns another structure, or a loop variable changes its shape.
    """
    original = loop_vars
    starts = [
        _as_tensors(item) for item in nest.map_structure(flow_of, list(loop_vars), expand_composites=True)
    ]
    if shape_invariants is not None:
        nest.assert_same_structure(original, shape_invariants)
        invariants = [
            _invariant(start, given) for start, given in zip(starts, list(shape_invariants), strict=True)
        ]
    else:
        invariants = [_invariant(start, None) for start in starts]
    flat_starts = nest.flatten(starts, expand_composites=True)
    flat_invariants = nest.flatten(invariants)
    count = len(flat_starts)
    with name_scope(name or "while") as scope:
        with name_scope(None):
            names = [unique_fn_name(scope, part) for part in ("cond", "body")]
        limit = convert_to_tensor(
            -1 if maximum_iterations is None else maximum_iterations, dtypes.int32, name="maximum_iterations"
        )
        counter = constant(0, dtype=dtypes.int32, name="loop_counter")
        signature = [
            TensorSpec.from_tensor(counter),
            TensorSpec.from_tensor(limit),
            *(TensorSpec(shape, t.dtype) for t, shape in zip(flat_starts, flat_invariants, strict=True)),
        ]
        graph = get_default_graph()

        def packed(flat: Sequence[Any]) -> Any:
            return pack_sequence_as(original, flat)

        def tested(loop_counter: Tensor, most: Tensor, *flat: Any) -> Any:
            holds = scalar(cond(*packed(flat)))
            if maximum_iterations is None:
                return holds
            return binary.logical_and(loop_counter < most, holds)

        def repeated(loop_counter: Tensor, most: Tensor, *flat: Any) -> Any:
            inside: Any = get_default_graph()
            for tensor in cond_graph.external_captures:
                inside.capture(tensor)
            outputs = body(*packed(flat))
            if not nest.is_sequence_or_composite(outputs):
                outputs = [outputs]
            nest.assert_same_structure(list(outputs), list(original), expand_composites=True)
            outputs = nest.map_structure(flow_of, list(outputs), expand_composites=True)
            return [loop_counter + 1, most, *outputs]

        cond_graph = _traced(graph, names[0], tested, signature, WhileCondFuncGraph)
        body_graph = _traced(graph, names[1], repeated, signature, WhileBodyFuncGraph)
        loop_inputs = [counter, limit, *flat_starts, *body_graph.external_captures]
        body_graph.outputs += body_graph.internal_captures
        with cond_graph.as_default():
            for tensor in body_graph.external_captures[len(cond_graph.external_captures) :]:
                cond_graph.capture(tensor)
        for result, shape, start in zip(
            body_graph.outputs[_COUNTERS:], flat_invariants, flat_starts, strict=False
        ):
            if not is_within(result.shape, shape):
                raise ValueError(
                    f"Input tensor '{start.name}' enters the loop with shape {shape}, but has shape "
                    f"{result.shape} after one iteration. To allow the shape to vary across iterations, use "
                    "the `shape_invariants` argument of tf.while_loop to specify a less-specific shape."
                )
        for argument, result, start in zip(body_graph.inputs, body_graph.outputs, loop_inputs, strict=True):
            if argument.dtype != result.dtype:
                raise TypeError(
                    f"Loop var {start.name} enters the loop with type {argument.dtype} but has type "
                    f"{result.dtype} after 1 iteration."
                )
        shapes = [output.shape for output in body_graph.outputs]
        shapes[_COUNTERS : _COUNTERS + count] = flat_invariants
        results = _loop(loop_inputs, cond_graph, body_graph, shapes, parallel_iterations, scope)
        results[0].op.attrs[_ORIGINAL] = len(body_graph.outputs)
        copies = [identity(result) for result in results]
    outputs = packed(copies[_COUNTERS : _COUNTERS + count])
    flat = nest.flatten(outputs, expand_composites=True)
    return flat[0] if len(flat) == 1 and not return_same_structure else outputs


def _as_tensors(value: Any) -> Any:
    if isinstance(value, (IndexedSlices, SparseTensor)):
        return value
    return nest.map_structure(convert_to_tensor, value, expand_composites=True)


def _invariant(start: Any, given: Any) -> Any:
    if isinstance(start, (IndexedSlices, SparseTensor)):
        return invariant_of(start, given)
    if given is None:
        return nest.map_structure(invariant_of, start)
    return nest.map_structure(invariant_of, start, given)


def _traced(
    graph: Any, name: str, function: Callable[..., Any], signature: list[TensorSpec], kind: type[FuncGraph]
) -> FuncGraph:
    return func_graph_from_py_func(
        name,
        function,
        [],
        {},
        signature=signature,
        func_graph=kind(name, graph._collections),
        add_control_dependencies=graph._add_control_dependencies,
    )


def _loop(
    inputs: Sequence[Tensor],
    cond_graph: FuncGraph,
    body_graph: FuncGraph,
    shapes: Sequence[TensorShape],
    parallel_iterations: int,
    name: str,
) -> list[Tensor]:
    """The node, and its results."""
    waits = [*cond_graph.control_captures, *body_graph.control_captures]
    with control_dependencies(waits):
        # TensorFlow 1.15 makes no StatelessWhile yet.
        results: list[Tensor] = g.While(
            inputs,
            cond=create_new_tf_function(cond_graph),
            body=create_new_tf_function(body_graph),
            output_shapes=shapes,
            parallel_iterations=parallel_iterations,
            name=name,
        )
    results[0].op.attrs["_lower_using_switch_merge"] = True
    graph = get_default_graph()
    if isinstance(graph, FuncGraph):
        for result, start in zip(results, inputs, strict=True):
            if result.dtype is dtypes.resource:
                graph.stands_for[result] = start
    return results


# -- gradients -----------------------------------------------------------------------------


def loop_gradient(op: Operation, d_outputs: Sequence[Any]) -> list[Any]:
    """The gradients of the inputs of a While.

    Args:
        op: the operation.
        d_outputs: the gradient of each of its outputs, or None.

    Raises:
        LookupError: it does not count its iterations as those of `while_loop` do.
    """
    if len(op.inputs) < _COUNTERS or any(t.dtype is not dtypes.int32 for t in op.inputs[:_COUNTERS]):
        raise LookupError(f"No gradient defined for operation '{op.name}' (op type: {op.type})")
    cond_graph, body_graph = (_forward_graph(op, part) for part in ("cond", "body"))
    original = op.attrs.get(_ORIGINAL, len(op.outputs))
    grads = [
        _incoming(grad, inside, outside)
        for grad, inside, outside in zip(
            d_outputs[:original], body_graph.outputs[:original], op.outputs[:original], strict=True
        )
    ]
    grads += [None] * (len(op.outputs) - original)
    used = [i for i, grad in enumerate(grads) if grad is not None]
    name = unique_grad_fn_name(body_graph.name)
    counter = constant(0, dtype=op.outputs[0].dtype, name="grad_counter")
    limit = op.inputs[1]
    arguments = [counter, limit, op.outputs[0], *(grads[i] for i in used)]
    ys = [body_graph.outputs[i] for i in used]
    xs = [body_graph.inputs[i] for i in used]

    def gradient_of_body(counter: Tensor, limit: Tensor, total: Tensor, *grad_ys: Any) -> list[Any]:
        found = gradients_through(
            body_graph, ys, xs, grad_ys=list(grad_ys), unconnected_gradients=UnconnectedGradients.ZERO
        )
        return [counter + 1, limit, total, *map(convert_to_tensor, found)]

    made = _WhileBodyGradFuncGraph(name, cond_graph, body_graph, limit, op)
    func_graph_from_py_func(name, gradient_of_body, arguments, {}, func_graph=made)
    made.outputs += [made.popped.get(inside, inside) for inside in made.internal_captures]
    if made.empty_tensor_lists:
        for graph in (cond_graph, body_graph):
            graph.name += "_rewritten"
        op.attrs["cond"] = create_new_tf_function(cond_graph)
        op.attrs["body"] = create_new_tf_function(body_graph)
        op.attrs["T"] = [output.dtype for output in body_graph.outputs]
        op.inputs = (*op.inputs, *made.empty_tensor_lists)
        add_results(op, body_graph.outputs)
    op.attrs[_ORIGINAL] = len(op.outputs)
    captured = []
    for tensor in made.external_captures:
        if tensor.graph is body_graph:
            tensor = op.outputs[body_graph.outputs.index(tensor)]
        captured.append(tensor)
    loop_inputs = [*arguments, *captured]
    cond_name = unique_grad_fn_name(op.attrs["cond"].name)
    cond_of_gradient = func_graph_from_py_func(
        cond_name,
        lambda counter, _, total, *rest: counter < total,
        loop_inputs,
        {},
        func_graph=WhileCondFuncGraph(cond_name),
    )
    results = _loop(
        loop_inputs,
        cond_of_gradient,
        made,
        [output.shape for output in made.outputs],
        op.attrs["parallel_iterations"],
        f"{op.name}_grad",
    )
    copies = [identity(result) for result in results]
    found: list[Any] = [None] * len(op.inputs)
    for i, copy in zip(used, copies[3:], strict=False):
        found[i] = copy
    return found


def _incoming(grad: Any, inside: Tensor, outside: Tensor) -> Any:
    if not _is_trainable(inside):
        return None
    if grad is None and outside.dtype in (dtypes.resource, dtypes.variant):
        return zeros(g.variable_shape(outside)) if outside.dtype is dtypes.resource else zeros_like(outside)
    return None if grad is None else convert_to_tensor(grad)


def _is_trainable(tensor: Tensor) -> bool:
    if not is_trainable(tensor):
        return False
    if tensor.op.type == "TensorListPopBack" and tensor.value_index == 0:
        return bool(dtypes.as_dtype(tensor.op.attrs["element_dtype"]).is_floating)
    return True


def _forward_graph(op: Operation, part: str) -> FuncGraph:
    """The condition or body once more, for the gradient to refer to."""
    with op.graph.as_default():
        body: FuncGraph = hooks.function_body(
            op.attrs[part].definition, [TensorShape(shape) for shape in op.attrs["output_shapes"]]
        )
    body.stands_for.update(zip(body.inputs, op.inputs, strict=True))
    return body


class _WhileBodyGradFuncGraph(WhileBodyFuncGraph):
    """The gradient of the body of a loop: values inside of the body reach it from lists.

    Args:
        name: its name.
        cond_graph, body_graph: the forward loop's.
        limit: the most iterations that it makes, or -1.
        op: the forward loop.

    Attributes:
        empty_tensor_lists: the new lists that the forward loop has to collect values in.
        popped: from the lists in here to what is left of them after an iteration.
    """

    def __init__(
        self, name: str, cond_graph: FuncGraph, body_graph: FuncGraph, limit: Tensor, op: Operation
    ) -> None:
        super().__init__(name)
        self.empty_tensor_lists: list[Tensor] = []
        self.popped: dict[Tensor, Tensor] = {}
        self._cond_graph = cond_graph
        self._forward = body_graph
        self._limit = limit
        self._op = op
        self._invariant = set(body_graph.inputs) & set(body_graph.outputs)
        self._indirect: dict[Tensor, Tensor] = {}

    def _capture_helper(self, tensor: Tensor, name: str | None) -> Tensor:
        forward = self._forward
        if tensor.graph is not forward:
            if tensor.dtype is not dtypes.resource:
                raise ValueError(
                    f"Attempting to capture tensor {tensor} which is not in the forward graph but in "
                    f"{getattr(tensor.graph, 'name', 'Base')}."
                )
            return super()._capture_helper(tensor, name)
        while tensor.op.type == "Identity":
            tensor = tensor.op.inputs[0]
        found = self._indirect.get(tensor)
        if found is None:
            found = self._indirect[tensor] = self._taken(tensor, name)
        return found

    def _taken(self, tensor: Tensor, name: str | None) -> Tensor:
        forward = self._forward
        if tensor in forward.inputs and tensor in forward.outputs and tensor.dtype is not dtypes.resource:
            return super()._capture_helper(tensor, name)
        if tensor.op.type == "Const":
            return constant(constant_value(tensor), dtype=tensor.dtype)
        if tensor.dtype is dtypes.resource:
            index = resource_input_index(tensor, forward)
            if forward.inputs[index] is not forward.outputs[index]:
                raise ValueError(f"Resource tensors must be loop invariants {self._op.inputs[index]}.")
            return self.capture(self._op.inputs[index])
        if tensor in self._invariant:
            return super()._capture_helper(tensor, name)
        values = self._accumulator(tensor)
        inside = super()._capture_helper(values, name)
        self.popped[inside], value = tensor_list_pop_back(inside, element_dtype=tensor.dtype)
        return value

    def _accumulator(self, tensor: Tensor) -> Tensor:
        """The list in which the forward loop collects the values of a tensor of its body."""
        forward = self._forward
        for consumer in tensor.consumers():
            if consumer.type == "TensorListPushBack" and consumer.inputs[0] in forward.inputs:
                place = forward.inputs.index(consumer.inputs[0])
                result = consumer.outputs[0]
                for candidate in (
                    result,
                    *(c.outputs[0] for c in result.consumers() if c.type == "Identity"),
                ):
                    if candidate in forward.outputs and forward.outputs.index(candidate) == place:
                        return candidate
        outer = forward.outer
        with outer.as_default(), outer.scopes.replaced(control=()):
            values = empty_tensor_list(
                element_dtype=tensor.dtype,
                element_shape=tensor.shape,
                max_num_elements=self._limit,
                name=f"{tensor.name}/accumulator".replace(":", "_"),
            )
        self.empty_tensor_lists.append(values)
        with forward.as_default():
            collected = tensor_list_push_back(values, tensor)
        forward.outputs.append(collected)
        with self._cond_graph.as_default():
            self._cond_graph.capture(values)
        return collected
