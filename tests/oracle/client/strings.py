"""The functions of `tf.strings` and their old names: what they give, and how they refuse."""

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def nodes(tf):
    graph = tf.get_default_graph().as_graph_def()
    return [(node.name, node.op, list(node.input)) for node in graph.node]


def of_sparse(sparse):
    return [str(part.shape) for part in (sparse.indices, sparse.values, sparse.dense_shape)]


@program
def names_of_nodes(tf):
    words = tf.placeholder(tf.string, [None], name="words")
    anything = tf.placeholder(tf.string, name="anything")
    made = [
        tf.as_string(tf.constant([1.5]), precision=1),
        tf.strings.length(words),
        tf.strings.lower(words),
        tf.strings.upper(words, encoding="utf-8"),
        tf.string_strip(words),
        tf.substr(words, 0, 1),
        tf.strings.regex_full_match(words, "a+"),
        tf.strings.regex_full_match(words, tf.constant("a+")),
        tf.regex_replace(words, "a", "b"),
        tf.regex_replace(words, tf.constant("a"), "b"),
        tf.string_to_number(words),
        tf.strings.to_number(input=words, out_type=tf.int64),
        tf.string_to_hash_bucket(words, 5),
        tf.strings.to_hash_bucket(input=words, num_buckets=5),
        tf.string_to_hash_bucket_fast(words, 5),
        tf.string_to_hash_bucket_strong(words, 5, [1, 2]),
        tf.fingerprint(words),
        tf.encode_base64(words),
        tf.decode_base64(words),
        tf.reduce_join(words),
        tf.reduce_join(words, 0),
        tf.reduce_join(anything),
        tf.strings.reduce_join(anything, axis=[0, 1], keepdims=True, separator=" "),
        tf.strings.unsorted_segment_join(words, [0], 1),
        tf.strings.unicode_transcode(words, "UTF-8", "UTF-16-BE"),
        tf.strings.unicode_script([97]),
    ]
    shapes = [str(tensor.shape) for tensor in made]
    sparse = [tf.string_split(words), tf.string_split(words, ","), tf.strings.split(words, ",", maxsplit=1)]
    return shapes, [of_sparse(each) for each in sparse], nodes(tf)


@program
def what_is_refused(tf):
    return [
        attempt(lambda: tf.string_split(["a"], sep=",", delimiter=";")),
        attempt(lambda: tf.string_split("a")),
        attempt(lambda: tf.string_split([["a"]])),
        attempt(lambda: tf.string_split(["a"], [",", ";"])),
        attempt(lambda: tf.string_split(["a"], result_type="Dense")),
        attempt(lambda: tf.substr(["a", "b"], [0, 1, 2], [1, 1, 1])),
        attempt(lambda: tf.substr(["a", "b"], [0], [1, 1])),
        attempt(lambda: tf.reduce_join([["a"]], 2)),
        attempt(lambda: tf.reduce_join([["a"]], [[0]])),
        attempt(lambda: tf.reduce_join([["a"]], 0, reduction_indices=0)),
        attempt(lambda: tf.strings.unsorted_segment_join(["a"], [0], -2)),
        attempt(lambda: tf.strings.unsorted_segment_join(["a", "b"], [0, 1, 1], 2)),
        attempt(lambda: tf.string_to_hash_bucket(["a"], 0)),
        attempt(lambda: tf.strings.length(["a"], unit="WORDS")),
        attempt(lambda: tf.as_string(["a"])),
        attempt(lambda: tf.string_to_number(["1"], tf.uint8)),
        attempt(lambda: tf.fingerprint(1)),
        attempt(lambda: tf.fingerprint([1], method="md5")),
        attempt(lambda: tf.string_to_number(["1"], input=["2"])),
        attempt(lambda: tf.regex_replace(["a"], ["a", "b"], "c")),
    ]


@program
def errors_of_steps(tf):
    text = tf.placeholder(tf.string, name="text")
    pattern = tf.placeholder(tf.string, name="pattern")
    number = tf.string_to_number(text)
    part = tf.substr(text, 2, 1)
    match = tf.strings.regex_full_match(text, pattern)
    split = tf.string_split(text).values
    with tf.Session() as session:
        return [
            attempt(lambda: session.run(number, {text: ["1", "one"]})),
            attempt(lambda: session.run(part, {text: ["abc", "d"]})),
            attempt(lambda: session.run(match, {text: ["abc", "d"], pattern: "["})),
            attempt(lambda: session.run(match, {text: ["abc", "d"], pattern: ["a", "b"]})),
            attempt(lambda: session.run(split, {text: "a"})),
        ]
