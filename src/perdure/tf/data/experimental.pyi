# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.data.experimental".

from perdure.data.dataset import AUTOTUNE as AUTOTUNE
from perdure.data.dataset import from_variant as from_variant
from perdure.data.dataset import get_structure as get_structure
from perdure.data.dataset import to_variant as to_variant
from perdure.data.experimental.batching import dense_to_sparse_batch as dense_to_sparse_batch
from perdure.data.experimental.batching import map_and_batch as map_and_batch
from perdure.data.experimental.batching import map_and_batch_with_legacy_function as map_and_batch_with_legacy_function
from perdure.data.experimental.batching import unbatch as unbatch
from perdure.data.experimental.devices import copy_to_device as copy_to_device
from perdure.data.experimental.devices import prefetch_to_device as prefetch_to_device
from perdure.data.experimental.grouping import Reducer as Reducer
from perdure.data.experimental.grouping import bucket_by_sequence_length as bucket_by_sequence_length
from perdure.data.experimental.grouping import group_by_reducer as group_by_reducer
from perdure.data.experimental.grouping import group_by_window as group_by_window
from perdure.data.experimental.interleaving import choose_from_datasets as choose_from_datasets
from perdure.data.experimental.interleaving import parallel_interleave as parallel_interleave
from perdure.data.experimental.interleaving import sample_from_datasets as sample_from_datasets
from perdure.data.experimental.option_kinds import DistributeOptions as DistributeOptions
from perdure.data.experimental.option_kinds import MapVectorizationOptions as MapVectorizationOptions
from perdure.data.experimental.option_kinds import OptimizationOptions as OptimizationOptions
from perdure.data.experimental.option_kinds import StatsOptions as StatsOptions
from perdure.data.experimental.option_kinds import ThreadingOptions as ThreadingOptions
from perdure.data.experimental.parsing import parse_example_dataset as parse_example_dataset
from perdure.data.experimental.passing import INFINITE_CARDINALITY as INFINITE_CARDINALITY
from perdure.data.experimental.passing import TFRecordWriter as TFRecordWriter
from perdure.data.experimental.passing import UNKNOWN_CARDINALITY as UNKNOWN_CARDINALITY
from perdure.data.experimental.passing import bytes_produced_stats as bytes_produced_stats
from perdure.data.experimental.passing import cardinality as cardinality
from perdure.data.experimental.passing import enumerate_dataset as enumerate_dataset
from perdure.data.experimental.passing import get_single_element as get_single_element
from perdure.data.experimental.passing import ignore_errors as ignore_errors
from perdure.data.experimental.passing import latency_stats as latency_stats
from perdure.data.experimental.passing import shuffle_and_repeat as shuffle_and_repeat
from perdure.data.experimental.passing import unique as unique
from perdure.data.experimental.random_dataset import RandomDataset as RandomDataset
from perdure.data.experimental.readers import CsvDataset as CsvDataset
from perdure.data.experimental.readers import SqlDataset as SqlDataset
from perdure.data.experimental.readers import make_batched_features_dataset as make_batched_features_dataset
from perdure.data.experimental.readers import make_csv_dataset as make_csv_dataset
from perdure.data.experimental.resampling import rejection_resample as rejection_resample
from perdure.data.experimental.scanning import Counter as Counter
from perdure.data.experimental.scanning import scan as scan
from perdure.data.experimental.scanning import take_while as take_while
from perdure.data.optional import Optional as Optional
from perdure.data.optional import get_next_as_optional as get_next_as_optional
from perdure.data.saving import CheckpointInputPipelineHook as CheckpointInputPipelineHook
from perdure.data.saving import make_saveable_from_iterator as make_saveable_from_iterator
from perdure.data.structure import SparseTensorStructure as SparseTensorStructure
from perdure.data.structure import TensorStructure as TensorStructure
import perdure.data.dataset
import perdure.data.experimental.stats_aggregator
import perdure.data.optional
import perdure.graph.type_spec
DatasetStructure = perdure.data.dataset.DatasetSpec
OptionalStructure = perdure.data.optional.OptionalSpec
StatsAggregator = perdure.data.experimental.stats_aggregator.StatsAggregatorV1
Structure = perdure.graph.type_spec.TypeSpec
