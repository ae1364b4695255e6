"""tf.contrib.summary in graphs, and writers of a session: what operations write to event files."""

import os
import shutil
import tempfile

import numpy as np

from tests.oracle.client.files import tried
from tests.oracle.client.summaries import pixels

PROGRAMS = []


def program(function):
    """Run `function(tf, folder)` with an empty folder."""

    def run(tf):
        folder = tempfile.mkdtemp()
        try:
            return placed(function(tf, folder), folder)
        finally:
            shutil.rmtree(folder)

    run.__name__ = function.__name__
    run.__wrapped__ = function
    PROGRAMS.append(run)
    return function


def placed(value, folder):
    if isinstance(value, (list, tuple)):
        return [placed(item, folder) for item in value]
    return value.replace(folder, "F") if isinstance(value, str) else value


def written(tf, folder):
    """The events of all files of a folder, without times; pictures as pixels."""
    found = []
    for name in sorted(os.listdir(folder)):
        for event in tf.train.summary_iterator(os.path.join(folder, name)):
            event.wall_time = 0
            for value in event.summary.value:
                if value.HasField("image"):
                    found.append(pixels(value.image.encoded_image_string))
                    value.image.encoded_image_string = b""
            found.append(event.SerializeToString())
    return found


@program
def summaries_of_all_kinds(tf, folder):
    made = tf.contrib.summary
    tf.train.create_global_step()
    draw = np.random.RandomState(1)
    writer = made.create_file_writer(folder)
    text = tf.placeholder(tf.string, [])
    metadata = tf.SummaryMetadata(display_name="D")
    with writer.as_default(), made.always_record_summaries():
        ops = [
            made.scalar("a", 1.5, step=3),
            made.scalar("b", np.int64(7), family="family"),
            made.histogram("c", draw.normal(size=100), step=tf.constant(4, tf.int64)),
            made.image("d", draw.rand(2, 3, 4, 3).astype("f"), max_images=1, step=5),
            made.image("d", np.full([1, 1, 1, 1], np.nan, "f"), bad_color=np.uint8([7, 8, 9, 1]), step=5),
            made.audio("e", draw.normal(size=[2, 5]).astype("f"), 8000, 2, step=6),
            made.generic("f", [[1, 2]], step=7),
            made.generic("f", ["x"], metadata=metadata, step=7),
            made.generic("f", 1.0, metadata=metadata.SerializeToString(), step=7),
        ]
        with made.never_record_summaries():
            never = made.scalar("never", 1.0)
        raw = tf.raw_ops.WriteRawProtoSummary(writer=writer._resource, step=8, tensor=text)
        graph, event = made.graph(text, step=0), made.import_event(text)
        wrong = [made.histogram("nan", [np.nan], step=1), made.image("flat", tf.ones([2, 2]), step=1)]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(made.summary_writer_initializer_op())
        found = [bool(session.run(op)) for op in ops + [never]]
        session.run(raw, {text: tf.Summary().SerializeToString()})
        session.run(graph, {text: tf.GraphDef().SerializeToString()})
        session.run(event, {text: tf.Event(step=9, wall_time=5.0).SerializeToString()})
        found += tried(
            lambda: session.run(graph, {text: b"no graph"}),
            lambda: session.run(event, {text: b"no event"}),
            lambda: session.run(wrong[0]),
            lambda: session.run(wrong[1]),
            lambda: session.run(writer.init()),
            lambda: session.run(writer.close()),
            lambda: session.run(ops[0]),
            lambda: session.run(writer.close()),
        )
    names = [op.name for op in made.all_summary_ops()]
    return [found, names, written(tf, folder)]


@program
def defaults(tf, folder):
    made = tf.contrib.summary
    nothing = made.create_file_writer(None)
    with nothing.as_default():
        first = made.scalar("a", 1.0)
    with made.create_file_writer(folder, name="mine").as_default():
        second = made.scalar("a", 1.0)  # nobody has said that it is to be recorded
        with tf.Session() as session:
            results = tried(
                lambda: tf.summary.initialize(session=session, graph=tf.get_default_graph()),
                lambda: tf.summary.initialize(),
                lambda: bool(session.run(second)),
            )
    results += tried(tf.summary.initialize, lambda: made.graph("graph"), lambda: made.scalar("a", 1.0).type)
    return [
        results,
        first.type,
        [nothing.init(), nothing.flush(), nothing.close()],
        [made.eval_dir("m"), made.eval_dir("m", "n")],
        [len(made.all_summary_ops()), len(tf.summary.all_v2_summary_ops())],
        [name[-3:] for name in os.listdir(folder)],
    ]


@program
def writers_of_a_session(tf, folder):
    with tf.Session() as session:
        first = tf.summary.FileWriter(folder, session=session, filename_suffix=".mine")
        second = tf.summary.FileWriter(folder, session=session)
        first.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.0)]), 1)
        second.add_session_log(tf.summary.SessionLog(status=tf.summary.SessionLog.START), 2)
        first.flush()
        found = written(tf, folder)
        second.close()
        results = tried(lambda: first.add_summary(tf.Summary(), 3), second.close, second.get_logdir)
        first.reopen()
        nodes = [op.name for op in session.graph.get_operations()]
    return [found, results, nodes, [name[-5:] for name in os.listdir(folder)]]
