"""tf.keras.applications.imagenet_utils."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.imagenet_utils": "decode_predictions preprocess_input",
    },
)
