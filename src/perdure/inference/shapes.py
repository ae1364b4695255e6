"""Static shapes of new operations: calls the op's shape function with what is known of its inputs."""

from __future__ import annotations

from functools import cache
from typing import Any

from perdure.graph import shapes, signatures
from perdure.graph.dtypes import resource, variant
from perdure.graph.errors import InternalError, OpError
from perdure.graph.func_graph import function_called
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.inference.values import known_entries, known_sizes, known_value
from perdure.ops.registry import SHAPE_OF, Rule, lookup, traits_of
from perdure.ops.traits import LOOP, MERGE, ONCE, Traits

# Stands for a size that is not known, where the question is only what follows from it.
_SOME_SIZE = 7


def infer_shapes(op: Operation) -> list[shapes.Shape]:
    """The static shape of each output of `op`.

    An op without a shape function gets unknown shapes: it may still be part of a graph, just not be run.

    Raises:
        ValueError: the shapes of the inputs do not fit the op.
    """
    prepared = _prepare(op.signature.name)
    if prepared is None:
        return [None] * len(op.outputs)
    rule, getters, ranks, has_lists, one_output = prepared
    inputs: Any = op.inputs
    if has_lists:
        from perdure.graph.construction import split_by_argument

        inputs = split_by_argument(inputs, op.signature.inputs, op.attrs)
    try:
        for position, rank in ranks:
            shapes.with_rank(inputs[position]._shape, rank)
        arguments = [get(inputs[position]) for get, position in getters]
        if rule.attrs:
            attrs = op.attrs
            found = rule.function(*arguments, **{name: attrs[name] for name in rule.attrs})
        else:
            found = rule.function(*arguments)
    except ValueError as error:
        raise _refusal(op, str(error)) from None
    except InternalError as error:  # as in TensorFlow, only what is invalid becomes a ValueError
        raise InternalError(None, None, str(_refusal(op, error.message))) from None
    except OpError as error:  # of a check that kernels make, too
        raise _refusal(op, error.message) from None
    except _CONFUSED as error:
        if signatures.is_custom(op.type):
            raise  # a mistake of the program's own shape function
        raise _refusal(op, f"The inputs do not fit the op ({error})") from error
    return [found] if one_output else found


# What shape functions run into where an input has not the rank that they take for granted.
_CONFUSED = (TypeError, IndexError, ArithmeticError, AttributeError)


def _refusal(op: Operation, fact: str) -> ValueError:
    given = ", ".join(shapes.format_shape(tensor._shape) for tensor in op.inputs)
    try:
        known = _known_inputs(op)
    except ValueError:
        known = ""
    return ValueError(f"{fact} for '{op.name}' (op: '{op.type}') with input shapes: {given}{known}.")


def sizes_follow(op: Operation) -> bool:
    """Whether the sizes of what `op` makes follow from the graph and from the sizes of what it takes."""
    if all(_is_known(tensor._shape) for tensor in op.outputs):
        return True
    if not op.inputs or any(tensor._shape is None for tensor in op.inputs):
        return False
    try:
        return all(map(_is_known, infer_shapes(_with_some_sizes(op))))
    except ValueError:
        return False  # they depend on each other


def _is_known(shape: shapes.Shape) -> bool:
    return shape is not None and None not in shape


