"""What only runs on TPUs: it can be imported, and refuses when it is called."""

from __future__ import annotations

from typing import Any

NO_TPU = "TPUs are not supported by perdure: leave use_tpu=False"
_NAMES = (
    "AdagradParameters AdamParameters AsyncCheckpointSaverHook DeviceAssignment InfeedQueue "
    "StochasticGradientDescentParameters TPUDistributionStrategy Topology batch_parallel core "
    "cross_replica_sum device_assignment embedding_column infeed_dequeue infeed_dequeue_tuple "
    "infeed_enqueue infeed_enqueue_tuple initialize_system initialize_tpu_system keras_to_tpu_model "
    "outfeed_dequeue outfeed_dequeue_tuple outfeed_enqueue outfeed_enqueue_tuple "
    "outside_compilation repeat replicate rewrite shard shared_embedding_columns shutdown_system "
    "while_loop"
).split()


def refusing(name: str, reason: str = NO_TPU) -> Any:
    """A class of a name that cannot be made; a function is called as one.

    Args:
        name: its name.
        reason: why it is refused.
    """

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        raise NotImplementedError(f"{name}: {reason}")

    return type(name, (), {"__init__": __init__, "__doc__": reason, "__module__": __name__})


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    globals()[name] = value = refusing(name)
    return value
