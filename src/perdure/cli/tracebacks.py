"""The traceback of a failed program, without the frames of perdure in it."""

import ast
import os
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType

import perdure
from perdure.cli.then import python_2

# Frames of these files are perdure's own: the launcher's, and those below a program's call.
_OWN_DIRECTORY = os.path.dirname(os.path.abspath(perdure.__file__)) + os.sep
_LAUNCHER = os.path.join(_OWN_DIRECTORY, "cli", "run.py")
_NOTEBOOKS = os.path.join(_OWN_DIRECTORY, "cli", "notebooks.py")
_THEN = os.path.join(_OWN_DIRECTORY, "cli", "then") + os.sep


def _is_own(file_name: str) -> bool:
    return file_name.startswith((_OWN_DIRECTORY, "<frozen runpy>"))


def print_without_perdure(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print an uncaught exception as Python does, leaving out perdure's frames.

    If the exception was raised below a call into perdure, a last line says how many frames are
    missing and how to see them.
    """
    if issubclass(kind, SyntaxError) and _is_compiling_the_script(trace):
        trace = None
    python_2.add_note(error)
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


def _is_compiling_the_script(trace: TracebackType | None) -> bool:
    """Whether perdure's launcher has gone no further than to the compiler."""
    files = []
    while trace is not None:
        files.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    behind = files[files.index(_LAUNCHER) :] if _LAUNCHER in files else [""]
    return all(file in (_LAUNCHER, _NOTEBOOKS, ast.__file__) or file.startswith(_THEN) for file in behind)


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
    stack = printed.stack or traceback.StackSummary()
    if all(_is_own(frame.filename) for frame in stack):  # perdure's command itself has failed
        return 0
    launcher = [i for i, frame in enumerate(stack) if frame.filename == _LAUNCHER]
    below = stack[launcher[-1] + 1 :] if launcher else stack
    while below and _is_own(below[0].filename):
        below = below[1:]
    kept = [frame for frame in below if not _is_own(frame.filename)]
    # Functions as they were are part of the program's own calls, like NumPy's written in C.
    silent = sum(frame.filename.startswith(_THEN) for frame in below)
    printed.stack = traceback.StackSummary.from_list(kept)
    return len(below) - len(kept) - silent
