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
            p - scaled * m / (jnp.sqrt(v) + 1e-8) for p, m, v in zip(parameters, first, second, strict=True)
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


def linear_regression():
    """As `cases.matrix_products.linear_regression`."""
    x = np.random.RandomState(0).rand(128, 8).astype(np.float32)
    y = x.sum(1, keepdims=True)

    def loss(parameters, x, y):
        w, b = parameters
        return jnp.mean(jnp.square(x @ w + b - y))

    def update(parameters, x, y):
        value, gradients = jax.value_and_grad(loss)(parameters, x, y)
        return [p - 0.05 * g for p, g in zip(parameters, gradients, strict=True)], value

    compiled = jax.jit(update, donate_argnums=0)
    state = weights((8, 1), (1,))

    def step():
        nonlocal state
        state, value = compiled(state, x, y)
        return np.asarray(value)

    return step


def policy():
    """As `cases.matrix_products.policy`."""
    parameters = weights((4, 64), (64,), (64, 64), (64,), (64, 2), (2,))
    observation = np.array([[0.1, -0.2, 0.3, 0.05]], np.float32)

    @jax.jit
    def actions(parameters, x):
        w1, b1, w2, b2, w3, b3 = parameters
        hidden = jnp.tanh(x @ w1 + b1)
        return jax.nn.softmax(jnp.tanh(hidden @ w2 + b2) @ w3 + b3)

    return lambda: np.asarray(actions(parameters, observation))


def vae():
    """As `cases.matrix_products.vae`, but with other noise: JAX has other random numbers."""
    images = np.random.RandomState(0).rand(128, 784).astype(np.float32)
    key = jax.random.key(3)

    def loss(parameters, x, count):
        def dense(x):
            return x @ next(layer) + next(layer)

        layer = iter(parameters)
        hidden = jax.nn.softplus(dense(jax.nn.softplus(dense(x))))
        mean, log_variance = dense(hidden), dense(hidden)
        noise = jax.random.normal(jax.random.fold_in(key, count), mean.shape)
        code = mean + jnp.exp(0.5 * log_variance) * noise
        logits = dense(jax.nn.softplus(dense(jax.nn.softplus(dense(code)))))
        losses = jnp.maximum(logits, 0) - logits * x + jnp.log1p(jnp.exp(-jnp.abs(logits)))
        divergence = 1 + log_variance - jnp.square(mean) - jnp.exp(log_variance)
        return jnp.mean(jnp.sum(losses, 1) - 0.5 * jnp.sum(divergence, 1))

    sizes = [(784, 500), (500, 500), (500, 20), (500, 20), (20, 500), (500, 500), (500, 784)]
    shapes = [shape for size in sizes for shape in (size, size[1:])]
    return adam_steps(loss, weights(*shapes), images, np.int32(1))


def mlp():
    """As `cases.matrix_products.mlp`."""
    random = np.random.RandomState(0)
    x, y = random.rand(128, 784).astype(np.float32), random.randint(0, 10, 128).astype(np.int32)

    def loss(parameters, x, y):
        w1, b1, w2, b2, w3, b3 = parameters
        hidden = jax.nn.relu(x @ w1 + b1)
        return cross_entropy(y, jax.nn.relu(hidden @ w2 + b2) @ w3 + b3)

    shapes = [(784, 256), (256,), (256, 256), (256,), (256, 10), (10,)]
    return adam_steps(loss, weights(*shapes), x, y)


def conv(x, filters, stride=1):
    """A convolution as TensorFlow lays it out."""
    return jax.lax.conv_general_dilated(
        x, filters, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def lenet():
    """As `cases.vision.lenet`."""
    random = np.random.RandomState(0)
    x, y = random.rand(128, 28, 28, 1).astype(np.float32), random.randint(0, 10, 128).astype(np.int32)

    def pool(x):
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")

    def loss(parameters, x, y):
        b1, b2, f1, f2, w1, b3, w2, b4 = parameters
        hidden = pool(jax.nn.relu(conv(x, f1) + b1))
        hidden = pool(jax.nn.relu(conv(hidden, f2) + b2)).reshape(128, -1)
        return cross_entropy(y, jax.nn.relu(hidden @ w1 + b3) @ w2 + b4)

    shapes = [(32,), (64,), (5, 5, 1, 32), (5, 5, 32, 64), (3136, 512), (512,), (512, 10), (10,)]
    return adam_steps(loss, weights(*shapes), x, y)


def batch_norm(x, scale, offset):
    """Normalization by the batch's moments."""
    mean, variance = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
    return (x - mean) * (scale * jax.lax.rsqrt(variance + 1e-3)) + offset


def resnet20():
    """As `cases.vision.resnet20`."""
    random = np.random.RandomState(0)
    x, y = random.rand(32, 32, 32, 3).astype(np.float32), random.randint(0, 10, 32).astype(np.int32)
    groups = [(16, 1)] * 3 + [(32, 2)] + [(32, 1)] * 2 + [(64, 2)] + [(64, 1)] * 2

    def loss(parameters, x, y):
        def normal_conv(x, stride=1):
            return batch_norm(conv(x, next(layer), stride), next(layer), next(layer))

        layer = iter(parameters)
        hidden = jax.nn.relu(normal_conv(x))
        for channels, stride in groups:
            out = normal_conv(jax.nn.relu(normal_conv(hidden, stride)))
            if stride > 1:
                n, height, width, depth = hidden.shape
                hidden = hidden.reshape(n, height // 2, 2, width // 2, 2, depth).mean((2, 4))
                hidden = jnp.pad(hidden, [(0, 0)] * 3 + [(0, channels // 2)])
            hidden = jax.nn.relu(out + hidden)
        logits = jnp.mean(hidden, (1, 2)) @ next(layer) + next(layer)
        return cross_entropy(y, logits) + 1e-4 * sum(jnp.sum(p * p) / 2 for p in parameters)

    def update(parameters, moments, x, y):
        value, gradients = jax.value_and_grad(loss)(parameters, x, y)
        moments = [0.9 * m + g for m, g in zip(moments, gradients, strict=True)]
        return [p - 0.05 * m for p, m in zip(parameters, moments, strict=True)], moments, value

    widths = [3, 16] + [channels for channels, _ in groups for _ in range(2)]
    shapes = []
    for before, channels in zip(widths, widths[1:], strict=False):
        shapes += [(3, 3, before, channels), (channels,), (channels,)]
    parameters = weights(*shapes, (64, 10), (10,))
    parameters[1:-2:3] = [jnp.ones_like(scale) for scale in parameters[1:-2:3]]
    compiled = jax.jit(update, donate_argnums=(0, 1))
    state = (parameters, [jnp.zeros_like(p) for p in parameters])

    def step():
        nonlocal state
        *state, value = compiled(*state, x, y)
        return np.asarray(value)

    return step


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
