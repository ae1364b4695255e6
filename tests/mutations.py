"""Damaged files for every parser: what is made of good ones by small changes, and what reads them.

`tests/test_mutations.py` tries some hundred of each; `tools/fuzz.py` as many as one has time for.
"""

import random
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError

from perdure import tf
from perdure.formats.checksums import masked_crc32c
from perdure.formats.records.reading import read_records
from perdure.formats.table.reader import Table
from perdure.formats.table.writer import TableWriter
from tests import golden

# What a parser may say to a damaged file.  As in TensorFlow, protobuf speaks of messages within messages, and
# a collection that names what is not in the graph is a KeyError.
CLEAR = (tf.errors.OpError, ValueError, OSError, DecodeError)
_EXTREMES = [b"\xff" * 9 + b"\x01", b"\xff\xff\xff\xff\x0f", b"\x00" * 8, b"\x7f", b"\xff" * 8, b"\x80" * 10]


def mutated(data: bytes, others: list[bytes], draw: random.Random) -> bytes:
    """One or a few small changes: bits, bytes, pieces that are gone, doubled, or from another file."""
    changed = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 4, 16])):
        place, length = draw.randrange(len(changed) + 1), draw.choice([1, 1, 2, 4, 8, 64])
        end = min(place + length, len(changed))
        match draw.randrange(8):
            case 0 if place < len(changed):
                changed[place] ^= 1 << draw.randrange(8)
            case 1 if place < len(changed):
                changed[place] = draw.choice([0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)])
            case 2:
                del changed[place:end]
            case 3:
                changed[place:place] = changed[place:end]
            case 4:
                changed[place:end] = draw.choice(_EXTREMES)
            case 5:
                changed[place:place] = draw.choice(_EXTREMES)
            case 6:
                other = draw.choice(others)
                start = draw.randrange(len(other) + 1)
                changed[place:end] = other[start : start + length]
            case 7 if draw.random() < 0.2:
                del changed[place:]
    return bytes(changed)


@dataclass
class Target:
    """A kind of file.

    Attributes:
        seeds: good ones.
        read: reads a file as a user's program would.
        name: what the file is called.
        inside: takes a file apart into pieces that checksums cover, and puts changed ones together again;
            mutations of those get behind the checksums.
    """

    seeds: list[bytes]
    read: Callable[[Path], object]
    name: str = "file"
    inside: tuple[Callable[[bytes], list[bytes]], Callable[[list[bytes]], bytes]] | None = None

    def mutations(self, draw: random.Random) -> Iterator[bytes]:
        """Damaged files without end."""
        taken_apart = None if self.inside is None else [self.inside[0](seed) for seed in self.seeds]
        while True:
            if taken_apart is not None and self.inside is not None and draw.random() < 0.7:
                pieces = list(draw.choice(taken_apart))
                which = draw.randrange(len(pieces))
                pieces[which] = mutated(pieces[which], pieces, draw)
                yield self.inside[1](pieces)
            else:
                yield mutated(draw.choice(self.seeds), self.seeds, draw)


def attempt(target: Target, data: bytes, folder: Path) -> Exception | None:
    """Read a damaged file.

    Returns:
        What the parser said, or None if it found nothing wrong.

    Raises:
        Exception: what no parser should say.
    """
    path = folder / target.name
    path.write_bytes(data)
    try:
        target.read(path)
    except CLEAR as error:
        return error
    except KeyError as error:
        if "refers to" in str(error):
            return error
        raise
    return None


def _framed(records: list[bytes]) -> bytes:
    parts = []
    for record in records:
        length = len(record).to_bytes(8, "little")
        for part in (length, record):
            parts += [part, masked_crc32c(part).to_bytes(4, "little")]
    return b"".join(parts)


def _records_of(data: bytes) -> list[bytes]:
    import io

    return list(read_records(io.BytesIO(data)))


def _entries_of(data: bytes) -> list[bytes]:
    """Keys and values of a table, in turn."""
    table = Table(lambda offset, size: data[offset : offset + size], len(data))
    return [bytes(part) for entry in table for part in entry]


def _as_table(parts: list[bytes]) -> bytes:
    """A table of keys and values; one whose keys are not in order any more is written in order."""
    found: list[bytes] = []
    writer = TableWriter(lambda piece: found.append(bytes(piece)))
    for key, value in sorted(dict(zip(parts[::2], parts[1::2], strict=True)).items()):
        writer.add(key, value)
    writer.finish()
    return b"".join(found)


