"""tf.keras.applications.xception."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.xception": "Xception decode_predictions preprocess_input",
    },
)
