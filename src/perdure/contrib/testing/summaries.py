"""What a test looks at in summaries and event files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from perdure.filesystem.files import FILES
from perdure.summaries.summary_iterator import summary_iterator


def assert_summary(
    expected_tags: Iterable[str], expected_simple_values: dict[str, float], summary_proto: Any
) -> None:
    """Check the tags of a summary, and some of its numbers to two digits.

    Args:
        expected_tags: all tags.
        expected_simple_values: numbers by tag.
        summary_proto: the `Summary`.

    Raises:
        AssertionError: a number is another.
        ValueError: the tags are others.
    """
    for value in summary_proto.value:
        if value.tag in expected_simple_values:
            expected = expected_simple_values[value.tag]
            np.testing.assert_almost_equal(value.simple_value, expected, decimal=2, err_msg=value.tag)
    expected_tags, tags = set(expected_tags), {value.tag for value in summary_proto.value}
    if expected_tags != tags:
        raise ValueError(f"Expected tags {expected_tags}, got {tags}.")


def to_summary_proto(summary_str: bytes) -> Any:
    """A `Summary` from its bytes."""
    from perdure.formats.messages import Summary

    return Summary.FromString(summary_str)


def latest_event_file(base_dir: str) -> str | None:
    """The last event file of a folder, by name; None if there is none."""
    if not FILES.is_directory(base_dir):
        return None
    found = FILES.glob(f"{base_dir.rstrip('/')}/events.*")
    return found[-1] if found else None


def latest_events(base_dir: str) -> Iterable[Any]:
    """The `Event` messages of the last event file of a folder."""
    path = latest_event_file(base_dir)
    return summary_iterator(path) if path else []


def latest_summaries(base_dir: str) -> list[Any]:
    """The `Event` messages with a summary of the last event file of a folder."""
    return [event for event in latest_events(base_dir) if event.HasField("summary")]


def simple_values_from_events(events: Iterable[Any], tags: Iterable[str]) -> dict[str, float]:
    """The number that each of some tags has at its last step.

    Args:
        events: `Event` messages.
        tags: the tags.

    Raises:
        ValueError: a summary of such a tag has no number.
    """
    wanted, found = set(tags), dict[str, tuple[int, float]]()
    for event in events:
        for value in event.summary.value:
            if value.tag not in wanted:
                continue
            if not value.HasField("simple_value"):
                raise ValueError(f"Summary for {value.tag} is not a simple_value.")
            if value.tag not in found or found[value.tag][0] < event.step:
                found[value.tag] = event.step, value.simple_value
    return {tag: value for tag, (_, value) in found.items()}
