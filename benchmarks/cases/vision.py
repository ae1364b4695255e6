"""Convolutional networks."""

import numpy as np

from benchmarks.adapter import tf
from benchmarks.cases import classes, dense, initialised_session


def conv(x, channels, size, name, stride=1):
    """A convolution without a bias."""
    with tf.variable_scope(name):
        filters = tf.get_variable("filters", [size, size, x.shape.as_list()[-1], channels])
    return tf.nn.conv2d(x, filters, strides=[1, stride, stride, 1], padding="SAME")


def transposed_conv(x, channels, size, name):
    """A convolution backwards that doubles height and width."""
    batch, height, width, depth = x.shape.as_list()
    with tf.variable_scope(name):
        filters = tf.get_variable("filters", [size, size, channels, depth])
    shape = [batch, 2 * height, 2 * width, channels]
    return tf.nn.conv2d_transpose(x, filters, shape, strides=[1, 2, 2, 1], padding="SAME")


def batch_norm(x, name, training=True):
    """Normalization by the batch's moments, or by constant ones."""
    with tf.variable_scope(name):
        depth = x.shape.as_list()[-1]
        scale = tf.get_variable("gamma", [depth], initializer=tf.ones_initializer())
        offset = tf.get_variable("beta", [depth], initializer=tf.zeros_initializer())
        if training:
            return tf.nn.fused_batch_norm(x, scale, offset)[0]
        mean = tf.get_variable("mean", [depth], initializer=tf.zeros_initializer(), trainable=False)
        variance = tf.get_variable("variance", [depth], initializer=tf.ones_initializer(), trainable=False)
        return tf.nn.fused_batch_norm(x, scale, offset, mean, variance, is_training=False)[0]


def cross_entropy(labels, logits):
    """Mean loss of a classifier."""
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))


def pool(x):
    """Max pooling by 2."""
    return tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")


def lenet():
    """Two convolutions of 5×5, two dense layers, dropout left out since it is random."""
    x = tf.placeholder(tf.float32, [None, 28, 28, 1])
    y = tf.placeholder(tf.int32, [None])
    bias1 = tf.get_variable("bias1", [32], initializer=tf.zeros_initializer())
    bias2 = tf.get_variable("bias2", [64], initializer=tf.zeros_initializer())
    hidden = pool(tf.nn.relu(tf.nn.bias_add(conv(x, 32, 5, "conv1"), bias1)))
    hidden = pool(tf.nn.relu(tf.nn.bias_add(conv(hidden, 64, 5, "conv2"), bias2)))
    hidden = dense(tf.reshape(hidden, [-1, 7 * 7 * 64]), 512, "dense", tf.nn.relu)
    loss = cross_entropy(y, dense(hidden, 10, "logits"))
    train = tf.train.AdamOptimizer(1e-3).minimize(loss)
    session = initialised_session()
    random = np.random.RandomState(0)
    feeds = {x: random.rand(128, 28, 28, 1).astype(np.float32), y: classes(random, 128, 10)}
    return lambda: session.run([train, loss], feed_dict=feeds)[1]


def residual(x, channels, stride, name):
    """Two convolutions of 3×3 around which the input goes by, shrunk and padded where it must."""
    with tf.variable_scope(name):
        out = tf.nn.relu(batch_norm(conv(x, channels, 3, "conv1", stride), "norm1"))
        out = batch_norm(conv(out, channels, 3, "conv2"), "norm2")
        if stride > 1:
            x = tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
            x = tf.pad(x, [[0, 0], [0, 0], [0, 0], [0, channels // 2]])
        return tf.nn.relu(out + x)


def resnet20():
    """Of the CIFAR paper: three groups of three blocks, momentum, weight decay."""
    x = tf.placeholder(tf.float32, [None, 32, 32, 3])
    y = tf.placeholder(tf.int32, [None])
    hidden = tf.nn.relu(batch_norm(conv(x, 16, 3, "conv"), "norm"))
    for group, channels in enumerate([16, 32, 64]):
        for block in range(3):
            stride = 2 if group and not block else 1
            hidden = residual(hidden, channels, stride, "block%d_%d" % (group, block))
    logits = dense(tf.reduce_mean(hidden, [1, 2]), 10, "logits")
    decay = tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables()])
    loss = cross_entropy(y, logits) + 1e-4 * decay
    train = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss)
    session = initialised_session()
    random = np.random.RandomState(0)
    feeds = {x: random.rand(32, 32, 32, 3).astype(np.float32), y: classes(random, 32, 10)}
    return lambda: session.run([train, loss], feed_dict=feeds)[1]


