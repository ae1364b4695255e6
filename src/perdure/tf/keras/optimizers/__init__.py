"""tf.keras.optimizers."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.optimizers.adam": "Adam Adamax Nadam",
        "keras.optimizers.descent": "Adadelta Adagrad Ftrl RMSprop SGD",
        "keras.optimizers.optimizer": "Optimizer=OptimizerV2",
        "keras.optimizers.wrapped": "deserialize get serialize",
    },
    submodules="schedules",
)
