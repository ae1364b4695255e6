"""Record files: what is written byte for byte, and what is said of files that are damaged."""

import os
import shutil
import tempfile

from tests.oracle.client.files import tried, write

PROGRAMS = []


def program(function):
    """Run `function(tf, name)`, where `name` is that of a file in an empty folder."""

    def run(tf):
        folder = tempfile.mkdtemp()
        try:
            found = function(tf, os.path.join(folder, "records"))
            return [item.replace(folder, "F") if isinstance(item, str) else item for item in found]
        finally:
            shutil.rmtree(folder)

    run.__name__ = function.__name__
    run.__wrapped__ = function
    PROGRAMS.append(run)
    return function


def written(tf, name, records, options=None):
    with tf.python_io.TFRecordWriter(name, options) as writer:
        for record in records:
            writer.write(record)
    with open(name, "rb") as file:
        return file.read()


def read(tf, name, options=None):
    return list(tf.io.tf_record_iterator(name, options))


@program
def plain(tf, name):
    return tried(
        lambda: written(tf, name, [b"a", b"", b"abc" * 100]),
        lambda: read(tf, name),
        lambda: read(tf, name.encode()),
        lambda: written(tf, name, []),
        lambda: read(tf, name),
        lambda: read(tf, name + "/x"),
        lambda: read(tf, name + "x"),
        lambda: read(tf, os.path.dirname(name)),
        lambda: tf.python_io.TFRecordWriter(os.path.dirname(name)),
        lambda: tf.python_io.TFRecordWriter(name + "/x"),
        lambda: written(tf, name, ["text"]),
        lambda: written(tf, name, [5]),
        lambda: written(tf, name, [bytearray(b"a")]),
        lambda: tf.python_io.TFRecordWriter(5),
        lambda: read(tf, 5),
    )


@program
def closing(tf, name):
    writer = tf.io.TFRecordWriter(name)
    writer.write(b"a")
    return tried(
        writer.flush,
        lambda: read(tf, name),
        writer.close,
        writer.close,
        writer.flush,
        lambda: writer.write(b"b"),
        lambda: read(tf, name),
    )


@program
def truncated(tf, name):
    whole = written(tf, name, [b"a", b"", b"abc"])
    found = []
    for size in range(len(whole)):
        write(name, whole[:size])
        found += tried(lambda: read(tf, name))
    return found


@program
def damaged(tf, name):
    whole = written(tf, name, [b"a", b"", b"abc"])
    found = []
    for place in range(len(whole)):
        write(name, whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        found += tried(lambda: read(tf, name))
    return found


@program
def up_to_the_damage(tf, name):
    whole = written(tf, name, [b"a" * 5, b"b", b"c"])
    write(name, whole[:-1] + b"?")
    records, seen = tf.io.tf_record_iterator(name), []
    return tried(lambda: [seen.append(record) for record in records]) + seen


@program
def compressed(tf, name):
    options, kinds = tf.io.TFRecordOptions, tf.io.TFRecordCompressionType
    records, found = [b"abc" * 30, b"", b"x"], []
    for kind in [None, "", "GZIP", "ZLIB", kinds.GZIP, kinds.ZLIB, kinds.NONE, options("GZIP")]:
        written(tf, name, records, kind)
        found += tried(lambda: read(tf, name, kind) == records, lambda: read(tf, name, "GZIP") == records)
        found += tried(lambda: read(tf, name) == records)
    return found + tried(
        lambda: options("GZIPPED"),
        lambda: written(tf, name, [], "gzip"),
        lambda: written(tf, name, [], 5),
        lambda: read(tf, name, "gzip"),
        lambda: options.get_compression_type_string(options(kinds.ZLIB)),
        lambda: options.get_compression_type_string(kinds.GZIP),
        lambda: options().compression_type,
    )


@program
def compression_options(tf, name):
    records, found = [b"abc" * 30, b"", b"x"], []
    for given in [
        {"flush_mode": 2},
        {"input_buffer_size": 4},
        {"output_buffer_size": 4},
        {"window_bits": 9},
        {"window_bits": -15},
        {"compression_level": 0},
        {"compression_level": 9},
        {"compression_level": -1},
        {"compression_method": 8},
        {"mem_level": 1},
        {"compression_strategy": 2},
    ]:
        for kind in "GZIP", "ZLIB", "":
            options = tf.io.TFRecordOptions(kind, **given)
            found += tried(
                lambda: read(tf, name, kind) == records if written(tf, name, records, options) else 0
            )
    return found


@program
def truncated_streams(tf, name):
    found = []
    for kind in "GZIP", "ZLIB":
        whole = written(tf, name, [b"abc" * 30, b"xyz"], kind)
        for size in range(len(whole)):
            write(name, whole[:size])
            found += tried(lambda: read(tf, name, kind))
        write(name, whole + whole)
        found += tried(lambda: len(read(tf, name, kind)))
    return found


@program
def damaged_streams(tf, name):
    found = []
    for place in range(47):
        whole = written(tf, name, [b"abc" * 30, b"xyz"], "ZLIB")
        write(name, whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        found += tried(lambda: read(tf, name, "ZLIB"))
    return found


@program
def examples(tf, name):
    train = tf.train
    features = {
        "numbers": train.Feature(int64_list=train.Int64List(value=[1, -2, 2**40])),
        "floats": train.Feature(float_list=train.FloatList(value=[0.5, -1.5])),
        "bytes": train.Feature(bytes_list=train.BytesList(value=[b"a\0b", b""])),
        "none": train.Feature(),
    }
    example = train.Example(features=train.Features(feature=features))
    lists = train.FeatureLists(feature_list={"steps": train.FeatureList(feature=list(features.values())[:2])})
    sequence = train.SequenceExample(context=example.features, feature_lists=lists)
    written(tf, name, [example.SerializeToString(), sequence.SerializeToString()])
    first, second = read(tf, name)
    return [
        train.Example.FromString(first) == example,
        train.SequenceExample.FromString(second) == sequence,
        sorted(train.Example.FromString(first).features.feature),
    ]
