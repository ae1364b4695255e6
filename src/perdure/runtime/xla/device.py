"""The device that programs run on.

On the processor it belongs to a client of perdure's own.  A step waits for its results anyhow, and JAX's
client hands each program to another thread and back: that costs 35 µs where the call costs 12.  It could be
told not to, but only the whole process at once, before its first use, and JAX is the user's to set up.
"""

from __future__ import annotations

import threading
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

import jax
from jaxlib import xla_client

from perdure.graph.forking import free_in_children

_lock = free_in_children(threading.RLock())
_found: Any = None


def device() -> Any:
    """The device that programs are compiled for and run on, the same one for the life of the process."""
    global _found
    with _lock:
        if _found is None:
            _found = _own_processor() if _is_processor() else jax.devices()[0]
        return _found


def _own_processor() -> Any:
    client: Any = xla_client.make_cpu_client(asynchronous=False)
    return client.local_devices()[0]


def _is_processor() -> bool:
    """Whether JAX's default device is the processor; JAX is asked only where there may be another.

    It makes the clients of all its platforms to answer, and what the program then changes of them comes too
    late.
    """
    platforms = jax.config.jax_platforms
    if platforms:
        return platforms.split(",")[0] == "cpu"
    if find_spec("jax_plugins") or find_spec("libtpu") or entry_points(group="jax_plugins"):
        return jax.default_backend() == "cpu"
    return True
