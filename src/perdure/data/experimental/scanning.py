"""tf.data.experimental: what functions make of a state and one element after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perdure.data import structure
from perdure.data.dataset_v1 import Dataset, DatasetV1Adapter
from perdure.data.functions import StructuredFunctionWrapper
from perdure.data.mapping import check_predicate, weakened
from perdure.data.parents import UnaryDataset, UnaryUnchangedStructureDataset
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.stacks import get_default_graph


class _ScanDataset(UnaryDataset):
    def __init__(self, input_dataset: Any, initial_state: Any, scan_func: Callable[..., Any]) -> None:
        initial_state = structure.normalize_element(initial_state)
        spec = structure.type_spec_from_value(initial_state)
        while True:
            wrapped = StructuredFunctionWrapper(
                scan_func,
                "tf.data.experimental.scan()",
                input_structure=(spec, input_dataset.element_spec),
                add_to_graph=False,
            )
            made = wrapped.output_structure
            if not (isinstance(made, Sequence) and len(made) == 2):
                raise TypeError(
                    "The scan function must return a pair comprising the new state and the output value."
                )
            weaker = weakened(spec, wrapped, made[0])
            if weaker is None:
                break
            spec = weaker
        self._element_spec = made[1]
        self._scan_func = wrapped
        function = wrapped.function
        function.add_to_graph(get_default_graph())
        variant = g.scan_dataset(
            input_dataset._variant_tensor,
            structure.to_tensor_list(spec, initial_state),
            function.captured_inputs,
            f=function.attribute,
            preserve_cardinality=True,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._scan_func]

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


def scan(initial_state: Any, scan_func: Callable[..., Any]) -> Callable[[Any], Any]:
    """A transformation to what a function makes of a state and one element after another.

    Args:
        initial_state: the first state.
        scan_func: from a state and an element to the next state and an element.
    """
    return lambda dataset: _ScanDataset(dataset, initial_state, scan_func)


class _TakeWhileDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, predicate: Callable[..., Any]) -> None:
        self._predicate = StructuredFunctionWrapper(
            predicate, "tf.data.experimental.take_while()", dataset=input_dataset
        )
        check_predicate(self._predicate, "`predicate` must return a scalar boolean tensor.")
        variant = g.take_while_dataset(
            input_dataset._variant_tensor,
            self._predicate.function.captured_inputs,
            predicate=self._predicate.function.attribute,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._predicate]


def take_while(predicate: Callable[..., Any]) -> Callable[[Any], Any]:
    """A transformation to the elements before the first one that a function refuses.

    Args:
        predicate: from an element to a scalar boolean.
    """
    return lambda dataset: _TakeWhileDataset(dataset, predicate)


def CounterV2(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> Any:
    """Numbers at equal distances, without end.

    Args:
        start: the first.
        step: the distance.
        dtype: their type.
    """
    with name_scope("counter"):
        start = convert_to_tensor(start, dtype=dtype, name="start")
        step = convert_to_tensor(step, dtype=dtype, name="step")
        counted = scan(start, lambda state, _: (state + step, state))
        return Dataset.from_tensors(0).repeat(None).apply(counted)


def Counter(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> Any:
    """Numbers at equal distances, without end; see `CounterV2`."""
    return DatasetV1Adapter(CounterV2(start, step, dtype))