class _Stand:
    """What stands for an input or an operation when its shape function is called."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


def _with_some_sizes(op: Operation) -> Any:
    inputs = [
        _Stand(op=tensor.op, value_index=tensor.value_index, dtype=tensor.dtype, _shape=_some(tensor._shape))
        for tensor in op.inputs
    ]
    return _Stand(
        name=op.name, type=op.type, signature=op.signature, attrs=op.attrs, outputs=op.outputs, inputs=inputs
    )


def _some(shape: shapes.Shape) -> shapes.Shape:
    return tuple(_SOME_SIZE if size is None else size for size in shape or ())


def _known_inputs(op: Operation) -> str:
    """The values that decided the shape, for a message."""
    definition = lookup(op.type)
    if definition is None or len(op.signature.inputs) != len(op.inputs):
        return ""
    values, sizes = [], []
    for i, (argument, tensor) in enumerate(zip(op.signature.inputs, op.inputs, strict=True)):
        if argument.name in definition.sizes:
            shape = known_sizes(tensor)
            if shape is not None:
                sizes.append(f"input[{i}] = {shapes.format_shape(shape)}")
        elif argument.name in definition.static:
            value = known_value(tensor)
            if value is not None:
                values.append(f"input[{i}] = <{_shown(value)}>")
    text = f" and with computed input tensors: {', '.join(values)}" if values else ""
    return text + (f" and with input tensors computed as partial shapes: {', '.join(sizes)}" if sizes else "")


def _shown(value: Any) -> str:
    if value.ndim < 2:
        items = value.ravel().tolist()
        return " ".join(
            item.decode("utf-8", "replace") if type(item) is bytes else str(item) for item in items
        )
    return "".join(f"[{_shown(row)}]" for row in value)


@cache
def _prepare(op_type: str) -> tuple[Rule, list[tuple[Any, int]], list[tuple[int, int]], bool, bool] | None:
    definition = lookup(op_type)
    if definition is None or definition.shape_rule is None or definition.type != op_type:
        return None
    rule = definition.shape_rule
    signature = definition.signature
    position_of = {argument.name: i for i, argument in enumerate(signature.inputs)}
    getters: list[tuple[Any, int]] = []
    for asked in rule.arguments:
        name = asked.removeprefix(SHAPE_OF)
        argument = signature.inputs[position_of[name]]
        if name != asked:
            get: Any = _shape_of
        elif argument.is_list:
            get = _values_or_shapes if name in definition.static else _shapes_of_list
        elif name in definition.sizes:
            get = known_entries if name in definition.static else known_sizes
        elif name in definition.static:
            get = known_value
        elif argument.type is resource:
            get = _shape_of_resource
        elif argument.type is variant and definition.traits.lists:
            get = shape_of_elements
        else:
            get = _shape_of
        getters.append((get, position_of[name]))
    has_lists = any(argument.is_list for argument in signature.inputs)
    outputs = signature.outputs
    ranks = [(position_of[name], rank) for name, rank in definition.ranks.items()]
    return rule, getters, ranks, has_lists, len(outputs) == 1 and not outputs[0].is_list


def _shape_of(tensor: Tensor) -> shapes.Shape:
    return tensor._shape


def shape_of_elements(tensor: Tensor) -> shapes.Shape:
    """The shape of the elements of a list, as far as the nodes say it that made the list."""
    while True:
        op = tensor.op
        traits = traits_of(op.type)
        if traits.placeholder:
            outside = getattr(op.graph, "stands_for", {}).get(tensor)
            if outside is None:
                return None
            tensor = outside
        elif traits.identity or traits.calls is LOOP:
            tensor = op.inputs[tensor.value_index]
        elif traits.calls is ONCE:
            tensor = function_called(op).outputs[tensor.value_index]
        elif traits.lists:
            if op.signature.outputs[tensor.value_index].type is not variant:
                return None  # an element, which may be a list, too
            handles = [given for given in op.inputs if given.dtype is variant]
            if not handles:
                return _element_shape_given_to(op)
            tensor = handles[0]
        else:
            return None


def _element_shape_given_to(op: Operation) -> shapes.Shape:
    for argument, tensor in zip(op.signature.inputs, op.inputs, strict=True):
        if argument.name == "element_shape":
            is_vector = tensor._shape is not None and len(tensor._shape) == 1
            return known_sizes(tensor) if is_vector else None
    return None


def _shapes_of_list(tensors: list[Tensor]) -> list[shapes.Shape]:
    return [tensor._shape for tensor in tensors]


def _values_or_shapes(tensors: list[Tensor]) -> list[Any]:
    values = [known_value(tensor) for tensor in tensors]
    return [tensor._shape if value is None else value for tensor, value in zip(tensors, values, strict=True)]


def _shape_of_resource(tensor: Tensor) -> shapes.Shape:
    """The shape of the variable behind a handle, or of the elements of an array of tensors."""
    prepended: tuple[None, ...] = ()
    op = tensor.op
    while (
        (traits := traits_of(op.type)).identity
        or traits.placeholder
        or traits.calls in (LOOP, ONCE)
        or _hands_on_handle(op, traits)
    ):
        if traits.calls is ONCE:
            tensor = function_called(op).outputs[tensor.value_index]
        elif _hands_on_handle(op, traits):
            if len(op.inputs) == 3:  # TensorArrayGradWithShape
                sizes = op.inputs[2]._shape
                if not sizes or sizes[0] is None:
                    return None
                prepended += (None,) * sizes[0]
            tensor = op.inputs[0]
        elif traits.placeholder:  # in a body it stands for the handle outside
            outside = getattr(op.graph, "stands_for", {}).get(tensor)
            if outside is None:
                return None
            tensor = outside
        else:
            tensor = op.inputs[tensor.value_index]
        op = tensor.op
    if traits.setup:
        return op.attrs.get("shape")
    shape = op.attrs.get("element_shape")
    if shape is None or not (_is_known(shape) or op.attrs.get("identical_element_shapes")):
        return None
    return (*prepended, *shape)


def _hands_on_handle(op: Operation, traits: Traits) -> bool:
    """Whether the handle that `op` makes is of what its first input is a handle of, or of its like."""
    if traits.flow is not None:
        return traits.flow is not MERGE
    # An array of gradients has elements of the shape of those of the array.
    return traits.of_step and len(op.inputs) > 1 and op.outputs[0].dtype is resource
