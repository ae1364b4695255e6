"""Conditionals as calls of functions: the nodes If and Case, and their gradients.

They are what `tf.cond` makes inside of functions, and everywhere after `tf.enable_control_flow_v2()`; what
`tf.switch_case` makes is always a Case.  The gradient is a conditional of the branches' gradients.  What they
need of the values inside a branch becomes a further result of the forward node, wrapped so that the other
branches can have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from perdure.functional.array.array import identity, shape, squeeze, zeros, zeros_like
from perdure.functional.array.shape_arithmetic import range as number_range
from perdure.functional.math.cast import cast
from perdure.functions.definition import TracedFunction, is_stateful
from perdure.functions.tracing import flatten, func_graph_from_py_func, pack_sequence_as
from perdure.gradients.driver import gradients_through, is_trainable
from perdure.graph import dtypes, hooks, nest
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, get_default_graph, name_scope
from perdure.graph.func_graph import FuncGraph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.uids import count_uids, uid

_IF = ("then_branch", "else_branch")


class CondBranchFuncGraph(FuncGraph):
    """The body of a branch."""


def unique_fn_name(scope: str, name: str) -> str:
    """The name of a function of a node that is made in a name scope."""
    return f"{scope}{name}_{uid()}".replace("/", "_")


def unique_grad_fn_name(forward_name: str) -> str:
    """The name of the gradient of a function."""
    return f"{forward_name}_grad_{uid()}"


def create_new_tf_function(func_graph: FuncGraph) -> TracedFunction:
    """A body, as it is now, as a function of the library of the graph around it."""
    function = TracedFunction(func_graph.name, func_graph, func_graph.inputs, func_graph.outputs)
    function.add_to_graph(func_graph.outer)
    return function


def branch_graph(name: str, branch: Callable[[], Any], value_of_operations: Tensor) -> FuncGraph:
    """The body that a function of a branch makes."""
    graph = get_default_graph()
    return func_graph_from_py_func(
        name,
        branch,
        [],
        {},
        func_graph=CondBranchFuncGraph(name, graph._collections),
        add_control_dependencies=graph._add_control_dependencies,
        op_return_value=value_of_operations,
    )


def scalar(value: Any) -> Any:
    """A condition as a scalar, which its shape may not say."""
    if isinstance(value, Tensor) and value.shape.ndims != 0:
        return squeeze(value)
    return value


def cond_v2(
    pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: str | None = "cond"
) -> Any:
    """As `tf.cond`, as one node.

    Args:
        pred: a boolean scalar tensor.
        true_fn, false_fn: make the results.
        name: the name scope.

    Raises:
        TypeError: `pred` is a Python bool, or the branches return different structures or types.
        ValueError: one branch uses a tensor of the other.
    """
    if isinstance(pred, bool):
        raise TypeError("pred must not be a Python bool", pred)
    with name_scope(name or "cond") as scope:
        names = [unique_fn_name(scope, branch) for branch in ("true", "false")]
        pred = scalar(convert_to_tensor(pred))
        bodies = [branch_graph(names[0], true_fn, pred), branch_graph(names[1], false_fn, pred)]
        verify_captures("cond", bodies)
        inputs = [body.external_captures for body in bodies]
        return _build("cond", pred, bodies, inputs, scope)


def indexed_case(
    branch_index: Any, branch_fns: Sequence[Callable[[], Any]], name: str = "indexed_case"
) -> Any:
    """As `tf.switch_case`, of functions only.

    Args:
        branch_index: an integer scalar tensor; the last function is taken if there is none of that number.
        branch_fns: make the results.
        name: the name scope.

    Raises:
        TypeError: `branch_index` is a Python number, or the branches return different structures or types.
    """
    if isinstance(branch_index, int):
        raise TypeError("branch_index must not be a Python int", branch_index)
    with name_scope(name) as scope:
        names = [unique_fn_name(scope, f"branch{i}") for i in range(len(branch_fns))]
        index = convert_to_tensor(branch_index, name="branch_index")
        bodies = [branch_graph(one, branch, index) for one, branch in zip(names, branch_fns, strict=True)]
        verify_captures("case", bodies)
        return _build("case", index, bodies, [body.external_captures for body in bodies], scope)


def verify_captures(op_type: str, branch_graphs: Sequence[FuncGraph]) -> None:
    """Check that no branch uses a tensor of another.

    Raises:
        ValueError: one does.
    """
    is_cond = op_type == "cond"
    names = ["true_fn", "false_fn"] if is_cond else [f"branch {i}" for i in range(len(branch_graphs))]
    for i, body in enumerate(branch_graphs):
        for tensor in body.external_captures:
            if tensor.graph in branch_graphs:
                owner = names[branch_graphs.index(tensor.graph)]
                raise ValueError(f"Tensor {tensor.name} in {owner} is accessed from {names[i]}.")


def _build(
    kind: str,
    choice: Tensor,
    bodies: Sequence[FuncGraph],
    branch_inputs: Sequence[Sequence[Tensor]],
    name: str | None = None,
) -> Any:
    """The node that chooses among bodies, which get the same arguments, and its results."""
    _match_types_of_indices(kind, bodies)
    check_same_outputs(kind, bodies)
    inputs = _same_inputs(bodies, branch_inputs)
    with control_dependencies([op for body in bodies for op in body.control_captures]):
        types = [tensor.dtype for tensor in bodies[0].outputs]
        shapes = _common_shapes([body.outputs for body in bodies])
        functions = [create_new_tf_function(body) for body in bodies]
        if kind == "case":
            results = g.case(choice, inputs, types, functions, output_shapes=shapes, name=name)
        else:
            make = g.If if any(is_stateful(body.get_operations()) for body in bodies) else g.stateless_if
            results = make(choice, inputs, types, *functions, output_shapes=shapes, name=name)
    if isinstance(results, Operation):
        raise ValueError(f"true_fn and false_fn must return at least one result (of {results.name})")
    op = results[0].op
    op.attrs["_lower_using_switch_merge"] = True
    copies = [identity(result) for result in results]
    op.graph.prevent_fetching(op)
    return pack_sequence_as(bodies[0].structured_outputs, copies)


def _common_shapes(outputs: Sequence[Sequence[Tensor]]) -> list[Any]:
    found = []
    for same in zip(*outputs, strict=True):
        shape = same[0].shape
        for other in same[1:]:
            shape = shape.most_specific_compatible_shape(other.shape)
        found.append(shape)
    return found


def _same_inputs(bodies: Sequence[FuncGraph], branch_inputs: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Let all bodies take all that one of them takes; returns that."""
    inputs = list(dict.fromkeys(tensor for given in branch_inputs for tensor in given))
    for body, given in zip(bodies, branch_inputs, strict=True):
        known = dict(zip(given, body.inputs, strict=False))
        body.inputs = [known[t] if t in known else body.substitute_for(t, "Placeholder") for t in inputs]
        body.reset_captures(zip(inputs, body.inputs, strict=True))
    return inputs


