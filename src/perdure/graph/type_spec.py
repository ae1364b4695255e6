"""Descriptions of values that are made of tensors: `tf.TypeSpec`, `tf.TensorSpec`.

A spec says which tensors a value consists of, makes a list of tensors of a value and a value of such a list,
so that a function or dataset, which knows tensors alone, can take and return any kind of value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from perdure.graph import dtypes, nest
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_value


class TypeSpec:
    """What kind of value something is; the base of all descriptions.

    A subclass says what its constructor takes (`_serialize`), of which specs its parts are
    (`_component_specs`), and how a value becomes its parts and the other way round.
    """

    __slots__ = ()

    @property
    def value_type(self) -> Any:
        """The class of the values that it describes."""
        raise NotImplementedError(f"{type(self).__name__}.value_type")

    @property
    def _component_specs(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._component_specs()")

    def _to_components(self, value: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._to_components()")

    def _from_components(self, components: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._from_components()")

    def _serialize(self) -> tuple[Any, ...]:
        raise NotImplementedError(f"{type(self).__name__}._serialize()")

    @classmethod
    def _deserialize(cls, serialization: tuple[Any, ...]) -> Self:
        return cls(*serialization)

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value, or the values of another spec, may be such values."""
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else type_spec_from_value(spec_or_value)
        return type(self) is type(other) and _are_compatible(self._serialize(), other._serialize())

    def most_specific_compatible_type(self, other: TypeSpec) -> Any:
        """The narrowest spec that describes what this one and `other` describe.

        Raises:
            ValueError: there is none.
        """
        if type(self) is not type(other):
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return self._deserialize(_merged(self._serialize(), other._serialize()))

    # -- lists of tensors ------------------------------------------------------------------

    @property
    def _flat_tensor_specs(self) -> list[Any]:
        return nest.flatten(self._component_specs, expand_composites=True)

    def _to_tensor_list(self, value: Any) -> list[Any]:
        return nest.flatten(self._to_components(value), expand_composites=True)

    def _from_tensor_list(self, tensor_list: list[Any]) -> Any:
        expected = self._flat_tensor_specs
        if len(tensor_list) != len(expected):
            raise ValueError("Incompatible input: wrong number of tensors")
        for i, (tensor, spec) in enumerate(zip(tensor_list, expected, strict=True)):
            if not type_spec_from_value(tensor).is_compatible_with(spec):
                raise ValueError(f"Incompatible input: tensor {i} ({tensor}) is incompatible with {spec}")
        return self._from_compatible_tensor_list(tensor_list)

    def _from_compatible_tensor_list(self, tensor_list: list[Any]) -> Any:
        return self._from_components(
            nest.pack_sequence_as(self._component_specs, tensor_list, expand_composites=True)
        )

    # -- types, shapes and classes, which older interfaces say apart ------------------------

    def _to_legacy_output_types(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._to_legacy_output_types()")

    def _to_legacy_output_shapes(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._to_legacy_output_shapes()")

    def _to_legacy_output_classes(self) -> Any:
        return self.value_type

    # -- comparison ------------------------------------------------------------------------

    def _key(self) -> tuple[Any, ...]:
        return type(self), _key_of(self._serialize())

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._key() == other._key()  # type: ignore[attr-defined]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._serialize()

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._serialize()!r}"


def _key_of(value: Any) -> Any:
    """What stands for a part of a serialization in comparisons."""
    if isinstance(value, dict):
        return tuple((key, _key_of(value[key])) for key in sorted(value))
    if isinstance(value, tuple):
        return tuple(map(_key_of, value))
    if isinstance(value, TensorShape):
        return TensorShape, None if value.ndims is None else tuple(value.as_list())
    if isinstance(value, np.ndarray):
        return np.ndarray, value.shape, value.tobytes()
    return value


def _are_compatible(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(_are_compatible, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_are_compatible(one[key], other[key]) for key in one)
    if isinstance(one, (TypeSpec, TensorShape, DType)):
        return bool(one.is_compatible_with(other))
    return bool(one == other)


def _merged(one: Any, other: Any) -> Any:
    """The serialization of the narrowest spec that covers two of a kind."""
    wrong = ValueError(f"Types are not compatible: {one!r} vs {other!r}")
    if type(one) is not type(other):
        raise wrong
    if isinstance(one, tuple):
        if len(one) != len(other):
            raise wrong
        return tuple(map(_merged, one, other))
    if isinstance(one, dict):
        if one.keys() != other.keys():
            raise wrong
        return {key: _merged(one[key], other[key]) for key in sorted(one)}
    if isinstance(one, TensorShape):
        return one.most_specific_compatible_shape(other)
    if isinstance(one, TypeSpec):
        return one.most_specific_compatible_type(other)
    if one != other:
        raise wrong
    return one


class BatchableTypeSpec(TypeSpec):
    """A spec of values that can be put together to a value with one dimension more."""

    __slots__ = ()

    def _batch(self, batch_size: int | None) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._batch")

    def _unbatch(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._unbatch")

    def _to_batched_tensor_list(self, value: Any) -> list[Any]:
        tensors = self._to_tensor_list(value)
        if any(tensor.shape.ndims == 0 for tensor in tensors):
            raise ValueError(f"Value {value} has insufficient rank for batching.")
        return tensors


class TensorSpec(BatchableTypeSpec):
    """Describes tensors.

    Args:
        shape: their static shape.
        dtype: the type of their elements.
        name: how the argument is called that it stands for, or None.
    """

    __slots__ = ("_shape", "_dtype", "_name")

    def __init__(self, shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> None:
        self._shape = TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> Any:
        """The spec of what another spec describes, under another name."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """The spec of a tensor.

        Raises:
            ValueError: it is no tensor.
        """
        if not isinstance(tensor, Tensor):
            raise ValueError("`tensor` should be a tf.Tensor")
        return TensorSpec(tensor.shape, tensor.dtype, name or tensor.op.name)

    shape = property(lambda self: self._shape, doc="The static shape.")
    dtype = property(lambda self: self._dtype, doc="The type of the elements.")
    name = property(lambda self: self._name, doc="How the argument is called that it stands for, or None.")
    value_type = property(lambda self: Tensor, doc="The class of tensors.")  # type: ignore[assignment]

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether a tensor, or those of another spec, may be such tensors."""
        return (
            isinstance(spec_or_tensor, (TensorSpec, Tensor))
            and self._dtype.is_compatible_with(spec_or_tensor.dtype)
            and self._shape.is_compatible_with(spec_or_tensor.shape)
        )

    def most_specific_compatible_type(self, other: TypeSpec) -> TensorSpec:
        """The narrowest spec that describes what this one and `other` describe.

        Raises:
            ValueError: there is none.
        """
        if type(self) is not type(other) or self._dtype != other.dtype:  # type: ignore[attr-defined]
            raise ValueError(f"Types are not compatible: {self!r} vs {other!r}")
        shape = self._shape.most_specific_compatible_shape(other.shape)  # type: ignore[attr-defined]
        name = self._name if self._name == other.name else None  # type: ignore[attr-defined]
        return TensorSpec(shape, self._dtype, name)

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype, self._name

    @property
    def _component_specs(self) -> TensorSpec:
        return self

    @property
    def _flat_tensor_specs(self) -> list[Any]:
        return [self]

    def _to_components(self, value: Any) -> Tensor:
        described = f"a tensor with dtype {self._dtype} and shape {self._shape}"
        wrong = f"Value {value!r} is not convertible to {described}."
        try:
            tensor = convert_to_tensor(value, self._dtype)
        except (TypeError, ValueError):
            raise ValueError(wrong) from None
        if not tensor.shape.is_compatible_with(self._shape):
            raise ValueError(wrong)
        return tensor

    def _to_tensor_list(self, value: Any) -> list[Any]:
        return [self._to_components(value)]

    def _from_components(self, components: Any) -> Any:
        return components

    def _from_compatible_tensor_list(self, tensor_list: list[Any]) -> Any:
        (tensor,) = tensor_list
        tensor.set_shape(self._shape)
        return tensor

    def _batch(self, batch_size: int | None) -> TensorSpec:
        return TensorSpec(TensorShape([batch_size]).concatenate(self._shape), self._dtype)

    def _unbatch(self) -> TensorSpec:
        if self._shape.ndims == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return TensorSpec(self._shape[1:], self._dtype)

    def _to_legacy_output_types(self) -> DType:
        return self._dtype

    def _to_legacy_output_shapes(self) -> TensorShape:
        return self._shape

    def _to_legacy_output_classes(self) -> Any:
        return Tensor

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r})"


class BoundedTensorSpec(TensorSpec):
    """Describes tensors with elements between bounds.

    Args:
        shape: their static shape.
        dtype: the type of their elements.
        minimum: the smallest allowed value; its shape broadcasts with `shape`.
        maximum: the largest allowed value; its shape broadcasts with `shape`.
        name: how the argument is called that it stands for, or None.

    Raises:
        ValueError: a bound is missing, or its shape does not fit.
    """

    __slots__ = ("_minimum", "_maximum")

    def __init__(self, shape: Any, dtype: Any, minimum: Any, maximum: Any, name: str | None = None) -> None:
        super().__init__(shape, dtype, name)
        if minimum is None or maximum is None:
            raise ValueError(f"minimum and maximum must be provided; but saw '{minimum}' and '{maximum}'")
        bounds = {}
        for what, bound in (("minimum", minimum), ("maximum", maximum)):
            try:
                np.broadcast_shapes(np.shape(bound), [dimension_value(n) or 1 for n in self.shape])
            except ValueError as error:
                raise ValueError(f"{what} is not compatible with shape. Message: {error!r}.") from None
            bounds[what] = np.array(bound, self.dtype.as_numpy_dtype)
            bounds[what].setflags(write=False)
        self._minimum, self._maximum = bounds["minimum"], bounds["maximum"]

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> BoundedTensorSpec:
        """The spec of what another spec describes; all of its type's numbers if that has no bounds."""
        dtype = dtypes.as_dtype(spec.dtype)
        minimum, maximum = getattr(spec, "minimum", dtype.min), getattr(spec, "maximum", dtype.max)
        return BoundedTensorSpec(spec.shape, dtype, minimum, maximum, name or spec.name)

    minimum = property(lambda self: self._minimum, doc="The smallest allowed value, read-only.")
    maximum = property(lambda self: self._maximum, doc="The largest allowed value, read-only.")

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype, self._minimum, self._maximum, self._name

    def __repr__(self) -> str:
        return (
            f"BoundedTensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r}, "
            f"minimum={self.minimum!r}, maximum={self.maximum!r})"
        )


# -- specs of values -------------------------------------------------------------------------------

_converters: list[tuple[type, Callable[[Any], TypeSpec], bool]] = []


def register_type_spec_from_value_converter(
    type_object: type, converter_fn: Callable[[Any], TypeSpec], allow_subclass: bool = False
) -> None:
    """Say how the spec of a kind of value is made; the last one that was registered is asked first.

    Args:
        type_object: the class of the values.
        converter_fn: from a value to its spec.
        allow_subclass: whether it is asked for values of subclasses, too.
    """
    _converters.append((type_object, converter_fn, allow_subclass))


def spec_of(value: Any) -> TypeSpec | None:
    """The spec of a value; None if it is none that is made of tensors."""
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    spec = getattr(value, "_type_spec", None)
    if isinstance(spec, TypeSpec):
        return spec
    if isinstance(value, list) and value:
        stacked = _spec_of_list(value)
        if stacked is not None:
            return stacked
    for kind, converter, with_subclasses in reversed(_converters):
        if type(value) is kind or with_subclasses and isinstance(value, kind):
            return converter(value)
    return None


def _spec_of_list(values: list[Any]) -> TypeSpec | None:
    specs = [spec_of(value) for value in values]
    merged: Any = specs[0]
    if not isinstance(merged, BatchableTypeSpec):
        return None
    try:
        for spec in specs[1:]:
            merged = merged.most_specific_compatible_type(spec)  # type: ignore[arg-type]
        return merged._batch(len(specs))
    except (AttributeError, TypeError, ValueError):
        return None


def type_spec_from_value(value: Any) -> TypeSpec:
    """The spec of a value, or of the tensor that it can be converted to.

    Raises:
        TypeError: it is neither made of tensors nor can it become one.
    """
    spec = spec_of(value)
    if spec is not None:
        return spec
    try:
        return TensorSpec.from_tensor(convert_to_tensor(value))
    except (TypeError, ValueError):
        raise TypeError(
            f"Could not build a TypeSpec for {value!r} with type {type(value).__name__}"
        ) from None


register_type_spec_from_value_converter(np.ndarray, lambda array: TensorSpec(array.shape, array.dtype))
