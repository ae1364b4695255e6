"""What Python imports when it starts below `perdure run`.

Any Python may be started there, so this must be the language of all of them, back to Python 2.
"""

import os
import sys


def _reach():
    here = os.path.dirname(os.path.abspath(__file__))
    implementation = getattr(sys, "implementation", None)
    environment = "%s:%s" % (getattr(implementation, "cache_tag", None), sys.prefix)  # noqa: UP031
    if os.environ.get("PERDURE_RUN") == environment:
        import perdure_child

        perdure_child.wait_for_tensorflow()
    sys.path[:] = [folder for folder in sys.path if folder != here]


def _give_way():
    """Import the `sitecustomize` that is found without this folder, if there is one."""
    own = sys.modules.pop("sitecustomize")
    try:
        import sitecustomize  # noqa: F401
    except ImportError:
        sys.modules["sitecustomize"] = own


_reach()
_give_way()
