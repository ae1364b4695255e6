"""What of managed sessions is not compared with TensorFlow: savers of the user, and the words of errors."""

import pytest

from perdure import tf
from perdure.functional.state import resources


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_savers_of_the_user():
    """A saver the program brings itself is built, and restores the file it is given."""

    class Saver:
        calls = []

        def build(self):
            self.calls.append("build")

        def restore(self, session, path):
            self.calls.append(path)
            session.run(v.initializer)

    v = tf.Variable(3.0)
    creator = tf.train.ChiefSessionCreator(
        tf.train.Scaffold(saver=Saver()), checkpoint_filename_with_path="file"
    )
    with tf.train.MonitoredSession(creator) as session:
        assert session.run(v) == 3.0
    assert Saver.calls == ["build", "file"]


def test_recovered_sessions():
    """recover_session says whether the restored model is ready, and logs why not."""

    class Saver:
        def __init__(self, *restored):
            self.restored = restored

        def restore(self, session, path):
            session.run([variable.initializer for variable in self.restored])

    v, w = tf.Variable(1.0), tf.Variable(2.0)
    manager = tf.train.SessionManager(
        ready_op=tf.report_uninitialized_variables(),
        ready_for_local_init_op=tf.report_uninitialized_variables([v]),
        local_init_op=tf.no_op(),
    )
    for restored, ready in ((), False), ((v,), False), ((v, w), True):
        session, is_ready = manager.recover_session(
            "", Saver(*restored), checkpoint_filename_with_path="file"
        )
        session.close()
        assert is_ready is ready


def test_failed_preparation_closes_the_session():
    """A session that could not be initialized is not left open (which would be a ResourceWarning)."""
    tf.Variable(1.0, name="v")
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    with pytest.raises(RuntimeError, match="no init_op or init_fn or local_init_op was given"):
        manager.prepare_session("")
    with pytest.raises(RuntimeError, match="did not make model ready.*Variables not initialized: v"):
        manager.prepare_session("", init_op=tf.no_op())
    with pytest.raises(ValueError, match="ready_for_local_init_op you must also pass"):
        tf.train.SessionManager(ready_for_local_init_op=tf.no_op())


def test_errors_of_sessions():
    """The words of errors."""
    x = tf.placeholder_with_default(1.0, [], name="x")
    hook = tf.train.FeedFnHook(lambda: {x: 2.0})
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        with pytest.raises(RuntimeError, match="fed by a SessionRunHook and user. Conflict.*'x:0'"):
            session.run(x, {x: 1.0})
        with pytest.raises(ValueError, match="one `step_context` argument.*Got \\('y',\\) instead"):
            session.run_step_fn(lambda y: y)
    with pytest.raises(RuntimeError, match="Session is already closed"):
        session.run(x)
    with tf.train.MonitoredSession(hooks=[hook, tf.train.FeedFnHook(lambda: {x: 3.0})]) as session:
        with pytest.raises(RuntimeError, match="Same tensor is fed by two hooks. Conflict"):
            session.run(x)
    tf.add_to_collection(tf.GraphKeys.INIT_OP, x)
    tf.add_to_collection(tf.GraphKeys.INIT_OP, x)
    with pytest.raises(RuntimeError, match='More than one item in the collection "init_op"'):
        tf.train.Scaffold().finalize()


def test_run_options_of_hooks_are_merged():
    """Hooks may ask for options; all see what the step got."""
    seen = []

    class Ask(tf.train.SessionRunHook):
        def __init__(self, milliseconds):
            self.options = tf.RunOptions(timeout_in_ms=milliseconds, report_tensor_allocations_upon_oom=True)

        def before_run(self, run_context):
            return tf.train.SessionRunArgs(None, options=self.options)

        def after_run(self, run_context, run_values):
            seen.append((run_values.options, run_values.run_metadata))

    x = tf.constant(1)
    metadata = tf.RunMetadata()
    with tf.train.MonitoredSession(hooks=[Ask(600_000), Ask(900_000)]) as session:
        session.run(x, options=tf.RunOptions(timeout_in_ms=1), run_metadata=metadata)
    for options, its_metadata in seen:
        assert options.timeout_in_ms == 900_000
        assert options.report_tensor_allocations_upon_oom
        assert its_metadata is metadata


