"""tf.saved_model.loader: reading."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "saved_model.loader": "load",
        "saved_model.parsing": "maybe_saved_model_directory",
    },
)
