"""tf.bitwise: operations on the bits of integers."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.math.binary": "bitwise_and bitwise_or bitwise_xor left_shift right_shift",
        "functional.math.unary": "invert",
    },
)
