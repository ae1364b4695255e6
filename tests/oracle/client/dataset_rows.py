"""Datasets of rows: comma-separated values, databases, Examples."""

import os
import sqlite3

import numpy as np

from tests.oracle.client import attempt
from tests.oracle.client.datasets import described, elements
from tests.oracle.client.datasets_beside import in_folder as with_folder
from tests.oracle.client.datasets_beside import write

PROGRAMS = []


def in_folder(function):
    """A program that has a folder of its own, which is its working directory."""
    from tests.oracle.client import datasets_beside

    with_folder(function)
    PROGRAMS.append(datasets_beside.PROGRAMS.pop())
    return function


def read(tf, text, defaults, **keywords):
    write("file", [text])
    try:
        dataset = tf.data.experimental.CsvDataset("file", defaults, **keywords)
        return elements(tf, dataset, initializable=True, errors=9)
    except Exception as error:
        return error


@in_folder
def csv_records(tf):
    both = [[0], [0.0]]
    return [
        read(tf, b"1,2\n3,4\n", both),
        read(tf, b"1,2\n\n3,4", both),
        read(tf, b"1,2,3\n3,4\n5\n6,7\n", both),
        read(tf, b'1,"a ""q"" b"\r\n2,"x\ny"\r\n3,z\r\n', [[0], [""]]),
        read(tf, b'1,a"b\n2,c\n', [[0], [""]]),
        read(tf, b'1,"abc\n2,c\n', [[0], [""]]),
        read(tf, b"x,2\n3,4\n", both),
        read(tf, b",2\n3,\n5,6", [tf.constant([], tf.int32), [0.0]]),
        read(tf, b",2\n3,\n5,NA", [[7], [0.5]], na_value="NA"),
        read(tf, b"h1,h2\n3,4\n", [tf.int32, tf.float32], header=True),
        read(tf, b"1,2,3\n4,5,6\n", [tf.int32, tf.string], select_cols=[0, 2]),
        read(tf, b"1,2,3\n4,5,6\n", [tf.int32, tf.string], select_cols=[2, 0]),
        read(tf, b"1,2\n4\n", [tf.int32, tf.string], select_cols=[0, 2]),
        read(tf, b"1|2\n", [tf.int32, tf.string], field_delim="|"),
        read(tf, b"1|2\n", [tf.int32, tf.string], field_delim="||"),
        read(tf, b'1,"2\n', [tf.int32, tf.string], use_quote_delim=False),
        read(tf, b"99999999999,2\n", [tf.int32, tf.string]),
        read(tf, b"1.5,2\n", [tf.float64, tf.int64]),
        read(tf, b"", both),
        read(tf, b"1,2,\n", [tf.int32, tf.int32, tf.string]),
        read(tf, b"a,c\rd,e\r", [tf.string, tf.string]),
        read(tf, b"a\n\nb", [["d"]]),
    ]


@in_folder
def csv_files(tf):
    write("one.csv", [b"n,word,x\n", b"1,a,0.5\n", b"2,b,1.5\n", b"3,c,2.5\n"])
    write("two.csv", [b"n,word,x\n", b"4,d,3.5\n", b"5,,4\n"])
    make = tf.data.experimental.make_csv_dataset
    fixed = dict(num_epochs=1, shuffle=False)
    found = []
    for made in (
        make(["one.csv", "two.csv"], 2, **fixed),
        make("*.csv", 2, label_name="x", num_epochs=2, shuffle_seed=3),
        make("one.csv", 2, select_columns=["x", "n"], **fixed),
        make("one.csv", 2, column_names=["a", "b", "c"], column_defaults=[tf.int64, "", tf.float64], **fixed),
        make("two.csv", 1, column_defaults=[[0], tf.string, [0.0]], ignore_errors=True, **fixed),
        make(["one.csv", "two.csv"], 3, num_parallel_reads=2, num_rows_for_inference=None, **fixed),
    ):
        found += [described(tf, made)[0].count("tf."), elements(tf, made)]
    return found + [
        attempt(lambda: make("three.csv", 2)),
        attempt(lambda: make("one.csv", 2, label_name="y")),
        attempt(lambda: make("one.csv", 2, select_columns=["y"])),
        attempt(lambda: make("one.csv", 2, column_names=["a", "a", "b"])),
        attempt(lambda: make("one.csv", 2, header=False)),
    ]


