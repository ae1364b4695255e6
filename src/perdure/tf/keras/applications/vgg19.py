"""tf.keras.applications.vgg19."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.vgg19": "VGG19 decode_predictions preprocess_input",
    },
)
