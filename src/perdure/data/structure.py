"""Specs of elements: structures of TypeSpecs, and elements as flat lists of tensors and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.data import nest
from perdure.graph.composite import CompositeTensor, SparseTensor
from perdure.graph.composite_specs import SparseTensorSpec
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.graph.type_spec import TensorSpec, TypeSpec, spec_of
from perdure.platform.deprecation import warn_once

_MODULE = "tensorflow.python.data.util.structure"


def normalize_element(element: Any) -> Any:
    """An element with tensors and values made of tensors as its leaves."""
    components: list[Any] = []
    with name_scope("normalize_element"):
        for i, component in enumerate(nest.flatten(element)):
            try:
                spec: Any = type_spec_from_value(component, use_fallback=False)
            except TypeError:
                spec = None
            if isinstance(spec, SparseTensorSpec):
                components.append(SparseTensor.from_value(component))
            elif spec is not None and (
                not isinstance(spec, TensorSpec) or isinstance(component, CompositeTensor)
            ):
                components.append(component)
            else:
                components.append(convert_to_tensor(component, name=f"component_{i}"))
    return nest.pack_sequence_as(element, components)


def type_spec_from_value(element: Any, use_fallback: bool = True) -> Any:
    """The structure of specs of an element.

    Args:
        element: the element.
        use_fallback: whether leaves become tensors if they have no spec otherwise.

    Raises:
        TypeError: a leaf has no spec.
    """
    spec = spec_of(element)
    if spec is not None:
        return spec
    if isinstance(element, dict):
        made = element.copy()
        for key in element:
            made[key] = type_spec_from_value(element[key])
        return made
    if nest.is_sequence(element):
        parts = [type_spec_from_value(part) for part in nest._parts(element)]
        return nest._like(element, parts) if type(element) is not tuple else tuple(parts)
    if use_fallback:
        try:
            return spec_of(convert_to_tensor(element))
        except (TypeError, ValueError):
            pass
    raise TypeError(f"Could not build a TypeSpec for {element!r} with type {type(element).__name__}")


def convert_legacy_structure(output_types: Any, output_shapes: Any, output_classes: Any) -> Any:
    """The structure of specs that structures of types, shapes and classes mean.

    Raises:
        TypeError: there is no spec for a class.
    """
    leaves = zip(*map(nest.flatten, (output_types, output_shapes, output_classes)), strict=False)
    return nest.pack_sequence_as(output_classes, [_spec_of_class(*leaf) for leaf in leaves])


def _spec_of_class(dtype: Any, shape: Any, kind: Any) -> TypeSpec:
    if isinstance(kind, TypeSpec):
        return kind
    if issubclass(kind, SparseTensor):
        return SparseTensorSpec(shape, dtype)
    if issubclass(kind, Tensor):
        return TensorSpec(shape, dtype)
    raise TypeError(f"Could not build a structure for output class {kind!r}")


def get_flat_tensor_specs(element_spec: Any) -> list[Any]:
    """The specs of the tensors that elements consist of."""
    return [flat for spec in nest.flatten(element_spec) for flat in spec._flat_tensor_specs]


def get_flat_tensor_shapes(element_spec: Any) -> list[TensorShape]:
    """The static shapes of the tensors that elements consist of."""
    return [spec.shape for spec in get_flat_tensor_specs(element_spec)]


def get_flat_tensor_types(element_spec: Any) -> list[DType]:
    """The types of the tensors that elements consist of."""
    return [spec.dtype for spec in get_flat_tensor_specs(element_spec)]


def to_tensor_list(element_spec: Any, element: Any) -> list[Any]:
    """The tensors that an element consists of.

    Raises:
        TypeError, ValueError: the element has another structure.
    """
    return _to_list(lambda spec, component: spec._to_tensor_list(component), element_spec, element)


def to_batched_tensor_list(element_spec: Any, element: Any) -> list[Any]:
    """The tensors that a batch of elements consists of, each with one dimension more."""
    return _to_list(lambda spec, component: spec._to_batched_tensor_list(component), element_spec, element)


def _to_list(encode: Callable[[Any, Any], list[Any]], element_spec: Any, element: Any) -> list[Any]:
    nest.assert_same_structure(element_spec, element)
    pairs = zip(nest.flatten(element_spec), nest.flatten(element), strict=True)
    return [tensor for spec, component in pairs for tensor in encode(spec, component)]


def from_tensor_list(element_spec: Any, tensor_list: list[Any]) -> Any:
    """The element that tensors stand for, which are checked.

    Raises:
        ValueError: there is another number of tensors, or one does not fit its spec.
    """
    return _from_list(lambda spec, tensors: spec._from_tensor_list(tensors), element_spec, tensor_list)


def from_compatible_tensor_list(element_spec: Any, tensor_list: list[Any]) -> Any:
    """The element that tensors stand for, which are known to fit."""
    return _from_list(
        lambda spec, tensors: spec._from_compatible_tensor_list(tensors), element_spec, tensor_list
    )


def _from_list(decode: Callable[[Any, list[Any]], Any], element_spec: Any, tensor_list: list[Any]) -> Any:
    specs = nest.flatten(element_spec)
    lengths = [len(spec._flat_tensor_specs) for spec in specs]
    tensors = list(tensor_list)
    if sum(lengths) != len(tensors):
        raise ValueError(f"Expected {sum(lengths)} tensors but got {len(tensors)}.")
    found, start = [], 0
    for spec, length in zip(specs, lengths, strict=True):
        found.append(decode(spec, tensors[start : start + length]))
        start += length
    return nest.pack_sequence_as(element_spec, found)


def are_compatible(spec1: Any, spec2: Any) -> bool:
    """Whether elements of one structure of specs may be such of another one, and the other way round."""
    try:
        nest.assert_same_structure(spec1, spec2)
    except (TypeError, ValueError):
        return False
    pairs = zip(nest.flatten(spec1), nest.flatten(spec2), strict=True)
    return all(one.is_compatible_with(other) and other.is_compatible_with(one) for one, other in pairs)


def legacy_types(element_spec: Any) -> Any:
    """The structure of types of elements."""
    return nest.map_structure(lambda spec: spec._to_legacy_output_types(), element_spec)


def legacy_shapes(element_spec: Any) -> Any:
    """The structure of static shapes of elements."""
    return nest.map_structure(lambda spec: spec._to_legacy_output_shapes(), element_spec)


def legacy_classes(element_spec: Any) -> Any:
    """The structure of classes of elements."""
    return nest.map_structure(lambda spec: spec._to_legacy_output_classes(), element_spec)


# -- older names of specs ---------------------------------------------------------------------------


def TensorStructure(dtype: Any, shape: Any) -> TensorSpec:
    """The spec of tensors; `tf.TensorSpec` is its newer name."""
    warn_once("_TensorStructure", _MODULE, "Use `tf.TensorSpec` instead.")
    return TensorSpec(shape, dtype)


def SparseTensorStructure(dtype: Any, shape: Any) -> SparseTensorSpec:
    """The spec of SparseTensors; `tf.SparseTensorSpec` is its newer name."""
    warn_once("_SparseTensorStructure", _MODULE, "Use `tf.SparseTensorSpec` instead.")
    return SparseTensorSpec(shape, dtype)
