"""Threads of tests that are to wait for something before the test goes on.  Python 3.7 runs this, too."""

import io
import sys
import time


def settle(*threads, **options):
    """Return when each thread is over or waits.

    Where that cannot be seen (another system, or TensorFlow's Python 3.7), `seconds` are enough.  However
    busy the machine is, a thread that has not come to its wait yet is not taken for one that waits.
    """
    seconds = options.pop("seconds", 0.3)
    assert not options
    end = time.time() + 60
    for thread in threads:
        if not sys.platform.startswith("linux") or not hasattr(thread, "native_id"):
            thread.join(seconds)
            continue
        quiet = 0
        while thread.is_alive() and quiet < 5 and time.time() < end:
            time.sleep(0.01)
            quiet = quiet + 1 if _is_asleep(thread.native_id) else 0


def _is_asleep(native_id):
    try:
        with io.open("/proc/self/task/%d/stat" % native_id) as file:
            # The state stands behind the name, which is in parentheses and may have some itself.
            return file.read().rpartition(")")[2].split()[0] == "S"
    except OSError:  # it has just ended
        return False
