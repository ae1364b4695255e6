"""What XLA:CPU is told about how to compile.

By default jaxlib 0.12 hands convolutions, matrix products and sums to YNNPACK.  Its products are the faster
ones, but the gradient of a convolution for its filters is not: 26.9 ms against 10.5 ms with Eigen for
(128, 14, 14, 32) and 64 filters of 5 x 5, and the convolutions of ResNet-50 took 65 ms instead of 53.
"""

from __future__ import annotations

import os
from functools import cache

import jax

from perdure.runtime.xla.device import device

_LIBRARY = "xla_cpu_experimental_ynn_fusion_type"
_PRODUCTS_AND_SUMS = "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT,LIBRARY_FUSION_TYPE_REDUCE"


@cache
def compiler_options() -> dict[str, str] | None:
    """The options of `compile`; None where this jaxlib does not have them, or the user has set them."""
    if device().platform != "cpu" or _LIBRARY in os.environ.get("XLA_FLAGS", ""):
        return None
    options = {_LIBRARY: _PRODUCTS_AND_SUMS}
    try:
        with jax.default_device(device()):
            jax.jit(lambda: 0).lower().compile(compiler_options=options)
    except jax.errors.JaxRuntimeError:
        return None
    return options
