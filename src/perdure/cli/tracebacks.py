"""The traceback of a failed program, without the frames of perdure in it."""

import os
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType

import perdure

# Frames of these files are perdure's own: the launcher's, and those below a program's call.
_OWN_DIRECTORY = os.path.dirname(os.path.abspath(perdure.__file__)) + os.sep
_LAUNCHER = os.path.join(_OWN_DIRECTORY, "cli", "run.py")


def _is_own(file_name: str) -> bool:
    return file_name.startswith((_OWN_DIRECTORY, "<frozen runpy>"))


def print_without_perdure(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print an uncaught exception as Python does, leaving out perdure's frames.

    If the exception was raised below a call into perdure, a last line says how many frames are
    missing and how to see them.
    """
    if kind is SyntaxError and _innermost_file(trace) == _LAUNCHER:  # of the script itself
        trace = None
    printed = traceback.TracebackException(kind, error, trace)
    left_out = _leave_out(printed)
    for shown in _chain(printed):
        left_out += _leave_out_internal_causes(shown)
    print("".join(printed.format()), end="", file=sys.stderr)
    if left_out:
        frames = "1 frame" if left_out == 1 else f"{left_out} frames"
        print(
            f"({frames} inside perdure left out; `perdure run --full-traceback` shows all)",
            file=sys.stderr,
        )


def _innermost_file(trace: TracebackType | None) -> str | None:
    file_name = None
    while trace is not None:
        file_name = trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    return file_name


def _chain(first: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """An exception and those that are printed with it, each after what leads to it."""
    pending, seen = [first], set()
    while pending:
        printed = pending.pop()
        if id(printed) not in seen:
            seen.add(id(printed))
            yield printed
            following = (printed.__cause__, printed.__context__, *(printed.exceptions or ()))
            pending.extend(shown for shown in following if shown is not None)


def _leave_out_internal_causes(printed: traceback.TracebackException) -> int:
    """Remove perdure's frames from what `printed` is chained to; count them.

    A cause that perdure raised and caught in itself goes altogether: its message is repeated by
    the exception that the program gets.
    """
    left_out = 0
    for attribute in ("__cause__", "__context__"):
        cause = getattr(printed, attribute)
        if cause is None:
            continue
        if cause.stack and all(_is_own(frame.filename) for frame in cause.stack):
            left_out += len(cause.stack)
            setattr(printed, attribute, None)
        else:
            left_out += _leave_out(cause)
    return left_out + sum(_leave_out(member) for member in printed.exceptions or ())


def _leave_out(printed: traceback.TracebackException) -> int:
    """Remove perdure's frames from one traceback; count those below the program's call."""
    kept = [frame for frame in printed.stack or () if not _is_own(frame.filename)]
    if not kept:  # perdure's command itself has failed: that is shown whole
        return 0
    launcher_frames = printed.stack.index(kept[0])
    left_out = len(printed.stack) - launcher_frames - len(kept)
    printed.stack = traceback.StackSummary.from_list(kept)
    return left_out