def _model(folder: Path) -> None:
    """A small model with everything that files have: variables of several kinds, summaries, a SavedModel."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        hidden = tf.layers.dense(x, 3, tf.nn.relu, name="hidden")
        parts = tf.get_variable(
            "parts", [6, 2], partitioner=tf.fixed_size_partitioner(3), use_resource=True, dtype=tf.float64
        )
        tf.get_variable("words", initializer=tf.constant([b"", b"a\0b"]), trainable=False)
        loss = tf.reduce_mean(hidden) + tf.cast(tf.reduce_sum(parts), tf.float32)
        train = tf.train.AdamOptimizer().minimize(loss, tf.train.get_or_create_global_step())
        summary = tf.summary.merge([tf.summary.scalar("loss", loss), tf.summary.histogram("h", hidden)])
        tf.train.add_queue_runner(tf.train.QueueRunner(tf.FIFOQueue(2, tf.int32), [tf.no_op("enqueue")]))
        session.run(tf.global_variables_initializer())
        fed = {x: np.ones([2, 4], np.float32)}
        with tf.summary.FileWriter(str(folder / "events"), graph) as writer:
            for step in range(2):
                writer.add_summary(session.run([summary, train], fed)[0], step)
        tf.train.Saver().save(session, str(folder / "v2"), global_step=1)
        tf.train.Saver(write_version=tf.train.SaverDef.V1).save(
            session, str(folder / "v1"), write_meta_graph=False, write_state=False
        )
        tf.saved_model.simple_save(session, str(folder / "model"), {"x": x}, {"y": hidden})
        tf.train.write_graph(graph, str(folder), "graph.pb", as_text=False)
        tf.train.write_graph(graph, str(folder), "graph.pbtxt")
    with tf.python_io.TFRecordWriter(str(folder / "records")) as records:
        for i in range(4):
            ints = tf.train.Feature(int64_list=tf.train.Int64List(value=range(i)))
            example = tf.train.Example(features=tf.train.Features(feature={"ints": ints}))
            records.write(example.SerializeToString())
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    with tf.python_io.TFRecordWriter(str(folder / "zipped"), options) as records:
        records.write(b"record" * 10)


def _read_checkpoint(path: Path) -> None:
    prefix = str(path).removesuffix(".index").removesuffix(".data-00000-of-00001")
    reader = tf.train.NewCheckpointReader(prefix)
    shapes = reader.get_variable_to_shape_map()
    for name in shapes:
        reader.get_tensor(name)


def _import(message: object) -> None:
    with tf.Graph().as_default():
        tf.import_graph_def(message, name="")


def _read_graph(path: Path) -> None:
    graph_def = tf.GraphDef()
    try:
        graph_def.ParseFromString(path.read_bytes())
    except Exception as error:  # the message's parser is protobuf's
        raise ValueError(str(error)) from None
    _import(graph_def)


def _read_meta_graph(path: Path) -> None:
    with tf.Graph().as_default():
        tf.train.import_meta_graph(str(path))


def _read_model(path: Path) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.load(session, ["serve"], str(path.parent))


def _read_state(path: Path) -> None:
    tf.train.get_checkpoint_state(str(path.parent))
    tf.train.latest_checkpoint(str(path.parent))


def _inspect(path: Path) -> None:
    from perdure.cli.inspect.kinds import kind_of, reader_of

    reader_of(kind_of(str(path)))(str(path), True)


def targets(folder: Path) -> dict[str, Target]:
    """The kinds of files, with good ones of each that are written to a folder."""
    _model(folder)
    (events,) = folder.glob("events/*")

    def of(*names: str) -> list[bytes]:
        return [(folder / name).read_bytes() for name in names]

    records = (_records_of, _framed)
    table = (_entries_of, _as_table)
    found = {
        "graph": Target(of("graph.pb"), _read_graph, "g.pb"),
        "meta graph": Target(of("v2-1.meta"), _read_meta_graph, "g.meta"),
        "saved model": Target(of("model/saved_model.pb"), _read_model, "saved_model.pb"),
        "index": Target(of("v2-1.index"), _read_checkpoint, "v2.index", table),
        "data": Target(of("v2-1.data-00000-of-00001"), _read_checkpoint, "v2.data-00000-of-00001"),
        "slices": Target(of("v1"), _read_checkpoint, "v1", table),
        "state": Target(of("checkpoint"), _read_state, "checkpoint"),
        "records": Target(
            of("records"), lambda path: list(tf.python_io.tf_record_iterator(str(path))), "r", records
        ),
        "zipped records": Target(of("zipped"), _read_zipped, "z"),
        "events": Target(
            [events.read_bytes()],
            lambda path: list(tf.train.summary_iterator(str(path))),
            "tfevents",
            records,
        ),
        "inspected events": Target([events.read_bytes()], _inspect, "tfevents", records),
        "inspected records": Target(of("records"), _inspect, "r", records),
        "inspected graph": Target(of("graph.pb", "graph.pbtxt"), _inspect, "g.pb"),
        "inspected meta graph": Target(of("v2-1.meta"), _inspect, "g.meta"),
    }
    for ending in ("jpg", "png", "gif", "bmp"):
        found[ending] = Target(_pictures(ending), _read_picture, f"p.{ending}")
    return found


def _pictures(ending: str) -> list[bytes]:
    with zipfile.ZipFile(Path(golden.FOLDER) / "images.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(ending) and "truncated" not in name]
        return [archive.read(name) for name in names[:12] if name not in ("bits16.bmp", "part.gif")]


def _read_picture(path: Path) -> None:
    from perdure.ops.image import bmp, files, gif

    data = path.read_bytes()
    if path.suffix == ".gif":
        gif.decode(data)
    elif path.suffix == ".bmp":
        bmp.decode(data, 0)
    else:
        files.decoded(data, 0)


def _read_zipped(path: Path) -> None:
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    list(tf.python_io.tf_record_iterator(str(path), options))


def place_for(name: str, good: Path) -> Path:
    """A folder for damaged files, with the other files that one of this kind stands beside."""
    folder = Path(tempfile.mkdtemp(dir=good))
    if name in ("index", "data"):
        for part in (".index", ".data-00000-of-00001"):
            shutil.copy(good / f"v2-1{part}", folder / f"v2{part}")
    elif name == "saved model":
        shutil.copytree(good / "model" / "variables", folder / "variables")
    return folder