# -- results -------------------------------------------------------------------------------


def check_same_outputs(op_type: str, graphs: Sequence[FuncGraph]) -> None:
    """Check that bodies return the same structure of the same types.

    Raises:
        TypeError: they do not.
        ValueError: they return different numbers of tensors.
    """
    first = graphs[0]
    for i, other in enumerate(graphs[1:], 1):
        try:
            nest.assert_same_structure(
                first.structured_outputs, other.structured_outputs, expand_composites=True
            )
        except (ValueError, TypeError) as error:
            raise _different(op_type, graphs, i, str(error)) from None
        if len(first.outputs) != len(other.outputs):
            raise ValueError(
                f"Lengths of branch outputs of {op_type} must match.\nlen(graphs[0].outputs): "
                f"{len(first.outputs)}\nlen(graphs[{i}].outputs): {len(other.outputs)}\n"
            )
        for one, another in zip(first.outputs, other.outputs, strict=True):
            if one.dtype != another.dtype:
                raise _different(op_type, graphs, i, f"{one} and {another} have different types")


def _different(op_type: str, graphs: Sequence[FuncGraph], i: int, detail: str) -> TypeError:
    is_cond = op_type == "cond"
    names = ("true_fn", "false_fn") if is_cond else ("branches[0]", f"branches[{i}]")
    return TypeError(
        f"{names[0]} and {names[1]} arguments to {'tf.cond' if is_cond else 'tf.switch_case'} must have the "
        "same number, type, and overall structure of return values.\n\n"
        f"{names[0]} output: {graphs[0].structured_outputs}\n"
        f"{names[1]} output: {graphs[i].structured_outputs}\n\nError details:\n{detail}"
    )


