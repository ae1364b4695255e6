"""Compiled programs on disk, so that the next process need not compile them again.

A file is named by its program's key (`program_keys`):

    | bytes | what                                                              |
    | ----- | ----------------------------------------------------------------- |
    | 8     | `perdure` and the number of this layout                           |
    | 64    | the key in hexadecimal digits                                     |
    | 32    | the SHA-256 digest of the rest                                    |
    | rest  | a pickle: JAX's serialized executable, and the program's outcome  |

What XLA reads it runs as machine code: nothing of a file is looked at before its digest was.  A file that is
not whole, of another program or of no use here is as good as none.
"""

from __future__ import annotations

import copyreg
import hashlib
import os
import pickle
import re
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

# Above this size (bytes) the programs that were not used for longest are deleted.
_LIMIT = 1 << 30
_LAYOUT = b"perdure\x01"
_KEY = re.compile(r"[0-9a-f]{64}")
_DIGEST = hashlib.sha256().digest_size
# Begins the name of a file that is being written; older than this (seconds), its process has died.
_PARTIAL = ".partial-"
_ABANDONED = 3600


def folder() -> Path | None:
    """Where programs are kept: `perdure/programs` in the user's cache folder; None if he has none."""
    base = _from_environment("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    if base is None or sys.platform == "darwin":
        try:
            home = Path.home()
        except RuntimeError:  # a user whom the system does not know
            return None
        if not home.is_absolute():
            return None
        parts = {"win32": ("AppData", "Local"), "darwin": ("Library", "Caches")}
        base = home.joinpath(*parts.get(sys.platform, (".cache",)))
    return base / "perdure" / "programs"


def _from_environment(name: str) -> Path | None:
    path = Path(os.environ.get(name, ""))
    return path if path.is_absolute() else None


def load(key: str) -> tuple[Any, Any] | None:
    """The compiled program and its outcome, or None if there is none that works here."""
    where = folder()
    if where is None:
        return None
    path = where / key
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        found = _unpacked(content, key)
    except Exception:  # whatever is wrong with the file, compiling is the answer
        with suppress(OSError):
            path.unlink()
        return None
    with suppress(OSError):
        os.utime(path)
    return found


def _header(key: str, body: Any) -> bytes:
    return _LAYOUT + key.encode() + hashlib.sha256(body).digest()


def _unpacked(content: bytes, key: str) -> tuple[Any, Any]:
    from jax.experimental import serialize_executable

    from perdure.runtime.xla.device import device

    body = memoryview(content)[len(_LAYOUT) + len(key) + _DIGEST :]
    if content[: -len(body) or None] != _header(key, body):
        raise ValueError("the file is damaged, or of another program")
    (serialized, in_tree, out_tree), outcome = pickle.loads(body)
    program = serialize_executable.deserialize_and_load(
        serialized, in_tree, out_tree, backend=device().client, execution_devices=[device()]
    )
    return program, outcome


def store(key: str, compiled: Any, outcome: Any) -> None:
    """Keep a program; a full disk or a read-only home is no reason to fail."""
    from jax.experimental import serialize_executable

    where = folder()
    if where is None:
        return
    _keep_singletons()
    with suppress(Exception):  # some programs cannot be kept: JAX says so in several ways
        body = pickle.dumps((serialize_executable.serialize(compiled), outcome))
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(where / key, _header(key, body), body)
        _make_room(where)


def _write(target: Path, *parts: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=_PARTIAL, dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
        os.replace(name, target)  # another process sees the whole file or none
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


@cache
def _keep_singletons() -> None:
    """Let JAX's mark for "any layout" be the same object when it is read again.

    It is pickled like any instance.  With marks of their own, the types of each loaded program would be new
    to JAX's caches, which kept 3 kB of each.
    """
    try:
        from jax._src.layout import AutoLayout
    except ImportError:  # another version of JAX
        return
    copyreg.pickle(type(AutoLayout), lambda mark: "AutoLayout")  # type: ignore[arg-type]


def contents() -> list[tuple[Path, int]]:
    """The kept programs with their sizes in bytes, those used last first."""
    found = []
    for path in _files():
        if _KEY.fullmatch(path.name):
            with suppress(OSError):  # deleted by another process
                found.append((path, path.stat()))
    found.sort(key=lambda entry: entry[1].st_mtime, reverse=True)
    return [(path, status.st_size) for path, status in found]


def _files() -> list[Path]:
    where = folder()
    try:
        return [] if where is None else list(where.iterdir())
    except OSError:
        return []


def clear() -> int:
    """Delete all kept programs; returns how many there were."""
    found = contents()
    for path in (*(path for path, _ in found), *_abandoned(0)):
        path.unlink(missing_ok=True)
    return len(found)


def _abandoned(age: float) -> list[Path]:
    """What was not written to its end, so long ago (in seconds)."""
    found = []
    for path in _files():
        with suppress(OSError):
            if path.name.startswith(_PARTIAL) and time.time() - path.stat().st_mtime >= age:
                found.append(path)
    return found


def _make_room(where: Path) -> None:
    total = 0
    for path, size in contents():
        total += size
        if total > _LIMIT:
            path.unlink(missing_ok=True)
    for path in _abandoned(_ABANDONED):
        path.unlink(missing_ok=True)
