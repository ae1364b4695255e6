"""What models of Keras do in training and beside sessions."""

import numpy as np

PROGRAMS = []
x = np.random.RandomState(0).rand(8, 4).astype("f")
y = x[:, :1]


def program(function):
    """Run a function of (tf, Keras, its layers, its backend) in a session, with seeds."""

    def run(tf):
        with tf.Session():
            tf.set_random_seed(1)
            np.random.seed(1)
            return function(tf, tf.keras, tf.keras.layers, tf.keras.backend)

    run.__name__ = function.__name__
    PROGRAMS.append(run)
    return run


def r(values):
    """Numbers in four digits."""
    return np.round(np.asarray(values, "f8"), 4).tolist()


@program
def on_tensors(tf, k, L, K):
    i = L.Input((4,))
    o = L.Dense(2)(i)
    m = k.Model(i, o)
    with tf.Session() as s:
        out = m(tf.constant(x))
        s.run(tf.global_variables_initializer())
        return (s.run(out).shape, [w.name for w in m.trainable_weights])


@program
def trained_by_a_session(tf, k, L, K):
    i = L.Input((4,))
    o = L.Dense(1)(i)
    m = k.Model(i, o)
    loss = tf.reduce_mean(tf.square(m.output - 1.0))
    op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=m.trainable_weights)
    s = K.get_session()
    s.run(tf.global_variables_initializer())
    for _ in range(3):
        _, found = s.run([op, loss], {i: x})
    return r(found)


@program
def built_by_shape(tf, k, L, K):
    m = k.Sequential()
    m.add(L.Dense(2))
    m.add(L.Dense(1))
    m.compile("adam", "mse")
    m.build((None, 4))
    return ([w.shape.as_list() for w in m.weights], m.built)


@program
def functions(tf, k, L, K):
    i = L.Input((4,))
    h = L.Dense(3, name="a")(i)
    m = k.Model(i, L.Dense(1, name="b")(h))
    f = K.function([m.input], [m.get_layer("a").output])
    return (
        f([x])[0].shape,
        K.function([m.layers[0].input, K.learning_phase()], [m.layers[1].output])([x, 0])[0].shape,
    )


@program
def wrong_targets(tf, k, L, K):
    m = k.Sequential([L.Dense(2, input_dim=4)])
    m.compile("sgd", "mse")
    return m.fit(x, y, verbose=0)


@program
def wrong_inputs(tf, k, L, K):
    m = k.Sequential([L.Dense(1, input_dim=4)])
    m.compile("sgd", "mse")
    return m.fit(x[:, :3], y, verbose=0)


@program
def added_losses(tf, k, L, K):
    i = L.Input((4,))
    m = k.Model(i, L.Dense(1)(i))
    m.add_loss(K.mean(m.output))
    m.add_metric(K.sum(m.output), name="s", aggregation="mean")
    m.compile("sgd")
    h = m.fit(x, verbose=0)
    return {a: r(b) for a, b in h.history.items()}


@program
def constraints(tf, k, L, K):
    m = k.Sequential(
        [L.Dense(1, input_dim=4, kernel_constraint="non_neg", kernel_regularizer=k.regularizers.l1(0.1))]
    )
    m.compile(k.optimizers.SGD(5.0), "mse")
    m.fit(x, -y, verbose=0)
    return (r(m.get_weights()[0]).__str__(), len(m.losses))


@program
def class_weights(tf, k, L, K):
    m = k.Sequential([L.Dense(2, activation="softmax", input_dim=4)])
    m.compile(
        "sgd", "sparse_categorical_crossentropy", metrics=["acc", k.metrics.SparseTopKCategoricalAccuracy(1)]
    )
    h = m.fit(x, np.arange(8) % 2, verbose=0, class_weight={0: 1.0, 1: 3.0}, epochs=2)
    return {a: r(b) for a, b in sorted(h.history.items())}


@program
def stateful_metrics(tf, k, L, K):
    m = k.Sequential([L.Dense(1, activation="sigmoid", input_dim=4)])
    m.compile(
        "sgd",
        "binary_crossentropy",
        metrics=[k.metrics.AUC(), k.metrics.Precision(), k.metrics.Recall(), k.metrics.TruePositives()],
    )
    h = m.fit(x, np.arange(8) % 2, verbose=0, epochs=2)
    return {a: r(b) for a, b in sorted(h.history.items())}


@program
def frozen_layers(tf, k, L, K):
    m = k.Sequential([L.Dense(3, input_dim=4), L.Dense(1)])
    m.layers[0].trainable = False
    m.compile("sgd", "mse")
    w = m.get_weights()
    m.fit(x, y, verbose=0)
    return ([bool(np.allclose(a, b)) for a, b in zip(w, m.get_weights())], len(m.trainable_weights))


@program
def nested_models(tf, k, L, K):
    inner = k.Sequential([L.Dense(3, input_dim=4)])
    i = L.Input((4,))
    m = k.Model(i, L.Dense(1)(inner(i)))
    m.compile(k.optimizers.RMSprop(0.01, momentum=0.9, centered=True), "mae")
    h = m.fit(x, y, verbose=0, epochs=2)
    return (r(h.history["loss"]), [w.name for w in m.weights])


