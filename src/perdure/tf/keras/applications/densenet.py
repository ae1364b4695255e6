"""tf.keras.applications.densenet."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.densenet": (
            "DenseNet121 DenseNet169 DenseNet201 decode_predictions preprocess_input"
        ),
    },
)
