"""Parsing: Examples, lines of comma-separated values, bytes; most of it wrong input."""

import gzip
import zlib

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def example(tf, **features):
    """A serialized Example; the type of a list is that of its first value, None a feature without a list."""
    made = {}
    for key, values in features.items():
        if values is None:
            made[key] = tf.train.Feature()
        elif not values or isinstance(values[0], float):
            made[key] = tf.train.Feature(float_list=tf.train.FloatList(value=values))
        elif isinstance(values[0], int):
            made[key] = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        else:
            made[key] = tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


def each(tf, functions):
    """What running what each function makes comes to, or its error."""
    with tf.Session() as session:
        return [attempt(lambda make=make: session.run(make())) for make in functions]


def both(tf, cases):
    """Each case parsed in a batch of one and as a single example: pairs of bytes and features."""
    batch = each(tf, [lambda data=d, f=f: tf.parse_example([data], f) for d, f in cases])
    return batch + each(tf, [lambda data=d, f=f: tf.parse_single_example(data, f) for d, f in cases])


@program
def wrong_features(tf):
    fixed, var, rows = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature
    return both(
        tf,
        [
            (example(tf, a=[1.0]), {"c": fixed([], tf.float32)}),
            (example(tf, c=[1]), {"c": fixed([], tf.float32)}),
            (example(tf, c=[b"x"]), {"c": fixed([2, 2], tf.int64)}),
            (example(tf, c=[1.0, 2.0]), {"c": fixed([], tf.float32)}),
            (example(tf, c=[1, 2]), {"c": fixed([1, 3], tf.int64)}),
            (example(tf, c=[b"1", b"2"]), {"c": fixed([1, 3], tf.string)}),
            (example(tf, c=[1]), {"c": var(tf.float32)}),
            (example(tf, c=[1, 2, 3]), {"c": rows([2], tf.int64, allow_missing=True)}),
            (example(tf, c=[1.0, 2.0]), {"c": rows([2], tf.int64, allow_missing=True)}),
            (example(tf, c=[1.0, 2.0]), {"c": rows([2], tf.int64)}),
            (example(tf, d=[1.0]), {"c": rows([2], tf.int64, allow_missing=True)}),
            (example(tf, c=None), {"c": fixed([], tf.float32)}),
            (example(tf, c=None), {"c": fixed([], tf.float32, 3.0)}),
            (example(tf, c=[]), {"c": fixed([], tf.float32, 3.0)}),
            (example(tf, c=[]), {"c": fixed([], tf.int64, 3)}),
            (example(tf, c=[]), {"c": var(tf.int64)}),
            (b"", {"c": fixed([], tf.float32, 1.0), "v": var(tf.string)}),
            (b"", {"c": fixed([3], tf.float32, [1.0])}),
            (b"", {"c": fixed([3], tf.float32, tf.constant([1.0]))}),
            (b"", {"c": fixed([None], tf.int64)}),
            (b"", {"c": fixed([2, None], tf.int64)}),
            (b"", {"c": fixed(None, tf.int64)}),
            (b"", {"c": fixed([], None)}),
            (b"", {"c": var(None)}),
            (b"", {"c": tf.SparseFeature(None, "v", tf.int64, 3)}),
            (b"", {"c": tf.SparseFeature("i", None, tf.int64, 3)}),
            (b"", {"i": var(tf.float32), "j": tf.SparseFeature("i", "v", tf.int64, 3)}),
            (b"", {}),
            (b"", {"c": 3}),
        ],
    )


