"""Datasets and their iterators, with functions that take in what is around them."""

import warnings

import numpy as np
import tensorflow as tf

Dataset = tf.data.Dataset

tf.compat.v1.set_random_seed(5)
constant = tf.constant(3, tf.int64)
variable = tf.Variable(3, dtype=tf.int64)

# Functions that capture, seeds that are counts of nodes, iterators whose datasets are copied into a function.
numbers = Dataset.from_tensor_slices(np.arange(10)).shuffle(5).map(lambda x: x * constant).batch(3).repeat(2)
numbers.make_one_shot_iterator().get_next()
numbers = Dataset.range(10).shuffle(5, seed=1).map(lambda x: x * constant + variable).repeat()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of optimizations that a variable forbids
    numbers.make_initializable_iterator().get_next(name="numbers")
random = Dataset.range(10).map(lambda x: tf.random.uniform([])).filter(lambda x: x < 0.5)
random.make_one_shot_iterator().get_next()
tf.random.uniform([])

# Structures.
slices = Dataset.from_tensor_slices({"a": [1, 2], "b": ["x", "y"]}).map(lambda d: (d["a"] + 1, d))
slices = slices.padded_batch(2, ([], {"a": [], "b": []})).prefetch(1)
tf.compat.v1.data.make_initializable_iterator(slices, shared_name="shared").get_next()
rows = Dataset.from_tensors(np.arange(6).reshape(2, 3)).unbatch()
tf.compat.v1.data.make_initializable_iterator(rows)

# Datasets in datasets.
nested = Dataset.range(3).flat_map(lambda x: Dataset.range(x).map(lambda y: y + x))
nested = nested.interleave(lambda x: Dataset.from_tensors(x).repeat(2), cycle_length=2, num_parallel_calls=2)
nested = nested.interleave(lambda x: Dataset.from_tensors(x), cycle_length=3, block_length=2)
nested = nested.map(lambda x: x, num_parallel_calls=4).apply(lambda dataset: dataset.take(3)).skip(1)
nested = nested.shard(2, 0).concatenate(Dataset.range(2)).enumerate()
nested.make_one_shot_iterator().get_next()

# Iterators without a dataset.
iterator = tf.compat.v1.data.Iterator.from_structure((tf.int64, tf.float32), ([], [None]))
iterator.make_initializer(Dataset.from_tensors((np.int64(1), np.float32([1, 2]))))
iterator.get_next()
handle = tf.compat.v1.placeholder(tf.string, [])
tf.compat.v1.data.Iterator.from_string_handle(handle, tf.int64, []).get_next()

# Reductions, options, files.
Dataset.range(5).reduce(np.int64(0), lambda total, x: total + x)
options = tf.data.Options()
options.experimental_threading.private_threadpool_size = 2
options.experimental_threading.max_intra_op_parallelism = 1
options.experimental_optimization.map_fusion = True
Dataset.range(5).with_options(options).cache().cache("file").window(2).make_initializable_iterator()
Dataset.list_files("*.txt", seed=3).make_initializable_iterator()
