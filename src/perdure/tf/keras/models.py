"""tf.keras.models."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.engine.model": "Model",
        "keras.engine.sequential": "Sequential",
    },
)
