"""tf.tpu: what programs for TPUs say; nearly all of it is refused when it is called."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.tpu.optimizer": "CrossShardOptimizer",
        "contrib.tpu.refused": (
            "batch_parallel core cross_replica_sum initialize_system outside_compilation replicate rewrite "
            "shard shutdown_system"
        ),
        "contrib.tpu.scopes": "bfloat16_scope",
    },
)
