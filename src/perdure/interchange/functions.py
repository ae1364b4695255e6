"""Functions of a GraphDef's library, and FunctionDefs as graphs.

A function stays as it was written; its body becomes a graph when somebody looks at it, or runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perdure.filesystem.policy import Policy
from perdure.formats.graph.functions import body_as_graph_def
from perdure.formats.graph.op_defs import signature_from_proto
from perdure.graph import signatures
from perdure.graph.func_graph import FuncGraph, Function
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.signatures import Signature
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.interchange.nodes import NodeImporter, Options, not_registered


class LibraryFunction(Function):
    """A function of the library of a GraphDef.

    Args:
        definition: its FunctionDef.
        graph: the graph that has it.
        functions: those that it may call, by name.

    Raises:
        ValueError: its signature has a type that there is not.
    """

    def __init__(self, definition: Any, graph: Graph, functions: Mapping[str, Any]) -> None:
        self.name = definition.signature.name
        self.definition = definition
        self._policy: Policy | None = None
        self._outer = graph
        self._functions = functions
        self._body: tuple[FuncGraph, list[Tensor], list[Tensor]] | None = None
        try:
            self.signature: Signature = signature_from_proto(definition.signature)
        except TypeError as error:
            raise ValueError(f"Function '{self.name}': {error}") from None
        object.__setattr__(self.signature, "calls_functions", True)  # nodes may call it by its name

    @property
    def output_types(self) -> list[Any]:
        """The types of what it returns."""
        return [argument.type for argument in self.signature.outputs]

    def add_to_graph(self, graph: Graph) -> None:
        """Put it into the library of a graph."""
        graph.functions.setdefault(self.name, self)

    def hold_to(self, policy: Policy) -> None:
        """Say what its operations may do with files; see `interchange/trust.py`."""
        self._policy = policy
        if self._body is not None:
            vars(self._body[0])["_policy"] = policy

    def _made(self) -> tuple[FuncGraph, list[Tensor], list[Tensor]]:
        if self._body is None:
            body = FuncGraph(self.name, {}, outer=self._outer)
            if self._policy is not None:
                vars(body)["_policy"] = self._policy
            inputs, outputs = fill_body(body, self.definition, None, self._functions)
            self._body = body, inputs, outputs
        return self._body

    @property
    def graph(self) -> FuncGraph:  # type: ignore[override]
        """Its body."""
        return self._made()[0]

    @property
    def inputs(self) -> list[Tensor]:  # type: ignore[override]
        """The placeholders that stand for its arguments."""
        return self._made()[1]

    @property
    def outputs(self) -> list[Tensor]:  # type: ignore[override]
        """What it returns."""
        return self._made()[2]

    @property
    def targets(self) -> tuple[Operation, ...]:  # type: ignore[override]
        """The operations of it that are run for their effects."""
        return tuple(controls_of(self.graph, self.definition))


def functions_of(graph: Graph, library: Any) -> dict[str, Any]:
    """The functions of a library that the graph does not have.

    Raises:
        ValueError: the graph has another function, or there is an op, of such a name.
    """
    known = graph.functions
    found: dict[str, Any] = {}
    together = {**known}
    for definition in library.function:
        name = definition.signature.name
        if name in known or name in found:
            if (known.get(name) or found[name]).definition == definition:
                continue
            raise ValueError(
                f"Cannot add function '{name}' because a different function with the same name already "
                f"exists."
            )
        if signatures.find(name) is not None:
            raise ValueError(f"Cannot add function '{name}' because an op with the same name already exists.")
        kept = type(definition)()
        kept.CopyFrom(definition)
        together[name] = found[name] = LibraryFunction(kept, graph, together)
    for pair in library.gradient:
        if pair.function_name in found and pair.gradient_func in together:
            vars(found[pair.function_name])["gradient_function"] = together[pair.gradient_func]
    return found


def add_library(graph: Graph, functions: Mapping[str, Any]) -> None:
    """Give a graph functions that its operations may call."""
    graph.functions.update(functions)


def fill_body(
    graph: Graph, definition: Any, input_shapes: Sequence[Any] | None, functions: Mapping[str, Any]
) -> tuple[list[Tensor], list[Tensor]]:
    """Make the body of a function in an empty graph.

    Args:
        graph: the graph.
        definition: the FunctionDef.
        input_shapes: a shape (or None) for each argument.
        functions: those that it may call, by name.

    Returns:
        The placeholders of the arguments, and what is returned.

    Raises:
        ValueError: the function is not well formed.
    """
    graph_def, flat = body_as_graph_def(definition, input_shapes, _signatures_of(functions))
    importer = NodeImporter(graph, graph_def, Options(functions=functions, check_colocation=False))
    graph.add_operations(importer.make())
    for op, device in zip(importer.operations, importer.devices, strict=True):
        op._set_device(device)
    inputs = [graph.get_tensor_by_name(flat[argument.name]) for argument in definition.signature.input_arg]
    outputs = [
        graph.get_tensor_by_name(flat[definition.ret[argument.name]])
        for argument in definition.signature.output_arg
    ]
    return inputs, outputs


def controls_of(body: Graph, definition: Any) -> list[Operation]:
    """The operations that a FunctionDef names as run for their effects, in its body."""
    names = [definition.control_ret[name] for name in definition.signature.control_output]
    return [body.get_operation_by_name(name) for name in names]


def _signatures_of(functions: Mapping[str, Any]) -> Any:
    def find(op_type: str) -> Signature:
        signature = signatures.find(op_type)
        if signature is None:
            function = functions.get(op_type)
            if function is None:
                raise ValueError(not_registered(op_type))
            signature = function.signature
        return signature

    return find


def function_def_to_graph(
    fdef: Any, input_shapes: Sequence[Any] | None = None, copy_functions: bool = True
) -> FuncGraph:
    """The body of a FunctionDef as a graph, whose `inputs` and `outputs` are its arguments and results.

    Args:
        fdef: the FunctionDef.
        input_shapes: a shape (or None) for each argument; those that it was written with when None.
        copy_functions: whether the body gets the functions of the graph around it.

    Raises:
        ValueError: there is another number of shapes than of arguments, or it calls what there is not.
    """
    around = get_default_graph()
    body = FuncGraph(fdef.signature.name, {}, outer=around)
    if input_shapes is None and "_input_shapes" in fdef.attr:
        input_shapes = fdef.attr["_input_shapes"].list.shape
    if copy_functions:
        body.functions.update(around.functions)
    body.inputs, body.outputs = fill_body(body, fdef, input_shapes, around.functions)
    body.control_outputs = controls_of(body, fdef)
    return body


def function_def_to_graph_def(
    fdef: Any, input_shapes: Sequence[Any] | None = None, copy_functions: bool = True
) -> tuple[Any, dict[str, str]]:
    """The body of a FunctionDef as a GraphDef.

    Args:
        fdef: the FunctionDef.
        input_shapes: a shape (or None) for each argument.
        copy_functions: whether the functions of the default graph go into its library.

    Returns:
        The GraphDef, and the names of its tensors by their names in the function.

    Raises:
        ValueError: there is another number of shapes than of arguments, or it calls what there is not.
    """
    around = get_default_graph()
    graph_def, flat = body_as_graph_def(fdef, input_shapes, _signatures_of(around.functions))
    called = {node.op for node in fdef.node_def}
    for name, function in around.functions.items():
        if copy_functions or name in called:
            graph_def.library.function.append(function.definition)
    return graph_def, flat


def is_function(fname: str) -> bool:
    """Whether the default graph has a function of that name."""
    return fname in get_default_graph().functions
