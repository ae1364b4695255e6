"""Managed sessions, hooks and supervisors that save: checkpoints, event files, and restoring."""

import glob
import os
import time

from tests.oracle.client import internal
from tests.oracle.client._folders import files, in_folder, tried

PROGRAMS = []
program = in_folder(PROGRAMS)


def stepping(tf):
    step = tf.train.get_or_create_global_step()
    v = tf.Variable(1.0, name="v")
    # Behind what hooks read, which would otherwise be any of two values.
    count = internal("training.training_util")._increment_global_step(1)
    return step, tf.group(count, tf.assign_add(v, 0.5)), v


def names_in(folder):
    """The files of a folder; event files, which are named by the time, count as one."""
    return sorted(set("events" if "tfevents" in name else name for name in files(folder)))


def events_in(tf, folder):
    """What the event files of a folder say, without times."""
    out = []
    for path in sorted(glob.glob(os.path.join(folder, "*tfevents*"))):
        for event in tf.train.summary_iterator(path):
            kind = event.WhichOneof("what")
            said = ""
            if kind == "session_log":
                said = "%d %s" % (event.session_log.status, event.session_log.checkpoint_path)
            elif kind == "summary":
                said = " ".join("%s=%g" % (v.tag, v.simple_value) for v in event.summary.value)
                said = said if "/sec" not in said else said.split("=")[0]
            elif kind == "file_version":
                said = event.file_version
            elif kind == "tagged_run_metadata":
                said = event.tagged_run_metadata.tag
            out.append([kind, event.step, said])
    return out


def wait_until(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)


def closed_writers(tf):
    tf.summary.FileWriterCache.clear()


@program
def a_whole_training(tf, folder):
    step, train, v = stepping(tf)
    tf.summary.scalar("value", 2.5)
    hooks = [tf.train.StopAtStepHook(last_step=5)]
    with tf.train.MonitoredTrainingSession(
        checkpoint_dir=folder,
        hooks=hooks,
        save_checkpoint_steps=2,
        save_summaries_steps=2,
        log_step_count_steps=2,
    ) as session:
        while not session.should_stop():
            session.run(train)
    closed_writers(tf)
    out = [names_in(folder), events_in(tf, folder), tf.train.latest_checkpoint(folder)]
    for path in glob.glob(folder + "/events*"):
        os.remove(path)  # a second file may get the same name
    with tf.Graph().as_default():
        step, train, v = stepping(tf)
        with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, save_summaries_steps=None) as session:
            out.append(session.run([step, v]))
            session.run(train)
        closed_writers(tf)
        out.append(tf.train.latest_checkpoint(folder))
    return out + [names_in(folder), events_in(tf, folder)]


@program
def without_checkpoints(tf, folder):
    step, train, v = stepping(tf)
    tf.summary.scalar("value", 2.5)
    with tf.train.MonitoredTrainingSession(
        summary_dir=folder, save_summaries_steps=1, log_step_count_steps=None
    ) as session:
        session.run(train)
        session.run(train)
    closed_writers(tf)
    out = [names_in(folder), events_in(tf, folder)]
    with tf.Graph().as_default():
        step, train, v = stepping(tf)
        with tf.train.MonitoredTrainingSession(
            checkpoint_dir=folder + "/other",
            save_checkpoint_secs=None,
            save_summaries_steps=None,
            log_step_count_steps=0,
        ) as session:
            session.run(train)
    closed_writers(tf)
    return out + [names_in(folder)]


@program
def checkpoints_by_seconds(tf, folder):
    step, train, v = stepping(tf)
    mock = __import__("unittest.mock", fromlist=["mock"])
    out = []
    with mock.patch("time.time") as clock:
        clock.return_value = 1000.0
        hook = tf.train.CheckpointSaverHook(folder, save_secs=2, saver=tf.train.Saver(max_to_keep=10))
        with tf.train.SingularMonitoredSession(hooks=[hook]) as session:
            for now in 1000.5, 1002.0, 1003.0, 1004.5:
                clock.return_value = now
                session.run(train)
                out.append(tf.train.latest_checkpoint(folder))
    closed_writers(tf)
    return out + [names_in(folder), events_in(tf, folder)]


class Listener(object):
    """Notes what a hook tells it."""

    def __init__(self, said, stop_at=None):
        self.said, self.stop_at = said, stop_at

    def begin(self):
        self.said.append("begin")

    def before_save(self, session, step):
        self.said.append("before %d" % step)

    def after_save(self, session, step):
        self.said.append("after %d" % step)
        return step == self.stop_at

    def end(self, session, step):
        self.said.append("end %d" % step)


