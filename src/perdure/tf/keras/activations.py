"""tf.keras.activations."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.activations": (
            "deserialize elu exponential get hard_sigmoid linear relu selu serialize sigmoid "
            "softmax softplus softsign tanh"
        ),
    },
)
