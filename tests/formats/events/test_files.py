"""Event files: names and the first event."""

import struct

from perdure.formats.events.files import file_name, first_event, parsed


def test_names_and_beginnings():
    """As TensorFlow's: seconds with ten digits, so that names sort by time; the version without a step."""
    assert (
        file_name("logs/events", 1234567890, "host", ".v2") == "logs/events.out.tfevents.1234567890.host.v2"
    )
    assert file_name("e", 5, "h") == "e.out.tfevents.0000000005.h"
    assert first_event(1500000000) == b"\t" + struct.pack("<d", 1.5e9) + b"\x1a\rbrain.Event:2"
    (event,) = parsed([first_event(3)])
    assert (event.wall_time, event.file_version, event.step) == (3.0, "brain.Event:2", 0)