@program
def listeners(tf, folder):
    step, train, v = stepping(tf)
    said = []
    hook = tf.train.CheckpointSaverHook(
        folder, save_steps=2, scaffold=tf.train.Scaffold(), listeners=[Listener(said), Listener(said, 4)]
    )
    hook._scaffold = scaffold = tf.train.Scaffold()
    creator = tf.train.ChiefSessionCreator(scaffold)
    count = 0
    with tf.train.MonitoredSession(creator, hooks=[hook]) as session:
        while not session.should_stop():
            session.run(train)
            count += 1
    closed_writers(tf)
    return [said, count, names_in(folder)]


@program
def savers_of_hooks(tf, folder):
    step, train, v = stepping(tf)
    out = [
        tried(lambda: tf.train.CheckpointSaverHook(folder)),
        tried(lambda: tf.train.CheckpointSaverHook(folder, save_secs=1, save_steps=1)),
        tried(lambda: tf.train.CheckpointSaverHook(folder, 1, saver="s", scaffold="c")),
        tried(lambda: tf.train.SummarySaverHook(save_steps=1)),
        tried(lambda: tf.train.SummarySaverHook(save_steps=1, scaffold="s", summary_op="o")),
        tried(lambda: tf.train.SummarySaverHook(summary_op="o")),
        tried(lambda: tf.train.ProfilerHook()),
        tried(lambda: tf.train.ProfilerHook(1, 1)),
    ]

    def run(hook):
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            return session.run(step)

    hook = tf.train.CheckpointSaverHook(folder, save_steps=1)
    hook.begin()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        out.append(tried(lambda: hook.after_create_session(session, None)))
        first, second = tf.train.Saver(name="first"), tf.train.Saver(name="second")
        tf.add_to_collection(tf.GraphKeys.SAVERS, first)
        out.append(tried(lambda: hook.after_create_session(session, None)))
        tf.add_to_collection(tf.GraphKeys.SAVERS, second)
        other = tf.train.CheckpointSaverHook(folder, save_steps=1)
        other.begin()
        out.append(tried(lambda: other.after_create_session(session, None)))
    closed_writers(tf)
    with tf.Graph().as_default():
        for hook in (
            tf.train.CheckpointSaverHook(folder, save_steps=1),
            tf.train.SummarySaverHook(1, output_dir=folder, summary_op="o"),
            tf.train.ProfilerHook(1, output_dir=folder),
            tf.train.StepCounterHook(output_dir=folder),
        ):
            out.append(tried(hook.begin))
    closed_writers(tf)
    return out + [names_in(folder)]


@program
def summaries_of_hooks(tf, folder):
    step, train, v = stepping(tf)
    scalar = tf.summary.scalar("value", 2.5)
    other = tf.summary.scalar("other", 3.0)
    out = []
    for i, options in enumerate(
        (
            {"save_steps": 1, "summary_op": scalar},
            {"save_steps": 3, "summary_op": [scalar, other]},
            {"save_secs": 100, "summary_op": scalar},
            {"save_steps": 2, "scaffold": tf.train.Scaffold(summary_op=scalar)},
            {"save_steps": 1, "scaffold": tf.train.Scaffold()},
        )
    ):
        where = folder + "/%d" % i
        hook = tf.train.SummarySaverHook(output_dir=where, **options)
        with tf.Session() as session:
            hook.begin()
            session.run(tf.global_variables_initializer())
            wrapped = internal("training.monitored_session")._HookedSession(session, [hook])
            for _ in range(7):
                wrapped.run(train)
            hook.end(session)
        closed_writers(tf)
        out.append(events_in(tf, where))
    return out


@program
def the_profiler(tf, folder):
    step, train, v = stepping(tf)
    hook = tf.train.ProfilerHook(save_steps=2, output_dir=folder)
    with tf.train.SingularMonitoredSession(hooks=[hook]) as session:
        for _ in range(6):
            session.run(train)
    closed_writers(tf)
    return [names_in(folder), events_in(tf, folder)]


@program
def speeds(tf, folder):
    step, train, v = stepping(tf)
    hook = tf.train.StepCounterHook(every_n_steps=2, output_dir=folder)
    with tf.train.SingularMonitoredSession(hooks=[hook]) as session:
        for _ in range(6):
            session.run(train)
    closed_writers(tf)
    return [names_in(folder), events_in(tf, folder)]


