"""The errors a step may raise: one class per canonical error code, all of them `OpError`s."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

__all__ = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
    "OpError",
    "CancelledError",
    "UnknownError",
    "InvalidArgumentError",
    "DeadlineExceededError",
    "NotFoundError",
    "AlreadyExistsError",
    "PermissionDeniedError",
    "ResourceExhaustedError",
    "FailedPreconditionError",
    "AbortedError",
    "OutOfRangeError",
    "UnimplementedError",
    "InternalError",
    "UnavailableError",
    "DataLossError",
    "UnauthenticatedError",
    "InaccessibleTensorError",
    "OperatorNotAllowedInGraphError",
    "error_code_from_exception_type",
    "exception_type_from_error_code",
    "raise_exception_on_not_ok_status",
]

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class InaccessibleTensorError(ValueError):
    """A tensor of a function's graph was used outside that function."""


class OperatorNotAllowedInGraphError(TypeError):
    """A symbolic tensor was used as a Python value (`if tensor:`, `for x in tensor:`)."""


class OpError(Exception):
    """A failure of an operation, or of a step as a whole.

    Args:
        node_def: the `NodeDef` of the operation that failed, or None.
        op: the `Operation` that failed, or None.
        message: what happened.
        error_code: one of the codes of this module.
    """

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int) -> None:
        super().__init__()
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code
        # Where the operation was made, of an error that comes from another process, without the operation.
        self._origin = ""

    @property
    def node_def(self) -> Any:
        """The `NodeDef` of the operation that failed, or None if it is not known."""
        return self._node_def

    @property
    def op(self) -> Any:
        """The `Operation` that failed, or None if it is not known."""
        return self._op

    @property
    def message(self) -> str:
        """What happened, without where the operation was made."""
        return self._message

    @property
    def error_code(self) -> int:
        """The canonical error code, such as `tf.errors.INVALID_ARGUMENT`."""
        return self._error_code

    def __str__(self) -> str:
        return self._message + (self._origin if self._op is None else _origin_of(self._op))

    def _init_args(self) -> tuple:
        return self._node_def, self._op, self._message, self._error_code

    def __reduce__(self) -> tuple:
        # An operation belongs to the graph of its process; what is said of it goes along.
        origin = self._origin if self._op is None else _origin_of(self._op)
        arguments = tuple(None if item is self._op else item for item in self._init_args())
        return type(self), arguments, {**self.__dict__, "_op": None, "_origin": origin}

    def __copy__(self) -> OpError:
        copied = type(self).__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def __deepcopy__(self, memo: Any) -> OpError:
        return self.__copy__()


def _origin_of(op: Any) -> str:
    """Where `op` was made, and what it was made for."""
    parts = [f"\n\nOriginal stack trace for {op.name!r}:\n", *_creation_lines(op)]
    # A gradient's operations point to the forward operation that they were made for.
    original = op._original_op
    while original is not None:
        parts.append(f"\n...which was originally created as op {original.name!r}, defined at:\n")
        parts += _creation_lines(original)
        original = original._original_op
    return "".join(parts)


def _creation_lines(op: Any) -> list[str]:
    """The lines of the user's program that made `op`, as in a Python traceback."""
    lines = []
    for filename, lineno, function, text in op.traceback:
        lines.append(f'  File "{filename}", line {lineno}, in {function}\n')
        if text:
            lines.append(f"    {text}\n")
    return lines


class _CodedError(OpError):
    """An `OpError` whose class determines its code."""

    _code: int

    def __init__(self, node_def: Any, op: Any, message: str) -> None:
        super().__init__(node_def, op, message, self._code)

    def _init_args(self) -> tuple:
        return self._node_def, self._op, self._message


class UnknownError(OpError):
    """An error that came without a (known) code."""

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int = UNKNOWN) -> None:
        super().__init__(node_def, op, message, error_code)


class CancelledError(_CodedError):
    """A step was cancelled, for instance because its session or queue was closed."""

    _code = CANCELLED


class InvalidArgumentError(_CodedError):
    """An operation received a value or shape that it does not accept."""

    _code = INVALID_ARGUMENT


class DeadlineExceededError(_CodedError):
    """The time limit of a step ran out (`RunOptions.timeout_in_ms`)."""

    _code = DEADLINE_EXCEEDED


class NotFoundError(_CodedError):
    """A file, directory, table key or other named thing does not exist."""

    _code = NOT_FOUND


class AlreadyExistsError(_CodedError):
    """Something that was to be created exists already."""

    _code = ALREADY_EXISTS


class PermissionDeniedError(_CodedError):
    """The caller may not do this, for instance read a file."""

    _code = PERMISSION_DENIED


class UnauthenticatedError(_CodedError):
    """The caller did not say who they are."""

    _code = UNAUTHENTICATED


class ResourceExhaustedError(_CodedError):
    """Memory, disk space or a quota is used up."""

    _code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_CodedError):
    """Something must happen first, for instance the initialisation of a variable."""

    _code = FAILED_PRECONDITION


class AbortedError(_CodedError):
    """The operation was interrupted by a concurrent one."""

    _code = ABORTED


class OutOfRangeError(_CodedError):
    """There is nothing left: the end of a data set, a file or a closed queue."""

    _code = OUT_OF_RANGE


class UnimplementedError(_CodedError):
    """The operation, or this use of it, is not implemented."""

    _code = UNIMPLEMENTED


class InternalError(_CodedError):
    """The runtime broke a promise of its own: a bug in it."""

    _code = INTERNAL


class UnavailableError(_CodedError):
    """A service cannot be reached now; trying again may help."""

    _code = UNAVAILABLE


class DataLossError(_CodedError):
    """Stored data is truncated or corrupt."""

    _code = DATA_LOSS


_CLASS_OF_CODE: dict[int, type[OpError]] = {UNKNOWN: UnknownError}
_CLASS_OF_CODE.update({error._code: error for error in _CodedError.__subclasses__()})
_CODE_OF_CLASS = {error: code for code, error in _CLASS_OF_CODE.items()}


def exception_type_from_error_code(error_code: int) -> type[OpError]:
    """The class of an error code; `KeyError` if there is none (also for `OK`)."""
    return _CLASS_OF_CODE[error_code]


def error_code_from_exception_type(cls: type) -> int:
    """The code of an error class; `UNKNOWN`, with a warning, for any other class."""
    try:
        return _CODE_OF_CLASS[cls]
    except KeyError:
        warnings.warn("Unknown class exception", stacklevel=2)
        return UNKNOWN


def make_error(node_def: Any, op: Any, message: str, error_code: int) -> OpError:
    """Make the exception for an error code; an `UnknownError` that keeps a code without class."""
    error_class = _CLASS_OF_CODE.get(error_code)
    if error_class is None:
        return UnknownError(node_def, op, message, error_code)
    return error_class(node_def, op, message)  # type: ignore[call-arg]  # only OpError takes a code


@dataclass
class Status:
    """Whether something went well: a code, and in words what did not."""

    code: int = OK
    message: str = ""


@contextmanager
def raise_exception_on_not_ok_status() -> Iterator[Status]:
    """Give the block a `Status` to fill in, and raise what it says at the end.

    TensorFlow hands it to functions of its C library; perdure has none, so the block sets the code itself.

    Raises:
        OpError: the status has a code other than `OK`; nothing if the block raised an error of its own.
    """
    status = Status()
    yield status
    if status.code != OK:
        raise make_error(None, None, status.message, status.code)
