"""tf.distributions: samples with seeds, numbers, shapes, divergences, and wrong arguments."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def run(tf, tensors):
    """Values in three digits, as text, since no NaN is another."""
    with tf.Session() as session:
        return [str(np.asarray(value).round(3).tolist()) for value in session.run(tensors)]


def made(tf):
    d = tf.distributions
    return [
        (d.Normal([0.0, 1.0], [1.0, 2.0]), [0.5, -3.0]),
        (d.Uniform([0.0, 1.0], 2.0), [0.5, 2.0]),
        (d.Laplace([0.0, 1.0], 2.0), [0.5, -1.0]),
        (d.StudentT([3.0, 1.5], 0.0, 1.0), [0.5, -1.0]),
        (d.Gamma([2.0, 0.5], 1.5), [0.5, 2.0]),
        (d.Exponential([2.0, 0.5]), [0.5, 2.0]),
        (d.Beta([2.0, 0.5], 1.5), [0.5, 0.25]),
        (d.Bernoulli(logits=[0.5, -0.5]), [1, 0]),
        (d.Categorical(probs=[[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]]), [1, 2]),
        (d.Dirichlet([1.5, 2.0, 3.0]), [0.2, 0.3, 0.5]),
        (d.Multinomial(4.0, probs=[0.2, 0.3, 0.5]), [1.0, 2.0, 1.0]),
        (d.DirichletMultinomial(4.0, [1.0, 2.0, 3.0]), [1.0, 2.0, 1.0]),
    ]


@program
def densities(tf):
    found = []
    for distribution, value in made(tf):
        known = []
        for name in ("prob", "log_prob", "cdf", "log_cdf", "survival_function", "log_survival_function"):
            tried = attempt(lambda: getattr(distribution, name)(value))
            if isinstance(tried, tf.Tensor):
                known.append(tried)
            else:
                found.append((type(distribution).__name__, name, tried))
        found.append((type(distribution).__name__, run(tf, known)))
    return found


@program
def moments(tf):
    found = []
    for distribution, _ in made(tf):
        known, names = [], []
        for name in ("mean", "variance", "stddev", "entropy", "mode", "covariance"):
            tried = attempt(getattr(distribution, name))
            if isinstance(tried, tf.Tensor):
                known.append(tried)
                names.append(name)
        found.append((type(distribution).__name__, names, run(tf, known)))
    return found


@program
def samples(tf):
    tf.set_random_seed(5)
    found = []
    for i, (distribution, _) in enumerate(made(tf)):
        drawn = [distribution.sample(seed=i), distribution.sample([2, 2], seed=i), distribution.sample(3)]
        found.append((type(distribution).__name__, [s.shape.as_list() for s in drawn], run(tf, drawn)))
    return found


@program
def many_samples(tf):
    found = []
    for distribution, _ in made(tf):
        drawn = tf.cast(distribution.sample(4000, seed=1), tf.float32)
        wanted = tf.cast(attempt(distribution.mean), tf.float32)
        if type(distribution).__name__ in ("Categorical",):
            wanted = tf.reduce_sum(distribution.probs * [0.0, 1.0, 2.0], -1)
        with tf.Session() as session:
            ours, theirs = session.run([tf.reduce_mean(drawn, 0), wanted])
        found.append((type(distribution).__name__, bool(np.all(np.abs(ours - theirs) < 0.3))))
    return found


@program
def what_they_are(tf):
    found = []
    for distribution, _ in made(tf):
        found.append(
            (
                str(distribution),
                repr(distribution),
                distribution.batch_shape.as_list(),
                distribution.event_shape.as_list(),
                repr(distribution.reparameterization_type),
                sorted(distribution.parameters),
                distribution.allow_nan_stats,
            )
        )
    d = tf.distributions
    other = d.Normal(0.0, 1.0).copy(scale=2.0)
    return (
        found,
        other.parameters["scale"],
        sorted(d.Normal.param_shapes([2])),
        d.Normal.param_static_shapes([2])["loc"].as_list(),
        attempt(lambda: d.Normal.param_static_shapes(tf.TensorShape(None))),
        attempt(lambda: d.Dirichlet.param_shapes([2])),
    )


@program
def pairs(tf):
    d = tf.distributions
    found = [
        d.kl_divergence(d.Normal(0.0, 1.0), d.Normal([1.0, 2.0], 3.0)),
        d.kl_divergence(d.Bernoulli(probs=0.3), d.Bernoulli(probs=0.6)),
        d.kl_divergence(d.Beta(1.0, 2.0), d.Beta(3.0, 1.0)),
        d.kl_divergence(d.Gamma(1.0, 2.0), d.Gamma(3.0, 1.0)),
        d.kl_divergence(d.Exponential(1.0), d.Gamma(3.0, 1.0)),
        d.kl_divergence(d.Categorical(probs=[0.2, 0.8]), d.Categorical(probs=[0.5, 0.5])),
        d.kl_divergence(d.Dirichlet([1.0, 2.0]), d.Dirichlet([2.0, 2.0])),
        d.Normal(0.0, 1.0).cross_entropy(d.Normal(1.0, 2.0)),
    ]

    class Mine(d.Normal):
        pass

    @d.RegisterKL(Mine, d.Normal)
    def mine(a, b, name=None):
        return tf.constant(7.0)

    found.append(d.kl_divergence(Mine(0.0, 1.0), d.Normal(0.0, 1.0)))
    return (
        run(tf, found),
        attempt(lambda: d.kl_divergence(d.Normal(0.0, 1.0), d.Uniform())),
        attempt(lambda: d.RegisterKL(Mine, d.Normal)(mine)),
        attempt(lambda: d.RegisterKL(Mine, Mine)("x")),
    )


@program
def checks_of_arguments(tf):
    d = tf.distributions
    failing = [
        lambda: d.Normal(0.0, -1.0, validate_args=True).mean(),
        lambda: d.Uniform(2.0, 1.0, validate_args=True).mean(),
        lambda: d.Gamma(-1.0, 1.0, validate_args=True).mean(),
        lambda: d.Beta(-1.0, 1.0, validate_args=True).mean(),
        lambda: d.Bernoulli(probs=1.5, validate_args=True).mean(),
        lambda: d.Bernoulli(probs=0.5, validate_args=True).log_prob(2),
        lambda: d.Categorical(probs=[0.5, 0.6], validate_args=True).entropy(),
        lambda: d.Categorical(probs=[0.5, 0.5], validate_args=True).log_prob(0.5),
        lambda: d.Dirichlet([1.0, 2.0], validate_args=True).log_prob([0.5, 0.6]),
        lambda: d.Multinomial(4.0, probs=[0.5, 0.5], validate_args=True).log_prob([1.0, 2.0]),
        lambda: d.DirichletMultinomial(4.5, [1.0, 2.0], validate_args=True).mean(),
        lambda: d.StudentT(0.5, 0.0, 1.0, allow_nan_stats=False).mean(),
    ]
    return (
        [attempt(lambda: run(tf, [make()])) for make in failing],
        attempt(lambda: d.Bernoulli()),
        attempt(lambda: d.Bernoulli(0.5, 0.5)),
        attempt(lambda: d.Bernoulli(probs=1)),
        attempt(lambda: d.Categorical(logits=1.0)),
        attempt(lambda: d.Categorical(logits=[1.0], validate_args=True)),
        attempt(lambda: d.Normal(0.0, tf.constant(1.0, tf.float64))),
        attempt(lambda: d.Normal(0.0, 1.0).covariance()),
        attempt(lambda: d.Normal(0.0, 1.0).sample([[1]])),
    )
