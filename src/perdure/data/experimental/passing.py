"""tf.data.experimental: transformations to some of the elements, and what is asked of datasets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.data import structure
from perdure.data.convert import optional_param_to_tensor
from perdure.data.dataset import DatasetV2, get_structure
from perdure.data.kinds import make
from perdure.data.parents import UnaryUnchangedStructureDataset
from perdure.data.seeds import get_seed
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.type_spec import TensorSpec
from perdure.platform.deprecation import warn_once

_OPS = "tensorflow.python.data.experimental.ops"
INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2


def cardinality(dataset: Any) -> Any:
    """How many elements a dataset has, an int64 scalar; INFINITE_CARDINALITY or UNKNOWN_CARDINALITY."""
    return g.dataset_cardinality(dataset._variant_tensor)


def enumerate_dataset(start: Any = 0) -> Callable[[Any], Any]:
    """A transformation to elements with their numbers.

    Args:
        start: the first number.
    """
    warn_once("enumerate_dataset", f"{_OPS}.enumerate_ops", "Use `tf.data.Dataset.enumerate()")
    return lambda dataset: dataset.enumerate(start)


class _IgnoreErrorsDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any) -> None:
        variant = g.ignore_errors_dataset(input_dataset._variant_tensor, **input_dataset._flat_structure)
        super().__init__(input_dataset, variant)


def ignore_errors() -> Callable[[Any], Any]:
    """A transformation to the elements that can be made, without the errors of others."""
    return _IgnoreErrorsDataset


def get_single_element(dataset: Any) -> Any:
    """The only element of a dataset.

    Raises:
        TypeError: it is no dataset.
    """
    if not isinstance(dataset, DatasetV2):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    tensors = g.dataset_to_single_element(dataset._variant_tensor, **dataset._flat_structure)
    return structure.from_compatible_tensor_list(dataset.element_spec, list(tensors))


class _ShuffleAndRepeatDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, buffer_size: Any, count: Any = None, seed: Any = None) -> None:
        self._buffer_size = convert_to_tensor(buffer_size, dtype=dtypes.int64, name="buffer_size")
        if count is None:
            self._count = constant(-1, dtype=dtypes.int64, name="count")
        else:
            self._count = convert_to_tensor(count, dtype=dtypes.int64, name="count")
        self._seed, self._seed2 = get_seed(seed)
        variant = g.shuffle_and_repeat_dataset(
            input_dataset._variant_tensor,
            self._buffer_size,
            self._seed,
            self._seed2,
            self._count,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Callable[[Any], Any]:
    """A transformation to the elements in random order several times.

    Args:
        buffer_size: among how many elements the next one is chosen.
        count: how often; for ever when None or -1.
        seed: the seed.
    """
    warn_once(
        "shuffle_and_repeat",
        f"{_OPS}.shuffle_ops",
        "Use `tf.data.Dataset.shuffle(buffer_size, seed)` followed by `tf.data.Dataset.repeat(count)`. "
        "Static tf.data optimizations will take care of using the fused implementation.",
    )
    return lambda dataset: _ShuffleAndRepeatDataset(dataset, buffer_size, count, seed)


class _UniqueDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any) -> None:
        types = structure.legacy_types(input_dataset.element_spec)
        if types not in (dtypes.int32, dtypes.int64, dtypes.string):
            raise TypeError(
                "`tf.data.experimental.unique()` only supports inputs with a single `tf.int32`, `tf.int64`, "
                "or `tf.string` component."
            )
        variant = g.unique_dataset(input_dataset._variant_tensor, **input_dataset._flat_structure)
        super().__init__(input_dataset, variant)


def unique() -> Callable[[Any], Any]:
    """A transformation to the elements, each the first time only."""
    return _UniqueDataset


class _StatsDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: Any, op_function: Callable[..., Any], tag: Any) -> None:
        self._tag = convert_to_tensor(tag, dtype=dtypes.string)
        variant = op_function(input_dataset._variant_tensor, self._tag, **input_dataset._flat_structure)
        super().__init__(input_dataset, variant)


def bytes_produced_stats(tag: Any) -> Callable[[Any], Any]:
    """A transformation to the same elements, whose sizes are recorded.

    Args:
        tag: the name of the record.
    """
    return lambda dataset: _StatsDataset(dataset, g.bytes_produced_stats_dataset, tag)


def latency_stats(tag: Any) -> Callable[[Any], Any]:
    """A transformation to the same elements; how long each takes is recorded.

    Args:
        tag: the name of the record.
    """
    return lambda dataset: _StatsDataset(dataset, g.latency_stats_dataset, tag)


def set_stats_aggregator(
    stats_aggregator: Any, prefix: str = "", counter_prefix: str = ""
) -> Callable[[Any], Any]:
    """A transformation to the same elements, records about which go to an aggregator.

    Args:
        stats_aggregator: the aggregator.
        prefix: what names of records begin with.
        counter_prefix: what names of counters begin with.
    """
    warn_once("set_stats_aggregator", f"{_OPS}.stats_ops", "Use `tf.data.experimental.StatsOptions`.")
    return lambda dataset: make(
        "_SetStatsAggregatorDataset", dataset, stats_aggregator, prefix, counter_prefix
    )


class TFRecordWriter:
    """Writes datasets to TFRecord files.

    Args:
        filename: the file's name.
        compression_type: "ZLIB", "GZIP" or "".
    """

    def __init__(self, filename: Any, compression_type: Any = None) -> None:
        self._filename = convert_to_tensor(filename, dtypes.string, name="filename")
        self._compression_type = optional_param_to_tensor(
            "compression_type", compression_type, "", dtypes.string
        )

    def write(self, dataset: Any) -> Any:
        """The operation that writes the elements of a dataset.

        Args:
            dataset: a dataset of string scalars.

        Raises:
            TypeError: it is something else.
        """
        if not isinstance(dataset, DatasetV2):
            raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
        spec = get_structure(dataset)
        if not structure.are_compatible(spec, TensorSpec([], dtypes.string)):
            raise TypeError(
                "`dataset` must produce scalar `DT_STRING` tensors whereas it produces shape "
                f"{structure.legacy_shapes(spec)} and types {structure.legacy_types(spec)}"
            )
        return g.dataset_to_tf_record(dataset._variant_tensor, self._filename, self._compression_type)
