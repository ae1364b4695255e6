"""Summaries: the messages that their operations make, and their names and tags."""

import struct
import zlib

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
        summary.image("image", np.zeros([1, 1, 1, 1], "f")).name,
        summary.audio("audio", np.zeros([1, 1], "f"), 1).name,
    ]


def pixels(png):
    """Size and numbers of a picture in PNG with 8 bits: 1, 3 or 4 channels, any filters."""
    place, data = 8, b""
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        name, chunk = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        if name == b"IHDR":
            width, height, _, color = struct.unpack(">IIBB", chunk[:10])
        data += chunk if name == b"IDAT" else b""
        place += 12 + size
    channels = {0: 1, 2: 3, 6: 4}[color]
    row = width * channels
    raw, out = zlib.decompress(data), np.zeros((height + 1, row + channels), int)
    for y in range(height):
        kind, line = raw[y * (row + 1)], raw[y * (row + 1) + 1 : (y + 1) * (row + 1)]
        for x in range(row):
            a, b, c = out[y + 1, x], out[y, x + channels], out[y, x]
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            out[y + 1, x + channels] = (line[x] + [0, a, b, (a + b) // 2, nearest][kind]) % 256
    return [height, width, channels, out[1:, channels:].ravel().tolist()]


def pictures(tf, *functions):
    """What the summaries of pictures come to, with the pixels of each."""
    found = []
    for result in made(tf, *functions):
        if isinstance(result, list):
            values = tf.Summary.FromString(result.pop()).value
            for value in values:
                image = value.image
                result.append([value.tag, image.height, image.width, image.colorspace])
                result.append(pixels(image.encoded_image_string))
        found.append(result)
    return found


@program
def images(tf):
    image, raw, draw = tf.summary.image, tf.raw_ops, np.random.RandomState(3)
    f, nan, inf = np.float32, np.nan, np.inf
    green = tf.make_tensor_proto([0, 255, 1, 7], tf.uint8)
    return pictures(
        tf,
        lambda: image("i", np.arange(2 * 2 * 3).reshape(2, 2, 3, 1).astype("u1")),
        lambda: image("i", draw.randint(0, 256, [2, 9, 7, 3]).astype("u1"), max_outputs=1),
        lambda: image("i", draw.rand(1, 20, 30, 4).astype("f"), 1),
        lambda: image("i", draw.normal(size=[5, 3, 5, 3]).astype("f")),
        lambda: image("i", draw.normal(size=[2, 3, 5, 4])),
        lambda: image("i", draw.normal(size=[2, 30, 5, 1]).astype("f2")),
        lambda: image("i", f([[[[nan], [1]], [[2], [inf]]]])),
        lambda: image("i", f([[[[nan, 1, 1], [1, 2, 3]], [[2, -1, 0], [inf, 0, 0]]]])),
        lambda: image("i", f([[[[1e-7], [0]]]])),
        lambda: image("i", f([[[[-1e-7], [0]]]])),
        lambda: image("i", f([[[[nan], [nan]]]])),
        lambda: image("i", f([[[[-3e38], [3e38]]]])),
        lambda: image("i", np.array([[[[7e4], [1]]]]).astype("f"), family="F"),
        lambda: raw.ImageSummary(tag="t", tensor=f([[[[nan, 1, 1], [1, 2, 3]]]]), bad_color=green),
        lambda: raw.ImageSummary(
            tag="t", tensor=f([[[[nan], [1]]]]), bad_color=tf.make_tensor_proto([], tf.uint8)
        ),
        lambda: raw.ImageSummary(tag=["t"], tensor=f([[[[1]]]])),
        lambda: image("i", np.zeros([2, 2, 2], "u1")),
        lambda: image("i", np.zeros([2, 2, 2, 2], "u1")),
        lambda: image("i", np.zeros([0, 2, 2, 1], "u1")),
        lambda: image("i", np.zeros([1, 0, 2, 1], "u1")),
        lambda: image("i", np.zeros([1, 2, 2, 1], "i4")),
        lambda: image("i", np.zeros([1, 2, 2, 1], "u1"), max_outputs=0),
    )


@program
def sounds(tf):
    audio, raw, draw = tf.summary.audio, tf.raw_ops, np.random.RandomState(3)
    f = np.float32
    return made(
        tf,
        lambda: audio("a", f([[0, 0.5, -0.5, 1, -1, 1.5, -2, np.nan, 1e-5, 3 / 65536.0, 0.99999]]), 44100),
        lambda: audio("a", draw.normal(size=[2, 30, 2]).astype("f"), 8000.0, max_outputs=1),
        lambda: audio("a", draw.normal(size=[5, 3]).astype("f"), 8000.7),
        lambda: audio("a", np.zeros([1, 2, 3], "f"), 0.3, family="f"),
        lambda: audio("a", np.zeros([0, 2], "f"), 1),
        lambda: audio("a", np.zeros([1, 2], "f"), [1.0]),
        lambda: raw.AudioSummaryV2(tag=["x"], tensor=np.zeros([1, 2], "f"), sample_rate=100.0),
        lambda: audio("a", np.zeros([2], "f"), 1),
        lambda: audio("a", np.zeros([1, 0], "f"), 1),
        lambda: audio("a", np.zeros([1, 2, 0], "f"), 1),
        lambda: audio("a", np.zeros([1, 2], "f"), 0),
        lambda: audio("a", np.zeros([1, 2], "f"), -4),
        lambda: audio("a", np.zeros([1, 2], "f"), 2.0**33),
        lambda: audio("a", np.zeros([1, 2], "f"), 1, max_outputs=0),
    )


@program
def with_tags_of_their_own(tf):
    old, draw = tf.contrib.deprecated, np.random.RandomState(3)
    return made(
        tf,
        lambda: old.scalar_summary("a tag", 1.0),
        lambda: old.scalar_summary(["a", "b"], [1.0, 2.0], name="n"),
        lambda: old.histogram_summary("h h", [1.0, 2.0]),
        lambda: old.audio_summary("a a", draw.normal(size=[5, 3]).astype("f"), 8000, max_outputs=2),
        lambda: old.merge_summary([old.scalar_summary("a", 1.0), old.histogram_summary("b", 2.0)]),
        lambda: [old.scalar_summary("a", 1.0), old.merge_all_summaries()][1],
        lambda: old.merge_summary([old.scalar_summary("a", 1.0)], name="m", collections=["x"]),
    ) + pictures(tf, lambda: old.image_summary("i i", np.zeros([4, 2, 2, 1], "u1"), max_images=2))


@program
def descriptions(tf):
    def described(text):
        node = tf.raw_ops.TensorSummary(tensor=1, description=text).op.node_def
        return tf.summary.get_summary_description(node).type_hint

    return tried(
        lambda: described("{}"),
        lambda: described('{"typeHint": "scalar"}'),
        lambda: described('{"type_hint": "x"}'),
        lambda: described("no json"),
        lambda: tf.summary.get_summary_description(tf.constant(1).op.node_def),
    )


@program
def sounds_of_old_graphs(tf):
    """AudioSummary is not made any more; graphs from before version 15 have it."""
    graph = tf.GraphDef()
    graph.versions.producer = 10
    for name, value in [("tag", "t"), ("tensor", np.float32([[0.5, -0.5]]))]:
        node = graph.node.add(name=name, op="Const")
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
        node.attr["dtype"].type = node.attr["value"].tensor.dtype
    node = graph.node.add(name="sound", op="AudioSummary", input=["tag", "tensor"])
    node.attr["sample_rate"].f = 8000.0
    node.attr["max_outputs"].i = 1
    (sound,) = tf.import_graph_def(graph, return_elements=["sound:0"])
    with tf.Session() as session:
        return [session.run(sound)]
