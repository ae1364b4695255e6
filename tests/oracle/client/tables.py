"""Lookup tables: what they find, how they are filled, changed, saved and shared, and what they refuse."""

import numpy as np

from tests.oracle.client import internal
from tests.oracle.client._folders import in_folder, tried

PROGRAMS = []
program = in_folder(PROGRAMS)


def write(folder, name, text):
    path = folder + "/" + name
    with open(path, "wb") as file:
        file.write(text)
    return path


def in_order(exported):
    """What a table exports, in the order of keys: TensorFlow's is that of a hash."""
    keys, values = exported
    pairs = sorted(zip(np.asarray(keys).tolist(), np.asarray(values).tolist()))  # noqa: B905
    return [list(pair) for pair in pairs]


@program
def static_tables(tf, folder):
    lookup = tf.contrib.lookup
    words = tf.constant(["b", "z", "a", ""])
    plain = lookup.index_table_from_tensor(["a", "b", "c"], default_value=-7)
    buckets = lookup.index_table_from_tensor(["a", "b", "c"], num_oov_buckets=3)
    back = lookup.index_to_string_table_from_tensor(["a", "b"], default_value="?")
    numbers = lookup.index_table_from_tensor([30, 10, 20], num_oov_buckets=2, dtype=tf.int32)
    floats = lookup.HashTable(lookup.KeyValueTensorInitializer([1, 2], [1.5, 2.5], tf.int64), -0.5)
    strong = lookup.IdTableWithHashBuckets(None, 7, hasher_spec=lookup.StrongHashSpec([5, 6]))
    legacy = lookup.IdTableWithHashBuckets(plain, 7, hasher_spec=lookup.HasherSpec("legacy", None))
    sparse = tf.SparseTensor([[0, 0], [1, 1]], ["c", "z"], [2, 2])
    fetches = [
        plain.lookup(words),
        buckets.lookup(words),
        back.lookup(tf.constant([[0, 1], [2, -1]], tf.int64)),
        numbers.lookup(tf.constant([10, 11, 20])),
        floats.lookup(tf.constant([2, 3], tf.int64)),
        strong.lookup(words),
        legacy.lookup(words),
        buckets.lookup(sparse),
        [table.size() for table in (plain, buckets, back, numbers, strong, legacy)],
    ]
    with tf.Session() as session:
        before = tried(lambda: session.run(fetches[0]))
        sizes = tried(lambda: session.run(plain.size()))
        session.run(tf.tables_initializer())
        found = session.run(fetches)
        session.run(tf.tables_initializer())  # the same again
        exported = in_order(session.run(floats.export()))
    kinds = [str(table.key_dtype) + str(table.value_dtype) for table in (plain, back, floats)]
    shapes = [str(fetch.shape) for fetch in fetches[:7]]
    return [before, sizes, found, exported, kinds, shapes, plain.name, buckets.name, strong.name]


