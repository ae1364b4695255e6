"""`perdure tensorboard`: starts TensorBoard, which is a package of its own."""

import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

MISSING = """\
perdure: TensorBoard is not installed here; it shows the event files that perdure writes. To install it:

    {python} -m pip install "perdure[tensorboard]"
"""


def show(logdir: str, options: list[str]) -> int:
    """Run TensorBoard until it is interrupted; return its exit status.

    Args:
        logdir: the folder with the event files, or with folders of them, one for each run.
        options: what TensorBoard itself is told, such as `--port 7007`.
    """
    if find_spec("tensorboard") is None:
        print(MISSING.format(python=sys.executable), end="", file=sys.stderr)
        return 1
    if "://" not in logdir and not Path(logdir).is_dir():
        print(f"perdure: there is no folder {logdir!r} yet; its runs appear when there is", file=sys.stderr)
    before = sys.argv
    sys.argv = ["tensorboard", "--logdir", logdir, *options]
    try:
        runpy.run_module("tensorboard.main", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    finally:
        sys.argv = before
    return 0
