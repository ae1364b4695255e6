# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.cluster_resolver".

from perdure.distributed.cluster_resolver import ClusterResolver as ClusterResolver
from perdure.distributed.cluster_resolver import GCEClusterResolver as GCEClusterResolver
from perdure.distributed.cluster_resolver import KubernetesClusterResolver as KubernetesClusterResolver
from perdure.distributed.cluster_resolver import SimpleClusterResolver as SimpleClusterResolver
from perdure.distributed.cluster_resolver import SlurmClusterResolver as SlurmClusterResolver
from perdure.distributed.cluster_resolver import TFConfigClusterResolver as TFConfigClusterResolver
from perdure.distributed.cluster_resolver import TPUClusterResolver as TPUClusterResolver
from perdure.distributed.cluster_resolver import UnionClusterResolver as UnionClusterResolver
