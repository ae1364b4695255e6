"""tf.config.optimizer: what is done to graphs before they run."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {"session.settings": "get_experimental_options get_jit set_experimental_options set_jit"},
)
