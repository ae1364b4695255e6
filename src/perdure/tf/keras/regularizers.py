"""tf.keras.regularizers."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.regularizers": "L1L2 Regularizer deserialize get l1 l1_l2 l2 serialize",
    },
)
