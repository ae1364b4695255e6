"""Errors of the operating system in TensorFlow's classes."""

import errno
import os

import pytest

from perdure.filesystem.errors import error_of
from perdure.graph import errors


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EACCES, errors.PermissionDeniedError),
        (errno.ENOSPC, errors.ResourceExhaustedError),
        (errno.EBUSY, errors.FailedPreconditionError),
        (errno.ENOSYS, errors.UnimplementedError),
        (errno.EIO, errors.UnknownError),
    ],
)
def test_errors_of_the_system(number, kind):
    """Each number has TensorFlow's class, with the file and the system's words."""
    error = error_of("a", OSError(number, "x"))
    assert type(error) is kind and error.message == f"a; {os.strerror(number)}"
