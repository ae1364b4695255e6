"""Functions as FunctionDef messages: the bodies of If, While and calls.

A function of the graph is any object with `name`, `graph` (its body), `inputs` (the Placeholder
tensors that stand for its arguments) and `outputs` (tensors of the body).
"""

from collections.abc import Callable, Iterable
from typing import Any

from perdure.formats.protos import function_pb2, node_def_pb2
from perdure.graph.operation import Operation
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
    """Write a function.

    Args:
        function: see the module.
        attr_of: writes one attribute of an operation as an AttrValue.

    Returns:
        Its FunctionDef. Arguments carry the names of their placeholders, results those of their
        operations.
    """
    proto = FunctionDef()
    signature = proto.signature
    signature.name = function.name
    taken: set[str] = set()
    arguments = {tensor.op: _unique(_argument_name(tensor.op.name), taken) for tensor in function.inputs}
    for op, name in arguments.items():
        signature.input_arg.add(name=name, type=_type_enum(op.outputs[0]))
    for op in function.graph.get_operations():
        if op not in arguments:
            proto.node_def.append(_body_node(op, arguments, attr_of))
            signature.is_stateful |= op.signature.is_stateful
    for tensor in function.outputs:
        name = _unique(_argument_name(tensor.op.name), taken)
        signature.output_arg.add(name=name, type=_type_enum(tensor))
        proto.ret[name] = _reference(tensor, arguments)
    return proto


def _type_enum(tensor: Tensor) -> int:
    return tensor.dtype.base_dtype.as_datatype_enum


def _body_node(
    op: Operation, arguments: dict[Operation, str], attr_of: Callable[[Operation, str], Any]
) -> node_def_pb2.NodeDef:
    node = node_def_pb2.NodeDef(name=op.name, op=op.type, device=op.device)
    node.input.extend(_reference(tensor, arguments) for tensor in op.inputs)
    # An argument is no node of the body: there is nothing to wait for.
    node.input.extend(f"^{c.name}" for c in op.control_inputs if c not in arguments)
    for name in op.attrs:
        node.attr[name].CopyFrom(attr_of(op, name))
    return node


def _reference(tensor: Tensor, arguments: dict[Operation, str]) -> str:
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
    return f"{op.name}:{output.name}:{tensor.value_index - first}"


def _argument_name(name: str) -> str:
    """`name` with lower-case letters, digits and _ only, as arguments are named."""
    legal = "".join(c.lower() if c.isalnum() else "_" for c in name)
    return legal if legal[:1].isalpha() else f"arg{legal}"


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 0
    while candidate in taken:
        count += 1
        candidate = f"{name}_{count}"
    taken.add(candidate)
    return candidate
