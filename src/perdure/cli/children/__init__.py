"""The processes that a program starts: how `perdure run` reaches the Python programs among them.

They are told by the environment, which is all that every way to start a process hands on: PYTHONPATH
begins with this folder, whose `sitecustomize` Python imports when it starts.  It does something only in
the environment of packages that `perdure run` was called in; then it lets the `sitecustomize` that it
stands before have its turn.  Nothing of perdure is imported before the child needs it (`perdure_child`).

A child cannot be reached if it takes no notice of the environment (`python -E`, `-I`, `-S`) or is given
another one (`env=`, another PYTHONPATH).
"""

import os
import sys
from collections.abc import Sequence

FOLDER = os.path.dirname(os.path.abspath(__file__))


def reach_children(options: Sequence[str]) -> None:
    """Let the Python processes that this process starts from now on find `tensorflow`, too.

    Args:
        options: those of `perdure run` that hold for them as well.
    """
    os.environ["PERDURE_RUN"] = f"{sys.implementation.cache_tag}:{sys.prefix}"
    os.environ["PERDURE_RUN_OPTIONS"] = " ".join(options)
    before = os.environ.get("PYTHONPATH")
    # An empty part of PYTHONPATH is the current folder, so there is no separator after nothing.
    folders = [FOLDER, *(before.split(os.pathsep) if before else ())]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(folders))


def is_child() -> bool:
    """Whether a program under `perdure run` has started this process."""
    return "perdure_child" in sys.modules


def stop_waiting() -> None:
    """End what `sitecustomize` began in this process: `perdure run` is here now."""
    child = sys.modules.get("perdure_child")
    if child is not None:
        child.stop_waiting()
