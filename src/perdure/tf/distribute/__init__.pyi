# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.distribute".

from perdure.distributed.server_lib import Server as Server
from perdure.distributed.strategies import InputContext as InputContext
from perdure.distributed.strategies import InputReplicationMode as InputReplicationMode
from perdure.distributed.strategies import MirroredStrategy as MirroredStrategy
from perdure.distributed.strategies import OneDeviceStrategy as OneDeviceStrategy
from perdure.distributed.strategies import ReduceOp as ReduceOp
from perdure.distributed.strategies import ReplicaContext as ReplicaContext
from perdure.distributed.strategies import Strategy as Strategy
from perdure.distributed.strategies import StrategyExtended as StrategyExtended
from perdure.distributed.strategies import experimental_set_strategy as experimental_set_strategy
from perdure.distributed.strategies import get_loss_reduction as get_loss_reduction
from perdure.distributed.strategies import get_replica_context as get_replica_context
from perdure.distributed.strategies import get_strategy as get_strategy
from perdure.distributed.strategies import has_strategy as has_strategy
from perdure.distributed.strategies import in_cross_replica_context as in_cross_replica_context
from perdure.tf.distribute import cluster_resolver as cluster_resolver
