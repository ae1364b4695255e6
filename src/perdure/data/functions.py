"""Functions that programs give to datasets: traced with elements of a structure, which they return, too."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from perdure.data import structure
from perdure.functions.polymorphic import defun_with_attributes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.stacks import get_default_graph
from perdure.graph.uids import uid


class StructuredFunctionWrapper:
    """A function of the program from elements to elements, as a function of the graph.

    Args:
        func: the function.
        transformation_name: what uses it, in messages: "Dataset.map()".
        dataset: the dataset to whose elements it is applied.
        input_classes, input_shapes, input_types: in place of that, what its arguments are.
        input_structure: in place of these: the structure of specs of its arguments.
        add_to_graph: whether it goes into the graph's library now.
        use_legacy_function: whether it is named as functions of `Defun` are.
        defun_kwargs: attributes of the function.

    Raises:
        ValueError: it is not said what it is applied to.
        TypeError: what it returns cannot be an element.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        transformation_name: str,
        dataset: Any = None,
        input_classes: Any = None,
        input_shapes: Any = None,
        input_types: Any = None,
        input_structure: Any = None,
        add_to_graph: bool = True,
        use_legacy_function: bool = False,
        defun_kwargs: dict[str, Any] | None = None,
    ) -> None:
        legacy = input_classes, input_shapes, input_types
        if input_structure is not None:
            if dataset is not None or any(each is not None for each in legacy):
                raise ValueError(_WHAT.format("`input_structure`, "))
            self._input_structure = input_structure
        elif dataset is not None:
            if any(each is not None for each in legacy):
                raise ValueError(_WHAT.format("`input_structure` "))
            self._input_structure = dataset.element_spec
        else:
            if any(each is None for each in legacy):
                raise ValueError(_WHAT.format("`input_structure` "))
            self._input_structure = structure.convert_legacy_structure(
                input_types, input_shapes, input_classes
            )
        self._func = func
        self._transformation_name = transformation_name
        readable = transformation_name.replace(".", "_")[:-2] if len(transformation_name) > 2 else ""
        name = f"{readable}_{_name_of(func)}"
        attributes = {**(defun_kwargs or {}), "func_name": f"{name}_{uid()}" if use_legacy_function else name}
        specs = structure.get_flat_tensor_specs(self._input_structure)
        self._output_structure: Any = None
        traced = defun_with_attributes(
            self._flat, input_signature=specs, attributes=attributes, autograph=False
        )
        self._function = traced._get_concrete_function_internal()
        if add_to_graph:
            self._function.add_to_graph(get_default_graph())

    def _flat(self, *args: Any) -> list[Any]:
        arguments: Any = structure.from_compatible_tensor_list(self._input_structure, list(args))
        if type(arguments) is not tuple:
            arguments = (arguments,)
        result = self._func(*arguments)
        if isinstance(result, list):
            result = tuple(result)
        try:
            self._output_structure = structure.type_spec_from_value(result)
        except (ValueError, TypeError):
            raise TypeError(
                f"Unsupported return value from function passed to {self._transformation_name}: {result}."
            ) from None
        tensors = structure.to_tensor_list(self._output_structure, result)
        return [convert_to_tensor(tensor) for tensor in tensors]

    @property
    def function(self) -> Any:
        """The function, which knows what it captured."""
        return self._function

    @property
    def output_structure(self) -> Any:
        """The structure of specs of what it returns."""
        return self._output_structure

    @property
    def output_classes(self) -> Any:
        """The structure of classes of what it returns."""
        return structure.legacy_classes(self._output_structure)

    @property
    def output_shapes(self) -> Any:
        """The structure of static shapes of what it returns."""
        return structure.legacy_shapes(self._output_structure)

    @property
    def output_types(self) -> Any:
        """The structure of types of what it returns."""
        return structure.legacy_types(self._output_structure)


_WHAT = "Either `dataset`, {}or all of `input_classes`, `input_shapes`, and `input_types` must be specified."


def _name_of(func: Any) -> str:
    """The name of a function; for a method with that of its class."""
    func = inspect.unwrap(func) if callable(func) else func
    if inspect.isfunction(func):
        return func.__name__
    if inspect.ismethod(func):
        return f"{type(func.__self__).__name__}.{func.__func__.__name__}"
    return str(type(func))
