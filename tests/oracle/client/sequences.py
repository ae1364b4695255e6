"""SequenceExamples, and tensors, dense and sparse, as strings."""

import numpy as np

from tests.oracle.client import attempt
from tests.oracle.client.parsing import each

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def feature(tf, values):
    if not values or isinstance(values[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    if isinstance(values[0], int):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))


def sequence(tf, context=None, **lists):
    """A serialized SequenceExample: context features, and lists of lists."""
    made = tf.train.SequenceExample()
    for key, values in (context or {}).items():
        made.context.feature[key].CopyFrom(feature(tf, values))
    for key, rows in lists.items():
        made.feature_lists.feature_list[key].feature.extend([feature(tf, row) for row in rows])
        made.feature_lists.feature_list[key].SetInParent()
    return made.SerializeToString()


@program
def one_at_a_time(tf):
    fixed, var, rows = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature
    parse = tf.parse_single_sequence_example
    whole = sequence(
        tf,
        {"n": [3], "w": [b"a", b"b"]},
        a=[[1, 2], [3, 4], [5, 6]],
        s=[[b"x"], [b""], [b"y", b"z"]],
        f=[[0.5]],
    )
    odd = sequence(tf, a=[[1, 2], [3]])
    return each(
        tf,
        [
            lambda: parse(whole, {"n": fixed([], tf.int64), "w": var(tf.string)}),
            lambda: parse(whole, None, {"a": rows([2], tf.int64), "s": var(tf.string)}),
            lambda: parse(whole, {"n": fixed([], tf.int64)}, {"f": rows([], tf.float32), "a": var(tf.int64)}),
            lambda: parse(whole, {"m": fixed([2], tf.float32, [1.0, 2.0])}),
            lambda: parse(whole, {"m": fixed([2], tf.float32)}),
            lambda: parse(whole, {"m": var(tf.float32)}, {"q": var(tf.float32)}),
            lambda: parse(whole, None, {"q": rows([2], tf.int64)}),
            lambda: parse(whole, None, {"q": rows([2], tf.int64, allow_missing=True)}),
            lambda: parse(whole, None, {"a": rows([], tf.int64)}),
            lambda: parse(whole, None, {"a": rows([2], tf.float32)}),
            lambda: parse(whole, None, {"a": var(tf.float32)}),
            lambda: parse(whole, {"n": fixed([], tf.float32)}),
            lambda: parse(whole, {"w": fixed([], tf.string)}),
            lambda: parse(whole, {"w": var(tf.int64)}),
            lambda: parse(odd, None, {"a": rows([2], tf.int64)}),
            lambda: parse(odd, None, {"a": rows([2], tf.int64)}, example_name="name"),
            lambda: parse(b"garbage", None, {"a": var(tf.int64)}),
            lambda: parse(b"", None, {"a": var(tf.int64)}),
            lambda: parse([whole], None, {"a": var(tf.int64)}),
            lambda: parse(whole, None, {"a": rows([2], tf.int64, True, 7)}),
            lambda: parse(whole, {"n": rows([], tf.int64)}),
            lambda: parse(whole, None, {"a": fixed([2], tf.int64)}),
            lambda: parse(whole),
        ],
    )


@program
def in_batches(tf):
    fixed, var, rows = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature
    parse = tf.io.parse_sequence_example
    first = sequence(
        tf, {"n": [3], "w": [b"a", b"b"]}, a=[[1, 2], [3, 4], [5, 6]], s=[[b"x"], [b""], [b"y", b"z"]]
    )
    second = sequence(tf, {"n": [4]}, a=[[7, 8]], s=[[b"q", b"r", b"t"]])
    both = [first, second, second]
    empty = sequence(tf, {"n": [1]})
    return each(
        tf,
        [
            lambda: parse(both, {"n": fixed([], tf.int64), "w": var(tf.string)}),
            lambda: parse(both, None, {"a": rows([2], tf.int64), "s": var(tf.string)}),
            lambda: parse(both, {"m": fixed([1], tf.float32, 2.0)}, {"a": var(tf.int64)}),
            lambda: parse(both, {"m": fixed([1], tf.float32)}),
            lambda: parse([first, empty], None, {"a": rows([2], tf.int64)}),
            lambda: parse([first, empty], None, {"a": rows([2], tf.int64, allow_missing=True)}),
            lambda: parse([empty, first], None, {"s": var(tf.string)}),
            lambda: parse([empty], None, {"s": var(tf.string), "a": rows([2], tf.int64, True)}),
            lambda: parse(both, None, {"a": rows([], tf.int64)}),
            lambda: parse(both, None, {"a": rows([2], tf.float32)}),
            lambda: parse(both, None, {"a": var(tf.string)}),
            lambda: parse(both, {"n": fixed([2], tf.int64)}),
            lambda: parse(both, {"n": fixed([], tf.string)}),
            lambda: parse(both, {"n": var(tf.string)}, example_names=["x", "y", "z"]),
            lambda: parse([b"garbage"], None, {"a": var(tf.int64)}),
            lambda: parse(both),
        ],
    )