@program
def scaffolds(tf, folder):
    step, train, v = stepping(tf)
    out = []
    scaffold = tf.train.Scaffold()
    out.append([scaffold.saver, scaffold.summary_op])
    scaffold.finalize()
    saver = scaffold.saver
    out += [type(saver).__name__, saver.as_saver_def().sharded, saver.as_saver_def().version]
    out += [tf.get_collection(tf.GraphKeys.SAVERS) == [saver], scaffold.summary_op]
    again = tf.train.Scaffold().finalize()
    out += [again.saver is saver, tf.train.Scaffold(copy_from_scaffold=scaffold).saver is saver]
    with tf.Graph().as_default():
        empty = tf.train.Scaffold().finalize()
        out += [empty.saver.as_saver_def(), empty.summary_op]
    with tf.Graph().as_default():
        v = tf.Variable(1.0)
        tf.summary.scalar("value", 2.5)
        own = tf.train.Saver([v], defer_build=False)
        full = tf.train.Scaffold(saver=own).finalize()
        out += [full.saver is own, full.summary_op.name, tf.get_collection(tf.GraphKeys.SAVERS)]
        out.append(tf.get_collection(tf.GraphKeys.SUMMARY_OP) == [full.summary_op])
    with tf.Graph().as_default():
        v = tf.Variable(1.0)
        later = tf.train.Saver(defer_build=True)
        tf.train.Scaffold(saver=later).finalize()
        out.append(later.as_saver_def().restore_op_name)
    with tf.Graph().as_default():
        for _ in range(2):
            tf.add_to_collection(tf.GraphKeys.SAVERS, tf.train.Saver([tf.Variable(1.0)]))
        out.append(tried(lambda: tf.train.Scaffold().finalize()))
    return out


@program
def creators_that_restore(tf, folder):
    step, train, v = stepping(tf)
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run([step.assign(7), v.assign(3.0)])
        saver.save(session, folder + "/m", global_step=7)
        session.run([step.assign(8), v.assign(4.0)])
        saver.save(session, folder + "/m", global_step=8)
    out = []
    for options in (
        {"checkpoint_dir": folder},
        {"checkpoint_filename_with_path": folder + "/m-7"},
        {"checkpoint_dir": folder + "/none"},
        {},
    ):
        with tf.Graph().as_default():
            step, train, v = stepping(tf)
            with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(**options)) as session:
                out.append(session.run([step, v]))
            with tf.train.SingularMonitoredSession(**options) as session:
                out.append(session.run([step, v]))
    with tf.Graph().as_default():
        step, train, v = stepping(tf)
        for options in (
            {"checkpoint_dir": folder, "checkpoint_filename_with_path": folder + "/m-7"},
            {"checkpoint_filename_with_path": folder + "/m-9"},
        ):
            out.append(tried(lambda: tf.train.ChiefSessionCreator(**options).create_session()))
    return out


@program
def session_managers(tf, folder):
    v = tf.Variable(1.0, name="v")
    saver = tf.train.Saver({"v": v})
    ready = tf.report_uninitialized_variables()
    manager = tf.train.SessionManager(ready_op=ready, recovery_wait_secs=0.01)
    out = []

    def recovered(**options):
        session, done = manager.recover_session("", saver, **options)
        with session:
            return [done, session.run(tf.is_variable_initialized(v))]

    out.append(recovered(checkpoint_dir=folder))
    out.append(recovered(checkpoint_dir=folder, wait_for_checkpoint=True, max_wait_secs=0.05))
    with manager.prepare_session(
        "",
        init_op=v.initializer,
        saver=saver,
        checkpoint_dir=folder,
        wait_for_checkpoint=True,
        max_wait_secs=0.02,
    ) as session:
        session.run(v.assign(2.0))
        for i in range(3):
            saver.save(session, folder + "/m", global_step=i)
    again = tf.train.Saver({"v": v}, max_to_keep=3)
    session = manager.prepare_session("", init_op=v.initializer, saver=again, checkpoint_dir=folder)
    with session:
        out += [session.run(v), again.last_checkpoints]
    out.append(recovered(checkpoint_dir=folder))
    out.append(recovered(checkpoint_filename_with_path=folder + "/m-1"))
    out.append(tried(lambda: recovered(checkpoint_filename_with_path=folder + "/m-9")))
    out.append(tried(lambda: recovered(checkpoint_dir=folder, checkpoint_filename_with_path=folder + "/m")))
    session = manager.prepare_session(
        "", init_op=v.initializer, saver=None, checkpoint_dir=folder, wait_for_checkpoint=True
    )
    with session:
        out.append(session.run(v))
    w = tf.Variable(2.0, name="w")
    partly = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    session, done = partly.recover_session("", saver, checkpoint_dir=folder)
    with session:
        out += [done, session.run(v)]
    out.append(
        tried(lambda: partly.prepare_session("", init_op=w.initializer, saver=saver, checkpoint_dir=folder))
    )
    for path in glob.glob(folder + "/m-2*"):
        os.remove(path)
    out.append(tried(lambda: recovered(checkpoint_dir=folder)))
    return out


