"""Making an operation from its type, inputs and attributes: conversion, inference, checks, scopes.

`apply_op` is what every function of the public API ends in.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any

from perdure.graph import hooks, signatures
from perdure.graph.attributes import normalize_attribute
from perdure.graph.control_flow import check_input_from_valid_context
from perdure.graph.conversion import convert_n_to_tensor, internal_convert_to_tensor
from perdure.graph.defaults import graph_of
from perdure.graph.dtypes import DType
from perdure.graph.errors import NotFoundError
from perdure.graph.operation import Operation
from perdure.graph.signatures import REQUIRED, Argument, Attribute, Signature, spans
from perdure.graph.source import creation_site
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor


def apply_op(op_type: str, inputs: Sequence[Any], attrs: Mapping[str, Any], name: str | None = None) -> Any:
    """Add an operation to the graph of its inputs, or to the default graph.

    Args:
        op_type: a type of the op table.
        inputs: one value for each input of the signature; values that are no tensors are converted.
        attrs: the attributes that neither follow from the inputs nor keep their defaults.
        name: its name; the type when None.

    Returns:
        The Operation if it makes no tensors, its only output, the list of its only list output, or a named
        tuple of its outputs.

    Raises:
        ValueError, TypeError: inputs or attributes do not fit the signature.
    """
    signature = _signature(op_type)
    op = _create(signature, inputs, attrs, name)
    return outputs_of(op)


def outputs_of(op: Operation) -> Any:
    """What a raw op constructor returns for `op`; see `apply_op`."""
    outputs = op.outputs
    arguments = op.signature.outputs
    if len(arguments) == 1:
        return (list(outputs) or op) if arguments[0].is_list else outputs[0]
    if not arguments:
        return op
    return _result_type(op.type)(*split_by_argument(outputs, arguments, op.attrs))


def split_by_argument(
    flat: Sequence[Any], arguments: Sequence[Argument], attrs: Mapping[str, Any]
) -> list[Any]:
    """Flat inputs or outputs as one item an argument: a list for each list argument."""
    return [
        list(flat[span.start : span.stop]) if argument.is_list else flat[span.start]
        for argument, span in zip(arguments, spans(arguments, attrs), strict=True)
    ]


@cache
def _result_type(op_type: str) -> Any:
    names = [argument.name for argument in _signature(op_type).outputs]
    return namedtuple(op_type, names, rename=True)


@cache
def _signature(op_type: str) -> Signature:
    signature = signatures.find(op_type)
    if signature is None:
        raise ValueError(f"TensorFlow 1.15 has no op of type {op_type!r}")
    return signature


def _create(
    signature: Signature, values: Sequence[Any], attrs: Mapping[str, Any], name: str | None
) -> Operation:
    if len(values) != len(signature.inputs):
        raise TypeError(
            f"{signature.name} takes {len(signature.inputs)} inputs "
            f"({', '.join(a.name for a in signature.inputs)}), got {len(values)}"
        )
    graph = _graph_of(values)
    # The name is taken before the inputs are converted: nodes made for them lie in its scope.
    name = graph.operation_name(name or signature.name)
    known: dict[str, Any] = {}
    if attrs:
        _check_attribute_names(signature, attrs)
    if all(type(value) is Tensor for value in values):
        tensors = _take_inputs(signature, values, known)
    else:
        with ExitStack() as stack:
            stack.enter_context(graph.as_default())
            stack.enter_context(graph.scopes.replaced(name=name))
            tensors = _take_inputs(signature, values, known)
    _complete_attributes(signature, attrs, known)
    takes_reference = _takes_reference(signature.name)
    in_context = graph.scopes.control_flow is not None
    in_context = in_context or graph.outer is not None
    if not (takes_reference or in_context):
        return add_operation(graph, signature, name, tensors, known)
    with ExitStack() as stack:
        if in_context:  # nodes that bring the inputs into a branch, loop or function lie in its scope as well
            stack.enter_context(graph.as_default())
            stack.enter_context(graph.scopes.replaced(name=name))
        if takes_reference:
            # What writes to a variable must be where the variable is.
            for argument, tensor in zip(signature.inputs, tensors, strict=False):
                if argument.is_ref:
                    stack.enter_context(graph.colocate_with(tensor))
        return add_operation(graph, signature, name, tensors, known)


@cache
def _takes_reference(op_type: str) -> bool:
    return any(argument.is_ref for argument in _signature(op_type).inputs)


# What the protos call the types whose NumPy names are other words.
_ENUM_NAMES = {"float16": "DT_HALF", "float32": "DT_FLOAT", "float64": "DT_DOUBLE"}
for _name in ("int8", "int16", "int32", "int64", "uint8", "bool", "string"):
    _ENUM_NAMES[_name] = f"DT_{_name.upper()}"


def _check_flat_inputs(
    signature: Signature, name: str, inputs: Sequence[Any], known: Mapping[str, Any]
) -> None:
    """Refuse tensors whose types contradict the signature, each other or a given attribute."""
    types = dict(known)
    for argument, span in zip(signature.inputs, spans(signature.inputs, known), strict=True):
        for tensor in inputs[span.start : span.stop]:
            got = tensor.dtype.base_dtype
            wanted = argument.type
            if argument.type_attr is not None:
                wanted = types.setdefault(argument.type_attr, got)
            if wanted is not None and got is not wanted.base_dtype:
                conflict = (
                    f"Inconsistent values for attr '{argument.type_attr}' "
                    f"{_ENUM_NAMES.get(wanted.base_dtype.name, wanted.base_dtype.name)} vs. "
                    f"{_ENUM_NAMES.get(got.name, got.name)}"
                    if argument.type is None
                    else f"Input '{argument.name}' has type {got.name}, expected {wanted.name},"
                )
                raise ValueError(
                    f"{conflict} while building NodeDef '{name}' using Op<name={signature.name}>"
                )


def create_from_flat_inputs(
    graph: Any,
    op_type: str,
    inputs: Sequence[Tensor],
    name: str | None,
    attrs: Mapping[str, Any],
    use_device: bool = True,
) -> Operation:
    """Add an operation whose inputs are tensors already, flat, and whose attributes are all given."""
    for position, value in enumerate(inputs):
        if not isinstance(value, Tensor):
            raise TypeError(f"Input #{position} is not a tensor: {value}")
    graph.check_not_finalized()
    if signatures.find(op_type) is None:
        raise NotFoundError(
            None,
            None,
            f"Op type not registered '{op_type}' in binary running on this machine: TensorFlow 1.15 has none",
        )
    signature = _signature(op_type)
    known: dict[str, Any] = {}
    for key, value in attrs.items():
        attr = signature.attr(key)
        if attr is not None:
            value = normalize_attribute(signature.name, attr, value)
        elif hasattr(value, "WhichOneof"):  # an AttrValue proto
            value = hooks.from_attr_value(value, None)
        known[key] = value
    for attr in signature.attrs:
        if attr.name not in known and attr.default is not REQUIRED:
            known[attr.name] = attr.default
    position = 0
    for argument in signature.inputs:  # attributes that were left to be inferred
        if argument.is_list:
            if argument.number_attr is not None and argument.number_attr not in known:
                known[argument.number_attr] = len(inputs) - position
            if argument.type_list_attr is not None and argument.type_list_attr not in known:
                known[argument.type_list_attr] = [t.dtype.base_dtype for t in inputs[position:]]
            count = argument.count(known)
        else:
            count = 1
        if argument.type_attr is not None and argument.type_attr not in known and count:
            known[argument.type_attr] = inputs[position].dtype.base_dtype
        position += count
    if position != len(inputs):
        raise ValueError(f"{op_type} takes {position} inputs, got {len(inputs)}")
    _complete_attributes(signature, known, known)
    with graph.as_default():
        name = graph.operation_name(name or op_type)
        _check_flat_inputs(signature, name, inputs, known)
        return add_operation(graph, signature, name, tuple(inputs), known, use_device)


def add_operation(
    graph: Any,
    signature: Signature,
    name: str,
    tensors: tuple[Tensor, ...],
    attrs: dict[str, Any],
    use_device: bool = True,
) -> Operation:
    """Add an operation that is checked already: give it scopes and shapes and put it into the graph."""
    graph.check_not_finalized()
    scopes = graph.scopes
    context = scopes.control_flow
    in_context = context is not None
    if graph.outer is not None:
        tensors = graph.taken_in(tensors)
    else:
        for tensor in tensors:
            if tensor.op.graph is not graph:
                raise ValueError(f"{tensor} must be from the same graph as the {signature.name} '{name}'.")
            in_context = in_context or tensor.op._control_flow_context is not None
    op = Operation(
        graph,
        name,
        signature,
        tensors,
        scopes.control_inputs(tensors),
        attrs,
        _output_types(signature, attrs),
        creation_site(),
    )
    if op.outputs or tensors:  # an op without outputs may still refuse its inputs' shapes
        try:
            shapes = hooks.infer_shapes(op)
        except Exception:
            graph.count(1)  # TensorFlow has counted it by then
            raise
        for tensor, shape in zip(op.outputs, shapes, strict=True):
            tensor._shape = shape
    if in_context:
        op._control_flow_context = context
        for tensor in tensors:
            check_input_from_valid_context(op, tensor.op)
    scopes.apply(op, use_device)
    graph.add_operation(op)
    if context is not None:
        context.AddOp(op)
    return op


def _output_types(signature: Signature, attrs: Mapping[str, Any]) -> list[DType]:
    types: list[DType] = []
    for argument in signature.outputs:
        if argument.type_list_attr is not None:
            types += attrs[argument.type_list_attr]
            continue
        dtype: Any = argument.type if argument.type_attr is None else attrs[argument.type_attr]
        if argument.is_ref:
            dtype = dtype._as_ref
        if argument.number_attr is None:
            types.append(dtype)
            continue
        count = attrs[argument.number_attr]
        if count >= 2**31:
            raise ValueError(f"Attr {argument.number_attr} has value {count} out of range for an int32")
        types += [dtype] * count
    return types


def _graph_of(values: Sequence[Any]) -> Any:
    graph: Any = get_default_graph()
    if graph.outer is not None:  # the body of a function takes in what comes from outside
        return graph
    graph = None
    for value in values:
        if type(value) is Tensor:
            if graph is None:
                graph = value.op.graph
            if value.op.graph is not graph or graph.outer is not None:
                return _graph_of_any(values)
        elif value is not None and not isinstance(value, (int, float, str)):
            return _graph_of_any(values)
    return get_default_graph() if graph is None else graph


def _graph_of_any(values: Sequence[Any]) -> Any:
    flat: list[Any] = []
    for value in values:
        flat.extend(value) if isinstance(value, (list, tuple)) else flat.append(value)
    return graph_of(flat)


# -- inputs ------------------------------------------------------------------------------


def _take_inputs(signature: Signature, values: Sequence[Any], known: dict[str, Any]) -> tuple[Tensor, ...]:
    """Convert `values` to the input tensors and put the attributes that follow from them into `known`."""
    tensors: list[Tensor] = []
    origin: dict[str, str] = {}  # attribute -> the input it was inferred from, for messages
    for argument, value in zip(signature.inputs, values, strict=True):
        if argument.is_list:
            tensors += _take_list(signature, argument, value, known, origin)
            continue
        attr = argument.type_attr
        required = argument.type if attr is None else known.get(attr)
        if type(value) is Tensor:
            tensor = value
            dtype = tensor._dtype.base_dtype
            if required is not None and dtype is not required:
                raise TypeError(_type_mismatch(signature, argument, dtype, required, origin))
        else:
            tensor = _convert(signature, argument, value, required, origin)
            dtype = tensor._dtype.base_dtype
        if argument.is_ref and not tensor._dtype.is_ref_dtype:
            raise TypeError(
                f"'{signature.name}' Op requires that input '{argument.name}' be a mutable tensor "
                "(e.g.: a tf.Variable)"
            )
        if attr is not None and required is None:
            _infer_type(signature, attr, argument, dtype, known)
            origin[attr] = argument.name
        tensors.append(tensor)
    return tuple(tensors)


def _infer_type(
    signature: Signature, attr_name: str, argument: Argument, dtype: DType, known: dict[str, Any]
) -> None:
    attr = _attribute(signature, attr_name)
    if attr.allowed is not None and not any(dtype is allowed for allowed in attr.allowed):
        raise TypeError(
            f"Value passed to parameter '{argument.name}' has DataType {dtype.name} not in list of "
            f"allowed values: {', '.join(a.name for a in attr.allowed)}"
        )
    known[attr_name] = dtype


@cache
def _attributes(op_type: str) -> dict[str, Attribute]:
    return {attr.name: attr for attr in _signature(op_type).attrs}


def _attribute(signature: Signature, name: str) -> Attribute:
    return _attributes(signature.name)[name]


def _type_mismatch(
    signature: Signature, argument: Argument, got: DType, required: DType, origin: Mapping[str, str]
) -> str:
    start = f"Input '{argument.name}' of '{signature.name}' Op has type {got.name} that does not match"
    if argument.type is not None:
        return f"{start} expected type of {required.name}."
    return f"{start} type {required.name} of argument '{origin.get(argument.type_attr or '', '?')}'."


def _convert(
    signature: Signature,
    argument: Argument,
    value: Any,
    required: DType | None,
    origin: Mapping[str, str],
) -> Tensor:
    preferred = None
    if required is None and argument.type_attr is not None:
        default = _attribute(signature, argument.type_attr).default
        preferred = None if default is REQUIRED else default
    try:
        return internal_convert_to_tensor(value, required, argument.name, argument.is_ref, preferred)
    except ValueError as error:
        if required is None:
            raise ValueError(
                f"Tried to convert '{argument.name}' to a tensor and failed. Error: {error}"
            ) from None
        # Either a tensor of another type, or a value of another type than a neighbour gave.
        observed = internal_convert_to_tensor(value, as_ref=argument.is_ref).dtype.base_dtype
        if observed is required:
            raise
        raise TypeError(_type_mismatch(signature, argument, observed, required, origin)) from None
    except TypeError as error:
        if required is None:
            raise
        raise TypeError(
            f"Expected {required.name} passed to parameter '{argument.name}' of op '{signature.name}', "
            f"got {value!r} of type '{type(value).__name__}' instead. Error: {error}"
        ) from None


def _take_list(
    signature: Signature,
    argument: Argument,
    values: Any,
    known: dict[str, Any],
    origin: dict[str, str],
) -> list[Tensor]:
    if not isinstance(values, (list, tuple)):
        raise TypeError(
            f"Expected list for '{argument.name}' argument to '{signature.name}' Op, not {values}."
        )
    required, preferred = argument.type, None
    if argument.type_attr is not None:
        required = known.get(argument.type_attr)
        if required is None:
            required = next((v.dtype for v in values if isinstance(v, Tensor)), None)
        if required is None:
            default = _attribute(signature, argument.type_attr).default
            preferred = None if default is REQUIRED else default
    if required is not None and not argument.is_ref:
        required = required.base_dtype
    try:
        tensors = convert_n_to_tensor(values, required, argument.name, preferred, argument.is_ref)
        types = [tensor.dtype.base_dtype for tensor in tensors]
        if argument.number_attr is not None and len(set(types)) > 1:
            raise TypeError(f"the types differ: {types}")
    except (TypeError, ValueError) as error:
        seen = [v.dtype.name if hasattr(v, "dtype") else f"<{type(v).__name__}>" for v in values]
        ending = (
            "that don't all match"
            if required is None or argument.type_attr
            else (f"that do not match expected type {required.name}")
        )
        raise TypeError(
            f"Tensors in list passed to '{argument.name}' of '{signature.name}' Op have types "
            f"[{', '.join(seen)}] {ending}. ({error})"
        ) from error
    if argument.number_attr is not None:
        _take_length(signature, argument, len(tensors), known, origin)
    if argument.type_list_attr is not None:
        attr = _attribute(signature, argument.type_list_attr)
        if attr.minimum is not None and len(types) < attr.minimum:
            raise ValueError(_too_short(signature, argument, len(types), attr.minimum))
        if attr.allowed is not None and not all(dtype in attr.allowed for dtype in types):
            raise TypeError(
                f"Value passed to parameter '{argument.name}' has a DataType not in list of allowed "
                f"values: {', '.join(a.name for a in attr.allowed)}; got {[t.name for t in types]}"
            )
        known[attr.name] = types
    elif argument.type_attr is not None and argument.type_attr not in known and types:
        _infer_type(signature, argument.type_attr, argument, types[0], known)
        origin[argument.type_attr] = argument.name
    return tensors


def _take_length(
    signature: Signature, argument: Argument, length: int, known: dict[str, Any], origin: dict[str, str]
) -> None:
    name = argument.number_attr
    assert name is not None
    attr = _attribute(signature, name)
    if attr.minimum is not None and length < attr.minimum:
        raise ValueError(_too_short(signature, argument, length, attr.minimum))
    if known.setdefault(name, length) != length:
        raise ValueError(
            f"List argument '{argument.name}' to '{signature.name}' Op with length {length} must match "
            f"length {known[name]} of argument '{origin.get(name, '?')}'."
        )
    origin.setdefault(name, argument.name)


def _too_short(signature: Signature, argument: Argument, length: int, minimum: int) -> str:
    return (
        f"List argument '{argument.name}' to '{signature.name}' Op with length {length} shorter than "
        f"minimum length {minimum}."
    )


# -- attributes --------------------------------------------------------------------------


_EXPECTED = {"type": "DataType", "shape": "TensorShape"}


@cache
def _free_attributes(op_type: str) -> tuple[Attribute, ...]:
    """The attributes that do not follow from the inputs."""
    signature = _signature(op_type)
    return tuple(attr for attr in signature.attrs if attr.name not in signature.inferred_attrs)


def _check_attribute_names(signature: Signature, attrs: Mapping[str, Any]) -> None:
    for name in attrs:
        if name in signature.inferred_attrs:
            raise TypeError(f"Should not specify value for inferred attr '{name}'.")
        if name not in _attributes(signature.name):
            raise TypeError(
                f"{signature.name} got unexpected keyword argument {name!r}; its attributes are "
                f"{sorted(_attributes(signature.name))}"
            )


def _complete_attributes(signature: Signature, given: Mapping[str, Any], known: dict[str, Any]) -> None:
    """Put the attributes the caller gave, and the defaults of the others, into `known`."""
    for attr in _free_attributes(signature.name):
        value = given.get(attr.name)
        if value is None and attr.type != "shape":
            value = attr.default
        elif attr.name in given:
            value = normalize_attribute(signature.name, attr, value)
        else:
            value = attr.default
        if value is REQUIRED:
            kind = _EXPECTED.get(attr.type, attr.type)
            raise TypeError(f"Expected {kind} for argument '{attr.name}' not None. (op {signature.name})")
        known[attr.name] = value
    for name in signature.inferred_attrs:
        # An empty list gives no type: only a default can.
        if name not in known:
            default = _attribute(signature, name).default
            if default is REQUIRED:
                raise TypeError(f"Don't know how to infer type variable '{name}' of op {signature.name}.")
            known[name] = default
