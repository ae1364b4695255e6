"""tf.keras.datasets.mnist."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.datasets.mnist": "load_data",
    },
)
