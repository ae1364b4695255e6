"""Waiting for checkpoints that another process writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from perdure.platform import logging
from perdure.training.saving import management


def wait_for_new_checkpoint(
    checkpoint_dir: str,
    last_checkpoint: str | None = None,
    seconds_to_sleep: float = 1,
    timeout: float | None = None,
) -> str | None:
    """The newest checkpoint of a folder, as soon as it is another one.

    Args:
        checkpoint_dir: the folder.
        last_checkpoint: the checkpoint that is known; None if none is.
        seconds_to_sleep: how long to wait between two looks.
        timeout: how many seconds to wait at all; for ever if None.

    Returns:
        Its name; None if none came in time.
    """
    logging.info("Waiting for new checkpoint at %s", checkpoint_dir)
    stop_time = None if timeout is None else time.time() + timeout
    while True:
        path = management.latest_checkpoint(checkpoint_dir)
        if path is not None and path != last_checkpoint:
            logging.info("Found new checkpoint at %s", path)
            return path
        if stop_time is not None and time.time() + seconds_to_sleep > stop_time:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(
    checkpoint_dir: str,
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Iterator[str]:
    """The checkpoints of a folder as they come; those that come while one is worked with are left out.

    Args:
        checkpoint_dir: the folder.
        min_interval_secs: at least this many seconds lie between two of them.
        timeout: how many seconds to wait for one; for ever if None.
        timeout_fn: called when that time is over; whether to stop.  Without it there are no more then.

    Yields:
        Their names.
    """
    path = None
    while True:
        newer = wait_for_new_checkpoint(checkpoint_dir, path, timeout=timeout)
        if newer is None:
            if timeout_fn is None:
                logging.info("Timed-out waiting for a checkpoint.")
                return
            if timeout_fn():
                return
            continue
        start = time.time()
        path = newer
        yield path
        rest = start + min_interval_secs - time.time()
        if rest > 0:
            time.sleep(rest)
