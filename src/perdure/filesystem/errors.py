"""What the operating system says of files, in TensorFlow's classes and words."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from perdure.graph import errors
from perdure.graph.errors import OpError

_CLASSES: dict[int, type[OpError]] = {
    errno.EINVAL: errors.InvalidArgumentError,
    errno.ENAMETOOLONG: errors.InvalidArgumentError,
    errno.ELOOP: errors.InvalidArgumentError,
    errno.ESPIPE: errors.InvalidArgumentError,
    errno.ENOENT: errors.NotFoundError,
    errno.ENXIO: errors.NotFoundError,
    errno.EEXIST: errors.AlreadyExistsError,
    errno.EPERM: errors.PermissionDeniedError,
    errno.EACCES: errors.PermissionDeniedError,
    errno.EROFS: errors.PermissionDeniedError,
    errno.ENOTEMPTY: errors.FailedPreconditionError,
    errno.EISDIR: errors.FailedPreconditionError,
    errno.ENOTDIR: errors.FailedPreconditionError,
    errno.EBUSY: errors.FailedPreconditionError,
    errno.EPIPE: errors.FailedPreconditionError,
    errno.ETXTBSY: errors.FailedPreconditionError,
    errno.ENOSPC: errors.ResourceExhaustedError,
    errno.EMFILE: errors.ResourceExhaustedError,
    errno.ENFILE: errors.ResourceExhaustedError,
    errno.ENOMEM: errors.ResourceExhaustedError,
    errno.EDQUOT: errors.ResourceExhaustedError,
    errno.EFBIG: errors.OutOfRangeError,
    errno.ENOSYS: errors.UnimplementedError,
    errno.ENOTSUP: errors.UnimplementedError,
    errno.EXDEV: errors.UnimplementedError,
    errno.EINTR: errors.UnavailableError,
    errno.EAGAIN: errors.UnavailableError,
}


# What stands for the number of an error that has none: other file systems than the local one raise such.
_NUMBERS: dict[type[OSError], int] = {
    FileNotFoundError: errno.ENOENT,
    FileExistsError: errno.EEXIST,
    IsADirectoryError: errno.EISDIR,
    NotADirectoryError: errno.ENOTDIR,
    PermissionError: errno.EACCES,
    TimeoutError: errno.EAGAIN,
    ConnectionError: errno.EAGAIN,
}


def error_of(path: str, error: OSError) -> OpError:
    """The error of TensorFlow's that stands for one of the operating system's.

    Args:
        path: what it is about.
        error: what was raised.
    """
    number = error.errno or next((number for kind, number in _NUMBERS.items() if isinstance(error, kind)), 0)
    made: Callable[..., OpError] = _CLASSES.get(number, errors.UnknownError)
    says = str(error) if not number or number == errno.EAGAIN else os.strerror(number)
    return made(None, None, f"{path}; {says}")


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Raise the operating system's errors in the block as TensorFlow's.

    Args:
        path: what the block deals with.
    """
    try:
        yield
    except OSError as error:
        raise error_of(path, error) from error
    except ValueError as error:  # a name with a zero byte in it
        raise errors.InvalidArgumentError(None, None, f"{path!r}; {error}") from error