@program
def damaged_examples(tf):
    fixed, var = {"c": tf.FixedLenFeature([], tf.float32)}, {"c": tf.VarLenFeature(tf.int64)}
    return both(
        tf,
        [
            (b"garbage", fixed),
            (example(tf, c=[1.0])[:-1], fixed),
            (b"\n\x0a\n\x08\n\x01c\x12\x03\x22\x01\x00", fixed),
            (b"\n\x0a\n\x08\n\x01c\x12\x03\x12\x01\x00", fixed),
            (b"\n\x0b\n\x09\n\x01c\x12\x04\x12\x05\x0a\x04", fixed),
            (b"\n\x0d\n\x0b\n\x01c\x12\x06\x12\x04\x0a\x02\x00\x00", fixed),
            (example(tf, c=[1.0]) + example(tf, c=[2.0]), fixed),
            (b"\x12\x01x" + example(tf, c=[1.0]) + b"\x18\x05\x25abcd", fixed),
            (b"\n\x0f\n\x0d\n\x01c\x12\x08\x12\x06\x0a\x04\0\0\x80?", fixed),
            (b"\n\x0e\n\x0c\n\x01c\x12\x07\x12\x05\x0d\0\0\x80?", fixed),
            (b"\n\x0d\n\x0b\n\x01c\x12\x06\x1a\x04\x08\x01\x08\x02", var),
            (b"\n\x0f\n\x0d\n\x01c\x12\x08\x1a\x06\x0a\x01\x01\x0a\x01\x02", var),
            (b"\n\x0e\n\x0c\n\x01c\x12\x07\x1a\x05\x08\x01\x0a\x01\x02", var),
            (b"\n\x13\n\x11\n\x01c\x12\x0c\x1a\x03\x0a\x01\x01\x12\x05\x0d\0\0\x80?", var),
            (b"\n\x0c\n\x0a\x12\x05\x1a\x03\x0a\x01\x01\n\x01c", var),
            (b"\n\x05\n\x03\n\x01c", var),
            (b"\n\x0c\n\x0a\n\x01c\x12\x05\x28\x01\x1a\x01\x00", var),
            (example(tf, c=[-1, 2**62, 0, 300, -(2**63)]), var),
            (example(tf, c=list(range(0, 40000, 999))), var),
        ],
    )


@program
def batches(tf):
    fixed, var, rows = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature
    parse, empty = tf.parse_example, tf.constant([], tf.string)
    unknown = tf.placeholder_with_default
    ints = [example(tf, c=[1, 2, 3, 4]), example(tf), example(tf, c=[3, 5])]
    odd = [ints[0], example(tf, c=[3, 5, 6])]
    seven = {"c": rows([2], tf.int64, allow_missing=True, default_value=7)}
    sparse = [example(tf, v=[0.5, -1.0], i=[20, 3], j=[0, 1]), example(tf, v=[0.5], i=[42], j=[0])]
    wrong = [example(tf, v=[0.5, -1.0], i=[3, 20]), example(tf, v=[0.5], i=[42, 1])]
    wanted = {"d": tf.SparseFeature("i", "v", tf.float32, 100)}
    return each(
        tf,
        [
            lambda: parse("x", {"c": var(tf.int64)}),
            lambda: parse(unknown(b"x", None), {"c": var(tf.int64)}),
            lambda: tf.parse_single_example(["x"], {"c": var(tf.int64)}),
            lambda: tf.parse_single_example(unknown([b"x"], None), {"c": var(tf.int64)}),
            lambda: parse([b"", b""], {"c": var(tf.int64)}, example_names=["a"]),
            lambda: parse([example(tf)], {"c": fixed([], tf.int64)}, example_names=["first"]),
            lambda: parse([example(tf, c=[1.0])], {"c": fixed([], tf.int64)}, example_names=["first"]),
            lambda: tf.parse_single_example(example(tf, c=[1]), {"c": fixed([], tf.int64)}, None, "first"),
            lambda: tf.parse_single_example(example(tf), {"c": fixed([], tf.int64)}, None, "first"),
            lambda: parse(empty, {"c": var(tf.int64), "d": fixed([2], tf.float32), "e": seven["c"]}),
            lambda: parse([ints[0], example(tf, c=None), ints[2]], {"c": var(tf.int64)}),
            lambda: parse([example(tf), example(tf)], {"d": fixed([2], tf.float32, [1.0, 2.0])}),
            lambda: parse([example(tf, d=[b"a", b""])], {"d": fixed([1, 2], tf.string)}),
            lambda: parse([example(tf), example(tf, d=[b"a", b""])], {"d": var(tf.string)}),
            lambda: parse([b"", example(tf, d=[b"a"])], {"d": rows([], tf.string, True, "none")}),
            lambda: parse(ints, seven),
            lambda: parse(ints[1:2], seven),
            lambda: parse(odd, seven),
            lambda: parse(sparse, wanted),
            lambda: parse(sparse, {"d": tf.SparseFeature(["i", "j"], "v", tf.float32, [100, 3])}),
            lambda: parse(sparse, {"d": tf.SparseFeature("i", "v", tf.float32, 100, already_sorted=True)}),
            lambda: tf.parse_single_example(sparse[0], wanted),
            lambda: parse(wrong, wanted),
            lambda: tf.decode_json_example(
                ['{"features": {"feature": {"a": {"int64_list": {"value": [1, 2]}}}}}', "{}"]
            ),
        ],
    )


