"""tf.contrib.nn: operations of networks."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.nn.conv": "conv1d_transpose",
    },
)
