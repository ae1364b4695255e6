"""tf.keras.datasets.cifar10."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.datasets.cifar10": "load_data",
    },
)
