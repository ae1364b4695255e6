# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.distribute".

from perdure.distributed.strategies import MirroredStrategy as MirroredStrategy
from perdure.distributed.strategies import OneDeviceStrategy as OneDeviceStrategy
from perdure.distributed.strategies import get_cross_replica_context as get_cross_replica_context
from perdure.distributed.strategies import get_loss_reduction as get_loss_reduction
from perdure.distributed.strategies import get_replica_context as get_replica_context
from perdure.distributed.strategies import get_strategy as get_strategy
from perdure.distributed.strategies import has_strategy as has_strategy
from perdure.distributed.strategies import in_cross_replica_context as in_cross_replica_context
import perdure.distributed.strategies
get_distribution_strategy = perdure.distributed.strategies.get_strategy
has_distribution_strategy = perdure.distributed.strategies.has_strategy