@program
def shapes(tf):
    features = {"n": tf.FixedLenFeature([3], tf.int64), "w": tf.VarLenFeature(tf.string)}
    lists = {"a": tf.FixedLenSequenceFeature([2], tf.int64), "s": tf.VarLenFeature(tf.string)}
    made = list(tf.parse_single_sequence_example(tf.placeholder(tf.string), features, lists))
    made += tf.io.parse_sequence_example(tf.placeholder(tf.string, [4]), features, lists)
    made += tf.io.parse_sequence_example(tf.placeholder(tf.string), features, lists)
    found = []
    for each_of in made:
        for _, value in sorted(each_of.items()):
            found.append(str(value.shape))
            if isinstance(value, tf.SparseTensor):
                found += [str(value.indices.shape), str(value.values.shape)]
    return found


@program
def tensors(tf):
    def there_and_back(value):
        text = tf.serialize_tensor(value)
        return lambda: [text, tf.parse_tensor(text, value.dtype)]

    values = [
        np.arange(6, dtype="f4").reshape(2, 3), np.array([], "i8"), np.array(3.5), np.array([True, False]),
        np.array(["a", "bcd", ""]), np.arange(3, dtype="u1"), np.array([1 + 2j], "c8"), np.ones([2, 0], "i2"),
        np.arange(300, dtype="i4"),
    ]  # fmt: skip
    text = tf.serialize_tensor(tf.constant([1.0, 2.0]))
    found = [there_and_back(tf.constant(value)) for value in values]
    found += [
        lambda: tf.parse_tensor(text, tf.int32),
        lambda: tf.parse_tensor("garbage", tf.float32),
        lambda: tf.parse_tensor("", tf.float32),
        lambda: tf.parse_tensor([text], tf.float32),
        lambda: tf.parse_tensor(tf.placeholder_with_default([b"a"], None), tf.float32),
        lambda: tf.parse_tensor(tf.make_tensor_proto(2, tf.int32, [3]).SerializeToString(), tf.int32),
    ]
    return each(tf, found) + [str(tf.parse_tensor(text, tf.float32).shape), str(text.shape)]


@program
def sparse_tensors(tf):
    sparse = tf.SparseTensor([[0, 1], [1, 0], [1, 2]], tf.constant([1.0, 2.0, 3.0]), [3, 4])
    text, many = tf.serialize_sparse(sparse), tf.serialize_many_sparse(sparse)
    flat = tf.SparseTensor([[1], [3]], tf.constant(["a", "b"]), [5])
    long = tf.serialize_sparse(tf.SparseTensor([[7]], tf.constant([9.0]), [8]))
    short = tf.serialize_sparse(tf.SparseTensor([[1], [2]], tf.constant([5.0, 6.0]), [3]))
    back = tf.deserialize_many_sparse
    return each(
        tf,
        [
            lambda: text,
            lambda: many,
            lambda: back(many, tf.float32),
            lambda: back([text, text], tf.float32, rank=3),
            lambda: back([long, short], tf.float32),
            lambda: back([short, text], tf.float32),
            lambda: back([text], tf.int32),
            lambda: back([["a", "b", "c"]], tf.float32),
            lambda: back(text, tf.float32),
            lambda: back(tf.zeros([0, 3], tf.string), tf.float32),
            lambda: tf.serialize_many_sparse(flat),
            lambda: back([tf.serialize_sparse(flat)], tf.string),
        ],
    ) + [str(back(many, tf.float32, rank=2).indices.shape), str(many.shape), str(text.shape)]


@program
def configuration(tf):
    parsed = tf.parse_example(
        tf.placeholder(tf.string, [None], name="in"),
        {"x": tf.FixedLenFeature([1], tf.float32, 33.0), "y": tf.VarLenFeature(tf.string)},
    )
    return attempt(lambda: sorted(value.op.type for value in (parsed["x"], parsed["y"].values)))