def _match_types_of_indices(op_type: str, bodies: Sequence[FuncGraph]) -> None:
    """Let the indices of IndexedSlices be of one type in all bodies."""
    flat = [nest.flatten(body.structured_outputs) for body in bodies]
    if len({len(outputs) for outputs in flat}) != 1:
        return  # an error that is found next
    position, places = 0, []
    for i, outputs in enumerate(zip(*flat, strict=True)):
        if len({isinstance(output, IndexedSlices) for output in outputs}) != 1:
            name = "cond" if op_type == "cond" else "switch_case"
            raise TypeError(f"Cannot reconcile tf.{name} {i}-th outputs:\n  branches returned: {outputs}")
        if isinstance(outputs[0], IndexedSlices):
            places.append(position + 1)
        position += sum(leaf is not None for leaf in nest.flatten(outputs[0], expand_composites=True))
    for place in places:
        if len({body.outputs[place].dtype for body in bodies}) == 1:
            continue
        for body in bodies:
            if body.outputs[place].dtype == dtypes.int32:
                with body.as_default():
                    body.outputs[place] = cast(body.outputs[place], dtypes.int64)
    if places:
        for body in bodies:
            body.structured_outputs = pack_sequence_as(body.structured_outputs, body.outputs)


def _match_rows(bodies: Sequence[FuncGraph]) -> None:
    """Where some bodies return IndexedSlices, let all of them."""
    outputs = [list(body.structured_outputs) for body in bodies]
    for i, same in enumerate(zip(*outputs, strict=True)):
        if any(isinstance(item, IndexedSlices) for item in same):
            for body, returned in zip(bodies, outputs, strict=True):
                if not isinstance(returned[i], IndexedSlices):
                    with body.as_default():
                        returned[i] = _all_rows(returned[i])
    for body, returned in zip(bodies, outputs, strict=True):
        body.structured_outputs = returned
        body.outputs = flatten(returned)


def _all_rows(tensor: Tensor) -> IndexedSlices:
    sizes = shape(tensor)
    return IndexedSlices(tensor, number_range(0, sizes[0]), sizes)


# -- gradients -----------------------------------------------------------------------------


def conditional_gradient(op: Operation, grads: Sequence[Any]) -> list[Any]:
    """The gradients of the inputs of an If or Case behind the first, which chooses.

    Args:
        op: the operation.
        grads: the gradient of each of its outputs, or None.
    """
    is_case = op.type == "Case"
    branches = op.attrs["branches"] if is_case else [op.attrs[name] for name in _IF]
    bodies = [_forward_graph(op, branch) for branch in branches]
    made = [_gradient_graph(body, grads, unique_grad_fn_name(body.name)) for body in bodies]
    if any(gradient.op_needs_rewrite for gradient in made):
        extra = _same_number(bodies, [gradient.wrapped_intermediates for gradient in made])
        for body, further in zip(bodies, extra, strict=True):
            body.outputs += further
        check_same_outputs("case" if is_case else "cond", bodies)
        for body in bodies:
            body.name += "_rewritten"
        functions = [create_new_tf_function(body) for body in bodies]
        op.attrs.update({"branches": functions} if is_case else dict(zip(_IF, functions, strict=True)))
        add_results(op, bodies[0].outputs)
        op.attrs["Tout"] = [output.dtype for output in bodies[0].outputs]
    inputs = [_inputs_of_gradient(body, gradient) for body, gradient in zip(bodies, made, strict=True)]
    _match_rows(made)
    results: list[Any] = _build(
        "case" if is_case else "cond", op.inputs[0], made, inputs, "gradient" if is_case else None
    )
    return results


def add_results(op: Operation, outputs: Sequence[Tensor]) -> None:
    """Give a node further results: those of `outputs` behind the ones that it has."""
    count_uids(len(outputs) - len(op.outputs))
    for i, output in enumerate(outputs[len(op.outputs) :], len(op.outputs)):
        made = Tensor(op, i, output.dtype)
        made._shape = output._shape
        op.outputs.append(made)
    op.attrs["output_shapes"] = [output._shape for output in outputs]
    if op.as_written is not None:
        op.as_written.clear()
    op.graph.structure_changed()
    op.graph.root.structure_changed()


def _forward_graph(op: Operation, branch: Any) -> FuncGraph:
    """The body of a branch once more, for its gradient to refer to."""
    inputs = op.inputs[1:]
    with op.graph.as_default():
        body: FuncGraph = hooks.function_body(branch.definition, [tensor.shape for tensor in inputs])
    body.reset_captures(zip(inputs, body.inputs, strict=True))
    body.stands_for.update(zip(body.inputs, inputs, strict=True))
    vars(body)["_forward_cond"] = op
    return body


def _gradient_graph(body: FuncGraph, grads: Sequence[Any], name: str) -> _CondGradFuncGraph:
    made = _CondGradFuncGraph(name, body)
    func_graph_from_py_func(name, lambda: _gradients_of(body, grads), [], {}, func_graph=made)
    return made


def _gradients_of(body: FuncGraph, grads: Sequence[Any]) -> list[Any]:
    pairs = [(y, grad) for y, grad in zip(body.outputs, grads, strict=True) if is_trainable(y)]
    found = gradients_through(body, [y for y, _ in pairs], body.inputs, grad_ys=[grad for _, grad in pairs])
    for i, argument in enumerate(body.inputs):
        if found[i] is None:
            found[i] = (
                zeros(g.variable_shape(argument))
                if argument.dtype is dtypes.resource
                else zeros_like(argument)
            )
    return found


