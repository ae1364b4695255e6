"""tf.train.summary_iterator: the events of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perdure.filesystem.files import Name
from perdure.filesystem.tf_record import tf_record_iterator


def summary_iterator(path: Name) -> Iterator[Any]:
    """The `Event` messages of an event file, one after the other.

    Args:
        path: the file's name.

    Returns:
        An iterator; the file is opened when it is first asked.

    Raises:
        NotFoundError: the file is not there.
        DataLossError: it is damaged.
    """
    from perdure.formats.events.files import parsed

    yield from parsed(tf_record_iterator(path))
