"""tf.keras.applications.mobilenet."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.mobilenet": "MobileNet decode_predictions preprocess_input",
    },
)
