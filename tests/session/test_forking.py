"""A forked child uses the sessions that it inherits, whatever threads of the parent were doing."""

import os
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

PROGRAM = """
    import contextlib, os, sys, threading, time, warnings
    import numpy as np
    import perdure.runtime.options
    from perdure import tf

    warnings.simplefilter("ignore")  # Python's and jax's about threads
    tier = sys.argv[1]
    perdure.runtime.options.set_process_options(tier=tier, cache=False)
    rows = tf.Variable(np.zeros((400, 8), np.float32))
    total = tf.Variable(0)
    change = tf.group(
        tf.scatter_add(rows, np.arange(0, 400, 2), np.ones((200, 8), np.float32)),
        total.assign_add(1),
    )
    queue = tf.FIFOQueue(2, tf.int32, shapes=[()])
    put, take, element = queue.enqueue(7), queue.dequeue(), tf.placeholder(tf.int32, [])
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    session.run(change)
    ended = threading.Event()

    def work():
        with contextlib.suppress(tf.errors.CancelledError, RuntimeError):  # it is closed at the end
            while not ended.is_set():
                session.run(change)

    def wait():
        with contextlib.suppress(tf.errors.CancelledError):
            session.run(take)  # nothing is put in the parent

    threads = [threading.Thread(target=f) for f in (work, work, wait)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)

    def child():
        before = session.run([rows, total])
        assert (before[0][::2] == before[0][0]).all() and (before[0][1::2] == 0).all(), "torn"
        session.run(change)
        after = session.run([rows, total])
        assert after[1] == before[1] + 1 and (after[0][::2] == before[0][::2] + 1).all(), "lost"
        session.run(put)
        assert session.run(take) == 7, "taken by a thread of the parent"
        with tf.Graph().as_default(), tf.Session() as another:
            assert another.run(tf.reduce_sum(tf.constant([1.0, 2.0]) * 2.0)) == 6.0

    failed = 0
    for _ in range(12):
        pid = os.fork()
        if not pid:
            status = 1
            try:
                child()
                status = 0
            except BaseException as error:
                print(type(error).__name__, str(error)[:300], flush=True)
            finally:
                os._exit(status)
        deadline = time.monotonic() + 60
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                failed += status != 0
                break
            if time.monotonic() > deadline:
                os.kill(pid, 9)
                os.waitpid(pid, 0)
                failed += 1
                print("hangs", flush=True)
                break
            time.sleep(0.01)
    ended.set()
    session.close()
    for thread in threads:
        thread.join()
    print("failed:", failed)
"""


@pytest.mark.parametrize("tier", ["interpret", "compile"])
def test_a_child_goes_on_with_the_session(tier):
    """Its locks are free, rows half changed are as they were, and nobody else takes from its queue."""
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), tier],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.stdout.splitlines()[-1:] == ["failed: 0"], run.stdout + run.stderr[-2000:]
