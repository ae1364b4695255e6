"""Queues of all kinds, their methods, and staging areas."""

import tensorflow as tf
from tensorflow.python.ops.data_flow_ops import StagingArea

x = tf.placeholder(tf.float32, [None, 3], name="x")

fifo = tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[3], []], shared_name="shared")
fifo.enqueue([[1.0, 2.0, 3.0], 4])
fifo.enqueue_many([x, tf.range(tf.shape(x)[0])], name="fill")
fifo.dequeue()
fifo.dequeue_many(4)
fifo.dequeue_up_to(tf.placeholder(tf.int32, []))
fifo.size()
fifo.is_closed()
fifo.close()
fifo.close(cancel_pending_enqueues=True, name="cancel")

with tf.name_scope("outer"):
    named = tf.FIFOQueue(3, [tf.string, tf.int64], [[], []], names=["text", "number"], name="named")
    named.enqueue({"number": 3, "text": "three"})
    named.dequeue()
    named.dequeue_many(2)["text"]

free = tf.FIFOQueue(5, tf.float32)
free.enqueue(x)
free.dequeue(name="taken")

tf.set_random_seed(7)
shuffle = tf.RandomShuffleQueue(20, 5, [tf.int64], shapes=[()])
shuffle.enqueue_many([[1, 2, 3]])
shuffle.dequeue_many(2)
tf.RandomShuffleQueue(20, 5, tf.int64, seed=3, name="seeded").size()
tf.RandomShuffleQueue(20, 5, tf.int64, shared_name="common", name="hashed").size()

padding = tf.PaddingFIFOQueue(5, [tf.float32, tf.string], [[None, 3], [None]])
padding.enqueue([x, ["a", "b"]])
padding.dequeue_many(3)

priority = tf.PriorityQueue(5, [tf.float32], [[3]])
priority.enqueue((5, [1.0, 2.0, 3.0]))
priority.dequeue()
priority.dequeue_many(2)

chosen = tf.QueueBase.from_list(
    tf.placeholder(tf.int32, []), [tf.FIFOQueue(2, tf.float32, [[2]]), tf.FIFOQueue(3, tf.float32, [[3]])]
)
assert chosen.shapes[0].as_list() == [None]

area = StagingArea([tf.float32, tf.int32], shapes=[[None, 3], []], capacity=2)
area.put([x, tf.constant(1)])
area.get()
area.peek(0)
area.size()
area.clear()
StagingArea([tf.float32], names=["x"], shared_name="stage").put({"x": x}, name="put")
with tf.device("/cpu:0"):
    near = StagingArea([tf.float32])
    near.put([x])
near.get()
