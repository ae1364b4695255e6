"""tf.keras.applications.inception_v3."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.inception_v3": "InceptionV3 decode_predictions preprocess_input",
    },
)
