"""tf.keras.experimental."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "feature_column.sequence": "SequenceFeatures",
        "keras.layers.cells": "PeepholeLSTMCell",
        "keras.optimizers.schedules": (
            "CosineDecay CosineDecayRestarts LinearCosineDecay NoisyLinearCosineDecay"
        ),
    },
)
