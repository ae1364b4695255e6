"""tf.contrib.stateless: random numbers that depend on their seed alone."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.random.random": (
            "stateless_multinomial stateless_random_normal=stateless_normal "
            "stateless_random_uniform=stateless_uniform stateless_truncated_normal"
        ),
    },
)
