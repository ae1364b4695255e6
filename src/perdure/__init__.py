"""perdure runs TensorFlow 1 programs on today's Python, with NumPy and JAX doing the arithmetic.

from perdure import tf          # in a program that is being ported
perdure run train.py            # a program that still says `import tensorflow as tf`
"""

from perdure.wiring import wire

__version__ = "0.1.0"

wire()
del wire


def __getattr__(name: str) -> object:
    # Imported on demand: a program that never asks should not pay for it.
    if name == "options":
        from perdure.runtime.options import options

        return options
    if name == "policy":
        from perdure.filesystem.policy import policy

        return policy
    if name == "op":
        from perdure.ops.custom import custom_op

        return custom_op
    if name in ("to_jax", "export_stablehlo"):
        from perdure.session import export

        return getattr(export, name)
    if name in ("live_sessions", "live_servers"):
        from perdure.session import live

        return getattr(live, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
