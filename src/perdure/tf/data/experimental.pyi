# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.data.experimental".

from perdure.data.dataset import AUTOTUNE as AUTOTUNE
from perdure.data.dataset import from_variant as from_variant
from perdure.data.dataset import get_structure as get_structure
from perdure.data.dataset import to_variant as to_variant
from perdure.data.experimental.batching import dense_to_sparse_batch as dense_to_sparse_batch
from perdure.data.experimental.batching import map_and_batch as map_and_batch
from perdure.data.experimental.batching import map_and_batch_with_legacy_function as map_and_batch_with_legacy_function
from perdure.data.experimental.batching import unbatch as unbatch
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
from perdure.data.experimental.scanning import Counter as Counter
from perdure.data.experimental.scanning import scan as scan
from perdure.data.experimental.scanning import take_while as take_while
import perdure.data.dataset
import perdure.data.experimental.stats_aggregator
import perdure.graph.type_spec
DatasetStructure = perdure.data.dataset.DatasetSpec
StatsAggregator = perdure.data.experimental.stats_aggregator.StatsAggregatorV1
Structure = perdure.graph.type_spec.TypeSpec
