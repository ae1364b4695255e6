"""tf.autograph.experimental: what is said of the conversion of Python's control flow."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functions.autograph": "Feature do_not_convert set_loop_options",
    },
)
