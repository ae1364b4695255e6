"""What an event file is called, how it begins, and its events (tensorflow/core/util/events_writer.cc)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from perdure.formats import messages

# What the first event of a file says it is.
VERSION = "brain.Event:2"


def file_name(prefix: str, seconds: int, host: str, suffix: str = "") -> str:
    """The name of an event file.

    Args:
        prefix: what it begins with, folders included.
        seconds: when it is made, in seconds since 1970.
        host: the machine it is made on.
        suffix: what it ends with.
    """
    return f"{prefix}.out.tfevents.{seconds:010d}.{host}{suffix}"


def first_event(seconds: int) -> bytes:
    """The event that a file begins with.

    Args:
        seconds: when it is made, in seconds since 1970.
    """
    return messages.Event(wall_time=seconds, file_version=VERSION).SerializeToString()


def parsed(records: Iterable[bytes]) -> Iterator[Any]:
    """The events of a file, of which `records` are the records.

    Raises:
        DecodeError: a record is no event.
    """
    return map(messages.Event.FromString, records)
