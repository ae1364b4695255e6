"""tf.keras.models."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.engine.model": "Model",
        "keras.engine.sequential": "Sequential",
        "keras.saving.cloning": "clone_model",
        "keras.saving.description": "model_from_config model_from_json model_from_yaml",
        "keras.saving.models": "load_model save_model",
    },
)
