"""Training a few steps, as TensorFlow 1.15.5 and perdure both do it; see tests/scenarios.py."""

import numpy as np

STEPS = 3


def values_after(tf, train, step_values=None):
    """Run an operation STEPS times; returns all variables afterwards, by name."""
    variables = tf.global_variables()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(STEPS):
            session.run(train, step_values or {})
        return dict(zip([v.name for v in variables], session.run(variables)))


def as_bytes(names):
    return np.array([name.encode() for name in names], object)


def dense(make, use_resource, dtype="float32"):
    """A function of tf that fits a line with the optimizer that `make(tf)` gives."""

    def run(tf):
        x = tf.constant(np.linspace(-1, 1, 12).reshape(4, 3), dtype)
        w = tf.Variable(np.arange(6).reshape(3, 2) / 5.0, dtype=dtype, name="w", use_resource=use_resource)
        b = tf.Variable(np.zeros(2), dtype=dtype, name="b", use_resource=use_resource)
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - 1.0))
        step = tf.train.get_or_create_global_step()
        return values_after(tf, make(tf).minimize(loss, global_step=step))

    return run


def sparse(make, use_resource):
    """The same with rows of a table, one of them named twice."""

    def run(tf):
        table = tf.Variable(
            np.arange(10).reshape(5, 2) / 5.0, dtype="float32", name="table", use_resource=use_resource
        )
        rows = tf.gather(table, [3, 0, 3])
        loss = tf.reduce_sum(tf.square(rows - 1.0))
        return values_after(tf, make(tf).minimize(loss))

    return run


OPTIMIZERS = {
    "gradient_descent": lambda tf: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adagrad": lambda tf: tf.train.AdagradOptimizer(0.5),
    "adadelta": lambda tf: tf.train.AdadeltaOptimizer(1.0),
    "rmsprop": lambda tf: tf.train.RMSPropOptimizer(0.1, momentum=0.5),
    "centered_rmsprop": lambda tf: tf.train.RMSPropOptimizer(0.1, centered=True, epsilon=0.1),
    "adam": lambda tf: tf.train.AdamOptimizer(0.1),
    "ftrl": lambda tf: tf.train.FtrlOptimizer(
        0.5, l1_regularization_strength=0.01, l2_regularization_strength=0.01
    ),
    "ftrl_shrink": lambda tf: tf.train.FtrlOptimizer(0.5, l2_shrinkage_regularization_strength=0.1),
    "proximal_gradient_descent": lambda tf: tf.train.ProximalGradientDescentOptimizer(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01
    ),
    "proximal_adagrad": lambda tf: tf.train.ProximalAdagradOptimizer(0.5, l1_regularization_strength=0.01),
    "adagrad_da": lambda tf: tf.train.AdagradDAOptimizer(
        0.5, tf.train.get_or_create_global_step(), l1_regularization_strength=0.01
    ),
}
SCENARIOS = {}
for _name, _make in OPTIMIZERS.items():
    for _kind in ("ref", "resource"):
        SCENARIOS["%s-dense-%s" % (_name, _kind)] = dense(_make, _kind == "resource")
        SCENARIOS["%s-sparse-%s" % (_name, _kind)] = sparse(_make, _kind == "resource")
SCENARIOS["adam-double"] = dense(OPTIMIZERS["adam"], False, "float64")
SCENARIOS["momentum-half"] = dense(OPTIMIZERS["momentum"], True, "float16")


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


@scenario
def constraint(tf):
    """A constraint is applied after each update."""
    w = tf.Variable([0.5, -0.5], name="w", constraint=lambda v: tf.clip_by_value(v, 0.0, 0.6))
    loss = tf.reduce_sum(tf.square(w - 1.0))
    return values_after(tf, tf.train.GradientDescentOptimizer(0.1).minimize(loss))


@scenario
def changed_gradients(tf):
    """compute_gradients and apply_gradients with clipping between, one gradient None."""
    w = tf.Variable([3.0, 4.0], name="w")
    tf.Variable([1.0], name="unused")
    optimizer = tf.train.AdamOptimizer(0.1)
    pairs = optimizer.compute_gradients(tf.reduce_sum(w * w))
    pairs = [(None if d is None else tf.clip_by_norm(d, 1.0), v) for d, v in pairs]
    return values_after(tf, optimizer.apply_gradients(pairs))


