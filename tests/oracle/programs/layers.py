"""tf.layers: dense, pooling, flatten, dropout, batch normalization; names, reuse, collections."""

import tensorflow as tf


def l2(w):
    return tf.reduce_sum(w * w)


images = tf.placeholder(tf.float32, [None, 8, 8, 3], name="images")
rows = tf.placeholder(tf.float32, [None, 6], name="rows")
steps = tf.placeholder(tf.float32, [None, 8, 3], name="steps")

# First: TensorFlow's Keras asks its session for GPUs, which initializes the variables there are.
tf.layers.average_pooling1d(steps, 2, 1, padding="same", data_format="channels_first")
hidden = tf.layers.dense(rows, 4, activation=tf.nn.relu)
hidden = tf.layers.dense(hidden, 4, activation=tf.tanh, name="named")
hidden = tf.layers.dense(hidden, 4, name="named", reuse=True)
tf.layers.dense(
    rows,
    3,
    use_bias=False,
    kernel_initializer=tf.zeros_initializer(),
    kernel_regularizer=tf.reduce_sum,
    trainable=False,
)
tf.layers.dense(rows, 3, activation=tf.nn.softmax, activity_regularizer=l2, bias_regularizer=l2)
tf.layers.dense(steps, 5)
shared = tf.layers.Dense(2, activation="sigmoid", kernel_regularizer=l2)
shared(rows)
shared(rows)
shared.apply(rows)
with tf.variable_scope("scope", reuse=tf.AUTO_REUSE):
    tf.layers.dense(rows, 2)
    tf.layers.dense(rows, 2, name="inner")
with tf.variable_scope("scope", reuse=tf.AUTO_REUSE, initializer=tf.ones_initializer()):
    tf.layers.dense(rows, 2, name="inner")
    tf.layers.dense(rows, 2, name="other")
with tf.name_scope("names"):
    tf.layers.dense(rows, 2)

tf.layers.max_pooling1d(steps, 2, 2)
tf.layers.max_pooling2d(images, 2, 2)
tf.layers.average_pooling2d(images, (2, 3), (1, 2), padding="same", name="pool")
tf.layers.max_pooling2d(images, 2, 2, data_format="channels_first")
tf.layers.flatten(images)
tf.layers.flatten(images, data_format="channels_first")
tf.layers.flatten(tf.ones([2, 3, 4]))
tf.layers.dropout(rows, 0.4)
tf.layers.dropout(rows, 0.4, training=True)
tf.layers.dropout(images, 0.25, noise_shape=[None, 1, 1, 3], seed=7, training=True)

tf.layers.batch_normalization(images)
tf.layers.batch_normalization(images, training=True)
tf.layers.batch_normalization(images, training=True, fused=False, momentum=0.9, epsilon=1e-5)
tf.layers.batch_normalization(images, training=True, center=False, scale=False)
tf.layers.batch_normalization(images, axis=1, training=True)
tf.layers.batch_normalization(images, axis=1, training=True, fused=False)
tf.layers.batch_normalization(rows, training=True, name="norm")
tf.layers.batch_normalization(rows, training=False, name="norm", reuse=True)
tf.layers.batch_normalization(rows, training=True, scale=False, gamma_regularizer=l2)
tf.layers.batch_normalization(images, axis=[1, 3], training=True)
tf.layers.batch_normalization(rows, training=True, renorm=True, renorm_clipping={"rmax": 3.0, "dmax": 5.0})
tf.layers.batch_normalization(tf.ones([8, 6]), training=True, virtual_batch_size=4)
tf.layers.batch_normalization(tf.cast(rows, tf.float16), training=True)


class Scaled(tf.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight("scale", [int(input_shape[-1])], regularizer=l2)
        self.count = self.add_variable("count", [], tf.int32, tf.zeros_initializer(), trainable=False)
        self.built = True

    def call(self, inputs, training=False):
        self.add_update(tf.assign_add(self.count, 1))
        return inputs * self.scale


scaled = Scaled()
scaled(rows)
scaled(rows)
Scaled(name="mine", dtype=tf.float64)(tf.ones([2, 6], tf.float64))
tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)[:-1])
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    tf.identity(rows, name="after_updates")
tf.group(*tf.trainable_variables(), name="all_trainable")
tf.global_variables_initializer()
