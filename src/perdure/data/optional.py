"""`tf.data.experimental.Optional`: a value that may not be there."""

from __future__ import annotations

from typing import Any

from perdure.data import structure
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import CompositeTensor
from perdure.graph.defaults import name_scope
from perdure.graph.type_spec import TensorSpec, TypeSpec


class Optional(CompositeTensor):
    """A value that may not be there; whether it is, is known when the graph runs."""

    def has_value(self, name: str | None = None) -> Any:
        """Whether it is there, a boolean scalar.

        Args:
            name: of the operation.
        """
        raise NotImplementedError("Optional.has_value()")

    def get_value(self, name: str | None = None) -> Any:
        """The value; a step that asks for one that is not there fails.

        Args:
            name: of the operation.
        """
        raise NotImplementedError("Optional.get_value()")

    @property
    def value_structure(self) -> Any:
        """The structure of specs of the value."""
        raise NotImplementedError("Optional.value_structure")

    @staticmethod
    def from_value(value: Any) -> Any:
        """One that is there.

        Args:
            value: a structure of tensors.
        """
        with name_scope("optional") as scope, name_scope("value"):
            spec = structure.type_spec_from_value(value)
            tensors = structure.to_tensor_list(spec, value)
        return _OptionalImpl(g.optional_from_value(tensors, name=scope), spec)

    @staticmethod
    def none_from_structure(value_structure: Any) -> Any:
        """One that is not there.

        Args:
            value_structure: the structure of specs of its value.
        """
        return _OptionalImpl(g.optional_none(), value_structure)


class _OptionalImpl(Optional):
    def __init__(self, variant_tensor: Any, value_structure: Any) -> None:
        self._variant_tensor = variant_tensor
        self._value_structure = value_structure

    def has_value(self, name: str | None = None) -> Any:
        """Whether it is there, a boolean scalar."""
        return g.optional_has_value(self._variant_tensor, name=name)

    def get_value(self, name: str | None = None) -> Any:
        """The value; a step that asks for one that is not there fails."""
        with name_scope(name, "OptionalGetValue", [self._variant_tensor]) as scope:
            tensors = g.optional_get_value(
                self._variant_tensor,
                output_types=structure.get_flat_tensor_types(self._value_structure),
                output_shapes=structure.get_flat_tensor_shapes(self._value_structure),
                name=scope,
            )
            return structure.from_tensor_list(self._value_structure, list(tensors))

    @property
    def value_structure(self) -> Any:
        """The structure of specs of the value."""
        return self._value_structure

    @property
    def _type_spec(self) -> Any:
        return OptionalSpec(self._value_structure)


class OptionalSpec(TypeSpec):
    """Describes Optionals.

    Args:
        value_structure: the structure of specs of their values.
    """

    __slots__ = ("_value_structure",)

    def __init__(self, value_structure: Any) -> None:
        self._value_structure = value_structure

    @property
    def value_type(self) -> Any:
        """The class of Optionals."""
        return _OptionalImpl

    @staticmethod
    def from_value(value: Any) -> OptionalSpec:
        """The spec of an Optional."""
        return OptionalSpec(value.value_structure)

    def _serialize(self) -> tuple[Any, ...]:
        return (self._value_structure,)

    @property
    def _component_specs(self) -> Any:
        return [TensorSpec((), dtypes.variant)]

    def _to_components(self, value: Any) -> Any:
        return [value._variant_tensor]

    def _from_components(self, components: Any) -> Any:
        return _OptionalImpl(components[0], self._value_structure)

    def _to_legacy_output_types(self) -> Any:
        return self

    def _to_legacy_output_shapes(self) -> Any:
        return self

    def _to_legacy_output_classes(self) -> Any:
        return self


def get_next_as_optional(iterator: Any) -> Optional:
    """The next element of an iterator, which is not there at its end.

    Args:
        iterator: the iterator.
    """
    spec = iterator.element_spec
    return _OptionalImpl(
        g.iterator_get_next_as_optional(
            iterator._iterator_resource,
            output_types=structure.get_flat_tensor_types(spec),
            output_shapes=structure.get_flat_tensor_shapes(spec),
        ),
        spec,
    )
