"""The way to the compiler, for those who must not import jax before something is compiled."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

# Set by jax while it is imported; nothing reads them later but the library for TPUs.
_SET_BY_JAX = ("TF_CPP_MIN_LOG_LEVEL", "TPU_SKIP_MDS_QUERY")


def compiler() -> Callable[..., Any]:
    """`compile.compile_cluster`, imported behind the program's back.

    jax draws from NumPy's global generator and sets environment variables while it is imported: the program
    and its child processes must go on as if it had not.
    """
    if "jax" in sys.modules:
        from perdure.runtime.xla.compile import compile_cluster

        return compile_cluster
    state = np.random.get_state()
    absent = [name for name in _SET_BY_JAX if name not in os.environ]
    from perdure.runtime.xla.compile import compile_cluster

    np.random.set_state(state)
    if find_spec("libtpu") is None:
        for name in absent:
            os.environ.pop(name, None)
    return compile_cluster