@program
def from_files(tf, folder):
    lookup = tf.contrib.lookup
    words = write(folder, "words", b"a\nb\n\xc3\xa9\n")
    pairs = write(folder, "pairs", b"x 10 1.5\ny 20 2.5\r\nz 30 -1\n")
    bad = write(folder, "bad", b"x 10\ny\n")
    empty = write(folder, "empty", b"")
    twice = write(folder, "twice", b"a\na\n")
    number = write(folder, "number", b"x one\n")
    asked = tf.constant(["a", "\u00e9", "q"])
    results = []

    def attempt(table, keys):
        with tf.Session() as session:
            try:
                session.run(table.initializer)
                found = session.run([table.lookup(keys), table.size()])
            except tf.errors.OpError as error:
                found = [type(error).__name__, error.message.split("\n")[0].split(" [[")[0]]
        results.append(found)

    attempt(lookup.index_table_from_file(words), asked)
    attempt(lookup.index_table_from_file(words, vocab_size=2, num_oov_buckets=2), asked)
    attempt(lookup.index_table_from_file(words, vocab_size=9), asked)
    attempt(lookup.index_to_string_table_from_file(words), tf.constant([2, 5], tf.int64))
    attempt(lookup.index_table_from_file(empty), asked)
    attempt(lookup.index_table_from_file(twice), asked)
    attempt(lookup.index_table_from_file(folder + "/none"), asked)
    for column, dtype in ((1, tf.int64), (2, tf.float32), (0, tf.string), (7, tf.string)):
        how = tf.lookup.TextFileInitializer(pairs, tf.string, 0, dtype, column, delimiter=" ")
        default = "-" if dtype == tf.string else -1
        attempt(tf.lookup.StaticHashTable(how, default), tf.constant(["y", "z", "w"]))
    how = tf.lookup.TextFileInitializer(bad, tf.string, 0, tf.int64, 1, delimiter=" ")
    attempt(tf.lookup.StaticHashTable(how, -1), asked)
    how = tf.lookup.TextFileInitializer(number, tf.string, 0, tf.int64, 1, delimiter=" ")
    attempt(tf.lookup.StaticHashTable(how, -1), asked)
    assets = [tensor.op.type for tensor in tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)]
    return [results, assets]


@program
def mutable_tables(tf, folder):
    lookup = tf.contrib.lookup
    results = []
    table = lookup.MutableHashTable(tf.string, tf.int64, -1)
    vectors = lookup.MutableHashTable(tf.string, tf.float32, [-1.0, -2.0], name="vectors")
    dense = lookup.MutableDenseHashTable(tf.int64, tf.float32, -0.5, 0, -9, name="dense")
    long_keys = lookup.MutableDenseHashTable(tf.int64, tf.float32, [0.5], [0, 0], [1, 1], name="long")
    words = tf.constant(["a", "b", "a"])
    with tf.Session() as session:
        results.append(session.run([table.size(), table.lookup(words)]))
        session.run(table.insert(words, [1, 2, 3]))
        results.append(session.run([table.size(), table.lookup(tf.constant([["a"], ["c"]]))]))
        session.run(table.remove(tf.constant(["b", "none"])))
        results.append(in_order(session.run(table.export())))
        session.run(vectors.insert(["p", "q"], [[1.0, 2.0], [3.0, 4.0]]))
        results.append(session.run(vectors.lookup(tf.constant([["q", "z"]]))))
        results.append(in_order(session.run(vectors.export())))
        session.run(dense.insert(tf.constant([5, 6], tf.int64), [5.0, 6.0]))
        results.append(session.run([dense.lookup(tf.constant([6, 7], tf.int64)), dense.size()]))
        session.run(dense.erase(tf.constant([6], tf.int64)))
        results.append(session.run([dense.lookup(tf.constant([6, 5], tf.int64)), dense.size()]))
        for key in (0, -9):
            keys = tf.constant([key], tf.int64)
            results.append(tried(lambda: session.run(dense.lookup(keys))))  # noqa: B023
            results.append(tried(lambda: session.run(dense.insert(keys, [1.0]))))  # noqa: B023
        session.run(long_keys.insert(tf.constant([[1, 2], [3, 4]], tf.int64), [[7.0], [8.0]]))
        results.append(session.run(long_keys.lookup(tf.constant([[3, 4], [5, 6]], tf.int64))))
        results.append(tried(lambda: session.run(table.insert(words, [1, 2]))))
        results.append(tried(lambda: session.run(vectors.insert(["p"], [[1.0]]))))
    with tf.Session() as session:
        results.append(session.run(table.size()))
    return results