def _same_number(bodies: Sequence[FuncGraph], wrapped: Sequence[list[Tensor]]) -> list[list[Tensor]]:
    """As many wrapped values from each body: empty ones where it has fewer."""
    most = max(map(len, wrapped))
    found = []
    for body, items in zip(bodies, wrapped, strict=True):
        with body.as_default():
            found.append([*items, *(g.optional_none() for _ in range(most - len(items)))])
    return found


def _inputs_of_gradient(body: FuncGraph, gradient: FuncGraph) -> list[Tensor]:
    """What the gradient of a branch takes, as tensors of the graph that the conditional is in."""
    found = []
    for tensor in gradient.external_captures:
        if tensor.graph is not gradient.outer:
            if tensor in body.outputs:
                tensor = vars(body)["_forward_cond"].outputs[body.outputs.index(tensor)]
            else:
                outside = next((t for t, inner in body.captures if inner is tensor), None)
                if outside is None:
                    raise ValueError(
                        f"Could not find external tensor capture {tensor} in captures or outputs"
                    )
                tensor = outside
        found.append(tensor)
    return found


class _CondGradFuncGraph(CondBranchFuncGraph):
    """The gradient of a branch: values inside of the branch reach it wrapped.

    Args:
        name: its name.
        forward_graph: the body of the branch.

    Attributes:
        op_needs_rewrite: whether the forward node lacks results that are needed.
    """

    def __init__(self, name: str, forward_graph: FuncGraph) -> None:
        super().__init__(name, get_default_graph()._collections)
        self.op_needs_rewrite = False
        self._forward_graph = forward_graph
        self._indirect: dict[Tensor, Tensor] = {}
        self._wrapped: dict[Tensor, Tensor] = {}

    @property
    def wrapped_intermediates(self) -> list[Tensor]:
        """The wrapped values, in the forward graph."""
        return list(self._wrapped.values())

    def _capture_helper(self, tensor: Tensor, name: str | None) -> Tensor:
        forward = self._forward_graph
        if tensor.graph is not forward or tensor in forward.inputs or tensor in forward.outputs:
            return super()._capture_helper(tensor, name)
        if tensor not in self._indirect:
            if tensor.dtype is dtypes.resource:
                argument = forward.inputs[resource_input_index(tensor, forward)]
                self._indirect[tensor] = super()._capture_helper(argument, name)
            else:
                if tensor not in self._wrapped:
                    self._wrapped[tensor] = self._wrap(tensor)
                inside = super()._capture_helper(self._wrapped[tensor], name)
                (value,) = g.optional_get_value(
                    inside, output_types=[tensor.dtype], output_shapes=[tensor.shape]
                )
                self._indirect[tensor] = value
        return self._indirect[tensor]

    def _wrap(self, tensor: Tensor) -> Tensor:
        forward = self._forward_graph
        for consumer in tensor.consumers():
            if consumer.type == "OptionalFromValue" and consumer.outputs[0] in forward.outputs:
                return consumer.outputs[0]
        self.op_needs_rewrite = True
        with forward.as_default():
            made: Tensor = g.optional_from_value([tensor])
        return made


def resource_input_index(tensor: Tensor, graph: FuncGraph) -> int:
    """Which argument of a body a handle in it is.

    Raises:
        ValueError: the handle is made in the body.
    """
    while tensor not in graph.inputs:
        op = tensor.op
        if op.type in ("While", "StatelessWhile"):
            tensor = op.inputs[tensor.value_index]
        elif op.type in ("PartitionedCall", "StatefulPartitionedCall"):
            called = op.attrs["f"]
            tensor = op.inputs[called.inputs.index(called.outputs[tensor.value_index])]
        elif op.type == "Identity":
            tensor = op.inputs[0]
        else:
            raise ValueError(
                "Taking gradient of a while loop which creates a resource in its body is not supported: "
                f"{op.name}"
            )
    return graph.inputs.index(tensor)


def get_func_graphs(op: Operation) -> Iterable[FuncGraph]:
    """The bodies of the branches of an If or Case.

    Raises:
        ValueError: it is of another type.
    """
    if op.type in ("If", "StatelessIf"):
        return tuple(_forward_graph(op, op.attrs[name]) for name in _IF)
    if op.type == "Case":
        return [_forward_graph(op, branch) for branch in op.attrs["branches"]]
    raise ValueError(f"Unsupported op type: {op.type}")
