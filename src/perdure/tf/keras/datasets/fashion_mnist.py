"""tf.keras.datasets.fashion_mnist."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.datasets.fashion_mnist": "load_data",
    },
)