def test_final_ops_at_the_end_of_the_input():
    """Final operations that need input say what is wrong."""
    queue = tf.FIFOQueue(1, tf.int32, [[]])
    hook = tf.train.FinalOpsHook(queue.dequeue())
    close = queue.close()
    with pytest.raises(tf.errors.OutOfRangeError):
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            session.run(close)


def test_workers_need_devices_for_variables():
    """A supervisor that is not the chief shares its variables, which must say where they are."""
    tf.Variable(1.0)
    with pytest.raises(ValueError, match="all Variables must have their device set"):
        tf.train.Supervisor(is_chief=False)


def test_resources_are_initialized_with_the_model():
    """Registered resources and tables take part in the operations of a scaffold."""
    made = {name: tf.Variable(False, name=name, collections=[]) for name in ("shared", "local")}
    for name, variable in made.items():
        resources.register_resource(variable, variable.assign(True).op, tf.constant(False), name == "shared")
        assert [r.handle for r in getattr(resources, f"{name}_resources")()] == [variable]
    table = tf.Variable(0, collections=[], name="table")
    tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, table.initializer)
    report = resources.report_uninitialized_resources()
    nothing = tf.constant([], tf.string)
    scaffold = tf.train.Scaffold(ready_op=nothing, ready_for_local_init_op=nothing)
    with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(scaffold)) as session:
        assert session.run(list(made.values())) == [True, True]
        assert session.run(table) == 0
        assert session.run(report).tolist() == [b"shared:0", b"local:0"]


def test_failures_while_looking_whether_a_model_is_ready(monkeypatch):
    """Missing values are a reason to wait; any other failed precondition is an error."""
    errors = []
    run = tf.Session.run

    def fail(self, fetches, *args, **kwargs):
        if fetches is ready:
            raise tf.errors.FailedPreconditionError(None, None, errors[-1])
        return run(self, fetches, *args, **kwargs)

    ready = tf.constant([], tf.string)
    monkeypatch.setattr(tf.Session, "run", fail)
    manager = tf.train.SessionManager(ready_op=ready, recovery_wait_secs=1)
    errors.append("use of uninitialized value")
    with pytest.raises(RuntimeError, match="not make model ready.*error: .*uninitialized"):
        manager.prepare_session("", init_op=tf.no_op())
    errors.append("something else")
    with pytest.raises(tf.errors.FailedPreconditionError, match="something else"):
        manager.prepare_session("", init_op=tf.no_op())
    with pytest.raises(tf.errors.FailedPreconditionError, match="something else"):
        manager.wait_for_session("")


def test_failed_restoring_closes_the_session():
    """A saver that fails is the error; no session is left open."""

    class Saver:
        def build(self):
            pass

        def restore(self, session, path):
            raise ValueError(f"no {path}")

    with pytest.raises(ValueError, match="no file"):
        tf.train.SessionManager().prepare_session("", saver=Saver(), checkpoint_filename_with_path="file")
    with pytest.raises(ValueError, match="both checkpoint_dir and checkpoint_filename_with_path"):
        tf.train.SessionManager().prepare_session(
            "", saver=Saver(), checkpoint_dir="d", checkpoint_filename_with_path="file"
        )
    scaffold = tf.train.Scaffold(saver=Saver())
    assert scaffold.finalize().summary_op is None


def test_session_creators_are_abstract():
    """A creator makes sessions."""
    with pytest.raises(TypeError, match="create_session"):
        tf.train.SessionCreator()

    class Creator(tf.train.SessionCreator):
        def create_session(self):
            return super().create_session()

    with pytest.raises(NotImplementedError, match="create_session is not implemented"):
        Creator().create_session()
