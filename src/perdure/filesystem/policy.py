"""Which paths the operations of a graph may touch: the one place that untrusted graphs are held to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from perdure.graph.errors import PermissionDeniedError

Path = str | bytes | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Policy:
    """What operations may read and write.

    Attributes:
        reads: the folders and files they may read, as absolute paths without links; None for all.
        writes: those they may write, make, rename and delete; None for all.
    """

    reads: tuple[str, ...] | None = None
    writes: tuple[str, ...] | None = None

    def and_also(self, other: Policy) -> Policy:
        """What both allow."""
        return Policy(_both(self.reads, other.reads), _both(self.writes, other.writes))

    def check(self, scheme: str, path: str, writing: bool) -> None:
        """Refuse what is not allowed.

        Args:
            scheme: where the path is; "" for the local disk.
            path: the path there.
            writing: whether it would be changed.

        Raises:
            PermissionDeniedError: the policy does not allow it.
        """
        allowed = self.writes if writing else self.reads
        if allowed is None:
            return
        # Links are followed: what counts is what would be touched.
        place = f"{scheme}://{path}" if scheme else os.path.realpath(path)
        if not any(_is_in(place, folder) for folder in allowed):
            what = "write" if writing else "read"
            shown = ", ".join(allowed) if allowed else "nothing"
            raise PermissionDeniedError(
                None,
                None,
                f"{path}; operations of this session, or of a model that it loaded, may not {what} it: "
                f"perdure.policy lets them {what} {shown}",
            )


EVERYTHING = Policy()
_current: ContextVar[Policy] = ContextVar("perdure policy", default=EVERYTHING)


def current_policy() -> Policy:
    """The policy in force here, which a session that is made here keeps."""
    return _current.get()


@contextmanager
def policy(reads: Iterable[Path] | None = None, writes: Iterable[Path] | None = None) -> Iterator[None]:
    """Let the operations of sessions that are made in the block touch some files only.

    For graphs that somebody else has made: loading one runs nothing, but running it lets it read and write
    whatever its operations name.  What the program itself does, by `tf.gfile` or Python's own functions, is
    not restricted.  A block within a block allows only what both do.

        with perdure.policy(reads=["data"], writes=[]):
            session = tf.Session(graph=loaded)

    Args:
        reads: folders, with all they contain, and files that may be read; None for no restriction.
        writes: those that may be written, made, renamed and deleted; None for no restriction.
    """
    outer = _current.get()
    token = _current.set(outer.and_also(Policy(_places(reads), _places(writes))))
    try:
        yield
    finally:
        _current.reset(token)


def only_in(folder: Path) -> Policy:
    """The policy of a model: its operations may read what lies in its folder, and write nothing."""
    return Policy(_places([folder]), ())


def _both(outer: tuple[str, ...] | None, inner: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What an outer and an inner restriction both allow."""
    if inner is None or outer is None:
        return outer if inner is None else inner
    return tuple(one for one in inner if any(_is_in(one, other) for other in outer)) + tuple(
        other for other in outer if any(_is_in(other, one) for one in inner)
    )


def _places(paths: Iterable[Path] | None) -> tuple[str, ...] | None:
    return None if paths is None else tuple(_place(path) for path in paths)


def _place(path: Path) -> str:
    name = os.fsdecode(path)
    return name if "://" in name else os.path.realpath(name)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