@scenario
def own_optimizer(tf):
    """A subclass in the style of public code: own slots, dense and sparse updates."""

    class SignMomentum(tf.train.Optimizer):
        def __init__(self, learning_rate, use_locking=False, name="SignMomentum"):
            super(SignMomentum, self).__init__(use_locking, name)
            self._lr = learning_rate

        def _prepare(self):
            self._lr_t = tf.convert_to_tensor(self._lr, name="learning_rate")

        def _create_slots(self, var_list):
            for v in var_list:
                self._zeros_slot(v, "m", self._name)

        def _apply_dense(self, grad, var):
            lr_t = tf.cast(self._lr_t, var.dtype.base_dtype)
            m = self.get_slot(var, "m")
            m_t = m.assign(0.9 * m + grad)
            var_update = tf.assign_sub(var, lr_t * tf.sign(m_t))
            return tf.group(*[var_update, m_t])

        def _resource_apply_dense(self, grad, var):
            m = self.get_slot(var, "m")
            m_t = m.assign(0.9 * m + grad)
            return tf.group(var.assign_sub(self._lr_t * tf.sign(m_t)), m_t)

        def _apply_sparse(self, grad, var):
            return tf.scatter_sub(var, grad.indices, self._lr_t * tf.sign(grad.values)).op

    w = tf.Variable([3.0, -4.0], name="w")
    r = tf.Variable([3.0, -4.0], name="r", use_resource=True)
    table = tf.Variable(np.ones((3, 2), "f4"), name="table")
    loss = tf.reduce_sum(w * w) + tf.reduce_sum(r * r) + tf.reduce_sum(tf.gather(table, [1, 1]))
    return values_after(tf, SignMomentum(0.1).minimize(loss))


@scenario
def moving_average_of_variables(tf):
    """Shadows start at the initial values and follow the variables."""
    w = tf.Variable([1.0, 2.0], name="w")
    r = tf.Variable([1.0, 2.0], name="r", use_resource=True)
    step = tf.train.create_global_step()
    train = tf.train.GradientDescentOptimizer(0.1).minimize(
        tf.reduce_sum(w * w) + tf.reduce_sum(r * r), global_step=step
    )
    average = tf.train.ExponentialMovingAverage(0.99, num_updates=step)
    with tf.control_dependencies([train]):
        train = average.apply([w, r])
    found = values_after(tf, train)
    found["names"] = as_bytes(sorted(average.variables_to_restore()))
    found["average_name"] = as_bytes([average.average_name(w)])
    return found


@scenario
def moving_average_of_tensors(tf):
    """Shadows of tensors start at 0, with and without the correction for that."""
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.identity(x, name="y")
    plain = tf.train.ExponentialMovingAverage(0.9)
    debiased = tf.train.ExponentialMovingAverage(0.9, zero_debias=True, name="debiased")
    train = tf.group(plain.apply([y]), debiased.apply([y]))
    return values_after(tf, train, {x: [1.0, 2.0]})


@scenario
def learning_rates(tf):
    """Falling learning rates at several steps."""
    step = tf.placeholder(tf.int64, [], name="step")
    rates = {
        "exponential": tf.train.exponential_decay(0.1, step, 10, 0.9),
        "stairs": tf.train.exponential_decay(0.1, step, 10, 0.9, staircase=True),
        "natural": tf.train.natural_exp_decay(0.1, step, 10, 0.5),
        "inverse": tf.train.inverse_time_decay(0.1, step, 10, 0.5),
        "inverse_stairs": tf.train.inverse_time_decay(0.1, step, 10, 0.5, staircase=True),
        "polynomial": tf.train.polynomial_decay(0.1, step, 10, power=2.0),
        "cycle": tf.train.polynomial_decay(0.1, step, 10, cycle=True),
        "piecewise": tf.train.piecewise_constant(step, [5, 10, 20], [1.0, 0.5, 0.25, 0.125]),
        "two_pieces": tf.train.piecewise_constant(step, [10], [3.0, 4.0]),
        "cosine": tf.train.cosine_decay(0.1, step, 15, alpha=0.1),
        "restarts": tf.train.cosine_decay_restarts(0.1, step, 7, m_mul=0.9),
        "equal_restarts": tf.train.cosine_decay_restarts(0.1, step, 7, t_mul=1.0, alpha=0.1),
        "linear_cosine": tf.train.linear_cosine_decay(0.1, step, 15, num_periods=1.5),
    }
    found = {}
    with tf.Session() as session:
        for number in (0, 1, 5, 6, 7, 10, 11, 15, 20, 21, 100):
            for name, value in session.run(rates, {step: number}).items():
                found.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in found.items()}
