"""Functions as FunctionDef messages: the bodies of If, While and calls.

A function of the graph is any object with `name`, `graph` (its body), `inputs` (the Placeholder
tensors that stand for its arguments) and `outputs` (tensors of the body).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from perdure.formats.graph.tensors import shape_to_proto
from perdure.formats.protos import function_pb2, graph_pb2, node_def_pb2
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.graph import MIN_CONSUMER, PRODUCER
from perdure.graph.operation import Operation
from perdure.graph.signatures import Argument, Signature
from perdure.graph.tensor import Tensor

FunctionDef = function_pb2.FunctionDef


def functions_used_by(operations: Iterable[Operation]) -> list[Any]:
    """The functions that operations have as attributes, and those their bodies use, each once."""
    found: dict[str, Any] = {}
    pending = list(operations)
    while pending:
        for value in _attribute_items(pending.pop(0)):
            if _is_function(value) and value.name not in found:
                found[value.name] = value
                if getattr(value, "definition", None) is None:
                    pending.extend(value.graph.get_operations())
    return list(found.values())


def _attribute_items(op: Operation) -> Iterable[Any]:
    for value in op.attrs.values():
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


def _is_function(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("name", "graph", "inputs", "outputs"))


def function_to_proto(function: Any, attr_of: Callable[[Operation, str], Any]) -> FunctionDef:
    """Write a function, or give out what it was read from.

    Args:
        function: see the module.
        attr_of: writes one attribute of an operation as an AttrValue.
    """
    definition = getattr(function, "definition", None)
    if definition is not None:  # of another program: it stays as it was written
        return definition
    body = function.graph.get_operations()
    return body_to_proto(function.name, body, function.inputs, function.outputs, function.targets, attr_of)


def body_to_proto(
    name: str,
    operations: Iterable[Operation],
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    controls: Iterable[Operation],
    attr_of: Callable[[Operation, str], Any],
    output_names: Sequence[str] = (),
) -> FunctionDef:
    """Write operations as a function, named as `TF_GraphToFunction` does (c/c_api_function.cc).

    Args:
        name: its name.
        operations: those of its body; arguments are passed over.
        inputs: the tensors that stand for its arguments.
        outputs: what it returns.
        controls: operations that are run for their effects.
        attr_of: writes one attribute of an operation as an AttrValue.
        output_names: what its results are called; made of the names of their operations when empty.

    Raises:
        ValueError: two results have one name.
        InvalidArgumentError: a result is neither an argument nor made in the body.
    """
    proto = FunctionDef()
    signature = proto.signature
    signature.name = name
    taken: set[str] = set()
    for i, tensor in enumerate(outputs):
        if output_names and output_names[i] in taken:
            raise ValueError(
                f"Cannot have duplicate output names. Name '{output_names[i]}' appears more than once."
            )
        result = output_names[i] if output_names else _unique(_argument_name(tensor.op.name), taken)
        taken.add(result)
        signature.output_arg.add(name=result, type=tensor.dtype.as_datatype_enum)
    arguments: dict[Operation, str] = {}
    for i, tensor in enumerate(inputs):
        op = tensor.op
        arguments[op] = _unique(_argument_name(op.name), taken)
        signature.input_arg.add(name=arguments[op], type=tensor.dtype.as_datatype_enum)
        attrs = proto.arg_attr[i].attr
        for key in op.attrs:
            if key.startswith("_"):
                attrs[key].CopyFrom(attr_of(op, key))
    body = [op for op in operations if op not in arguments]
    names = {**arguments, **{op: _unique(op.name, taken) for op in body}}
    for op in body:
        proto.node_def.append(_body_node(op, names, arguments, attr_of))
        signature.is_stateful |= op.signature.is_stateful
    for tensor, result in zip(outputs, signature.output_arg, strict=True):
        if tensor.op not in names:
            raise InvalidArgumentError(
                None,
                None,
                f"TF_Output {tensor.name} is neither in the function body nor among function inputs. "
                f"Encountered while creating function '{name}'",
            )
        proto.ret[result.name] = _reference(tensor, names, arguments)
    for op in controls:
        signature.control_output.append(op.name)
        proto.control_ret[op.name] = names[op]
    return proto


def written_attributes(op: Operation) -> list[str]:
    """The names of the attributes of a node; some that it has are never written."""
    return [name for name in op.attrs if not name.startswith("/")]


def _body_node(
    op: Operation,
    names: dict[Operation, str],
    arguments: dict[Operation, str],
    attr_of: Callable[[Operation, str], Any],
) -> node_def_pb2.NodeDef:
    node = node_def_pb2.NodeDef(name=names[op], op=op.type, device=op.device)
    node.input.extend(_reference(tensor, names, arguments) for tensor in op.inputs)
    node.input.extend(f"^{names[c]}" for c in sorted(op.control_inputs, key=lambda c: c.name))
    for name in written_attributes(op):
        node.attr[name].CopyFrom(attr_of(op, name))
    return node


def _reference(tensor: Tensor, names: dict[Operation, str], arguments: dict[Operation, str]) -> str:
    """How a tensor is spelt inside a function: `argument`, or `node:output:index`."""
    op = tensor.op
    if op in arguments:
        return arguments[op]
    first = 0  # index of the first tensor of the output that is looked at
    for output in op.signature.outputs:
        count = 1
        if output.number_attr is not None:
            count = op.attrs[output.number_attr]
        elif output.type_list_attr is not None:
            count = len(op.attrs[output.type_list_attr])
        if tensor.value_index < first + count:
            break
        first += count
    return f"{names[op]}:{output.name}:{tensor.value_index - first}"


def _argument_name(name: str) -> str:
    """`name` in lower-case letters, digits and underscores, from its first letter on."""
    legal = "".join(c.lower() if c.isascii() and c.isalnum() else "_" for c in name)
    return legal.lstrip("_0123456789") or "unknown"


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 0
    while candidate in taken:
        candidate = f"{name}_{count}"
        count += 1
    taken.add(candidate)
    return candidate


# -- message -> nodes ----------------------------------------------------------------------


def body_as_graph_def(
    definition: FunctionDef, input_shapes: Sequence[Any] | None, signature_of: Callable[[str], Signature]
) -> tuple[Any, dict[str, str]]:
    """The nodes of a function, after a Placeholder for each argument.

    Args:
        definition: the function.
        input_shapes: a shape (or None) for each argument.
        signature_of: finds the signature of an op or function.

    Returns:
        A GraphDef, and the names of its tensors by their names in the function (`argument`,
        `node:output:index`, and `^node` for control inputs).

    Raises:
        ValueError: the numbers of shapes and of arguments differ, or a node takes what there is not.
    """
    arguments = definition.signature.input_arg
    if input_shapes and len(input_shapes) != len(arguments):
        raise ValueError(
            "Length of input_shapes must match the number of input_args. "
            f"len(input_shapes): {len(input_shapes)} len(input_arg): {len(arguments)}"
        )
    graph_def = graph_pb2.GraphDef()
    graph_def.versions.producer, graph_def.versions.min_consumer = PRODUCER, MIN_CONSUMER
    flat: dict[str, str] = {}
    for i, argument in enumerate(arguments):
        node = graph_def.node.add(name=argument.name, op="Placeholder")
        node.attr["dtype"].type = argument.type
        if input_shapes and input_shapes[i] is not None:
            node.attr["shape"].shape.CopyFrom(shape_to_proto(input_shapes[i]))
        if i in definition.arg_attr:
            for name, value in definition.arg_attr[i].attr.items():
                if name.startswith("_"):
                    node.attr[name].CopyFrom(value)
        flat[argument.name] = f"{argument.name}:0"
        flat[f"^{argument.name}"] = f"^{argument.name}"
    graph_def.node.extend(definition.node_def)
    for node in definition.node_def:
        position = 0
        for output in signature_of(node.op).outputs:
            for i in range(_length(output, node)):
                flat[f"{node.name}:{output.name}:{i}"] = f"{node.name}:{position}"
                position += 1
        flat[f"^{node.name}"] = f"^{node.name}"
    for node in graph_def.node:
        for i, name in enumerate(node.input):
            if name not in flat:
                raise ValueError(
                    f"Function '{definition.signature.name}': node '{node.name}' takes '{name}', which "
                    f"there is not"
                )
            node.input[i] = flat[name]
    for argument in definition.signature.output_arg:
        if definition.ret.get(argument.name) not in flat:
            raise ValueError(
                f"Function '{definition.signature.name}': its result '{argument.name}' is not made in it"
            )
    return graph_def, flat


def _length(output: Argument, node: Any) -> int:
    if output.number_attr is not None:
        return min(max(node.attr[output.number_attr].i, 0), _MOST_OUTPUTS)
    return 1 if output.type_list_attr is None else len(node.attr[output.type_list_attr].list.type)


_MOST_OUTPUTS = 1 << 16  # of a node: an attribute may say any number
