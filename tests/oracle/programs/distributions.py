"""tf.distributions: samples, densities, moments and divergences of every one, with and without checks."""

import numpy as np
import tensorflow as tf

tfd = tf.distributions


def asked(distribution, value, more=()):
    """What can be asked of a distribution, with its seeds."""
    distribution.sample(seed=3)
    distribution.sample([2, 3], seed=4)
    for name in ("prob", "log_prob", "cdf", "log_cdf", "survival_function", "log_survival_function"):
        try:
            getattr(distribution, name)(value)
        except NotImplementedError:
            pass
    for name in ("entropy", "mean", "variance", "stddev", "mode", "covariance") + tuple(more):
        try:
            getattr(distribution, name)()
        except NotImplementedError:
            pass
    distribution.batch_shape_tensor()
    distribution.event_shape_tensor()
    distribution.is_scalar_event()
    distribution.is_scalar_batch()


def scalars(checked):
    free = tf.placeholder(tf.float32, [None, 2], "free")
    common = {"validate_args": checked, "allow_nan_stats": not checked}
    asked(tfd.Normal([0.0, 1.0], 2.0, **common), [0.5, 0.5])
    asked(tfd.Normal(free, [1.0, 2.0], name="other", **common), 0.5)
    asked(tfd.Uniform(0.0, [1.0, 2.0], **common), [0.5, 0.5], ["range"])
    asked(tfd.Uniform(free, 3.0, **common), 0.5)
    asked(tfd.Laplace(0.0, [1.0, 2.0], **common), [0.5, 0.5])
    asked(tfd.StudentT([3.0, 4.0], 0.0, 1.0, **common), [0.5, 0.5])
    asked(tfd.StudentT(free, 0.0, 1.0, **common), 0.5)
    asked(tfd.Gamma([2.0, 3.0], 1.5, **common), [0.5, 0.5])
    asked(tfd.Exponential([2.0, 3.0], **common), [0.5, 0.5])
    asked(tfd.Beta([2.0, 3.0], 1.5, **common), [0.5, 0.5])
    asked(tfd.Bernoulli(logits=[0.5, -0.5], **common), [1, 0])
    asked(tfd.Bernoulli(probs=free, dtype=tf.float32, **common), 1.0)
    tfd.Normal(0.0, 1.0).quantile([0.1, 0.9])


def classes(checked):
    free = tf.placeholder(tf.float32, None, "any")
    rows = tf.placeholder(tf.float32, [None, 3], "rows")
    common = {"validate_args": checked, "allow_nan_stats": not checked}
    asked(tfd.Categorical(logits=[[0.1, 0.2, 0.7]], **common), [1])
    kind = tf.int32 if checked else tf.int64
    asked(tfd.Categorical(probs=[0.1, 0.2, 0.7], dtype=kind, **common), 1)
    asked(tfd.Categorical(logits=rows, **common), 1)
    asked(tfd.Categorical(logits=free, **common), [[1]])
    asked(tfd.Dirichlet([[1.5, 2.0, 3.0]], **common), [[0.2, 0.3, 0.5]])
    asked(tfd.Dirichlet(rows, **common), [0.2, 0.3, 0.5])
    asked(tfd.Multinomial(4.0, probs=[0.2, 0.3, 0.5], **common), [1.0, 2.0, 1.0])
    asked(tfd.Multinomial([4.0, 3.0], logits=np.zeros([2, 3], "f"), **common), [[1.0, 2.0, 1.0]])
    asked(tfd.DirichletMultinomial(4.0, [1.0, 2.0, 3.0], **common), [1.0, 2.0, 1.0])


def pairs():
    for make in (
        lambda x: tfd.Normal(x, x + 1.0),
        lambda x: tfd.Bernoulli(logits=x),
        lambda x: tfd.Beta(x, x + 1.0),
        lambda x: tfd.Gamma(x, x + 1.0),
        lambda x: tfd.Categorical(logits=[x, 2.0]),
        lambda x: tfd.Dirichlet([x, 2.0]),
    ):
        first, second = make(1.5), make(2.5)
        tfd.kl_divergence(first, second)
        tfd.kl_divergence(first, second, allow_nan_stats=False, name="named")
        first.kl_divergence(second)
        first.cross_entropy(second)
    tfd.Normal.param_shapes([2, 3])
    tfd.StudentT.param_static_shapes([2])


def policy():
    """A policy with a learned mean: gradients of probabilities and of samples."""
    state = tf.placeholder(tf.float32, [None, 4], "state")
    action = tf.placeholder(tf.float32, [None, 2], "action")
    mean = tf.layers.dense(state, 2, tf.tanh)
    scale = tf.layers.dense(state, 2, tf.nn.softplus)
    distribution = tfd.Normal(mean, scale)
    loss = -tf.reduce_mean(distribution.log_prob(action)) - 0.01 * tf.reduce_mean(distribution.entropy())
    tf.train.AdamOptimizer().minimize(loss)
    tf.gradients(distribution.sample(seed=1), tf.trainable_variables())
    choice = tfd.Categorical(logits=tf.layers.dense(state, 3))
    taken = choice.sample(seed=2)
    tf.gradients(choice.log_prob(taken), tf.trainable_variables())
    tf.gradients(tfd.Gamma(mean, scale).sample(seed=5), [mean, scale])


scalars(False)
scalars(True)
classes(False)
classes(True)
pairs()
policy()
