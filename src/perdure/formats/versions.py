"""Whether a file is of a version that this code reads."""

from __future__ import annotations

from typing import Any

from perdure.graph.errors import InvalidArgumentError


def check_versions(versions: Any, consumer: int, min_producer: int, upper: str, lower: str) -> None:
    """Refuse what was written by too old or too new a program.

    Args:
        versions: the VersionDef of the file.
        consumer: the version that this code reads.
        min_producer: the oldest version that it reads.
        upper: what the file is called at the beginning of a sentence.
        lower: what it is called within one.

    Raises:
        InvalidArgumentError: this code does not read it.
    """
    message = None
    if versions.producer < min_producer:
        message = (
            f"{upper} producer version {versions.producer} below min producer {min_producer} supported by "
            f"TensorFlow 1.15.5.  Please regenerate your {lower}."
        )
    elif versions.min_consumer > consumer:
        message = (
            f"{upper} min consumer version {versions.min_consumer} above current version {consumer} for "
            "TensorFlow 1.15.5.  Please upgrade TensorFlow."
        )
    elif consumer in versions.bad_consumers:
        message = (
            f"{upper} disallows consumer version {consumer}.  Please upgrade TensorFlow: this version is "
            "likely buggy."
        )
    if message is not None:
        raise InvalidArgumentError(None, None, message)
