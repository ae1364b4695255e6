"""What an event file is called, how it begins, and its events (tensorflow/core/util/events_writer.cc)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perdure.formats.protos.event_pb2 import Event

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
    return Event(wall_time=seconds, file_version=VERSION).SerializeToString()


def parsed(records: Iterable[bytes]) -> Iterator[Event]:
    """The events of a file, of which `records` are the records.

    Raises:
        DecodeError: a record is no event.
    """
    return map(Event.FromString, records)
