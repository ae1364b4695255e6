"""Where in the user's program an operation was made."""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType, FrameType
from typing import NamedTuple

_HOUSE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

# Files of the house that were met: asking a set is quicker than comparing the starts of names.
_met: set[str] = set()

# What an Operation keeps: the code object is shared by all operations of a function, and turning the
# instruction offset into a line number is left to the rare moment when somebody asks.
Site = tuple[CodeType, int] | None


class SourceLine(NamedTuple):
    """A line of the user's program; fields as in the entries of TensorFlow's `op.traceback`."""

    filename: str
    lineno: int
    name: str
    line: str | None

    def __str__(self) -> str:
        return f'File "{self.filename}", line {self.lineno}, in {self.name}'


def creation_site() -> Site:
    """The innermost frame on the stack that is not perdure's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name not in _met:
            if not name.startswith(_HOUSE):
                break
            _met.add(name)
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


def source_line(site: Site) -> SourceLine | None:
    """The file, line and text of a creation site."""
    if site is None:
        return None
    code, instruction = site
    lineno = code.co_firstlineno
    for start, end, line in code.co_lines():
        if start <= instruction < end:
            lineno = line or lineno
            break
    text = linecache.getline(code.co_filename, lineno).strip() or None
    return SourceLine(code.co_filename, lineno, code.co_name, text)
