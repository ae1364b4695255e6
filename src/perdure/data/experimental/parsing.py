"""tf.data.experimental.parse_example_dataset: features of serialized Examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.data import structure
from perdure.data.parents import UnaryDataset
from perdure.functional.parsing.examples import dense_inputs
from perdure.functional.parsing.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    SparseFeature,
    VarLenFeature,
    raw_parameters,
    with_rows,
    with_sparse_features,
)
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite_specs import SparseTensorSpec
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.type_spec import TensorSpec

_KINDS = [VarLenFeature, SparseFeature, FixedLenFeature, FixedLenSequenceFeature]


class _ParseExampleDataset(UnaryDataset):
    def __init__(self, input_dataset: Any, features: Any, num_parallel_calls: Any) -> None:
        if not structure.are_compatible(input_dataset.element_spec, TensorSpec([None], dtypes.string)):
            raise TypeError("Input dataset should be a dataset of vectors of strings")
        raw = raw_parameters(with_rows(features), _KINDS)
        shapes, defaults = dense_inputs(raw)
        batch = structure.legacy_shapes(input_dataset.element_spec)
        spec: dict[Any, Any] = {}
        for key, dtype, shape in zip(raw.dense_keys, raw.dense_types, shapes, strict=True):
            spec[key] = TensorSpec(batch.concatenate(shape), dtype)
        for key, dtype in zip(raw.sparse_keys, raw.sparse_types, strict=True):
            spec[key] = SparseTensorSpec(batch.concatenate([None]), dtype)
        self._element_spec = spec
        variant = g.parse_example_dataset(
            input_dataset._variant_tensor,
            convert_to_tensor(num_parallel_calls, dtype=dtypes.int64),
            defaults,
            sparse_keys=raw.sparse_keys,
            dense_keys=raw.dense_keys,
            sparse_types=raw.sparse_types,
            dense_shapes=shapes,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._element_spec


def parse_example_dataset(features: Any, num_parallel_calls: Any = 1) -> Callable[[Any], Any]:
    """A transformation from batches of serialized Examples to dictionaries of their features.

    Args:
        features: descriptions by key: `FixedLenFeature`, `VarLenFeature`, `SparseFeature`,
            `FixedLenSequenceFeature`.
        num_parallel_calls: how many batches are worked on at a time.

    Raises:
        ValueError: there are no features.
    """
    if features is None:
        raise ValueError(f"Missing: features was {features}.")

    def transform(dataset: Any) -> Any:
        parsed = _ParseExampleDataset(dataset, features, num_parallel_calls)
        if any(isinstance(feature, SparseFeature) for feature in features.values()):
            return parsed.map(
                lambda found: with_sparse_features(features, found), num_parallel_calls=num_parallel_calls
            )
        return parsed

    return transform
