"""Input pipelines made of queues: producers and batches."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(3)
files = tf.train.string_input_producer(["a", "b", "c"], num_epochs=2, seed=4)
text = files.dequeue()
tf.train.string_input_producer(["a"], shuffle=False, name="names", capacity=5)
numbers = tf.train.range_input_producer(10, num_epochs=1, shuffle=False)
number = numbers.dequeue()
rows = tf.train.input_producer(np.ones([4, 2], "f4"), capacity=7, summary_name="full", shared_name="rows")
images, labels = tf.train.slice_input_producer(
    [tf.zeros([6, 4]), tf.constant([1, 2, 3, 4, 5, 6])], num_epochs=3
)
tf.train.limit_epochs(number, 2)
tf.train.limit_epochs(number, name="limited", num_epochs=3)

tf.train.batch([images, labels], 2)
tf.train.batch({"image": images, "label": labels}, 2, num_threads=3, capacity=9, name="dictionary")
tf.train.batch([text], 2, dynamic_pad=True, allow_smaller_final_batch=True)
tf.train.batch([tf.zeros([5, 2])], 4, enqueue_many=True)
tf.train.batch([tf.placeholder(tf.float32)], 4, shapes=[[3]], shared_name="fed")
tf.train.batch_join([[images, labels], [images + 1.0, labels]], 4)
tf.train.batch_join([{"a": text}, {"a": text}], 4, allow_smaller_final_batch=True)
tf.train.shuffle_batch([images, labels], 2, capacity=20, min_after_dequeue=10)
tf.train.shuffle_batch([images], 2, 20, 10, num_threads=2, seed=8, allow_smaller_final_batch=True)
tf.train.shuffle_batch_join([[images], [images]], 2, 20, 10, seed=9)
tf.train.maybe_batch([images], True, 2)
tf.train.maybe_batch([tf.zeros([5, 2])], [True, False, True, True, False], 2, enqueue_many=True)
tf.train.maybe_batch_join([[images]], False, 2)
tf.train.maybe_shuffle_batch([images], 2, 20, 10, True, seed=5)
tf.train.maybe_shuffle_batch_join([[tf.zeros([2, 2])]], 2, 20, 10, [True, False], enqueue_many=True)


sparse = tf.SparseTensor([[0, 1], [2, 0]], [1.0, 2.0], [3, 4])
tf.train.batch([images, sparse], 2)
tf.train.batch({"sparse": sparse}, 2)
tf.train.batch([sparse, tf.zeros([3])], 2, enqueue_many=True)
tf.train.batch_join([[sparse, labels], [sparse, labels]], 2)
tf.train.shuffle_batch([sparse], 2, 20, 10)
tf.train.maybe_batch([sparse], True, 2)

assert len(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)) == 26, len(
    tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
)
