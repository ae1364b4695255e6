"""Tables of names: what a module of TensorFlow has, and which module of perdure defines it.

The face lists its names in Python (`tf/train.py`, read by `_lazy`), the modules inside TensorFlow are listed
in a file (`compat/inside.txt`), and what TensorFlow has at all stands in generated lists.  A list of names is
written the same in all of them, and read by the same functions.
"""

from __future__ import annotations

from perdure.tf._lazy import Origin, origins_of


class Entry:
    """What perdure has of one module inside TensorFlow.

    Attributes:
        origins: its names that are listed one by one.
        namespace: the namespace below `tf` all of whose names it has, or None.
        alias: the module of perdure that it is, or None.
        reason: why it has nothing, or None.
        is_empty: whether that is on purpose, rather than not done yet.
    """

    __slots__ = ("alias", "is_empty", "namespace", "origins", "reason")

    def __init__(self) -> None:
        self.origins: dict[str, Origin] = {}
        self.namespace: str | None = None
        self.alias: str | None = None
        self.reason: str | None = None
        self.is_empty = False

    def add(self, line: str) -> None:
        """Read one line of the table."""
        kind, colon, rest = line.partition(":")
        if not colon:
            words = line.split()
            if words[:-1] == ["is"]:
                self.alias = f"perdure.{words[-1]}"
            elif words[:-1] == ["all", "of"]:
                self.namespace = words[-1]
            else:
                raise ValueError(f"the table of names cannot say {line!r}")
        elif kind in ("empty", "missing"):
            self.reason, self.is_empty = rest.strip(), kind == "empty"
        else:
            self.origins.update(origins_of({kind: rest}))


def read_table(text: str) -> dict[str, Entry]:
    """A table of modules: lines that are not indented name modules, those below say what they have.

    Args:
        text: the table; a line that is indented further continues the one above.
    """
    table: dict[str, Entry] = {}
    named: list[str] = []
    above = True
    for indented, line in _lines(text):
        if indented:
            for name in named:
                table[name].add(line)
        else:
            named = [*([] if above else named), *line.split()]
            for name in line.split():
                if name in table:
                    raise ValueError(f"the table of names has {name} twice")
                table[name] = Entry()
        above = indented
    return table


def _lines(text: str) -> list[tuple[bool, str]]:
    """The lines of a table without comments: whether each is indented, and its text."""
    found: list[tuple[bool, str]] = []
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        depth = len(line) - len(line.lstrip())
        if depth > 4:
            found[-1] = (True, f"{found[-1][1]} {stripped}")
        else:
            found.append((depth > 0, stripped))
    return found
