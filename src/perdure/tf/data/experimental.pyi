# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.data.experimental".

from perdure.data.dataset import AUTOTUNE as AUTOTUNE
from perdure.data.dataset import from_variant as from_variant
from perdure.data.dataset import get_structure as get_structure
from perdure.data.dataset import to_variant as to_variant
from perdure.data.experimental.option_kinds import DistributeOptions as DistributeOptions
from perdure.data.experimental.option_kinds import MapVectorizationOptions as MapVectorizationOptions
from perdure.data.experimental.option_kinds import OptimizationOptions as OptimizationOptions
from perdure.data.experimental.option_kinds import StatsOptions as StatsOptions
from perdure.data.experimental.option_kinds import ThreadingOptions as ThreadingOptions
import perdure.data.dataset
import perdure.data.experimental.stats_aggregator
import perdure.graph.type_spec
DatasetStructure = perdure.data.dataset.DatasetSpec
StatsAggregator = perdure.data.experimental.stats_aggregator.StatsAggregatorV1
Structure = perdure.graph.type_spec.TypeSpec
