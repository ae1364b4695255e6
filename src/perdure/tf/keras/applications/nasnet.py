"""tf.keras.applications.nasnet."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.nasnet": "NASNetLarge NASNetMobile decode_predictions preprocess_input",
    },
)
