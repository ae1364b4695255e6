"""Name scopes, devices of all kinds, control dependencies and colocation."""

import tensorflow as tf

one = tf.constant(1.0, name="one")
with tf.name_scope("outer") as outer:
    two = tf.constant(2.0, name="two")
    with tf.name_scope("inner"):
        three = tf.add(one, two, name="three")
    with tf.name_scope("inner"):
        tf.add(one, two, name="three")
    with tf.name_scope(outer):
        tf.add(one, two)
    with tf.name_scope(None):
        tf.add(one, two, name="root")
    with tf.name_scope("x.y-z/w"):
        tf.negative(one)
with tf.name_scope("outer"):
    tf.multiply(one, two, name="product")
with tf.name_scope("with_values", "default", [one, two]) as scope:
    tf.identity(one, name=scope)
with tf.name_scope(None, "default", [one]):
    tf.identity(one)

with tf.device("/cpu:0"):
    on_cpu = tf.constant(3.0)
    with tf.device("/job:worker/task:2"):
        tf.constant(4.0, name="worker")
        with tf.device("/gpu:1"):
            tf.constant(5.0, name="gpu")
        with tf.device(None):
            tf.constant(6.0, name="nowhere")
    with tf.device("/device:GPU:3"):
        tf.constant(7.0, name="long_form")


def by_type(op):
    """Products on one device, everything else on another."""
    return "/gpu:0" if op.type == "Mul" else "/cpu:1"


with tf.device(by_type):
    tf.multiply(one, two)
    tf.add(one, two)
    with tf.device("/job:ps"):
        tf.multiply(one, two)
with tf.device("/job:ps"):
    with tf.device(by_type):
        tf.multiply(one, two, name="function_inside")

with tf.control_dependencies([one, two.op]):
    waits = tf.identity(three, name="waits")
    tf.add(waits, one, name="needs_no_second_edge")
    with tf.control_dependencies([three]):
        tf.constant(8.0, name="waits_for_three")
    with tf.control_dependencies(None):
        tf.constant(9.0, name="free")
    tf.no_op(name="nothing")
tf.group(one, two, waits, name="all")
tf.group(one, on_cpu)
tf.tuple([one, two], name="pair")

with tf.colocate_with(on_cpu):
    together = tf.constant(10.0, name="together")
with tf.colocate_with(together.op):
    tf.negative(one, name="together_too")
with tf.device("/cpu:0"), tf.colocate_with(one, ignore_existing=True):
    tf.negative(one, name="only_colocated")

tf.get_default_graph().unique_name("taken")
tf.constant(0, name="taken")
tf.constant(0, name="taken")
tf.constant(0, name="taken_1")
tf.constant(0, name="TAKEN")
