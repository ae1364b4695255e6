"""tf.lookup.experimental: tables with places for keys."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(__name__, {"lookup.mutable": "DenseHashTable"})
