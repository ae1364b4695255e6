"""Signatures as OpDef messages, and back."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from perdure.formats.graph.attr_values import AttrValue, attr_from_proto, attr_to_proto
from perdure.formats.graph.tensors import array_to_listed_proto
from perdure.formats.protos import op_def_pb2
from perdure.graph.dtypes import as_dtype
from perdure.graph.operation import Operation
from perdure.graph.signatures import REQUIRED, Argument, Attribute, Signature

OpDef = op_def_pb2.OpDef

# -- signature -> message ------------------------------------------------------------------


def operation_op_def(op: Operation) -> OpDef:
    """The OpDef of the type of an operation."""
    return signature_to_proto(op.signature)


def signature_to_proto(signature: Signature) -> OpDef:
    """A signature as an OpDef (without descriptions, which TensorFlow strips as well)."""
    proto = OpDef(
        name=signature.name,
        input_arg=_arguments(signature.inputs),
        output_arg=_arguments(signature.outputs),
        attr=[_attribute(attr) for attr in signature.attrs],
        is_stateful=signature.is_stateful,
        is_commutative=signature.is_commutative,
        is_aggregate=signature.is_aggregate,
        allows_uninitialized_input=signature.allows_uninitialized_input,
    )
    if signature.deprecated_at is not None:
        proto.deprecation.version = signature.deprecated_at
        proto.deprecation.explanation = signature.deprecated_for
    return proto


def _arguments(arguments: Iterable[Argument]) -> list[OpDef.ArgDef]:
    return [
        OpDef.ArgDef(
            name=argument.name,
            type=0 if argument.type is None else argument.type.as_datatype_enum,
            type_attr=argument.type_attr or "",
            number_attr=argument.number_attr or "",
            type_list_attr=argument.type_list_attr or "",
            is_ref=argument.is_ref,
        )
        for argument in arguments
    ]


def _attribute(attr: Attribute) -> OpDef.AttrDef:
    proto = OpDef.AttrDef(name=attr.name, type=attr.type)
    if attr.default is not REQUIRED:
        proto.default_value.CopyFrom(default_to_proto(attr))
    if attr.minimum is not None:
        proto.has_minimum, proto.minimum = True, attr.minimum
    if attr.allowed is not None:
        element_type = attr.type.removeprefix("list(").removesuffix(")")
        proto.allowed_values.CopyFrom(attr_to_proto(attr.allowed, f"list({element_type})"))
    return proto


def default_to_proto(attr: Attribute) -> AttrValue:
    """The default of an attribute, an array with its elements one by one, as they stand in "
    "TensorFlow's OpDefs."""
    if isinstance(attr.default, np.ndarray):
        return AttrValue(tensor=array_to_listed_proto(attr.default))
    return attr_to_proto(attr.default, attr.type)


# -- message -> signature ------------------------------------------------------------------


def signature_from_proto(proto: OpDef) -> Signature:
    """The signature that an OpDef describes, which may be that of a function.

    Raises:
        TypeError, ValueError: it has a type, an attribute or a default that there is not.
    """
    inputs = tuple(_argument_from(argument) for argument in proto.input_arg)
    outputs = tuple(_argument_from(argument) for argument in proto.output_arg)
    inferred = _named(inputs)
    unknown = sorted((inferred | _named(outputs)) - {attr.name for attr in proto.attr})
    if unknown:
        raise ValueError(
            f"OpDef of {proto.name}: an argument takes its type from the attr '{unknown[0]}', "
            "which there is not"
        )
    return Signature(
        name=proto.name,
        inputs=inputs,
        outputs=outputs,
        attrs=tuple(_attribute_from(attr) for attr in proto.attr),
        is_stateful=proto.is_stateful,
        is_commutative=proto.is_commutative,
        is_aggregate=proto.is_aggregate,
        allows_uninitialized_input=proto.allows_uninitialized_input,
        deprecated_at=proto.deprecation.version if proto.HasField("deprecation") else None,
        deprecated_for=proto.deprecation.explanation,
        inferred_attrs=frozenset(inferred),
    )


def _named(arguments: Iterable[Argument]) -> set[str]:
    """The attributes that say the types and numbers of arguments."""
    return {name for a in arguments for name in (a.type_attr, a.number_attr, a.type_list_attr) if name}


def _argument_from(proto: Any) -> Argument:
    return Argument(
        name=proto.name,
        type=as_dtype(proto.type) if proto.type else None,
        type_attr=proto.type_attr or None,
        number_attr=proto.number_attr or None,
        type_list_attr=proto.type_list_attr or None,
        is_ref=proto.is_ref,
    )


def _attribute_from(proto: Any) -> Attribute:
    return Attribute(
        name=proto.name,
        type=proto.type,
        default=attr_from_proto(proto.default_value) if proto.HasField("default_value") else REQUIRED,
        allowed=tuple(attr_from_proto(proto.allowed_values)) if proto.HasField("allowed_values") else None,
        minimum=proto.minimum if proto.has_minimum else None,
    )