@program
def sequences(tf, k, L, K):

    class S(k.utils.Sequence):
        def __len__(s):
            return 4

        def __getitem__(s, i):
            return (x[2 * i : 2 * i + 2], y[2 * i : 2 * i + 2])

    m = k.Sequential([L.Dense(1, input_dim=4)])
    m.compile("sgd", "mse")
    h = m.fit_generator(S(), epochs=2, verbose=0, shuffle=False, workers=0)
    return (r(h.history["loss"]), r(m.evaluate_generator(S())), m.predict_generator(S(), workers=2).shape)


@program
def schedules(tf, k, L, K):
    sch = k.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    m = k.Sequential([L.Dense(1, input_dim=4)])
    m.compile(k.optimizers.SGD(sch), "mse")
    h = m.fit(x, y, verbose=0, batch_size=2, epochs=2)
    return r(h.history["loss"])


@program
def outputs_without_loss(tf, k, L, K):
    i = L.Input((4,))
    m = k.Model(i, [L.Dense(1, name="a")(i), L.Dense(1, name="b")(i)])
    m.compile("sgd", ["mse", None])
    h = m.fit(x, y, verbose=0)
    return (sorted(h.history), m.metrics_names)


@program
def embeddings(tf, k, L, K):
    m = k.Sequential([L.Embedding(5, 3, input_length=4), L.Flatten(), L.Dense(1)])
    m.compile("adam", "mse")
    v = np.arange(32).reshape(8, 4) % 5
    h = m.fit(v, y, verbose=0, epochs=2)
    return r(h.history["loss"])


@program
def lambdas(tf, k, L, K):
    lam = k.Sequential(
        [
            L.Lambda(lambda v: v * 2, input_shape=(4,)),
            L.Reshape((2, 2)),
            L.Permute((2, 1)),
            L.RepeatVector if 0 else L.Flatten(),
        ]
    )
    return (lam.predict(x).shape, lam.output_shape)


@program
def learning_phases(tf, k, L, K):
    K.set_learning_phase(1)
    m = k.Sequential([L.Dropout(0.5, input_shape=(4,))])
    p = m.predict(np.ones((2, 4)))
    K.set_learning_phase(0)
    return (bool((p == 1).all()), K.learning_phase())


@program
def backend_variables(tf, k, L, K):
    v = K.variable(np.ones((2, 2)), name="v")
    K.set_value(v, np.zeros((2, 2)))
    return (r(K.get_value(v)), v.name, K.int_shape(v), K.dtype(v), r(K.eval(K.sum(v + 1))))


@program
def tensorflow_optimizers(tf, k, L, K):
    m = k.Sequential([L.Dense(1, input_dim=4)])
    m.compile(tf.train.AdamOptimizer(0.1), "mse")
    h = m.fit(x, y, verbose=0)
    return (type(m.optimizer).__name__, r(h.history["loss"]), [v.name for v in tf.global_variables()])


@program
def shared_layers(tf, k, L, K):
    a = L.Input((3,))
    b = L.Input((3,))
    sh = L.Dense(2)
    m = k.Model([a, b], L.add([sh(a), sh(b)]))
    return (
        len(m.layers),
        sh.get_output_at(1).shape.as_list(),
        m.predict([np.ones((2, 3)), np.ones((2, 3))]).shape,
    )


@program
def subclassed_models(tf, k, L, K):

    class M(k.Model):
        def __init__(s):
            super(M, s).__init__()
            s.ls = [L.Dense(3), L.Dense(1)]

        def call(s, v):
            for layer in s.ls:
                v = layer(v)
            return v

    m = M()
    m.compile("sgd", "mse")
    h = m.fit(x, y, verbose=0)
    return (r(h.history["loss"]), [w.name for w in m.weights], len(m.layers))


@program
def single_batches(tf, k, L, K):
    m = k.Sequential([L.Dense(1, input_dim=4)])
    m.compile("sgd", "mse")
    a = m.train_on_batch(x, y)
    b = m.test_on_batch(x, y)
    c = m.predict_on_batch(x)
    m.reset_metrics()
    return (r(a), r(b), c.shape, type(a).__name__)


@program
def later_epochs(tf, k, L, K):
    m = k.Sequential([L.Dense(1, input_dim=4)])
    m.compile("sgd", "mse", metrics=["mae"])
    h = m.fit(x, y, verbose=0, epochs=4, initial_epoch=2, validation_data=(x, y), validation_freq=2)
    return (h.epoch, {a: len(b) for a, b in sorted(h.history.items())})


@program
def losses_of_labels_without_times(tf, k, L, K):
    labels = tf.constant([[1, 2, 0], [3, 0, 0]])
    given = np.random.RandomState(0).rand(2, 6, 5).astype("f")
    inputs = tf.constant(given / given.sum(-1, keepdims=True))
    loss = K.ctc_batch_cost(labels, inputs, tf.constant([[6], [5]]), tf.constant([[3], [1]]))
    greedy, score = K.ctc_decode(inputs, tf.constant([6, 5]))
    paths, scores = K.ctc_decode(inputs, tf.constant([6, 5]), greedy=False, beam_width=8, top_paths=2)
    found = K.get_session().run([loss, tf.gradients(loss, inputs)[0], greedy, score, paths, scores])
    return (
        [r(part) for part in found[:2]],
        found[2][0].tolist(),
        r(found[3]),
        [p.tolist() for p in found[4]],
    )
