"""Waiting for the checkpoints that another process saves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from perdure.platform import logging
from perdure.training.saving.management import latest_checkpoint


def wait_for_new_checkpoint(
    checkpoint_dir: str,
    last_checkpoint: str | None = None,
    seconds_to_sleep: float = 1,
    timeout: float | None = None,
) -> str | None:
    """Wait until the newest checkpoint of a folder is another one.

    Args:
        checkpoint_dir: the folder.
        last_checkpoint: the one that is known; None to wait for any.
        seconds_to_sleep: the seconds between two looks.
        timeout: how many seconds to wait at most; None to wait for ever.

    Returns:
        Its name; None if there is none in time.
    """
    logging.info("Waiting for new checkpoint at %s", checkpoint_dir)
    deadline = None if timeout is None else time.time() + timeout
    while True:
        found = latest_checkpoint(checkpoint_dir)
        if found is not None and found != last_checkpoint:
            logging.info("Found new checkpoint at %s", found)
            return found
        if deadline is not None and time.time() + seconds_to_sleep > deadline:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(
    checkpoint_dir: str,
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], object] | None = None,
) -> Iterator[str]:
    """The newest checkpoint of a folder, again and again, each time when there is another one.

    Checkpoints that come and go while the program does something else are missed.

    Args:
        checkpoint_dir: the folder.
        min_interval_secs: the seconds between two checkpoints, at least.
        timeout: how many seconds to wait for a checkpoint; None to wait for ever.
        timeout_fn: called when none has come in time; a true value ends the iteration, others go on waiting.
            Without it the iteration ends.

    Yields:
        The names of the checkpoints.
    """
    checkpoint = None
    while True:
        found = wait_for_new_checkpoint(checkpoint_dir, checkpoint, timeout=timeout)
        if found is None:
            if timeout_fn is None:
                logging.info("Timed-out waiting for a checkpoint.")
                return
            if timeout_fn():
                return
            continue
        began = time.time()
        checkpoint = found
        yield checkpoint
        rest = began + min_interval_secs - time.time()
        if rest > 0:
            time.sleep(rest)