@program
def supervisors(tf, folder):
    step, train, v = stepping(tf)
    tf.summary.scalar("value", 2.5)
    supervisor = tf.train.Supervisor(logdir=folder, save_summaries_secs=0, save_model_secs=0)
    out = [supervisor.save_path, supervisor.save_model_secs, supervisor.save_summaries_secs]
    out += [type(supervisor.summary_writer).__name__, type(supervisor.saver).__name__]
    out += [supervisor.summary_op.name, supervisor.global_step.name]
    with supervisor.managed_session() as session:
        for _ in range(3):
            session.run(train)
        supervisor.summary_computed(session, session.run(supervisor.summary_op))
        supervisor.summary_computed(session, session.run(supervisor.summary_op), global_step=17)
        supervisor.saver.save(session, supervisor.save_path, global_step=supervisor.global_step)
    out += [names_in(folder), events_in(tf, folder)]
    with tf.Graph().as_default():
        step, train, v = stepping(tf)
        supervisor = tf.train.Supervisor(logdir=folder, save_summaries_secs=0, save_model_secs=0)
        with supervisor.managed_session() as session:
            out.append(session.run([step, v]))
        out += [supervisor.saver.last_checkpoints]
        out.append(tried(lambda: supervisor.summary_computed(session, b"", 1)))
    return out


@program
def services_of_supervisors(tf, folder):
    step, train, v = stepping(tf)
    tf.summary.scalar("value", 2.5)
    writer = tf.summary.FileWriter(folder, flush_secs=0)
    supervisor = tf.train.Supervisor(
        logdir=folder, save_summaries_secs=100, save_model_secs=100, summary_writer=writer
    )
    session = supervisor.prepare_or_wait_for_session(start_standard_services=False)
    session.run(train)
    threads = supervisor.start_standard_services(session)
    out = [[type(thread).__name__ for thread in threads]]
    wait_until(lambda: len(set(tuple(event) for event in events_in(tf, folder))) >= 8)
    supervisor.stop()
    session.close()
    out += [names_in(folder), sorted(set(tuple(event) for event in events_in(tf, folder)))]
    with tf.Graph().as_default():
        stepping(tf)
        plain = tf.train.Supervisor()
        out += [plain.summary_writer, plain.save_path]
        session = plain.prepare_or_wait_for_session()
        out += [plain.start_standard_services(session), tried(lambda: plain.summary_computed(session, b""))]
        plain.stop()
        session.close()
    with tf.Graph().as_default():
        with tf.device("/cpu:0"):
            stepping(tf)
        worker = tf.train.Supervisor(logdir=folder, is_chief=False)
        out += [worker.save_path, worker.summary_writer, worker.save_model_secs]
        out.append(tried(lambda: worker.start_standard_services(None)))
    return out


@program
def supervisors_that_write_themselves(tf, folder):
    step, train, v = stepping(tf)
    writer = tf.summary.FileWriter(folder + "/own")
    supervisor = tf.train.Supervisor(logdir=folder, summary_writer=writer, saver=None, save_summaries_secs=0)
    with supervisor.managed_session() as session:
        session.run(train)
        supervisor.summary_computed(session, tf.Summary(value=[tf.Summary.Value(tag="t", simple_value=2.0)]))
    out = [supervisor.summary_writer is writer, names_in(folder), events_in(tf, folder + "/own")]
    with tf.Graph().as_default():
        stepping(tf)
        silent = tf.train.Supervisor(logdir=folder + "/silent", summary_writer=None, save_model_secs=0)
        with silent.managed_session():
            pass
    return out + [names_in(folder)]


@program
def scaffolds_of_objects(tf, folder):
    step, train, v = stepping(tf)
    held = tf.get_variable("held", initializer=2.0, use_resource=True)
    # TensorFlow's Scaffold takes the class of TensorFlow 2 only.
    objects = internal("training.tracking.util").Checkpoint(held=held, step=step)
    scaffold = tf.train.Scaffold(saver=objects)
    with tf.train.MonitoredTrainingSession(
        checkpoint_dir=folder, scaffold=scaffold, save_checkpoint_steps=1, save_summaries_steps=None
    ) as session:
        session.run(train)
    closed_writers(tf)
    out = [type(scaffold.saver).__name__, scaffold.saver.as_saver_def().sharded, names_in(folder)]
    path = tf.train.latest_checkpoint(folder)
    out.append(tf.train.list_variables(path))
    with tf.Graph().as_default():
        held = tf.get_variable("other", initializer=0.0, use_resource=True)
        status = tf.train.Checkpoint(held=held).restore(path)
        with tf.Session() as session:
            status.initialize_or_restore(session)
            out.append(session.run(held))
    with tf.Graph().as_default():
        # A Saver finds the variables by the names they had.
        held = tf.get_variable("held", initializer=0.0, use_resource=True)
        saver = tf.train.Saver([held])
        with tf.Session() as session:
            saver.restore(session, path)
            out.append(session.run(held))
            saver.restore(session, path)
            missing = tf.train.Saver([held, tf.get_variable("missing", initializer=0.0)])
            out.append(tried(lambda: missing.restore(session, path)))
    return out