@program
def shapes_of_parsed(tf):
    features = {
        "c": tf.VarLenFeature(tf.int64),
        "d": tf.FixedLenFeature([2], tf.float32),
        "e": tf.FixedLenSequenceFeature([2], tf.string, allow_missing=True),
    }
    parsed = [tf.parse_example(tf.placeholder(tf.string, shape), features) for shape in (None, [3], [None])]
    parsed.append(tf.parse_single_example(tf.placeholder(tf.string), features))
    found = []
    for each_of in parsed:
        found += [str(each_of[key].shape) for key in "cde"]
        found += [str(each_of["c"].indices.shape), str(each_of["c"].values.shape)]
    found.append(str(tf.decode_raw(tf.placeholder(tf.string, [3]), tf.uint8).shape))
    found.append(str(tf.decode_raw(tf.placeholder(tf.string), tf.uint8).shape))
    found += [
        str(column.shape) for column in tf.decode_csv(tf.placeholder(tf.string, [None, 3]), [[0], [""]])
    ]
    return found


INTEGERS = (
    "1| 1|1 |+1|-1|1.|0x10|1e3|99999999999|-|1 2|\t5|007|1_0|nan|2147483648|-2147483648|9223372036854775807|"
    "9223372036854775808|\x0b7|\xa05|--1|-0"
).split("|")
FLOATS = (
    "1| 1|1 |+1|-1|1.|.5|0x10|0x1p3|1e3|1e|1e400|-1e400|1e-400|1e39|3.4028235677973366e38|-|.|1 2|\t5|1_0|"
    "NaN|-nan|nan(1)|inf|-inf|Infinity|INF|infinit|+inf|+-1|1f|1d|0.1|16777217|1.00000005960464477540|"
    "1e5 |- 1|1e+05|1E05|.e1|-0|0.000001|123456.789|12345678.87654321|1234567890.12345678|"
    "99999999999999999999|-.25|1.5e-3|4.9e-324|1e-45|2.2250738585072014e-308|00012.50"
).split("|")


@program
def numbers_in_csv(tf):
    def reads(text, dtype):
        return lambda: tf.decode_csv([text], [tf.constant([5], dtype)], field_delim=";")

    numbers = [reads(text, dtype) for text in INTEGERS for dtype in (tf.int32, tf.int64)]
    return each(tf, numbers + [reads(text, dtype) for text in FLOATS for dtype in (tf.float32, tf.float64)])


