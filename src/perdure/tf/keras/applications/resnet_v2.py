"""tf.keras.applications.resnet_v2."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.resnet_v2": (
            "ResNet101V2 ResNet152V2 ResNet50V2 decode_predictions preprocess_input"
        ),
    },
)
