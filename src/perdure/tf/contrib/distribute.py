"""tf.contrib.distribute: strategies for one replica."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "distributed.strategies": (
            "MirroredStrategy OneDeviceStrategy get_cross_replica_context "
            "get_distribution_strategy=get_strategy "
            "get_loss_reduction get_replica_context get_strategy has_distribution_strategy=has_strategy "
            "has_strategy in_cross_replica_context"
        ),
    },
)
