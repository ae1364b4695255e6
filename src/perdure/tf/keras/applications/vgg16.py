"""tf.keras.applications.vgg16."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.vgg16": "VGG16 decode_predictions preprocess_input",
    },
)
