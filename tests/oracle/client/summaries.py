"""Summaries: the messages that their operations make, and their names and tags."""

import numpy as np

from tests.oracle.client.files import tried

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def made(tf, *functions):
    """The name of each summary and what it comes to."""
    found = []
    for function in functions:
        with tf.Graph().as_default(), tf.Session() as session:

            def run():
                summary = function()
                return [summary.name, summary.op.type, session.run(summary)]

            found += tried(run)
    return found


@program
def scalars(tf):
    scalar, raw = tf.summary.scalar, tf.raw_ops
    return made(
        tf,
        lambda: scalar("a", 1.5),
        lambda: scalar("a b:c", np.float16(2)),
        lambda: scalar("/a/b", np.int64(2**60 + 1)),
        lambda: scalar("a", np.uint8(3)),
        lambda: scalar("a", np.float64(1e300)),
        lambda: scalar("a", tf.cast(3, tf.bfloat16)),
        lambda: scalar("a", float("nan")),
        lambda: scalar("a", True),
        lambda: scalar("a", "x"),
        lambda: scalar("a", [1.0, 2.0]),
        lambda: scalar("a", [1.0]),
        lambda: scalar("_a", 1.0),
        lambda: scalar("-a", 1.0),
        lambda: scalar(None, 1.0),
        lambda: scalar("a/", 1.0),
        lambda: raw.ScalarSummary(tags=["a", "b"], values=[1.0, 2.0]),
        lambda: raw.ScalarSummary(tags=["a", "a"], values=[1.0, 2.0]),
        lambda: raw.ScalarSummary(tags=[["a"]], values=[[1.0]]),
        lambda: raw.ScalarSummary(tags=["a", "b"], values=[1.0, 2.0, 3.0]),
        lambda: raw.ScalarSummary(tags="a", values=[1.0]),
        lambda: raw.ScalarSummary(tags=[], values=tf.zeros([0])),
    )


@program
def histograms(tf):
    histogram, raw = tf.summary.histogram, tf.raw_ops
    many = np.random.RandomState(1).normal(size=1000)
    return made(
        tf,
        lambda: histogram("h", [1.0, 2.0, -3.0]),
        lambda: histogram("h", many.astype("f")),
        lambda: histogram("h", many * 1e-9),
        lambda: histogram("h", np.exp(many * 20)),
        lambda: histogram("h", many.astype("f2").reshape(10, 100)),
        lambda: histogram("h", (many * 20).astype("i4")),
        lambda: histogram("h", (many * 20).astype("u1")),
        lambda: histogram("h", tf.zeros([0])),
        lambda: histogram("h", [0.0, 0.0]),
        lambda: histogram("h", [1e-12, 1.1e-12, -1e-12, 1e20, 2e20, -1e20]),
        lambda: histogram("h", np.array([1e25, -1e300])),
        lambda: histogram("h", 3),
        lambda: histogram("h", [True]),
        lambda: histogram(None, [1.0]),
        lambda: histogram("h", ["a"]),
        lambda: histogram("h", [1.0, float("nan"), float("inf")]),
        lambda: histogram("s/h", [1.0, -float("inf"), float("nan")]),
        lambda: raw.HistogramSummary(tag="tag of its own", values=[1.0]),
        lambda: raw.HistogramSummary(tag=["a"], values=[1.0]),
    )


@program
def tensors(tf):
    summary, raw = tf.summary.tensor_summary, tf.raw_ops
    plugin = tf.SummaryMetadata.PluginData(plugin_name="p", content=b"\0c")
    return made(
        tf,
        lambda: summary("t", [1.0, 2.0]),
        lambda: summary("t", 1.0),
        lambda: summary("t", tf.zeros([2, 0], tf.int64)),
        lambda: summary("t", [["a", "b"]], summary_description="of it", display_name="D"),
        lambda: summary("t", [True], summary_metadata=tf.SummaryMetadata(plugin_data=plugin), family="f"),
        lambda: summary("t", 1 + 2j),
        lambda: tf.summary.text("t", tf.constant("hi")),
        lambda: tf.summary.text("t", tf.constant([["a", "b"]])),
        lambda: tf.summary.text("t", tf.constant(1)),
        lambda: tf.summary.text("t", "hi"),
        lambda: raw.TensorSummary(tensor=[1.0, 2.0], name="n"),
        lambda: raw.TensorSummary(tensor=1, description="d", display_name="x", labels=["a"]),
        lambda: raw.TensorSummaryV2(tag="t", tensor=True, serialized_summary_metadata=b""),
        lambda: raw.TensorSummaryV2(tag=["t"], tensor=True, serialized_summary_metadata=b""),
    )


@program
def merged(tf):
    summary = tf.summary
    return made(
        tf,
        lambda: summary.merge([summary.scalar("a", 1.0), summary.scalar("b", 2.0)]),
        lambda: summary.merge([summary.scalar("a", 1.0)], name="x y"),
        lambda: summary.merge([summary.scalar("a", 1.0), tf.constant("x")]),
        lambda: summary.merge(["", ""]),
        lambda: summary.merge([]),
        lambda: summary.merge([tf.constant(["", ""])]),
        lambda: tf.raw_ops.MergeSummary(inputs=[tf.raw_ops.ScalarSummary(tags="a", values=1.0)] * 2),
        lambda: summary.merge([summary.tensor_summary("t", 1), summary.text("u", tf.constant("x"))]),
    )


@program
def names_and_collections(tf):
    summary, keys = tf.summary, tf.GraphKeys
    first = [summary.scalar("a", 1.0), summary.scalar("a", 1.0), summary.scalar("a", 1.0, family="f")]
    with tf.name_scope("s"):
        first += [summary.scalar("a", 1.0), summary.scalar("a", 2.0, family="f g")]
        first.append(summary.histogram("h", [1.0], family="f"))
    summary.scalar("b", 1.0, collections=["mine", keys.SUMMARY_OP])
    summary.scalar("c", 1.0, collections=[])
    alone = summary.merge(first[:2], collections=["mine"])
    everything = summary.merge_all()
    some = summary.merge_all(scope="s/")
    with tf.Session() as session:
        tags = [
            [value.tag for value in tf.Summary.FromString(session.run(one)).value]
            for one in (alone, everything, some)
        ]
    return [
        tags,
        [one.name for one in (alone, everything, some)],
        [one.name for one in tf.get_collection(keys.SUMMARIES)],
        [one.name for one in tf.get_collection("mine") + tf.get_collection(keys.SUMMARY_OP)],
        summary.merge_all("nothing"),
        summary.merge_all(scope="nothing"),
        [summary.text("text", tf.constant("t")).name, tf.raw_ops.TensorSummary(tensor=1).name],
    ]