@program
def saved_tables(tf, folder):
    lookup = tf.contrib.lookup
    table = lookup.MutableHashTable(tf.string, tf.int64, -1, name="table")
    dense = lookup.MutableDenseHashTable(tf.int64, tf.float32, -1.0, 0, -9, 4, name="dense")
    long = lookup.MutableDenseHashTable(tf.string, tf.float32, 0.5, "", "-", 4, name="long")
    kept = lookup.MutableHashTable(tf.string, tf.int64, -1, name="kept", checkpoint=False)
    v = tf.Variable(2.0, name="v")
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run([v.initializer, table.insert(["a", "b"], [1, 2]), kept.insert(["c"], [3])])
        session.run(dense.insert(tf.constant([4, 8, -3], tf.int64), [0.5, 1.5, 2.5]))
        session.run(long.insert(["p", "q"], [1.0, 3.0]))
        places = [session.run(each.export())[0] for each in (dense, long)]
        saver.save(session, folder + "/model", write_meta_graph=False)
        names = sorted(name for name, _ in tf.train.list_variables(folder + "/model"))
    with tf.Session() as session:
        session.run(table.insert(["z"], [9]))
        saver.restore(session, folder + "/model")
        found = [in_order(session.run(each.export())) for each in (table, kept)]
        found.append(session.run(dense.lookup(tf.constant([8, -3, 5, 4], tf.int64))))
        found.append(session.run(long.lookup(tf.constant(["q", "r"]))))
    return [names, found, places, len(tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS))]


@program
def refused(tf, folder):
    lookup = tf.contrib.lookup
    table = lookup.index_table_from_tensor(["a", "b"])
    pairs = lookup.KeyValueTensorInitializer
    ops = internal("ops.lookup_ops")
    return [
        tried(lambda: table.lookup(tf.constant([1]))),
        tried(lambda: lookup.index_table_from_tensor(None)),
        tried(lambda: lookup.index_table_from_tensor(["a"], num_oov_buckets=-1)),
        tried(lambda: lookup.index_table_from_tensor(["a"], dtype=tf.int64)),
        tried(lambda: lookup.index_table_from_tensor(["a"], dtype=tf.float32)),
        tried(lambda: lookup.index_table_from_file("")),
        tried(lambda: lookup.index_table_from_file("x", vocab_size=0)),
        tried(lambda: lookup.index_table_from_file("x", key_dtype=tf.float32)),
        tried(lambda: lookup.index_to_string_table_from_file(None)),
        tried(lambda: lookup.index_to_string_table_from_tensor(None)),
        tried(lambda: lookup.HashTable(pairs(["a"], [1]), [1, 2])),
        tried(lambda: lookup.HashTable(pairs(["a"], [1]), "x")),
        tried(lambda: lookup.IdTableWithHashBuckets(None, 0)),
        tried(lambda: lookup.IdTableWithHashBuckets(None, 1, hasher_spec="fasthash")),
        tried(lambda: lookup.IdTableWithHashBuckets(None, 1, key_dtype=tf.float32)),
        tried(lambda: lookup.IdTableWithHashBuckets(table, 1, key_dtype=tf.int64)),
        tried(lambda: lookup.StrongHashSpec([1])),
        tried(lambda: lookup.StrongHashSpec(["a", "b"])),
        tried(lambda: tf.lookup.StaticVocabularyTable(None, 0)),
        tried(lambda: lookup.TextFileInitializer("", tf.string, 0, tf.int64, 1)),
        tried(lambda: lookup.TextFileInitializer("x", tf.string, -3, tf.int64, 1)),
        tried(lambda: lookup.TextFileInitializer("x", tf.string, -1, tf.int64, 1)),
        tried(lambda: lookup.TextFileInitializer("x", tf.float32, -2, tf.int64, 1)),
        tried(lambda: lookup.TextFileInitializer("x", tf.string, 0, tf.int64, -3)),
        tried(lambda: lookup.TextFileInitializer("x", tf.string, 0, tf.int32, -1)),
        tried(lambda: lookup.TextFileInitializer("x", tf.string, 0, tf.int64, -2)),
        tried(lambda: lookup.TextFileInitializer("x", tf.string, 0, tf.int64, 1, vocab_size=0)),
        tried(lambda: lookup.MutableHashTable(tf.string, tf.int64, -1).remove(tf.constant([1]))),
        tried(lambda: lookup.MutableHashTable(tf.string, tf.int64, -1).lookup(tf.constant([1]))),
        tried(lambda: ops.StaticHashTable(pairs(["a"], [1]), -1).initializer),
        tried(lambda: ops.LookupInterface(tf.string, tf.int64).lookup(["a"])),
    ]


