"""tf.distribute: strategies for one replica, and where the tasks of a cluster are."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "distributed.server_lib": "Server",
        "distributed.strategies": (
            "InputContext InputReplicationMode MirroredStrategy OneDeviceStrategy ReduceOp ReplicaContext "
            "Strategy StrategyExtended experimental_set_strategy get_loss_reduction get_replica_context "
            "get_strategy has_strategy in_cross_replica_context"
        ),
    },
    submodules="cluster_resolver",
)
