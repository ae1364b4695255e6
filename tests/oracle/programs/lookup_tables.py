"""Tables of every kind, filled from lists and files, with buckets, in branches, and in a Saver."""

import uuid

import tensorflow as tf

lookup = tf.contrib.lookup

# Tables without a name of their own get a random one.
random_name, uuid.uuid4 = uuid.uuid4, lambda: "random"

words = tf.placeholder(tf.string, [None], name="words")
numbers = tf.placeholder(tf.int64, [None, 2], name="numbers")

in_list = lookup.index_table_from_tensor(["a", "b", "c"], num_oov_buckets=2, name="in_list")
in_list.lookup(words)
in_list.size()
plain = lookup.index_table_from_tensor(tf.constant(["a", "b"]), default_value=-5)
plain.lookup(words)
of_numbers = lookup.index_table_from_tensor([5, 7], dtype=tf.int32, num_oov_buckets=1)
of_numbers.lookup(tf.placeholder(tf.int32, [3]))
in_file = lookup.index_table_from_file("words.txt", vocab_size=3, num_oov_buckets=1)
in_file.lookup(tf.SparseTensor(numbers, words, [3, 3]))
strong = lookup.StrongHashSpec([3, 4])
hashed = lookup.IdTableWithHashBuckets(None, 5, hasher_spec=strong)
hashed.lookup(words)
hashed.size()
back = lookup.index_to_string_table_from_tensor(["a", "b"], default_value="?")
back.lookup(numbers)
back_from_file = lookup.index_to_string_table_from_file(tf.constant("words.txt"))
back_from_file.lookup(numbers, name="words_again")
initializer = tf.lookup.TextFileInitializer("pairs.txt", tf.string, 0, tf.int64, 1, delimiter=" ")
pairs = tf.lookup.StaticHashTable(initializer, -1)
pairs.export()
vocabulary = tf.lookup.StaticVocabularyTable(
    tf.lookup.KeyValueTensorInitializer(["x", "y"], tf.constant([0, 1], tf.int64), tf.string), 3
)
vocabulary.lookup(words)
vocabulary.size()
old = lookup.HashTable(
    lookup.KeyValueTensorInitializer(["x"], [1.5], name="fill"), 0.0, shared_name="shared", name="old"
)
old.lookup(words)
old.export()

mutable = lookup.MutableHashTable(tf.string, tf.float32, 0.0)
mutable.insert(words, tf.placeholder(tf.float32, [None]))
mutable.lookup(words)
mutable.remove(words)
mutable.size()
of_vectors = lookup.MutableHashTable(tf.int64, tf.float32, [0.0, 1.0], name="vectors", checkpoint=False)
of_vectors.lookup(numbers)
dense = lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, 0, -2, initial_num_buckets=8, name="dense")
dense.insert_or_assign(numbers, numbers)
dense.lookup(numbers)
dense.erase(numbers)


def with_table():
    table = lookup.index_table_from_tensor(["in", "branch"])
    return table.lookup(words)


tf.cond(tf.placeholder(tf.bool, []), with_table, lambda: tf.zeros_like(words, tf.int64))
tf.tables_initializer()
tf.train.Saver([tf.Variable(1.0), *tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)])
uuid.uuid4 = random_name