@program
def errors_of_steps(tf, folder):
    lookup = tf.contrib.lookup
    twice = lookup.HashTable(lookup.KeyValueTensorInitializer(["a", "a"], [1, 2]), -1)
    same = lookup.HashTable(lookup.KeyValueTensorInitializer(["a", "a"], [1, 1]), -1)
    text = tf.placeholder(tf.string)
    two = lookup.KeyValueTensorInitializer(["p", "q"], [1, 2])
    other = lookup.HashTable(two, -1, shared_name="s", name="other")
    fed = lookup.HashTable(lookup.KeyValueTensorInitializer(text, tf.constant([1, 2])), -1)
    shared = [
        lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [n]), -1, shared_name="s", name="t%d" % n)
        for n in (1, 2)
    ]
    floats = lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [0.5]), -1.0, shared_name="s")
    with tf.Session() as session:
        results = [
            tried(lambda: session.run(twice.initializer)),
            tried(lambda: session.run(same.initializer)),
        ]
        session.run(fed.initializer, {text: ["a", "b"]})
        results.append(tried(lambda: session.run(fed.initializer, {text: ["a", "c"]})))
        results.append(tried(lambda: session.run(fed.initializer, {text: ["a"]})))
        results.append(tried(lambda: session.run(other.initializer)))
        session.run(shared[0].initializer)
        results.append(session.run(shared[1].lookup(tf.constant(["a"]))))
        results.append(tried(lambda: session.run(shared[1].initializer)))
        results.append(tried(lambda: session.run(floats.initializer)))
        results.append(tried(lambda: session.run(other.initializer)))
    return results


@program
def older_ops(tf, folder):
    ops = internal("ops.gen_lookup_ops")
    words = write(folder, "words", b"a\nb\n")
    static = ops.hash_table(tf.string, tf.int64, name="static")
    filled = ops.hash_table_v2(key_dtype=tf.string, value_dtype=tf.int64, name="filled")
    from_file = ops.hash_table(tf.string, tf.int64, name="from_file")
    mutable = ops.mutable_hash_table(tf.string, tf.int64, name="mutable")
    vectors = ops.mutable_hash_table_of_tensors(tf.string, tf.int64, value_shape=[2], name="vectors")
    one, two = tf.constant(1, tf.int64), tf.constant([1, 2], tf.int64)
    few = ops.mutable_dense_hash_table_v2(one, one + 1, value_dtype=tf.int64, initial_num_buckets=6)
    keys = tf.constant(["a", "c"])
    fill = [
        ops.initialize_table(static, ["a", "b"], two),
        ops.initialize_table_v2(filled, ["a", "b"], two),
        ops.initialize_table_from_text_file(from_file, words, -2, -1),
        ops.lookup_table_insert(mutable, keys, two),
        ops.lookup_table_import(vectors, ["a"], tf.constant([[5, 6]], tf.int64)),
    ]
    found = [
        ops.lookup_table_find(static, keys, -one),
        ops.lookup_table_find_v2(filled, keys, -one),
        ops.lookup_table_find(from_file, keys, -one),
        ops.lookup_table_find(mutable, keys, -one),
        ops.lookup_table_find(vectors, keys, -two),
        ops.lookup_table_size(mutable),
    ]
    with tf.Session() as session:
        session.run(fill)
        results = [
            session.run(found),
            in_order(session.run(ops.lookup_table_export(mutable, tf.string, tf.int64))),
        ]
        results.append(tried(lambda: session.run(ops.lookup_table_size_v2(few))))
        results.append(tried(lambda: session.run(ops.lookup_table_insert(static, ["q"], [one]))))
        refusal = tried(lambda: session.run(ops.initialize_table(mutable, ["q"], [one])))
        results.append(refusal.split(":")[0])
    return [results, [str(handle.shape) for handle in (static, mutable, few)]]
