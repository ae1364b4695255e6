"""Structures of tensors and shapes, and which operations depend on which tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from perdure.functional.array.values import is_tensor
from perdure.functional.control.conditionals import cond, smart_constant_value
from perdure.functional.control.conditionals import smart_cond as cond_if_unknown
from perdure.graph.nest import flatten, is_nested
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import Dimension, TensorShape
from perdure.variables.base import Variable


def smart_cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """The result of one of two functions; a conditional of the graph unless the choice is known.

    Args:
        pred: a boolean, 0 or 1, a boolean tensor or variable.
        true_fn, false_fn: functions without arguments.
    """
    if isinstance(pred, Variable):
        return cond(pred, true_fn, false_fn)
    return cond_if_unknown(pred, true_fn, false_fn)


def constant_value(pred: Any) -> bool | None:
    """The value of a boolean if it is known while the graph is built."""
    if isinstance(pred, Variable):
        return None
    return smart_constant_value(bool(pred) if isinstance(pred, int) else pred)


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether a value is a tensor of a graph."""
    return is_tensor(tensor)


def are_all_symbolic_tensors(tensors: Iterable[Any]) -> bool:
    """Whether all values are tensors of a graph."""
    return all(is_symbolic_tensor(tensor) for tensor in tensors)


def get_reachable_from_inputs(inputs: Any, targets: Any = None) -> set[Any]:
    """The tensors and operations that depend on some inputs.

    Args:
        inputs: a structure of tensors, variables or operations.
        targets: tensors or operations; the search ends when all of them were found.
    """
    start = flatten(inputs, expand_composites=True)
    reached = {id(x): x for x in start}
    missing = {id(x) for x in flatten(targets)} if targets else None
    pending = list(start)
    while pending and (missing is None or missing):
        x = pending.pop()
        if isinstance(x, Operation):
            following: list[Any] = [*x.outputs, *x._control_outputs]
        elif isinstance(x, Variable):
            following = [x.op]
        elif isinstance(x, Tensor):
            following = x.consumers()
        else:
            raise TypeError("Expected Operation, Variable, or Tensor, got " + str(x))
        for y in following:
            if id(y) not in reached:
                reached[id(y)] = y
                pending.append(y)
                if missing is not None:
                    missing.discard(id(y))
    return set(reached.values())


def map_structure_with_atomic(
    is_atomic: Callable[[Any], bool], function: Callable[[Any], Any], nested: Any
) -> Any:
    """A structure with a function applied to what counts as an item of it.

    Args:
        is_atomic: which parts of the structure are items.
        function: what is applied to them.
        nested: the structure.

    Raises:
        ValueError: a part is neither an item nor a structure.
    """
    if is_atomic(nested):
        return function(nested)
    if not is_nested(nested):
        raise ValueError(f"Received non-atomic and non-sequence element: {nested}")
    if isinstance(nested, dict):
        mapped = {k: map_structure_with_atomic(is_atomic, function, nested[k]) for k in sorted(nested)}
        return type(nested)((k, mapped[k]) for k in nested)
    items = [map_structure_with_atomic(is_atomic, function, item) for item in nested]
    return type(nested)(*items) if hasattr(nested, "_fields") else type(nested)(items)


def _is_size(value: Any) -> bool:
    return value is None or isinstance(value, (int, Dimension)) or hasattr(value, "__index__")


def _is_shape(value: Any) -> bool:
    if _is_size(value) or isinstance(value, TensorShape):
        return True
    return isinstance(value, (tuple, list)) and all(_is_size(item) for item in value)


def convert_shapes(input_shape: Any, to_tuples: bool = True) -> Any:
    """A structure of shapes as tuples, or as TensorShapes.

    Args:
        input_shape: tuples, lists of sizes or TensorShapes, in any structure.
        to_tuples: whether tuples are wanted.
    """

    def convert(shape: Any) -> Any:
        found = TensorShape(shape)
        return tuple(found.as_list()) if to_tuples else found

    return map_structure_with_atomic(_is_shape, convert, input_shape)


def shape_type_conversion(fn: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A method of shapes that sees tuples, while its caller gives and gets TensorShapes."""

    @functools.wraps(fn)
    def converted(instance: Any, input_shape: Any) -> Any:
        if input_shape is not None:
            input_shape = convert_shapes(input_shape, to_tuples=True)
        output_shape = fn(instance, input_shape)
        if output_shape is not None:
            output_shape = convert_shapes(output_shape, to_tuples=False)
        return output_shape

    return converted


# -- what a configuration says of the inputs of a node --------------------------------------


class ListWrapper:
    """Keeps a list together where structures are flattened."""

    def __init__(self, list_to_wrap: list[Any]) -> None:
        self._list = list_to_wrap

    def as_list(self) -> list[Any]:
        """The list."""
        return self._list


def _is_node_data(nested: Any) -> bool:
    return isinstance(nested, list) and len(nested) in (3, 4) and isinstance(nested[0], str)


def convert_inner_node_data(nested: Any, wrap: bool = False) -> Any:
    """A structure in which `["layer", node, tensor, ...]` are items, or no longer.

    Args:
        nested: the structure.
        wrap: whether such lists are to be items, or are made plain lists again.
    """

    def is_atomic(part: Any) -> bool:
        return isinstance(part, ListWrapper) or _is_node_data(part) or not is_nested(part)

    def convert(part: Any) -> Any:
        if wrap:
            return ListWrapper(part) if _is_node_data(part) else part
        return part.as_list() if isinstance(part, ListWrapper) else part

    return map_structure_with_atomic(is_atomic, convert, nested)
