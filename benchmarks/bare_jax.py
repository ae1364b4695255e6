"""The same work without a session: what JAX alone makes of some cases, as a limit to compare with."""

import jax
import jax.numpy as jnp
import numpy as np


def weights(*shapes):
    """The initial values of `cases.initialised_session`."""
    random = np.random.RandomState(1)
    values = []
    for shape in shapes:
        if len(shape) < 2:
            values.append(np.zeros(shape, np.float32))
        else:
            values.append((random.randn(*shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32))
    return [jnp.asarray(value) for value in values]


def cross_entropy(labels, logits):
    """Mean loss of a classifier."""
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1))


def adam_steps(loss, parameters, *data, rate=1e-3):
    """A function that makes one step of Adam and returns the loss before it."""

    def update(parameters, first, second, count, *data):
        value, gradients = jax.value_and_grad(loss)(parameters, *data)
        count = count + 1
        scaled = rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        first = [0.9 * m + 0.1 * g for m, g in zip(first, gradients, strict=True)]
        second = [0.999 * v + 0.001 * g * g for v, g in zip(second, gradients, strict=True)]
        parameters = [
            p - scaled * m / (jnp.sqrt(v) + 1e-8)
            for p, m, v in zip(parameters, first, second, strict=True)
        ]
        return parameters, first, second, count, value

    compiled = jax.jit(update, donate_argnums=(0, 1, 2))
    zeros = [[jnp.zeros_like(p) for p in parameters] for _ in range(2)]
    state = (parameters, *zeros, jnp.float32(0))

    def step():
        nonlocal state
        *state, value = compiled(*state, *data)
        return np.asarray(value)

    return step


def fed_vector():
    """A jitted function of a NumPy array."""
    line = jax.jit(lambda x: x * 2 + 1)
    value = np.arange(16, dtype=np.float32)
    return lambda: np.asarray(line(value))


def mlp():
    """As `cases.dense.mlp`."""
    random = np.random.RandomState(0)
    x, y = random.rand(128, 784).astype(np.float32), random.randint(0, 10, 128).astype(np.int32)

    def loss(parameters, x, y):
        w1, b1, w2, b2, w3, b3 = parameters
        hidden = jax.nn.relu(x @ w1 + b1)
        return cross_entropy(y, jax.nn.relu(hidden @ w2 + b2) @ w3 + b3)

    shapes = [(784, 256), (256,), (256, 256), (256,), (256, 10), (10,)]
    return adam_steps(loss, weights(*shapes), x, y)


def lenet():
    """As `cases.vision.lenet`."""
    random = np.random.RandomState(0)
    x, y = random.rand(128, 28, 28, 1).astype(np.float32), random.randint(0, 10, 128).astype(np.int32)

    def conv(x, filters):
        return jax.lax.conv_general_dilated(
            x, filters, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    def pool(x):
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")

    def loss(parameters, x, y):
        b1, b2, f1, f2, w1, b3, w2, b4 = parameters
        hidden = pool(jax.nn.relu(conv(x, f1) + b1))
        hidden = pool(jax.nn.relu(conv(hidden, f2) + b2)).reshape(128, -1)
        return cross_entropy(y, jax.nn.relu(hidden @ w1 + b3) @ w2 + b4)

    shapes = [(32,), (64,), (5, 5, 1, 32), (5, 5, 32, 64), (3136, 512), (512,), (512, 10), (10,)]
    return adam_steps(loss, weights(*shapes), x, y)


def word2vec():
    """As `cases.embeddings.word2vec`, but with other negative samples: JAX has other random numbers."""
    words, size, batch, sampled = 50000, 128, 128, 64
    random = np.random.RandomState(0)
    centers, contexts = (random.randint(0, words, batch).astype(np.int32) for _ in range(2))

    def loss(rows, contexts, negatives):
        embedded, true_rows, true_biases, sampled_rows, sampled_biases = rows
        true_logits = jnp.sum(embedded * true_rows, 1) + true_biases
        sampled_logits = embedded @ sampled_rows.T + sampled_biases
        return jnp.mean(jax.nn.softplus(-true_logits) + jnp.sum(jax.nn.softplus(sampled_logits), 1))

    def update(table, weights, biases, key, centers, contexts):
        key, drawn = jax.random.split(key)
        negatives = jax.random.randint(drawn, (sampled,), 0, words)
        rows = (table[centers], weights[contexts], biases[contexts], weights[negatives], biases[negatives])
        value, (d0, d1, d2, d3, d4) = jax.value_and_grad(loss)(rows, contexts, negatives)
        both = jnp.concatenate([contexts, negatives])
        return (
            table.at[centers].add(-0.5 * d0),
            weights.at[both].add(-0.5 * jnp.concatenate([d1, d3])),
            biases.at[both].add(-0.5 * jnp.concatenate([d2, d4])),
            key,
            value,
        )

    compiled = jax.jit(update, donate_argnums=(0, 1, 2))
    state = [*weights((words, size), (words, size), (words,)), jax.random.key(5)]

    def step():
        nonlocal state
        *state, value = compiled(*state, centers, contexts)
        return np.asarray(value)

    return step
