"""tf.app: the entry point of a program."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "platform.app": "run",
        "tf": "flags",
    },
)
