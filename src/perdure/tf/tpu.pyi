# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.tpu".

from perdure.contrib.tpu.optimizer import CrossShardOptimizer as CrossShardOptimizer
from perdure.contrib.tpu.refused import batch_parallel as batch_parallel
from perdure.contrib.tpu.refused import core as core
from perdure.contrib.tpu.refused import cross_replica_sum as cross_replica_sum
from perdure.contrib.tpu.refused import initialize_system as initialize_system
from perdure.contrib.tpu.refused import outside_compilation as outside_compilation
from perdure.contrib.tpu.refused import replicate as replicate
from perdure.contrib.tpu.refused import rewrite as rewrite
from perdure.contrib.tpu.refused import shard as shard
from perdure.contrib.tpu.refused import shutdown_system as shutdown_system
from perdure.contrib.tpu.scopes import bfloat16_scope as bfloat16_scope
