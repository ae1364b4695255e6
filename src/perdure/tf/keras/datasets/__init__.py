"""tf.keras.datasets."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {},
    submodules="boston_housing cifar10 cifar100 fashion_mnist imdb mnist reuters",
)
