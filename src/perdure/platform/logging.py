"""tf.logging: log lines through Python's logger named "tensorflow".

Lines go to stderr as `LEVEL:tensorflow:message`, unless the program has configured the root
logger, whose handlers then print them.  An interactive interpreter shows INFO lines on stdout.
"""

import logging
import sys
import threading
from collections import Counter
from logging import DEBUG, ERROR, FATAL, INFO, WARN
from types import FrameType
from typing import Any

__all__ = [
    "DEBUG", "ERROR", "FATAL", "INFO", "WARN", "TaskLevelStatusMessage", "debug", "error", "fatal",
    "flush", "get_logger", "get_verbosity", "info", "log", "log_every_n", "log_first_n", "log_if",
    "set_verbosity", "vlog", "warn", "warning",
]  # fmt: skip

_logger: logging.Logger | None = None
_logger_lock = threading.Lock()
_calls_from: Counter[tuple[str, int]] = Counter()


def get_logger() -> logging.Logger:
    """The logger named "tensorflow", given its handler at the first call."""
    global _logger
    with _logger_lock:
        if _logger is None:
            logger = logging.getLogger("tensorflow")
            # A root logger with handlers would print every line a second time.
            if not logging.getLogger().handlers:
                interactive = hasattr(sys, "ps1") or bool(sys.flags.interactive)
                if interactive:
                    logger.setLevel(INFO)
                handler = logging.StreamHandler(sys.stdout if interactive else sys.stderr)
                handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
                logger.addHandler(handler)
            _logger = logger
    return _logger


def _write(level: int, msg: Any, args: tuple[Any, ...], options: dict[str, Any]) -> None:
    """Log a line as coming from the caller of this module's public function."""
    stack_level = options.pop("stacklevel", 1) + _frames_in_this_module()
    get_logger().log(level, msg, *args, stacklevel=stack_level, **options)


def _frames_in_this_module() -> int:
    """How many frames there are between `_write` (included) and the program's own line."""
    frame, count = sys._getframe(1), 0
    while frame is not None and frame.f_code.co_filename == __file__:
        frame, count = _caller(frame), count + 1
    return count


def _caller(frame: FrameType) -> FrameType:
    # A module's top level is always called by something while it is being run or tested.
    assert frame.f_back is not None
    return frame.f_back


def log(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log `msg % args` at `level`; keywords are those of `logging.Logger.log`."""
    _write(level, msg, args, kwargs)


def vlog(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """The same as `log`."""
    _write(level, msg, args, kwargs)


def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log `msg % args` at level DEBUG."""
    _write(DEBUG, msg, args, kwargs)


def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log `msg % args` at level INFO."""
    _write(INFO, msg, args, kwargs)


def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log `msg % args` at level WARN."""
    _write(WARN, msg, args, kwargs)


def warn(msg: Any, *args: Any, **kwargs: Any) -> None:
    """The same as `warning`."""
    _write(WARN, msg, args, kwargs)


def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log `msg % args` at level ERROR."""
    _write(ERROR, msg, args, kwargs)


def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log `msg % args` at level FATAL, which Python prints as CRITICAL; the program goes on."""
    _write(FATAL, msg, args, kwargs)


def TaskLevelStatusMessage(msg: Any) -> None:
    """Log `msg` at level ERROR."""
    _write(ERROR, msg, (), {})


def log_if(level: int, msg: Any, condition: Any, *args: Any) -> None:
    """Log `msg % args` if `condition` is true."""
    if condition:
        _write(level, msg, args, {})


def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Log `msg % args` at the first of every `n` calls from the same line of the program."""
    if _earlier_calls_from_here() % n == 0:
        _write(level, msg, args, {})


def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Log `msg % args` at the first `n` calls from the same line of the program."""
    if _earlier_calls_from_here() < n:
        _write(level, msg, args, {})


def _earlier_calls_from_here() -> int:
    """How often the program's current line has been here before."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename == __file__:
        frame = _caller(frame)
    line = (frame.f_code.co_filename, frame.f_lineno)
    _calls_from[line] += 1
    return _calls_from[line] - 1


def flush() -> None:
    """Not available, as in TensorFlow.

    Raises:
        NotImplementedError: always; lines are written as they are logged.
    """
    raise NotImplementedError("tf.logging.flush: log lines are written at once, as in TensorFlow")


def get_verbosity() -> int:
    """The level below which no line is shown (WARN unless set)."""
    return get_logger().getEffectiveLevel()


def set_verbosity(v: int | str) -> None:
    """Show lines of level `v` and above: `tf.logging.INFO`, a number, or a level's name."""
    get_logger().setLevel(v)
