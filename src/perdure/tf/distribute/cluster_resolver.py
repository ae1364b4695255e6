"""tf.distribute.cluster_resolver."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "distributed.cluster_resolver": (
            "ClusterResolver GCEClusterResolver KubernetesClusterResolver SimpleClusterResolver "
            "SlurmClusterResolver TFConfigClusterResolver TPUClusterResolver "
            "UnionResolver=UnionClusterResolver"
        ),
    },
)
