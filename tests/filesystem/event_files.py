"""What the tests of writers read."""

from pathlib import Path

from perdure.filesystem.tf_record import read_record_file
from perdure.formats.events.files import parsed


def events_of(folder):
    """The events of all files in a folder, without those that say that a file begins."""
    found = []
    for path in sorted(Path(folder).glob("events.out.tfevents.*")):
        first, *others = parsed(read_record_file(str(path)))
        assert first.file_version == "brain.Event:2"
        found += others
    return found


def steps_of(folder):
    """Their steps."""
    return [event.step for event in events_of(folder)]
