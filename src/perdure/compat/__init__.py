"""Programs that say `import tensorflow as tf` find perdure, after `install()`.

    import perdure.compat
    perdure.compat.install()
    import tensorflow as tf                       # the module perdure.tf
    from tensorflow.python.ops import array_ops   # a view of perdure.tf's names

`perdure run` does this before it starts a program.
"""

import sys
import warnings
from importlib.util import find_spec

from perdure.compat.finder import FINDER, forget_modules, is_ours

__all__ = ["install", "is_installed", "uninstall"]


def is_installed() -> bool:
    """Whether `import tensorflow` finds perdure."""
    return FINDER in sys.meta_path


def install() -> None:
    """Let `import tensorflow` find perdure in this process; a second call does nothing.

    Where a real TensorFlow is installed as well, perdure wins from now on, and a RuntimeWarning
    says so.

    Raises:
        RuntimeError: the real TensorFlow has been imported already.
    """
    if is_installed():
        return
    loaded = sys.modules.get("tensorflow")
    if loaded is not None and not is_ours(loaded):
        where = getattr(loaded, "__file__", None) or "a module without a file"
        raise RuntimeError(
            f"perdure.compat.install() must come before the first `import tensorflow`; "
            f"TensorFlow has been imported already from {where}"
        )
    other = find_spec("tensorflow")
    sys.meta_path.insert(0, FINDER)
    if other is not None:
        warnings.warn(
            f"TensorFlow is installed too ({other.origin}); `import tensorflow` finds perdure "
            "from now on in this process",
            RuntimeWarning,
            stacklevel=2,
        )


def uninstall() -> None:
    """Undo `install()`; modules that programs hold stay usable, new imports do not find them."""
    if is_installed():
        sys.meta_path.remove(FINDER)
        forget_modules()