def dcgan(batch=32):
    """A generator and a discriminator of images of 28×28, one Adam step of each."""
    noise = tf.placeholder(tf.float32, [batch, 64])
    images = tf.placeholder(tf.float32, [batch, 28, 28, 1])

    def generator(code):
        with tf.variable_scope("generator"):
            hidden = tf.reshape(dense(code, 7 * 7 * 128, "dense"), [batch, 7, 7, 128])
            hidden = tf.nn.relu(batch_norm(hidden, "norm1"))
            hidden = tf.nn.relu(batch_norm(transposed_conv(hidden, 64, 5, "up1"), "norm2"))
            return tf.nn.sigmoid(transposed_conv(hidden, 1, 5, "up2"))

    def discriminator(x, reuse):
        with tf.variable_scope("discriminator", reuse=reuse):
            hidden = tf.nn.leaky_relu(conv(x, 64, 5, "conv1", 2))
            hidden = tf.nn.leaky_relu(batch_norm(conv(hidden, 128, 5, "conv2", 2), "norm"))
            return dense(tf.reshape(hidden, [batch, 7 * 7 * 128]), 1, "dense")

    def mean_loss(logits, real):
        labels = tf.ones_like(logits) if real else tf.zeros_like(logits)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))

    fake = generator(noise)
    of_real, of_fake = discriminator(images, False), discriminator(fake, True)
    loss_d = mean_loss(of_real, True) + mean_loss(of_fake, False)
    loss_g = mean_loss(of_fake, True)
    trained = {scope: [v for v in tf.trainable_variables() if v.name.startswith(scope)]
               for scope in ("discriminator", "generator")}  # fmt: skip
    train_d = tf.train.AdamOptimizer(2e-4, 0.5).minimize(loss_d, var_list=trained["discriminator"])
    train_g = tf.train.AdamOptimizer(2e-4, 0.5).minimize(loss_g, var_list=trained["generator"])
    session = initialised_session()
    random = np.random.RandomState(0)
    feeds = {noise: random.randn(batch, 64), images: random.rand(batch, 28, 28, 1)}

    def step():
        first = session.run([train_d, loss_d], feed_dict=feeds)[1]
        return [first, session.run([train_g, loss_g], feed_dict={noise: feeds[noise]})[1]]

    return step


def bottleneck(x, channels, stride, name):
    """Convolutions of 1×1, 3×3 and 1×1 and a way around them."""
    with tf.variable_scope(name):
        out = tf.nn.relu(batch_norm(conv(x, channels, 1, "conv1"), "norm1", False))
        out = tf.nn.relu(batch_norm(conv(out, channels, 3, "conv2", stride), "norm2", False))
        out = batch_norm(conv(out, 4 * channels, 1, "conv3"), "norm3", False)
        if x.shape.as_list()[-1] != 4 * channels:
            x = batch_norm(conv(x, 4 * channels, 1, "around", stride), "norm4", False)
        return tf.nn.relu(out + x)


def resnet50(batch):
    """Classification of images of 224×224 by a network of 50 layers, forward only."""
    x = tf.placeholder(tf.float32, [None, 224, 224, 3])
    hidden = tf.nn.relu(batch_norm(conv(x, 64, 7, "conv", 2), "norm", False))
    hidden = tf.nn.max_pool(hidden, [1, 3, 3, 1], [1, 2, 2, 1], "SAME")
    for group, (channels, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for block in range(blocks):
            stride = 2 if group and not block else 1
            hidden = bottleneck(hidden, channels, stride, "block%d_%d" % (group, block))
    logits = dense(tf.reduce_mean(hidden, [1, 2]), 1000, "logits")
    best = tf.reduce_max(tf.nn.softmax(logits), 1)
    session = initialised_session()
    images = np.random.RandomState(0).rand(batch, 224, 224, 3).astype(np.float32)
    return lambda: session.run(best, feed_dict={x: images})


def resnet50_1():
    """One image."""
    return resnet50(1)


def resnet50_8():
    """Eight images."""
    return resnet50(8)
