"""Files: tf.gfile, tf.io.gfile, and the operations that read and write files."""

import os
import shutil
import tempfile
import time

PROGRAMS = []


def program(function):
    """Run `function(tf, here)`, where `here` names files in an empty folder; what it returns names it F."""

    def run(tf):
        folder = os.path.realpath(tempfile.mkdtemp())
        try:
            return _placed(function(tf, lambda *parts: os.path.join(folder, *parts)), folder)
        finally:
            shutil.rmtree(folder)

    run.__name__ = function.__name__
    run.__wrapped__ = function
    PROGRAMS.append(run)
    return function


def _placed(value, folder):
    if isinstance(value, (list, tuple)):
        return [_placed(item, folder) for item in value]
    if isinstance(value, bytes):
        return value.replace(folder.encode(), b"F")
    return value.replace(folder, "F") if isinstance(value, str) else value


@program
def the_time(tf, here):
    now = tf.timestamp()
    with tf.Session() as session:
        before = time.time()
        seen = session.run(now)
        return [
            before - 1 <= seen <= time.time() + 1,
            str(seen.dtype),
            now.op.type,
            now.op.name,
            str(now.shape),
        ]
