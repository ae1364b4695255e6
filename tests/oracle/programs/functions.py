"""Functions that are traced: what they capture, return and wait for, their gradients and their names."""

import tensorflow as tf
from tensorflow.python.eager import function

tf.set_random_seed(7)
c = tf.constant([1.0, 2.0], name="c")
v = tf.get_variable("v", initializer=3.0, use_resource=True)
w = tf.Variable(2.0, name="w")


@function.defun
def structured(x, y):
    v.assign_add(1.0)
    return {"a": x + v + c, "b": tf.reduce_sum(y, name="RedSum")}


result = structured(c, tf.constant([[1, 2]]))
tf.gradients(result["a"], [c, v])


@function.defun
def outer(x, k=3):
    y = tf.random_normal([2]) + x * k * w
    q = structured(x, tf.cast(y, tf.int32))
    return y * 2 + c, [q["a"], None], tf.IndexedSlices(x, tf.constant([0, 1]))


first = outer(c)
second = outer(tf.constant(2.0) * c, k=4)
tf.gradients(first[0], [c, w])
tf.gradients(second[1][0], [c])
function.defun(lambda x, *a, **k: x + a[0] + k["z"])(c, c, z=c)
concrete = outer.get_concrete_function(tf.TensorSpec([2], tf.float32))
concrete(x=c)


class Doubler(object):
    def __init__(self, factor):
        self.factor = factor

    @function.defun
    def __call__(self, x):
        return x * self.factor


doubler = Doubler(2.0)
doubler(doubler(c))


@function.defun(
    input_signature=[tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.int32, name="times")]
)
def signed(x, n):
    return tf.tile(x, [n])


signed([1.0, 2.0], 3)
signed(c, 2)


@function.defun
def effects():
    v.assign(1.0)
    tf.print("in a function", w)


effects()


@function.defun
def takes_variable(variable, x):
    return variable.read_value() * x, x


takes_variable(v, c)
function.defun_with_attributes(
    lambda x: tf.nn.relu(x), attributes={"func_name": "named", "experimental_hint": "h", "experimental_n": 3}
)(c)
function.register(signed)
with tf.device("/cpu:0"), tf.name_scope("scope"):
    structured(c * 2.0, tf.constant([[3, 4]]))


@tf.function
def scaled(x, k=2):
    return x * c * k


class Adder(object):
    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
    def __call__(self, x):
        return x + c


scaled(c)
tf.gradients(Adder()(scaled(c, k=3)), c)
