"""tf.xla.experimental: scopes whose operations are marked to be compiled together."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__, {"functional.control.jit_scope": "jit_scope=experimental_jit_scope"}
)
