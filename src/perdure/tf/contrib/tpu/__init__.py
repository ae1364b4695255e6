"""tf.contrib.tpu: training that would run on TPUs, as it runs without them (`use_tpu=False`).

Estimators and their configurations are those of the package tensorflow-estimator; see `tf.estimator`.
"""

from importlib import import_module
from typing import Any

from perdure.tf._lazy import namespace

_PACKAGE = "tensorflow_estimator.python.estimator.tpu"
_OF_PACKAGE = {
    "InputPipelineConfig": "tpu_config",
    "RunConfig": "tpu_config",
    "TPUConfig": "tpu_config",
    "TPUEstimator": "tpu_estimator",
    "TPUEstimatorSpec": "tpu_estimator",
    "export_estimator_savedmodel": "tpu_estimator",
}

_find, _names, __all__ = namespace(
    __name__,
    {
        "contrib.tpu.optimizer": "CrossShardOptimizer",
        "contrib.tpu.scopes": "bfloat16_scope",
        "contrib.tpu.refused": (
            "AsyncCheckpointSaverHook DeviceAssignment InfeedQueue TPUDistributionStrategy Topology "
            "batch_parallel core cross_replica_sum device_assignment infeed_dequeue infeed_dequeue_tuple "
            "infeed_enqueue "
            "infeed_enqueue_tuple initialize_system keras_to_tpu_model outfeed_dequeue outfeed_dequeue_tuple "
            "outfeed_enqueue outfeed_enqueue_tuple outside_compilation replicate rewrite shard "
            "shutdown_system repeat while_loop"
        ),
    },
)


def __getattr__(name: str) -> Any:
    module = _OF_PACKAGE.get(name)
    if module is None:
        return _find(name)
    import_module("perdure.tf.estimator")._package()
    value = getattr(import_module(f"{_PACKAGE}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*_names(), *_OF_PACKAGE})
