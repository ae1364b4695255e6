"""tf.keras.datasets.cifar100."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.datasets.cifar100": "load_data",
    },
)