@in_folder
def databases(tf):
    connection = sqlite3.connect("base")
    connection.execute("CREATE TABLE people (name TEXT, age INTEGER, height REAL, note BLOB)")
    rows = [("Ann", 30, 1.7, b"x"), ("Bob", None, 1.8, None), ("Cid", 300, 2, b"zz")]
    connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    make = tf.data.experimental.SqlDataset
    every = "SELECT name, age, height, note FROM people ORDER BY name"
    types = tf.string, tf.int32, tf.float64, tf.string
    ages = "SELECT age, age, age, age FROM people"
    return [
        elements(tf, make("sqlite", "base", every, types)),
        elements(tf, make("sqlite", "base", ages, (tf.int8, tf.uint8, tf.bool, tf.string))),
        elements(tf, make("sqlite", "base", "SELECT name FROM people WHERE age > 1000", (tf.string,))),
        elements(tf, make("sqlite", "base", "SELECT name FROM people", (tf.string, tf.int32)), errors=1),
        elements(tf, make("mysql", "base", every, types), errors=1),
        described(tf, make("sqlite", "base", every, types))[0],
    ]


def example(tf, **features):
    def feature(value):
        if isinstance(value[0], bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=value))
        if isinstance(value[0], float):
            return tf.train.Feature(float_list=tf.train.FloatList(value=value))
        return tf.train.Feature(int64_list=tf.train.Int64List(value=value))

    made = {key: feature(value) for key, value in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


@in_folder
def examples(tf):
    with tf.io.TFRecordWriter("records") as writer:
        for i in range(5):
            writer.write(example(tf, a=[i, i + 1], b=[b"w"] * (i % 3 + 1), c=[i / 2.0], i=[i % 2], v=[1.5]))
    features = {
        "c": tf.io.FixedLenFeature([], tf.float32),
        "a": tf.io.FixedLenFeature([2], tf.int64),
        "b": tf.io.VarLenFeature(tf.string),
        "s": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
    }
    parse = tf.data.experimental.parse_example_dataset
    base = tf.data.TFRecordDataset("records").batch(2)
    make = tf.data.experimental.make_batched_features_dataset
    sparse = {"x": tf.io.SparseFeature("i", "v", tf.float32, 4)}
    found = []
    for made in (
        base.apply(parse(features)),
        base.apply(parse(features, num_parallel_calls=2)),
        base.apply(parse(sparse)),
        make("records", 2, features, label_key="c", num_epochs=1, shuffle=False),
        make("rec*", 3, features, num_epochs=2, shuffle_seed=4, drop_final_batch=True),
    ):
        found += [described(tf, made)[0], elements(tf, made)]
    return found + [
        elements(tf, base.apply(parse({"d": tf.io.FixedLenFeature([], tf.float32)})), errors=1),
        attempt(lambda: parse(None)),
        attempt(lambda: tf.data.Dataset.range(3).apply(parse(features))),
        attempt(lambda: make("records", 2, features, label_key="y")),
    ]


@in_folder
def older_ops(tf):
    write("file", [b"1,a\n", b"2,b\n"])
    connection = sqlite3.connect("base")
    connection.execute("CREATE TABLE t (x INTEGER)")
    connection.execute("INSERT INTO t VALUES (5)")
    connection.commit()
    connection.close()
    scalar = tf.TensorShape([])
    rows = tf.raw_ops.ExperimentalCSVDataset(
        filenames=["file"],
        compression_type="",
        buffer_size=np.int64(100),
        header=False,
        field_delim=",",
        use_quote_delim=True,
        na_value="",
        select_cols=np.int64([]),
        record_defaults=[[0], [""]],
        output_shapes=[scalar, scalar],
    )
    spec = tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.string)
    found = [elements(tf, tf.data.experimental.from_variant(rows, spec), initializable=True)]
    sql = tf.raw_ops.ExperimentalSqlDataset(
        driver_name="sqlite",
        data_source_name=os.path.abspath("base"),
        query="SELECT x FROM t",
        output_types=[tf.int64],
        output_shapes=[scalar],
    )
    spec = tf.TensorSpec([], tf.int64)
    found.append(elements(tf, tf.data.experimental.from_variant(sql, spec), initializable=True))
    words = tf.data.Dataset.from_tensors([example(tf, a=[3])])
    parsed = tf.raw_ops.ExperimentalParseExampleDataset(
        input_dataset=tf.data.experimental.to_variant(words),
        num_parallel_calls=np.int64(1),
        dense_defaults=[tf.constant([], tf.int64)],
        sparse_keys=[],
        dense_keys=["a"],
        sparse_types=[],
        dense_shapes=[[1]],
        output_types=[tf.int64],
        output_shapes=[tf.TensorShape([None, 1])],
    )
    spec = tf.TensorSpec([None, 1], tf.int64)
    found.append(elements(tf, tf.data.experimental.from_variant(parsed, spec), initializable=True))
    return found
