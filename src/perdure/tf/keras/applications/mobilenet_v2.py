"""tf.keras.applications.mobilenet_v2."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.mobilenet_v2": "MobileNetV2 decode_predictions preprocess_input",
    },
)
