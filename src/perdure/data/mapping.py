"""Datasets made of others by functions of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.data import nest, structure
from perdure.data.dataset import DatasetSpec
from perdure.data.functions import StructuredFunctionWrapper
from perdure.data.kinds import kind
from perdure.data.parents import UnaryDataset, UnaryUnchangedStructureDataset
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.stacks import get_default_graph
from perdure.graph.type_spec import TensorSpec


class CallingDataset(UnaryDataset):
    """A dataset of what a function makes of elements."""

    _map_func: StructuredFunctionWrapper

    def _functions(self) -> list[Any]:
        return [self._map_func]

    def _transformation_name(self) -> str:
        return "Dataset.map()"


@kind
class MapDataset(CallingDataset):
    """What a function makes of the elements; see `Dataset.map`."""

    def __init__(
        self,
        input_dataset: Any,
        map_func: Callable[..., Any],
        use_inter_op_parallelism: bool = True,
        preserve_cardinality: bool = False,
        use_legacy_function: bool = False,
    ) -> None:
        self._map_func = StructuredFunctionWrapper(
            map_func,
            self._transformation_name(),
            dataset=input_dataset,
            use_legacy_function=use_legacy_function,
        )
        variant = g.map_dataset(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            f=self._map_func.function.attribute,
            use_inter_op_parallelism=use_inter_op_parallelism,
            preserve_cardinality=preserve_cardinality,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._map_func.output_structure


@kind
class ParallelMapDataset(CallingDataset):
    """What a function makes of the elements, of several at a time; see `Dataset.map`."""

    def __init__(
        self,
        input_dataset: Any,
        map_func: Callable[..., Any],
        num_parallel_calls: Any,
        use_inter_op_parallelism: bool = True,
        preserve_cardinality: bool = False,
        use_legacy_function: bool = False,
    ) -> None:
        self._map_func = StructuredFunctionWrapper(
            map_func,
            self._transformation_name(),
            dataset=input_dataset,
            use_legacy_function=use_legacy_function,
        )
        self._num_parallel_calls = convert_to_tensor(
            num_parallel_calls, dtype=dtypes.int32, name="num_parallel_calls"
        )
        variant = g.parallel_map_dataset(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            self._num_parallel_calls,
            f=self._map_func.function.attribute,
            use_inter_op_parallelism=use_inter_op_parallelism,
            preserve_cardinality=preserve_cardinality,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._map_func.output_structure


class FlatteningDataset(CallingDataset):
    """A dataset of the elements of the datasets that a function makes."""

    _structure: Any

    def _wrap(self, input_dataset: Any, map_func: Callable[..., Any]) -> None:
        self._map_func = StructuredFunctionWrapper(
            map_func, self._transformation_name(), dataset=input_dataset
        )
        made = self._map_func.output_structure
        if not isinstance(made, DatasetSpec):
            raise TypeError(f"`map_func` must return a `Dataset` object. Got {type(made)}")
        self._structure = made._element_spec

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._structure


@kind
class FlatMapDataset(FlatteningDataset):
    """The elements of datasets, one after another; see `Dataset.flat_map`."""

    def __init__(self, input_dataset: Any, map_func: Callable[..., Any]) -> None:
        self._wrap(input_dataset, map_func)
        variant = g.flat_map_dataset(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            f=self._map_func.function.attribute,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _transformation_name(self) -> str:
        return "Dataset.flat_map()"


@kind
class InterleaveDataset(FlatteningDataset):
    """The elements of datasets, of several by turns; see `Dataset.interleave`."""

    def __init__(
        self, input_dataset: Any, map_func: Callable[..., Any], cycle_length: Any, block_length: Any
    ) -> None:
        self._wrap(input_dataset, map_func)
        self._cycle_length = convert_to_tensor(cycle_length, dtype=dtypes.int64, name="cycle_length")
        self._block_length = convert_to_tensor(block_length, dtype=dtypes.int64, name="block_length")
        variant = g.interleave_dataset(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            self._cycle_length,
            self._block_length,
            f=self._map_func.function.attribute,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _transformation_name(self) -> str:
        return "Dataset.interleave()"


@kind
class ParallelInterleaveDataset(FlatteningDataset):
    """The elements of datasets, of several by turns, made at a time; see `Dataset.interleave`."""

    def __init__(
        self,
        input_dataset: Any,
        map_func: Callable[..., Any],
        cycle_length: Any,
        block_length: Any,
        num_parallel_calls: Any,
    ) -> None:
        self._wrap(input_dataset, map_func)
        self._cycle_length = convert_to_tensor(cycle_length, dtype=dtypes.int64, name="cycle_length")
        self._block_length = convert_to_tensor(block_length, dtype=dtypes.int64, name="block_length")
        self._num_parallel_calls = convert_to_tensor(
            num_parallel_calls, dtype=dtypes.int64, name="num_parallel_calls"
        )
        variant = g.parallel_interleave_dataset_v2(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            self._cycle_length,
            self._block_length,
            self._num_parallel_calls,
            f=self._map_func.function.attribute,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _transformation_name(self) -> str:
        return "Dataset.interleave()"


@kind
class FilterDataset(UnaryUnchangedStructureDataset):
    """The elements of which a function says that they stay; see `Dataset.filter`."""

    def __init__(
        self, input_dataset: Any, predicate: Callable[..., Any], use_legacy_function: bool = False
    ) -> None:
        self._predicate = StructuredFunctionWrapper(
            predicate, "Dataset.filter()", dataset=input_dataset, use_legacy_function=use_legacy_function
        )
        check_predicate(self._predicate)
        variant = g.filter_dataset(
            input_dataset._variant_tensor,
            self._predicate.function.captured_inputs,
            predicate=self._predicate.function.attribute,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._predicate]


def check_predicate(predicate: StructuredFunctionWrapper, words: str = "") -> None:
    """Refuse a predicate that returns something else than a scalar boolean.

    Args:
        predicate: the predicate.
        words: what the error says.

    Raises:
        ValueError: it does.
    """
    made = predicate.output_structure
    wanted = TensorSpec([], dtypes.bool)
    if nest.is_sequence(made) or not made.is_compatible_with(wanted):
        usual = f"`predicate` return type must be convertible to a scalar boolean tensor. Was {made}."
        raise ValueError(words or usual)


@kind
def reduced(dataset: Any, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
    """What a function makes of a state and one element after another; see `Dataset.reduce`."""
    with name_scope("initial_state"):
        initial_state = structure.normalize_element(initial_state)
    spec = structure.type_spec_from_value(initial_state)
    while True:
        wrapped = StructuredFunctionWrapper(
            reduce_func, "reduce()", input_structure=(spec, dataset.element_spec), add_to_graph=False
        )
        weaker = weakened(spec, wrapped)
        if weaker is None:
            break
        spec = weaker
    function = wrapped.function
    function.add_to_graph(get_default_graph())
    tensors = g.reduce_dataset(
        dataset._variant_tensor,
        structure.to_tensor_list(spec, initial_state),
        function.captured_inputs,
        f=function.attribute,
        output_shapes=structure.get_flat_tensor_shapes(spec),
        output_types=structure.get_flat_tensor_types(spec),
    )
    return structure.from_compatible_tensor_list(spec, list(tensors))


def weakened(spec: Any, wrapped: StructuredFunctionWrapper, flat_outputs: Any = None) -> Any:
    """What a state's structure of specs must become for a function's next states to have it.

    Args:
        spec: the structure of specs of the state.
        wrapped: the function.
        flat_outputs: the structure of specs of the next state; what the function returns when None.

    Returns:
        The structure; None if it is `spec`.

    Raises:
        TypeError: the next state is of another class or type.
    """
    made = wrapped.output_structure if flat_outputs is None else flat_outputs
    classes, new_classes = structure.legacy_classes(spec), structure.legacy_classes(made)
    for new, old in zip(nest.flatten(new_classes), nest.flatten(classes), strict=False):
        if not (new is old or isinstance(new, type) and isinstance(old, type) and issubclass(new, old)):
            raise TypeError(
                "The element classes for the new state must match the initial state. Expected "
                f"{classes}; got {new_classes}."
            )
    types, new_types = structure.legacy_types(spec), structure.legacy_types(made)
    for new, old in zip(nest.flatten(new_types), nest.flatten(types), strict=False):
        if new != old:
            raise TypeError(
                "The element types for the new state must match the initial state. Expected "
                f"{types}; got {new_types}."
            )
    shapes = structure.legacy_shapes(spec)
    old_shapes, new_shapes = nest.flatten(shapes), nest.flatten(structure.legacy_shapes(made))
    merged = [
        old.most_specific_compatible_shape(new) for old, new in zip(old_shapes, new_shapes, strict=False)
    ]
    for old, weaker in zip(old_shapes, merged, strict=False):
        if old.ndims is not None and (weaker.ndims is None or old.as_list() != weaker.as_list()):
            return structure.convert_legacy_structure(types, nest.pack_sequence_as(shapes, merged), classes)
    return None