@program
def lines_of_csv(tf):
    csv, required = tf.decode_csv, lambda: tf.constant([], tf.int32)
    quoted = ['"a","b""c","d,e",""', '"x\ny",z,"","q"']
    return each(
        tf,
        [
            lambda: csv(["1,", "2,3"], [[0], required()]),
            lambda: csv(["1", "2,3"], [[0], [0]]),
            lambda: csv(["1,2,3"], [[0], [0]]),
            lambda: csv([""], [[0]]),
            lambda: csv(["1", ""], [[0]]),
            lambda: csv([""], [["x"]]),
            lambda: csv(["1\n"], [[0]]),
            lambda: csv(["1\n2"], [[0]]),
            lambda: csv(["\n1,\r2"], [[0], [0]]),
            lambda: csv(["1,a\r\n"], [[0], [""]]),
            lambda: csv(quoted, [[""]] * 4),
            lambda: csv(quoted * 60, [[""]] * 4),
            lambda: csv(['"a" ,b'], [[""]] * 2),
            lambda: csv(['a"b,c'], [[""]] * 2),
            lambda: csv(['"abc'], [[""]]),
            lambda: csv(['"a"b"'], [[""]]),
            lambda: csv(['"'], [[""]]),
            lambda: csv(['""'], [["z"]]),
            lambda: csv(['"1","2.5"'], [[0], [0.0]]),
            lambda: csv(['"a",b"c'], [[""]] * 2, use_quote_delim=False),
            lambda: csv(["NA,NA,NA"], [["z"], [7], [1.5]], na_value="NA"),
            lambda: csv(["1,b,3.5", "4,,6"], [["q"], [0.0]], select_cols=[1, 2]),
            lambda: csv(["1,b"], [["q"], [0.0]], select_cols=[1, 2]),
            lambda: csv(["1,b,"], [["q"], [2.0]], select_cols=[1, 2]),
            lambda: csv(["1,b,"], [["q"], [2.0]], select_cols=[2, 1]),
            lambda: csv(["1,b,"], [["q"], [2.0]], select_cols=[-2, 1]),
            lambda: csv(["1,b,"], [["q"], [2.0]], select_cols=[1]),
            lambda: csv(['1,b,"c'], [[0]], select_cols=[0]),
            lambda: csv(["1"], [[0]], field_delim=",,"),
            lambda: csv(["1"], [[0]], field_delim=""),
            lambda: csv(["1\t2"], [[0], [0]], field_delim="\t"),
            lambda: csv(["1  2"], [[0], [9], [0]], field_delim=" "),
            lambda: csv(["1"], [[[0]]]),
            lambda: csv(["1"], [[0, 1]]),
            lambda: csv(["1,"], [0, 3]),
            lambda: csv("1,2", [[0], [0]]),
            lambda: csv([["1,2"], ["3,4"]], [[0], [0]]),
            lambda: csv(tf.constant([], tf.string), [[0], [""]]),
            lambda: csv([b"a\0b,c"], [[""]] * 2),
            lambda: csv(
                ["%d,%d.25,%s" % (i * 37 % 1009, i, "x" * (i % 3)) for i in range(50)], [0, 0.0, "-"]
            ),
            lambda: csv(["%d,-%d.5e1, %d" % (i, i, i) for i in range(50)], [[0], [0.0], [0.0]]),
        ],
    )


@program
def bytes_as_numbers(tf):
    raw, packed = tf.decode_raw, tf.io.decode_compressed
    nothing = tf.constant([], tf.string)
    return each(
        tf,
        [
            lambda: raw(["abcd", "efgh"], tf.uint8),
            lambda: raw(["abcd", "efgh"], tf.int16),
            lambda: raw(["abcd", "efgh"], tf.int16, little_endian=False),
            lambda: raw(["abc", "ef"], tf.uint8),
            lambda: raw(["abc"], tf.int16),
            lambda: raw("abcd", tf.float32),
            lambda: raw(nothing, tf.float32),
            lambda: raw(["", ""], tf.float32),
            lambda: raw([["ab"], ["cd"]], tf.uint8),
            lambda: raw(["\1\0"], tf.bool),
            lambda: raw([b"\0\0\x80?\0\0\0\0"], tf.complex64),
            lambda: raw([b"\0\0\x80?\0\0\0\0"], tf.complex64, little_endian=False),
            lambda: raw([b"\0<"], tf.float16),
            lambda: raw("a"),
            lambda: raw(bytes=["a"], out_type=tf.uint8),
            lambda: raw(["a"], tf.uint8, bytes=["a"]),
            lambda: packed(["abc", ""]),
            lambda: packed([zlib.compress(b"abc" * 10)], "ZLIB"),
            lambda: packed([[gzip.compress(b"abc")]], "GZIP"),
            lambda: packed(["a"], "LZ"),
            lambda: packed(["abc"], "ZLIB"),
            lambda: packed(["abc"], "GZIP"),
            lambda: packed([zlib.compress(b"abc" * 1000)[:-8]], "ZLIB"),
            lambda: packed([zlib.compress(b"abc") + b"xyz"], "ZLIB"),
            lambda: packed([gzip.compress(b"abc") + gzip.compress(b"def")], "GZIP"),
            lambda: packed([""], "GZIP"),
            lambda: packed([zlib.compress(b"abc" * 1000)[:10] + b"\xff" * 5], "ZLIB"),
        ],
    )
