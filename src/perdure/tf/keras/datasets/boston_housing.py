"""tf.keras.datasets.boston_housing."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.datasets.boston_housing": "load_data",
    },
)
